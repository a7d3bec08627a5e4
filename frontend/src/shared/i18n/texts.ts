/**
 * The texts of the chosen language, complete and typed: a text that one catalogue lacks does not compile. Spanish is
 * there from the start, another language is loaded when it is spoken.
 */

import { useSyncExternalStore } from "react";
import { es, type Texts } from "./es";
import { chooseLanguage, currentLanguage, type Language, watchLanguage } from "./language";

const loaded: { es: Texts } & Partial<Record<Language, Texts>> = { es };

/** Before a language is spoken. */
export async function loadTexts(language: Language): Promise<void> {
  if (language === "en") loaded.en ??= (await import("./en")).en;
}

let wished: Language | null = null;

/** Who has changed their mind while texts were loading hears what they wished last. */
export async function changeLanguage(language: Language): Promise<void> {
  wished = language;
  await loadTexts(language);
  if (wished === language) chooseLanguage(language);
}

export function useLanguage(): Language {
  return useSyncExternalStore(watchLanguage, currentLanguage);
}

export function useTexts(): Texts {
  return loaded[useLanguage()] ?? loaded.es;
}
