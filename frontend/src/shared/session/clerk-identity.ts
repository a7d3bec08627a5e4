/**
 * Signing in with Clerk: its own script, loaded from its own address when it is configured and not otherwise, and its
 * own pages. We only ask it for the session's token.
 */

import { type Identity, session } from "./session";

/** What we use of Clerk's script; its majors are named in the address below. */
export interface Clerk {
  load(): Promise<void>;
  session?: { id: string; getToken(options?: { skipCache?: boolean }): Promise<string | null> } | null;
  addListener(listener: () => void): unknown;
  redirectToSignIn(options: { signInFallbackRedirectUrl: string }): Promise<unknown>;
  signOut(): Promise<void>;
}

const SCRIPT = "/npm/@clerk/clerk-js@6/dist/clerk.browser.js";

export class ClerkIdentity implements Identity {
  #clerk: Clerk;
  #stale = false;

  constructor(clerk: Clerk) {
    this.#clerk = clerk;
    clerk.addListener(() => this.#tell());
    this.#tell();
  }

  async token(): Promise<string | null> {
    const skipCache = this.#stale;
    this.#stale = false;
    return (await this.#clerk.session?.getToken({ skipCache })) ?? null;
  }

  refused(): void {
    this.#stale = true;
  }

  async signIn(): Promise<void> {
    await this.#clerk.redirectToSignIn({ signInFallbackRedirectUrl: location.href });
  }

  signOut(): Promise<void> {
    return this.#clerk.signOut();
  }

  #tell(): void {
    session.tell(this, this.#clerk.session?.id ?? null);
  }
}

/** Throws when Clerk's script cannot be had. */
export async function loadClerk(issuer: string, publishableKey: string): Promise<ClerkIdentity> {
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(SCRIPT, issuer).href;
    script.crossOrigin = "anonymous";
    script.dataset.clerkPublishableKey = publishableKey;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error("Clerk's script cannot be loaded")));
    document.head.append(script);
  });
  const clerk = (globalThis as { Clerk?: Clerk }).Clerk;
  if (clerk === undefined) throw new Error("Clerk's script did not start");
  await clerk.load();
  return new ClerkIdentity(clerk);
}
