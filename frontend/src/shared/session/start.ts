/** Begins the session with whoever the gateway says signs people in. */

import type { Configuration } from "@/shared/settings/configuration";
import type { ClerkIdentity } from "./clerk-identity";
import { forgetWithOthers } from "./kept";
import { session } from "./session";
import { SimulatedIdentity } from "./simulated-identity";

export type SignIn =
  | { kind: "clerk"; identity: ClerkIdentity }
  | { kind: "simulator"; identity: SimulatedIdentity }
  | { kind: "none" };

export async function startSession(configuration: Configuration): Promise<SignIn> {
  forgetWithOthers();
  const { issuer, clerk_publishable_key: key } = configuration;
  if (issuer !== null && key !== null) {
    const { loadClerk } = await import("./clerk-identity");
    return { kind: "clerk", identity: await loadClerk(issuer, key) };
  }
  if (configuration.development_sign_in !== null) {
    return { kind: "simulator", identity: new SimulatedIdentity(configuration.development_sign_in) };
  }
  session.tell({ token: async () => null, refused: () => undefined, signOut: async () => undefined }, null);
  return { kind: "none" };
}
