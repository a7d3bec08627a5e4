/** What each kind of line does to the tokens at hand; a kind that is newer than this page is left open. */

import type { ChangeKind } from "../api/ledger";

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
