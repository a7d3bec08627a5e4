/** So many tokens, in a sentence. */
export const tokens = (n: string): string => (n === "1" ? "1 token" : `${n} tokens`);
