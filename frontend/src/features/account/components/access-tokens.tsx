/** Access tokens: making one, whose secret is shown this once, and taking them back. */

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { Card, CardHeading } from "@/shared/ui/card";
import { Dialog } from "@/shared/ui/dialog";
import { Loading } from "@/shared/ui/loading";
import { QueryProblem } from "@/shared/ui/query-problem";
import { toast } from "@/shared/ui/toast-queue";
import {
  type AccessToken,
  useAccessTokens,
  useCreateAccessToken,
  useRevokeAccessToken,
} from "../api/access-tokens";
import { NewToken } from "./new-token";
import { TokenForm } from "./token-form";

export function AccessTokens() {
  const texts = useTexts();
  const tokens = useAccessTokens();
  const create = useCreateAccessToken();
  return (
    <Card aria-labelledby="access-tokens">
      <CardHeading id="access-tokens" icon={<KeyRound aria-hidden="true" className="size-5 text-cyan-400" />}>
        {texts.account.tokens}
      </CardHeading>
      <p className="mb-4 text-sm text-slate-300">{texts.account.tokensText}</p>
      {create.data && <NewToken created={create.data} onDone={create.reset} />}
      <TokenForm create={create} />
      {tokens.data ? (
        <ul className="mt-5 divide-y divide-slate-700 border-t border-slate-700">
          {tokens.data.map((token) => (
            <Row key={token.token_id} token={token} />
          ))}
          {tokens.data.length === 0 && (
            <li className="py-3 text-sm text-slate-300">{texts.account.tokensNone}</li>
          )}
        </ul>
      ) : tokens.error ? (
        <QueryProblem error={tokens.error} again={() => void tokens.refetch()} />
      ) : (
        <Loading />
      )}
    </Card>
  );
}

function Row({ token }: { token: AccessToken }) {
  const texts = useTexts();
  const formats = useFormats();
  const revoke = useRevokeAccessToken();
  const [asking, setAsking] = useState(false);
  return (
    <li data-token={token.name} className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-56 text-sm">
        <p className="font-medium break-words text-slate-100">
          {token.name} <code className="font-normal text-slate-400">…{token.hint}</code>
        </p>
        <p className="text-slate-300">
          {token.scopes.includes("write") ? texts.account.readWrite : texts.account.readOnly}
        </p>
        <p className="text-xs text-slate-400">
          {texts.account.expires(formats.dateTime(token.expires_at))} ·{" "}
          {token.last_used_at === null
            ? texts.account.neverUsed
            : texts.account.lastUsed(formats.dateTime(token.last_used_at))}
        </p>
      </div>
      <Button
        look="danger"
        size="small"
        onClick={() => setAsking(true)}
        aria-label={texts.account.revokeOne(token.name)}
      >
        {texts.account.revoke}
      </Button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={texts.account.revokeTitle(token.name)}
        description={texts.account.revokeText}
        action={texts.account.revoke}
        look="danger"
        attempt={revoke}
        onAction={() => revoke.mutate(token.token_id, { onSuccess: () => toast(texts.account.revoked) })}
      />
    </li>
  );
}
