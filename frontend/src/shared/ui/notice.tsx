/** Something a person should know before going on: an icon, words, and what can be done about it. Never colour alone. */

import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "./classes";

type Tone = "info" | "good" | "warning" | "bad";

const TONES = {
  info: { icon: Info, look: "border-slate-500 bg-slate-700/40 text-slate-200", tint: "text-cyan-300" },
  good: {
    icon: CircleCheck,
    look: "border-green-500/60 bg-green-500/10 text-slate-100",
    tint: "text-green-300",
  },
  warning: {
    icon: TriangleAlert,
    look: "border-amber-500/60 bg-amber-500/10 text-slate-100",
    tint: "text-amber-300",
  },
  bad: { icon: CircleAlert, look: "border-red-400/60 bg-red-500/10 text-slate-100", tint: "text-red-300" },
} as const;

interface NoticeProps {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  /** Said aloud when it appears. */
  alert?: boolean;
  className?: string;
}

export function Notice({ tone = "info", title, children, actions, alert = false, className }: NoticeProps) {
  const { icon: Icon, look, tint } = TONES[tone];
  return (
    <div
      role={alert ? "alert" : undefined}
      className={classes(
        "flex flex-wrap items-start gap-3 rounded-lg border px-4 py-3 text-sm",
        look,
        className,
      )}
    >
      <Icon aria-hidden="true" className={classes("mt-0.5 size-5 shrink-0", tint)} />
      <div className="min-w-0 flex-1 basis-48">
        {title && <p className="font-semibold">{title}</p>}
        {children && <div className="text-slate-300">{children}</div>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
