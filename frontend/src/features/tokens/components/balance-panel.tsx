/** What can be spent, what is held for runs that go on, and what is owed when a payment went back. */

import { Sparkles } from "lucide-react";
import { useBalance } from "@/shared/account/account";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { Card, CardHeading } from "@/shared/ui/card";
import { Notice } from "@/shared/ui/notice";

export function BalancePanel() {
  const texts = useTexts();
  const formats = useFormats();
  const balance = useBalance();
  const available = balance?.available ?? null;
  const receivable = balance?.receivable ?? 0;
  return (
    <Card aria-labelledby="balance">
      <CardHeading id="balance" icon={<Sparkles aria-hidden="true" className="size-5 text-yellow-400" />}>
        {texts.tokenPage.balance}
      </CardHeading>
      <dl className="space-y-3">
        <div>
          <dt className="text-sm text-slate-400">{texts.tokenPage.available}</dt>
          <dd className="text-4xl font-bold text-slate-100 tabular-nums" data-available={available ?? ""}>
            {available === null ? "…" : formats.count(available)}
          </dd>
        </div>
        <div className="flex justify-between gap-4 text-sm">
          <dt className="text-slate-400">{texts.tokenPage.held}</dt>
          <dd className="text-slate-200 tabular-nums">
            {balance?.held == null ? "…" : formats.count(balance.held)}
          </dd>
        </div>
        {receivable > 0 && (
          <div className="flex justify-between gap-4 text-sm">
            <dt className="text-slate-400">{texts.tokenPage.receivable}</dt>
            <dd className="font-semibold text-amber-200 tabular-nums">{formats.count(receivable)}</dd>
          </div>
        )}
      </dl>
      <p className="mt-3 text-xs text-slate-400">{texts.tokenPage.heldHint}</p>
      {receivable > 0 && (
        <Notice tone="warning" className="mt-4">
          {texts.tokenPage.receivableHint}
        </Notice>
      )}
      {balance?.blocked_until && (
        <Notice tone="warning" className="mt-4">
          {texts.tokenPage.blocked(formats.dateTime(balance.blocked_until))}
        </Notice>
      )}
    </Card>
  );
}
