/** What this browser remembers of us. One that keeps nothing, or has no room, costs a convenience and never the page. */

export type Area = "localStorage" | "sessionStorage";

export function recall(key: string, area: Area = "localStorage"): string | null {
  try {
    return globalThis[area].getItem(key);
  } catch {
    return null; // blocked: reading it throws, and so does naming it
  }
}

export function remember(key: string, text: string, area: Area = "localStorage"): void {
  try {
    globalThis[area].setItem(key, text);
  } catch {
    // Blocked or full: it lives as long as its page.
  }
}

/** Everything whose key begins like this. */
export function forget(prefix: string, area: Area = "localStorage"): void {
  try {
    const storage = globalThis[area];
    for (const key of Object.keys(storage)) if (key.startsWith(prefix)) storage.removeItem(key);
  } catch {
    // Blocked: there is nothing to forget.
  }
}
