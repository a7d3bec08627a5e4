/** Which of our two languages the pages speak: Spanish unless the browser or the person prefers English. */

import { recall, remember } from "@/shared/browser-storage";

export const LANGUAGES = ["es", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = "autocrea.language";

const isLanguage = (value: string | null): value is Language =>
  LANGUAGES.some((language) => language === value);

function preferred(): Language {
  const chosen = recall(KEY);
  if (isLanguage(chosen)) return chosen;
  for (const tag of navigator.languages) {
    const language = tag.slice(0, 2).toLowerCase();
    if (isLanguage(language)) return language;
  }
  return "es";
}

let current: Language | null = null;
const watchers = new Set<() => void>();

export function currentLanguage(): Language {
  current ??= preferred();
  return current;
}

export function chooseLanguage(language: Language): void {
  current = language;
  remember(KEY, language);
  for (const watcher of watchers) watcher();
}

export function watchLanguage(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
