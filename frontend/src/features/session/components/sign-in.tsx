/** Signing in: at Clerk, or in development as one of the fixture accounts or any other by its name. */

import { LogIn } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTexts } from "@/shared/i18n/texts";
import type { SimulatedIdentity } from "@/shared/session/simulated-identity";
import type { SignIn as WayIn } from "@/shared/session/start";
import { Button } from "@/shared/ui/button";
import { Card, CardHeading } from "@/shared/ui/card";
import { Notice } from "@/shared/ui/notice";
import { toast } from "@/shared/ui/toast-queue";
import { useTitle } from "@/shared/ui/use-title";

const ACCOUNTS = ["ada", "bruno", "olga"] as const;
const ACCOUNT_PATTERN = "[a-z0-9][a-z0-9_\\-]{0,63}";

export function SignIn({ way }: { way: WayIn }) {
  const texts = useTexts();
  useTitle(texts.session.title); // that of a page may name what somebody made
  return (
    <Card className="mx-auto mt-8 w-full max-w-md">
      <CardHeading level={1} icon={<LogIn aria-hidden="true" className="size-5 text-cyan-400" />}>
        {texts.session.title}
      </CardHeading>
      {way.kind === "none" && <Notice tone="warning">{texts.session.unavailable}</Notice>}
      {way.kind === "simulator" && <Development identity={way.identity} />}
      {way.kind === "clerk" && (
        <>
          <p className="mb-4 text-sm text-slate-300">{texts.session.why}</p>
          <Button
            look="primary"
            className="w-full"
            onClick={() => void way.identity.signIn().catch(() => toast(texts.session.failed, "bad"))}
          >
            {texts.session.title}
          </Button>
        </>
      )}
    </Card>
  );
}

function Development({ identity }: { identity: SimulatedIdentity }) {
  const texts = useTexts();
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState(false);

  async function enter(account: string) {
    setBusy(true);
    setFailed(false);
    try {
      await identity.signIn(account);
    } catch {
      setFailed(true);
    }
    setBusy(false);
  }

  return (
    <>
      <p className="mb-4 text-sm text-slate-300">{texts.session.development}</p>
      <ul className="space-y-2">
        {ACCOUNTS.map((account) => (
          <li key={account}>
            <Button className="w-full" disabled={busy} onClick={() => enter(account)}>
              {texts.session.enterAs(texts.session.accounts[account])}
            </Button>
          </li>
        ))}
      </ul>
      <OtherAccount busy={busy} onEnter={enter} />
      {failed && (
        <Notice tone="bad" alert className="mt-4">
          {texts.session.failed}
        </Notice>
      )}
    </>
  );
}

function OtherAccount({ busy, onEnter }: { busy: boolean; onEnter: (account: string) => void }) {
  const texts = useTexts();
  const id = useId();
  const [account, setAccount] = useState("");

  function submit(event: FormEvent) {
    event.preventDefault();
    onEnter(account);
  }

  return (
    <form onSubmit={submit} className="mt-6 border-t border-slate-700 pt-4">
      <label htmlFor={id} className="mb-1 block text-sm text-slate-300">
        {texts.session.other}
      </label>
      <div className="flex gap-2">
        <input
          id={id}
          value={account}
          onChange={(event) => setAccount(event.target.value)}
          pattern={ACCOUNT_PATTERN}
          required
          autoComplete="username"
          aria-describedby={`${id}-hint`}
          className="field min-w-0 flex-1"
        />
        <Button type="submit" disabled={busy}>
          {texts.session.enter}
        </Button>
      </div>
      <p id={`${id}-hint`} className="mt-1 text-xs text-slate-400">
        {texts.session.otherHint}
      </p>
    </form>
  );
}
