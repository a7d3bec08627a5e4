/** The development sign-in: the identity simulator gives a token to whoever names an account. No password, no secret. */

import { forget, recall, remember } from "@/shared/browser-storage";
import { type Identity, session } from "./session";

/** A token is asked for again when less than this is left of it. */
const SPARE_SECONDS = 60;
const ACCOUNT_KEY = "autocrea.account";

interface TokenAnswer {
  token: string;
  expires_in: number;
}

export class SimulatedIdentity implements Identity {
  #url: string;
  #pending: Promise<string | null> | null = null;
  #validUntil = 0;
  /** Here too, for a browser that keeps nothing. */
  #account = recall(ACCOUNT_KEY);

  constructor(url: string) {
    this.#url = url;
    // Another tab signed in or out.
    addEventListener("storage", (event) => {
      if (event.key !== ACCOUNT_KEY) return;
      this.#account = event.newValue;
      this.#tell();
    });
    this.#tell();
  }

  get account(): string | null {
    return this.#account;
  }

  /** Throws when the simulator does not know the account and its name mints none. */
  async signIn(account: string): Promise<void> {
    await this.#fetchToken(account);
    this.#account = account;
    remember(ACCOUNT_KEY, account);
    this.#tell();
  }

  async signOut(): Promise<void> {
    this.#account = null;
    forget(ACCOUNT_KEY);
    this.#tell();
  }

  refused(): void {
    this.#validUntil = 0;
  }

  token(): Promise<string | null> {
    const account = this.account;
    if (account === null) return Promise.resolve(null);
    if (this.#pending === null || Date.now() > this.#validUntil) {
      this.#validUntil = Number.POSITIVE_INFINITY; // one request for all who wait
      this.#pending = this.#fetchToken(account).catch((error: unknown) => {
        this.#validUntil = 0;
        throw error;
      });
    }
    return this.#pending;
  }

  async #fetchToken(account: string): Promise<string> {
    let response = await this.#post({ account });
    if (response.status === 404) response = await this.#post({ account, name: account });
    if (!response.ok) throw new Error(`identity: HTTP ${response.status}`);
    const answer = (await response.json()) as TokenAnswer;
    this.#validUntil = Date.now() + (answer.expires_in - SPARE_SECONDS) * 1000;
    return answer.token;
  }

  #post(body: object): Promise<Response> {
    const headers = { "Content-Type": "application/json" };
    return fetch(this.#url, { method: "POST", headers, body: JSON.stringify(body) });
  }

  #tell(): void {
    this.#pending = null;
    session.tell(this, this.account);
  }
}
