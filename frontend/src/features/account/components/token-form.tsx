/** What an access token shall be called, what it may do, and for how long. */

import { type FormEvent, useState } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { SelectField, TextField } from "@/shared/ui/fields";
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
  const [name, setName] = useState("");
  const [mayWrite, setMayWrite] = useState(true);
  const [days, setDays] = useState<number>(LIFETIME_DAYS_DEFAULT);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (create.isPending || name.trim() === "") return;
    // The next one's name, if it is being typed by then, stays.
    const clear = () => setName((typed) => (typed === name ? "" : typed));
    create.mutate({ name: name.trim(), mayWrite, days }, { onSuccess: clear });
  }

  return (
    <form onSubmit={submit} className="grid grid-cols-1 items-end gap-3 sm:grid-cols-[1fr_auto_auto_auto]">
      <TextField
        label={texts.account.name}
        value={name}
        onChange={setName}
        maxLength={NAME_CHARACTERS_MAX}
        required
        placeholder={texts.account.namePlaceholder}
      />
      <SelectField
        label={texts.account.scope}
        value={mayWrite ? "write" : "read"}
        onChange={(value) => setMayWrite(value === "write")}
      >
        <option value="write">{texts.account.readWrite}</option>
        <option value="read">{texts.account.readOnly}</option>
      </SelectField>
      <SelectField label={texts.account.lifetime} value={days} onChange={(value) => setDays(Number(value))}>
        {LIFETIMES_DAYS.map((one) => (
          <option key={one} value={one}>
            {texts.account.days(one)}
          </option>
        ))}
      </SelectField>
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
