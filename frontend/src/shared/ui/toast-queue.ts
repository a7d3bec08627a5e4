/** What is being told in passing: any module adds to it, `Toasts` shows it. */

export type ToastTone = "good" | "bad";

export interface Told {
  id: number;
  text: string;
  tone: ToastTone;
}

/** More at once than anybody reads; the oldest gives way. */
const AT_ONCE_MAX = 3;

let told: readonly Told[] = [];
let last = 0;
const watchers = new Set<() => void>();

function change(next: readonly Told[]): void {
  told = next;
  for (const watcher of watchers) watcher();
}

export function toast(text: string, tone: ToastTone = "good"): void {
  last += 1;
  change([...told, { id: last, text, tone }].slice(-AT_ONCE_MAX));
}

export function dismissToast(id: number): void {
  change(told.filter((one) => one.id !== id));
}

/** What was said before a new attempt is not true of it. */
export function dismissToasts(): void {
  change([]);
}

export const toasts = {
  watch(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
  shown: (): readonly Told[] => told,
};
