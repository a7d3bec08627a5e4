/** Short names for the shapes of the API and of what its feeds carry. */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["MeBody"];
export type Balance = Schemas["BalanceBody"];
export type Quote = Schemas["QuoteBody"];
export type Generation = Schemas["GenerationBody"];
export type Step = Schemas["StepBody"];
export type Fault = Schemas["FaultText"];
export type Finding = Schemas["Finding"];
export type Call = Schemas["Call"];
export type GeneratedFile = Schemas["FileBody"];
export type Accepted = Schemas["Accepted"];

type FedEvent = Schemas["GenerationEvent"];

/** What a generation's feed carries, by the event's name. */
export type GenerationEvents = { [Event in FedEvent as Event["event"]]: Event["data"] };

export type AccountEvent = Schemas["AccountEvent"];
