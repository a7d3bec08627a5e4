/**
 * What we ask of Clerk: a token, a new one when it was refused, and who is there.
 *
 * @vitest-environment happy-dom
 */

import { expect, test } from "vitest";
import { type Clerk, ClerkIdentity } from "./clerk-identity";
import { session } from "./session";

class FakeClerk implements Clerk {
  session: NonNullable<Clerk["session"]> | null = null;
  asked: (boolean | undefined)[] = [];
  #listener = () => undefined as unknown;

  async load(): Promise<void> {}
  addListener(listener: () => void): void {
    this.#listener = listener;
  }
  async redirectToSignIn(): Promise<void> {}
  async signOut(): Promise<void> {
    this.session = null;
    this.#listener();
  }
  signIn(id = "sess_1"): void {
    const getToken = async (options?: { skipCache?: boolean }) => {
      this.asked.push(options?.skipCache);
      return "jwt";
    };
    this.session = { id, getToken };
    this.#listener();
  }
}

test("the session follows Clerk's, and its token is asked for at each request", async () => {
  const clerk = new FakeClerk();
  new ClerkIdentity(clerk);
  expect([session.state, await session.token()]).toEqual(["out", null]);
  clerk.signIn();
  expect([session.state, await session.token()]).toEqual(["in", "jwt"]);
  await session.signOut();
  expect(session.state).toBe("out");
});

test("another session is another person, also when the first one was never seen to end", () => {
  const clerk = new FakeClerk();
  new ClerkIdentity(clerk);
  clerk.signIn("sess_1");
  clerk.signIn("sess_2");
  expect([session.state, session.person]).toEqual(["in", "sess_2"]);
});

test("a token that was refused is not given again from Clerk's cache", async () => {
  const clerk = new FakeClerk();
  new ClerkIdentity(clerk);
  clerk.signIn();
  await session.token();
  session.refused();
  await session.token();
  await session.token();
  expect(clerk.asked).toEqual([false, true, false]);
});
