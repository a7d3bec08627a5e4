/** What a screen reader is told of a run: its start, each step's start and end, and its end. Never a model's text. */

import type { Texts } from "@/shared/i18n/es";
import { type GenerationView, isFinished, isOpen } from "./view";

export function announcements(before: GenerationView, after: GenerationView, texts: Texts): string[] {
  const { announce, status } = texts.generation;
  const said: string[] = [];
  if (before.status !== "running" && after.status === "running") said.push(announce.started);
  const known = new Map(before.steps.map((step) => [step.step, step]));
  for (const step of after.steps) {
    const earlier = known.get(step.step);
    if (earlier?.state === step.state || (earlier === undefined && !step.startedAt)) continue;
    if (step.state === "running") said.push(announce.stepStarted(step.title));
    if (isFinished(step) && earlier !== undefined && !step.reused)
      said.push(announce.stepCompleted(step.title));
    if (step.state === "failed") said.push(announce.stepFailed(step.title));
  }
  if (isOpen(before) && !isOpen(after)) said.push(`${status[after.status]}.`);
  return said;
}
