/** How often a page may lead to another: scripts follow links too, and round in circles for ever. */

/** A person follows no more in that time. */
const HOPS_MAX = 5;
const HOPS_MS = 5_000;

export class Pace {
  #hops: number[] = [];

  /** Whether one more is allowed at this moment, in milliseconds of any clock; if so it is counted. */
  allows(now: number): boolean {
    this.#hops = this.#hops.filter((at) => now - at < HOPS_MS);
    if (this.#hops.length >= HOPS_MAX) return false;
    this.#hops.push(now);
    return true;
  }
}
