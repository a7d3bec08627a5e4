/** Which steps run side by side: those that wait for the same ones, in pipeline order. */

import type { StepView } from "./view";

export function levelsOf(steps: readonly StepView[]): StepView[][] {
  const levels = new Map<string, StepView[]>();
  for (const step of steps) {
    const key = [...step.dependsOn].sort().join(" ");
    const level = levels.get(key);
    if (level) level.push(step);
    else levels.set(key, [step]);
  }
  return [...levels.values()];
}
