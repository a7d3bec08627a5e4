/** The movements of tokens in English. */

import type { Texts } from "../es";

export const ledger: Texts["ledger"] = {
  movement: "Movement",
  tokens: "Tokens",
  kinds: {
    grant: "Tokens as a gift",
    purchase: "Purchase",
    hold: "Hold",
    capture: "Step charged",
    release: "Hold released",
    refund: "Refund",
    reversal: "Payment reversed",
    receivable: "Noted as owed",
  },
};
