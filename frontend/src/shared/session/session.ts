/** Who is signed in, whoever vouches for them: one small store that the client asks for tokens and pages watch. */

import { forgetPerson } from "./kept";

export type SessionState = "starting" | "out" | "in";

/** A way of signing in; `clerk-identity` and `simulated-identity` are two. */
export interface Identity {
  /** A token that is valid for a while yet, or null when nobody is signed in. */
  token(): Promise<string | null>;
  /** The token just given was refused: the next one must be new. */
  refused(): void;
  signOut(): Promise<void>;
}

const NOBODY: Identity = {
  token: async () => null,
  refused: () => undefined,
  signOut: async () => undefined,
};

class Session {
  #identity: Identity = NOBODY;
  #state: SessionState = "starting";
  #person: string | null = null;
  #watchers = new Set<() => void>();

  /** Whoever vouches tells who is there: by what tells one person from another, or null for nobody. */
  tell(identity: Identity, person: string | null): void {
    this.#identity = identity;
    this.#state = person === null ? "out" : "in";
    this.#person = person;
    for (const watcher of this.#watchers) watcher();
  }

  get state(): SessionState {
    return this.#state;
  }

  get person(): string | null {
    return this.#person;
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  token = (): Promise<string | null> => this.#identity.token();
  refused = (): void => this.#identity.refused();

  signOut = (): Promise<void> => {
    forgetPerson();
    return this.#identity.signOut();
  };
}

export const session = new Session();
