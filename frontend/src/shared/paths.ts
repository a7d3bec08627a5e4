/** Addresses of pages that other features lead to: no feature depends on another's routes. */

export const TOKENS_PATH: string = "/tokens";
