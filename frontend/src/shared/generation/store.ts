/** One generation as pages watch it: the reducer's value, told at most once a frame however fast the model writes. */

import type { FeedEvent, FeedStatus } from "@/shared/feed/reader";
import type { Language } from "@/shared/i18n/language";
import { isTerminal } from "./events";
import { receive } from "./reduce";
import { type GenerationView, isOpen, type StepView } from "./view";

export interface Watched {
  /** With what is being written, as far as it has come: another one every frame. */
  live: GenerationView;
  /** As it stood after the last event that stays: the same one while a model writes. */
  view: GenerationView;
  feed: FeedStatus;
}

export class GenerationStore {
  #watched: Watched;
  #told: Watched;
  #watchers = new Set<() => void>();
  #frame: number | null = null;
  #language: Language;

  constructor(view: GenerationView, language: Language) {
    this.#watched = { live: view, view, feed: "connecting" };
    this.#told = this.#watched;
    this.#language = language;
  }

  /** What was told last; the same value until the next telling. */
  snapshot = (): Watched => this.#told;

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  get view(): GenerationView {
    return this.#watched.live;
  }

  /** What the API says now; of what is older than what was told since, by the feed or by an answer, its words alone. */
  seed(view: GenerationView, language: Language): void {
    const spoken = this.#language;
    this.#language = language;
    const known = this.view;
    if (view.sequence < known.sequence || (view.sequence === known.sequence && view.run < known.run)) {
      if (language !== spoken) this.#settle({ ...known, steps: titledAs(known.steps, view.steps) });
      return;
    }
    const seeded = { ...view, cancelRequested: view.cancelRequested || isStopping(known, view) };
    if (view.status !== "running" || view.run !== known.run) {
      this.#settle(seeded);
      return;
    }
    const live = new Map(known.steps.map((step) => [step.step, step.live]));
    const finished = new Set(view.files.map((file) => file.step));
    const writing = known.files.filter((file) => file.sha256 === null && !finished.has(file.step));
    this.#settle({
      ...seeded,
      steps: view.steps.map((step) => ({ ...step, live: live.get(step.step) ?? null })),
      files: [...view.files, ...writing],
    });
  }

  receive(event: FeedEvent): void {
    const view = receive(this.view, event, { at: Date.now(), language: this.#language });
    if (view === this.view) return;
    if (event.id === null) this.#change({ ...this.#watched, live: view });
    else this.#settle(view);
  }

  tellFeed(feed: FeedStatus): void {
    if (feed !== this.#watched.feed) this.#change({ ...this.#watched, feed });
  }

  /** The person asked to stop; the feed says what came of it. */
  cancelling(): void {
    this.#settle({ ...this.view, cancelRequested: true });
  }

  /**
   * The next run was accepted; its start comes with the feed, or has come before this. What the last one came to is
   * what there is again should it be rejected.
   */
  retrying(run: number): void {
    if (run <= this.view.run) return;
    this.#settle({ ...this.view, run, status: "queued", notice: null, cancelRequested: false });
  }

  /** Whether nothing follows this event unless a retry is asked for. */
  isLast = (event: FeedEvent): boolean => isTerminal(event.name) && runOf(event.data) >= this.view.run;

  #settle(view: GenerationView): void {
    this.#change({ ...this.#watched, live: view, view });
  }

  #change(watched: Watched): void {
    this.#watched = watched;
    // A hidden tab gets no frames; its title and announcements still want to know.
    if (document.hidden) {
      this.#tell();
      return;
    }
    this.#frame ??= requestAnimationFrame(this.#tell);
  }

  #tell = (): void => {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    this.#told = this.#watched;
    for (const watcher of this.#watchers) watcher();
  };
}

/** Whether its person has asked to stop this run, which an answer from just before does not know yet. */
const isStopping = (known: GenerationView, told: GenerationView): boolean =>
  known.cancelRequested && known.run === told.run && isOpen(told);

function titledAs(steps: readonly StepView[], told: readonly StepView[]): readonly StepView[] {
  const titles = new Map(told.map((step) => [step.step, step.title]));
  return steps.map((step) => ({ ...step, title: titles.get(step.step) ?? step.title }));
}

function runOf(data: unknown): number {
  return (data as { run?: number }).run ?? 0;
}
