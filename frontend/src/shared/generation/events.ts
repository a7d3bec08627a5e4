/** The events of a generation's feed, and when and for whom one is applied. */

import type { GenerationEvents } from "@/shared/api/types";
import type { Language } from "@/shared/i18n/language";

export type GenerationEvent = {
  [Name in keyof GenerationEvents]: { name: Name; data: GenerationEvents[Name] };
}[keyof GenerationEvents];

export interface Moment {
  /** Milliseconds since 1970. */
  at: number;
  language: Language;
}

const TERMINAL = new Set<string>([
  "generation_completed",
  "generation_failed",
  "generation_cancelled",
  "generation_rejected",
]);

export const isTerminal = (name: string): boolean => TERMINAL.has(name);
