/** What is for sale. Paying happens at Stripe; nothing of a card is ever typed here. */

import { ExternalLink, ShoppingCart } from "lucide-react";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { Card, CardHeading } from "@/shared/ui/card";
import { Loading } from "@/shared/ui/loading";
import { Notice } from "@/shared/ui/notice";
import { QueryProblem, useProblemText } from "@/shared/ui/query-problem";
import { Spinner } from "@/shared/ui/spinner";
import { type Pack, useCheckout, usePacks } from "../api/purchases";

export function Packs() {
  const texts = useTexts();
  const problemText = useProblemText();
  const packs = usePacks();
  const checkout = useCheckout();
  // From the answer on, the browser is on its way to the checkout.
  const busy = checkout.isPending || (checkout.isSuccess && checkout.data.url !== null);
  return (
    <Card aria-labelledby="packs">
      <CardHeading id="packs" icon={<ShoppingCart aria-hidden="true" className="size-5 text-cyan-400" />}>
        {texts.tokenPage.packs}
      </CardHeading>
      {packs.data ? (
        <ul className="grid grid-cols-1 gap-3 sm:grid-cols-[repeat(auto-fit,minmax(11rem,1fr))]">
          {packs.data.map((pack) => (
            <PackCard
              key={pack.pack}
              pack={pack}
              busy={busy && checkout.variables === pack.pack}
              disabled={busy}
              onBuy={() => checkout.mutate(pack.pack)}
            />
          ))}
        </ul>
      ) : packs.error ? (
        <QueryProblem error={packs.error} again={() => void packs.refetch()} />
      ) : (
        // As high as the three that come, so that nothing below them moves.
        <div className="min-h-[31rem] sm:min-h-42">
          <Loading />
        </div>
      )}
      {packs.data?.length === 0 && <p className="text-sm text-slate-300">{texts.tokenPage.packsNone}</p>}
      {checkout.error && (
        <Notice tone="bad" alert title={problemText(checkout.error)} className="mt-4">
          {texts.tokenPage.notCharged}
        </Notice>
      )}
      <p className="mt-4 text-xs text-slate-400">{texts.tokenPage.packsHint}</p>
    </Card>
  );
}

interface PackCardProps {
  pack: Pack;
  busy: boolean;
  disabled: boolean;
  onBuy: () => void;
}

function PackCard({ pack, busy, disabled, onBuy }: PackCardProps) {
  const texts = useTexts();
  const formats = useFormats();
  return (
    <li className="flex flex-col gap-1 rounded-lg border border-slate-700 bg-slate-900/60 p-4">
      <h3 className="text-sm text-slate-300">{pack.title}</h3>
      <p className="text-2xl font-bold text-slate-100 tabular-nums">
        {texts.tokens(formats.count(pack.tokens), pack.tokens)}
      </p>
      <p className="mb-3 text-slate-300 tabular-nums">{formats.money(pack.amount, pack.currency)}</p>
      <Button
        look="primary"
        className="mt-auto w-full"
        onClick={() => !disabled && onBuy()}
        aria-disabled={disabled}
        aria-label={texts.tokenPage.buyPack(pack.title, formats.money(pack.amount, pack.currency))}
      >
        {busy ? <Spinner className="size-4" /> : <ExternalLink aria-hidden="true" className="size-4" />}
        {busy ? texts.tokenPage.going : texts.tokenPage.buy}
      </Button>
    </li>
  );
}
