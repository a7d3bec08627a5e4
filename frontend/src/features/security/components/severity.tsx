/** How grave a finding is: an icon and a word, with colour as a third hint. */

import { CircleAlert, Info, type LucideIcon, OctagonAlert, ShieldAlert, TriangleAlert } from "lucide-react";
import { useTexts } from "@/shared/i18n/texts";
import { classes } from "@/shared/ui/classes";
import type { Severity } from "../api/report";

const LOOKS: Record<Severity, { icon: LucideIcon; look: string }> = {
  critical: { icon: OctagonAlert, look: "border-red-400 bg-red-500/20 text-red-100" },
  high: { icon: ShieldAlert, look: "border-red-400 text-red-200" },
  medium: { icon: TriangleAlert, look: "border-amber-500 text-amber-200" },
  low: { icon: CircleAlert, look: "border-cyan-500 text-cyan-200" },
  info: { icon: Info, look: "border-slate-500 text-slate-200" },
};

export function SeverityMark({ severity, count }: { severity: Severity; count?: string }) {
  const { security: words } = useTexts();
  const { icon: Icon, look } = LOOKS[severity];
  return (
    <span
      className={classes(
        "inline-flex items-center gap-1.5 rounded-full border px-2.5 py-0.5 text-xs font-semibold",
        look,
      )}
    >
      <Icon aria-hidden="true" className="size-3.5 shrink-0" />
      {words.severities[severity]}
      {count !== undefined && <span className="tabular-nums">{count}</span>}
    </span>
  );
}
