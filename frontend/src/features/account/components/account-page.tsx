/** *Tu cuenta*: who you are here, your access tokens, and the way out. */

import { useMe } from "@/shared/account/account";
import { useTexts } from "@/shared/i18n/texts";
import { PageHeading } from "@/shared/ui/page-heading";
import { AccessTokens } from "./access-tokens";
import { DeleteAccount } from "./delete-account";

export function AccountPage() {
  const texts = useTexts();
  const me = useMe().data;
  return (
    <>
      <PageHeading title={texts.account.title} hint={me && [me.name, me.email].filter(Boolean).join(" · ")} />
      <div className="max-w-3xl space-y-6">
        <AccessTokens />
        {me && <DeleteAccount name={me.email ?? me.name ?? me.user_id} />}
      </div>
    </>
  );
}
