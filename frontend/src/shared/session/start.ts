/** Begins the session with whoever the gateway says signs people in. */

import type { Configuration } from "@/shared/settings/configuration";
import { session } from "./session";
import { SimulatedIdentity } from "./simulated-identity";

export type SignIn = { kind: "simulator"; identity: SimulatedIdentity } | { kind: "none" };

export async function startSession(configuration: Configuration): Promise<SignIn> {
  if (configuration.development_sign_in !== null) {
    return { kind: "simulator", identity: new SimulatedIdentity(configuration.development_sign_in) };
  }
  session.tell({ token: async () => null, refused: () => undefined, signOut: async () => undefined }, "out");
  return { kind: "none" };
}
