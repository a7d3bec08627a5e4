/** What an access token shall be called, what it may do, and for how long. */

import { type FormEvent, useId, useState } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { useProblemText } from "@/shared/ui/query-problem";
import { Spinner } from "@/shared/ui/spinner";
import type { useCreateAccessToken } from "../api/access-tokens";

/** What the API takes. */
const NAME_CHARACTERS_MAX = 80;
const LIFETIMES_DAYS = [30, 90, 365] as const;
const LIFETIME_DAYS_DEFAULT = 90;

export function TokenForm({ create }: { create: ReturnType<typeof useCreateAccessToken> }) {
  const texts = useTexts();
  const problemText = useProblemText();
  const id = useId();
  const [name, setName] = useState("");
  const [mayWrite, setMayWrite] = useState(true);
  const [days, setDays] = useState<number>(LIFETIME_DAYS_DEFAULT);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (create.isPending || name.trim() === "") return;
    create.mutate({ name: name.trim(), mayWrite, days }, { onSuccess: () => setName("") });
  }

  return (
    <form onSubmit={submit} className="grid grid-cols-1 items-end gap-3 sm:grid-cols-[1fr_auto_auto_auto]">
      <div>
        <label htmlFor={`${id}-name`} className="mb-1 block text-sm text-slate-300">
          {texts.account.name}
        </label>
        <input
          id={`${id}-name`}
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={NAME_CHARACTERS_MAX}
          required
          autoComplete="off"
          placeholder={texts.account.namePlaceholder}
          className="field w-full"
        />
      </div>
      <div>
        <label htmlFor={`${id}-scope`} className="mb-1 block text-sm text-slate-300">
          {texts.account.scope}
        </label>
        <select
          id={`${id}-scope`}
          className="field w-full"
          value={mayWrite ? "write" : "read"}
          onChange={(event) => setMayWrite(event.target.value === "write")}
        >
          <option value="write">{texts.account.readWrite}</option>
          <option value="read">{texts.account.readOnly}</option>
        </select>
      </div>
      <div>
        <label htmlFor={`${id}-days`} className="mb-1 block text-sm text-slate-300">
          {texts.account.lifetime}
        </label>
        <select
          id={`${id}-days`}
          className="field w-full"
          value={days}
          onChange={(event) => setDays(Number(event.target.value))}
        >
          {LIFETIMES_DAYS.map((one) => (
            <option key={one} value={one}>
              {texts.account.days(one)}
            </option>
          ))}
        </select>
      </div>
      <Button type="submit" look="primary" aria-disabled={create.isPending}>
        {create.isPending && <Spinner className="size-4" />}
        {texts.account.createToken}
      </Button>
      {create.error && (
        <p role="alert" className="text-sm text-red-300 sm:col-span-full">
          {problemText(create.error)}
        </p>
      )}
    </form>
  );
}
