/** Leaving for good: what goes, what stays, and typing who you are. */

import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { session } from "@/shared/session/session";
import { Button } from "@/shared/ui/button";
import { Card, CardHeading } from "@/shared/ui/card";
import { ConfirmByName } from "@/shared/ui/confirm-by-name";
import { toast } from "@/shared/ui/toast-queue";
import { useDeleteAccount } from "../api/access-tokens";

export function DeleteAccount({ name }: { name: string }) {
  const texts = useTexts();
  const [asking, setAsking] = useState(false);
  const erase = useDeleteAccount(() => {
    toast(texts.account.deleted);
    void session.signOut();
  });
  return (
    <Card aria-labelledby="delete-account">
      <CardHeading
        id="delete-account"
        icon={<TriangleAlert aria-hidden="true" className="size-5 text-red-300" />}
      >
        {texts.account.delete}
      </CardHeading>
      <p className="mb-4 text-sm text-slate-300">{texts.account.deleteText}</p>
      <Button look="danger" onClick={() => setAsking(true)}>
        {texts.account.delete}
      </Button>
      <ConfirmByName
        open={asking}
        onOpenChange={setAsking}
        title={texts.account.deleteTitle}
        description={texts.account.deleteText}
        erased={texts.account.erased}
        kept={texts.account.keptItems}
        name={name}
        action={texts.account.deleteConfirm}
        attempt={erase}
        onConfirm={() => erase.mutate()}
      />
    </Card>
  );
}
