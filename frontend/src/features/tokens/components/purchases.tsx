/** Everything that was bought, with how it stands in words. */

import { CircleAlert, CircleCheck, CircleDashed, Receipt, Undo2 } from "lucide-react";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { Card, CardHeading } from "@/shared/ui/card";
import { PagedList } from "@/shared/ui/paged-list";
import { type Purchase, usePurchases } from "../api/purchases";
import { type PurchaseState, stateOf } from "./purchase-return";

const MARKS: Record<PurchaseState, { icon: typeof CircleCheck; tint: string }> = {
  started: { icon: CircleDashed, tint: "text-slate-300" },
  paid: { icon: CircleDashed, tint: "text-cyan-300" },
  credited: { icon: CircleCheck, tint: "text-green-300" },
  expired: { icon: CircleAlert, tint: "text-slate-300" },
  failed: { icon: CircleAlert, tint: "text-red-300" },
  refunded: { icon: Undo2, tint: "text-amber-300" },
  disputed: { icon: CircleAlert, tint: "text-amber-300" },
  unknown: { icon: CircleDashed, tint: "text-slate-300" },
};

export function Purchases() {
  const texts = useTexts();
  const purchases = usePurchases();
  return (
    <Card aria-labelledby="purchases">
      <CardHeading id="purchases" icon={<Receipt aria-hidden="true" className="size-5 text-cyan-400" />}>
        {texts.tokenPage.purchases}
      </CardHeading>
      <PagedList pages={purchases} empty={texts.tokenPage.purchasesNone}>
        {(items) => (
          <ul className="divide-y divide-slate-700">
            {items.map((purchase) => (
              <Row key={purchase.purchase_id} purchase={purchase} />
            ))}
          </ul>
        )}
      </PagedList>
    </Card>
  );
}

function Row({ purchase }: { purchase: Purchase }) {
  const texts = useTexts();
  const formats = useFormats();
  const state = stateOf(purchase);
  const { icon: Icon, tint } = MARKS[state];
  return (
    <li
      data-state={purchase.state}
      className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 py-3"
    >
      <div className="flex min-w-0 gap-3">
        <Icon aria-hidden="true" className={`mt-0.5 size-5 shrink-0 ${tint}`} />
        <div>
          <p className="text-slate-200">
            {texts.tokens(formats.count(purchase.tokens), purchase.tokens)}
            <span className="text-slate-400"> · {formats.money(purchase.amount, purchase.currency)}</span>
          </p>
          <p className="text-sm text-slate-300">{texts.tokenPage.states[state]}</p>
          {purchase.reversed_tokens > 0 && (
            <p className="text-sm text-amber-200">
              {texts.tokenPage.reversed(formats.count(purchase.reversed_tokens))}
            </p>
          )}
          <p className="text-xs text-slate-400">{formats.dateTime(purchase.started_at)}</p>
        </div>
      </div>
      {purchase.state === "started" && purchase.url !== null && (
        <Button size="small" onClick={() => purchase.url !== null && location.assign(purchase.url)}>
          {texts.tokenPage.resume}
        </Button>
      )}
    </li>
  );
}
