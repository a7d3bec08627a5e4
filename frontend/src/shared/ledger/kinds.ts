/** What each kind of line is called and does to the tokens at hand; a kind that is newer than this page is left open. */

import type { components } from "@/shared/api/schema";
import { useTexts } from "@/shared/i18n/texts";

export type LedgerEntry = components["schemas"]["LedgerEntry"];
export type ChangeKind = components["schemas"]["ChangeKind"];

type Effect = "in" | "out" | "from_hold";

/** As the API's own table has it: a capture leaves the hold, which left the tokens at hand before. */
const EFFECTS: Record<ChangeKind, Effect> = {
  grant: "in",
  purchase: "in",
  hold: "out",
  capture: "from_hold",
  release: "in",
  refund: "in",
  reversal: "out",
  receivable: "in",
};

export const KINDS = Object.keys(EFFECTS) as ChangeKind[];

export const kindOf = (kind: string): ChangeKind | null => KINDS.find((one) => one === kind) ?? null;

export function effectOf(kind: string): Effect | null {
  const known = kindOf(kind);
  return known === null ? null : EFFECTS[known];
}

/** Before a number of tokens: whether they came or went. */
export function signOf(kind: string): "+" | "−" | "" {
  const effect = effectOf(kind);
  return effect === "in" ? "+" : effect === "out" ? "−" : "";
}

export function useKindText(): (kind: string) => string {
  const { kinds } = useTexts().ledger;
  return (kind) => {
    const known = kindOf(kind);
    return known === null ? kind : kinds[known];
  };
}
