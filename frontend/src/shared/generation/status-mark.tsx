/** How a generation or a step stands: an icon and a word, with colour as a third hint. */

import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleSlash,
  PackageCheck,
  TriangleAlert,
} from "lucide-react";
import type { StepState } from "@/shared/generation/view";
import type { Texts } from "@/shared/i18n/es";
import { useTexts } from "@/shared/i18n/texts";
import { classes } from "@/shared/ui/classes";
import { Spinner } from "@/shared/ui/spinner";

type GenerationMark = keyof Texts["generation"]["status"];

const TINTS: Record<GenerationMark, string> = {
  queued: "border-slate-500 text-slate-200",
  running: "border-cyan-500 text-cyan-200",
  packaging: "border-cyan-500 text-cyan-200",
  stopping: "border-amber-500 text-amber-200",
  completed: "border-green-500 text-green-200",
  completed_with_warnings: "border-amber-500 text-amber-200",
  failed: "border-red-400 text-red-200",
  cancelled: "border-slate-500 text-slate-200",
  rejected: "border-red-400 text-red-200",
};

export function StatusMark({ status }: { status: GenerationMark }) {
  const texts = useTexts();
  return (
    <span
      data-status={status}
      className={classes(
        "inline-flex items-center gap-2 rounded-full border px-3 py-1 text-sm",
        TINTS[status],
      )}
    >
      <GenerationIcon status={status} />
      {texts.generation.status[status]}
    </span>
  );
}

function GenerationIcon({ status }: { status: GenerationMark }) {
  const look = "size-4";
  switch (status) {
    case "queued":
      return <CircleDashed aria-hidden="true" className={look} />;
    case "running":
    case "stopping":
      return <Spinner className={look} />;
    case "packaging":
      return <PackageCheck aria-hidden="true" className={look} />;
    case "completed":
      return <CircleCheck aria-hidden="true" className={look} />;
    case "completed_with_warnings":
      return <TriangleAlert aria-hidden="true" className={look} />;
    case "cancelled":
      return <Ban aria-hidden="true" className={look} />;
    case "failed":
    case "rejected":
      return <CircleAlert aria-hidden="true" className={look} />;
  }
}

export function StepIcon({ state }: { state: StepState }) {
  const look = "size-5 shrink-0";
  switch (state) {
    case "waiting":
      return <CircleDashed aria-hidden="true" className={classes(look, "text-slate-400")} />;
    case "running":
    case "verifying":
      return <Spinner className={classes(look, "text-cyan-300")} />;
    case "completed":
      return <CircleCheck aria-hidden="true" className={classes(look, "text-green-300")} />;
    case "completed_with_warnings":
      return <TriangleAlert aria-hidden="true" className={classes(look, "text-amber-300")} />;
    case "failed":
      return <CircleAlert aria-hidden="true" className={classes(look, "text-red-300")} />;
    case "skipped":
      return <CircleSlash aria-hidden="true" className={classes(look, "text-slate-400")} />;
    case "cancelled":
      return <Ban aria-hidden="true" className={classes(look, "text-slate-400")} />;
  }
}
