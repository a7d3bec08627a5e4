/** The texts of the chosen language, complete and typed: a text that one catalogue lacks does not compile. */

import { useSyncExternalStore } from "react";
import { en } from "./en";
import { es, type Texts } from "./es";
import { currentLanguage, type Language, watchLanguage } from "./language";

const CATALOGUES: Record<Language, Texts> = { es, en };

export function useLanguage(): Language {
  return useSyncExternalStore(watchLanguage, currentLanguage);
}

export function useTexts(): Texts {
  return CATALOGUES[useLanguage()];
}

export function textsOf(language: Language): Texts {
  return CATALOGUES[language];
}
