/** So many tokens in a sentence, and what was done with them. */
export function tokens(n: string, participle?: string): string {
  const plural = n === "1" ? "" : "s";
  return `${n} token${plural}${participle === undefined ? "" : ` ${participle}${plural}`}`;
}
