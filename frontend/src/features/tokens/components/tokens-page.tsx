/** *Tokens*: what there is, how to get more, where it went. */

import { getRouteApi } from "@tanstack/react-router";
import { useTexts } from "@/shared/i18n/texts";
import { PageHeading } from "@/shared/ui/page-heading";
import { BalancePanel } from "./balance-panel";
import { Ledger } from "./ledger";
import { Packs } from "./packs";
import { PurchaseReturn } from "./purchase-return";
import { Purchases } from "./purchases";
import { UsageChart } from "./usage-chart";

const route = getRouteApi("/tokens");

export function TokensPage() {
  const texts = useTexts();
  const { purchase, checkout } = route.useSearch();
  return (
    <>
      <PageHeading title={texts.tokenPage.title} hint={texts.tokenPage.hint} />
      <div className="space-y-6">
        {purchase !== undefined && (
          <PurchaseReturn key={purchase} purchaseId={purchase} cancelled={checkout === "cancelled"} />
        )}
        <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[20rem_1fr]">
          <BalancePanel />
          <Packs />
        </div>
        <UsageChart />
        <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[1fr_24rem]">
          <Ledger />
          <Purchases />
        </div>
      </div>
    </>
  );
}
