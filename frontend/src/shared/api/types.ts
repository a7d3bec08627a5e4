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

/** What a generation's feed carries, by the event's name. */
export interface GenerationEvents {
  generation_started: Schemas["EventGenerationStarted"];
  step_started: Schemas["EventStepStarted"];
  step_attempt_failed: Schemas["EventStepAttemptFailed"];
  step_completed: Schemas["EventStepCompleted"];
  step_failed: Schemas["EventStepFailed"];
  step_progressed: Schemas["EventStepProgressed"];
  generation_completed: Schemas["EventGenerationCompleted"];
  generation_failed: Schemas["EventGenerationFailed"];
  generation_cancelled: Schemas["EventGenerationCancelled"];
  generation_rejected: Schemas["EventGenerationRejected"];
}
