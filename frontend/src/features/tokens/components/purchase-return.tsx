/** Back from Stripe's page: what became of the payment. It ends by itself, because the account's feed tells of it. */

import { useNavigate } from "@tanstack/react-router";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { Button, ButtonLink } from "@/shared/ui/button";
import { Notice } from "@/shared/ui/notice";
import { QueryProblem } from "@/shared/ui/query-problem";
import { Spinner } from "@/shared/ui/spinner";
import { type Purchase, usePurchase } from "../api/purchases";

interface PurchaseReturnProps {
  purchaseId: string;
  cancelled: boolean;
}

export function PurchaseReturn({ purchaseId, cancelled }: PurchaseReturnProps) {
  const query = usePurchase(purchaseId);
  if (query.error && !query.data)
    return <QueryProblem error={query.error} again={() => void query.refetch()} />;
  return (
    <div role="status" data-purchase={query.data?.state ?? ""}>
      {query.data && <Outcome purchase={query.data} cancelled={cancelled} />}
    </div>
  );
}

function Outcome({ purchase, cancelled }: { purchase: Purchase; cancelled: boolean }) {
  const texts = useTexts();
  const formats = useFormats();
  const words = texts.tokenPage.back;
  const tokens = texts.tokens(formats.count(purchase.tokens), purchase.tokens);
  switch (purchase.state) {
    case "credited":
      return (
        <Notice
          tone="good"
          title={words.credited(tokens)}
          actions={
            <>
              <ButtonLink to="/crear" size="small" look="primary">
                {words.create}
              </ButtonLink>
              <Dismiss />
            </>
          }
        >
          {words.creditedText}
        </Notice>
      );
    case "paid":
      return <Waiting title={words.crediting}>{words.creditingText}</Waiting>;
    case "started":
      return cancelled ? (
        <Notice title={words.cancelled} actions={<Resume purchase={purchase} />}>
          {words.cancelledText}
        </Notice>
      ) : (
        <Waiting title={words.confirming}>{words.confirmingText}</Waiting>
      );
    default:
      return (
        <Notice tone="warning" title={texts.tokenPage.states[stateOf(purchase)]} actions={<Dismiss />}>
          {words.otherwise}
        </Notice>
      );
  }
}

function Waiting({ title, children }: { title: string; children: string }) {
  return (
    <div className="flex items-start gap-3 rounded-lg border border-cyan-500/60 bg-cyan-500/10 px-4 py-3 text-sm">
      <Spinner className="mt-0.5 size-5 shrink-0 text-cyan-300" />
      <div>
        <p className="font-semibold text-slate-100">{title}</p>
        <p className="text-slate-300">{children}</p>
      </div>
    </div>
  );
}

function Resume({ purchase }: { purchase: Purchase }) {
  const texts = useTexts();
  return (
    <>
      {purchase.url !== null && (
        <Button size="small" onClick={() => purchase.url !== null && location.assign(purchase.url)}>
          {texts.tokenPage.resume}
        </Button>
      )}
      <Dismiss />
    </>
  );
}

function Dismiss() {
  const texts = useTexts();
  const navigate = useNavigate();
  return (
    <Button
      size="small"
      look="quiet"
      onClick={() => void navigate({ to: "/tokens", search: {}, replace: true, resetScroll: false })}
    >
      {texts.close}
    </Button>
  );
}

export type PurchaseState = keyof ReturnType<typeof useTexts>["tokenPage"]["states"];

/** A state that is newer than this page is shown as one that is being looked at. */
export function stateOf(purchase: Purchase): PurchaseState {
  const known: readonly string[] = STATES;
  return known.includes(purchase.state) ? (purchase.state as PurchaseState) : "unknown";
}

const STATES: readonly PurchaseState[] = [
  "started",
  "paid",
  "credited",
  "expired",
  "failed",
  "refunded",
  "disputed",
];
