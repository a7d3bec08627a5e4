/** The steps in their order; those that run at the same time stand side by side. */

import { levelsOf } from "@/shared/generation/levels";
import type { StepView } from "@/shared/generation/view";
import { classes } from "@/shared/ui/classes";
import { StepRow } from "./step-row";

export function Steps({ steps }: { steps: readonly StepView[] }) {
  return (
    <ol className="mt-5 space-y-3">
      {levelsOf(steps).map((level) => (
        <li key={level[0]?.step}>
          <ol className={classes("grid grid-cols-1 gap-3", level.length > 1 && "md:grid-cols-2")}>
            {level.map((step) => (
              <StepRow key={step.step} step={step} />
            ))}
          </ol>
        </li>
      ))}
    </ol>
  );
}
