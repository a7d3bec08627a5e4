/** The account's menu, open from the start: who is signed in, the language, and the way out. */

import { Menu } from "@base-ui/react/menu";
import { Link } from "@tanstack/react-router";
import { Check, KeyRound } from "lucide-react";
import { useMe } from "@/shared/account/account";
import { LANGUAGES, type Language } from "@/shared/i18n/language";
import { changeLanguage, useLanguage, useTexts } from "@/shared/i18n/texts";
import { ACCOUNT_PATH } from "@/shared/paths";
import { session } from "@/shared/session/session";
import { toast } from "@/shared/ui/toast-queue";
import { ACCOUNT_BUTTON, AccountButtonFace, type AccountMenuProps } from "./account-menu";

const ITEM =
  "flex min-h-10 cursor-pointer items-center gap-2 rounded px-3 text-sm text-slate-200 outline-none data-highlighted:bg-slate-700";

export function AccountMenuOpen({ signedIn }: AccountMenuProps) {
  const texts = useTexts();
  const language = useLanguage();
  const complain = () => toast(texts.problems.network, "bad");
  return (
    <Menu.Root defaultOpen>
      <Menu.Trigger className={ACCOUNT_BUTTON}>
        <AccountButtonFace />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={6} className="z-40">
          <Menu.Popup className="min-w-52 rounded-lg border border-slate-600 bg-slate-900 p-1 shadow-xl outline-none">
            {signedIn && <Who />}
            <Menu.RadioGroup
              value={language}
              onValueChange={(one: Language) => void changeLanguage(one).catch(complain)}
            >
              {LANGUAGES.map((one) => (
                <Menu.RadioItem key={one} value={one} lang={one} closeOnClick className={ITEM}>
                  <span className="w-4">
                    <Menu.RadioItemIndicator>
                      <Check aria-hidden="true" className="size-4" />
                    </Menu.RadioItemIndicator>
                  </span>
                  {texts.header.languages[one]}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            {signedIn && (
              <>
                <Menu.Separator className="my-1 h-px bg-slate-700" />
                <Menu.Item className={ITEM} render={<Link to={ACCOUNT_PATH} />}>
                  <KeyRound aria-hidden="true" className="size-4" />
                  {texts.account.menu}
                </Menu.Item>
                <Menu.Item className={ITEM} onClick={() => void session.signOut().catch(complain)}>
                  <span className="w-4" />
                  {texts.header.signOut}
                </Menu.Item>
              </>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Who() {
  const me = useMe().data;
  if (!me) return null;
  return (
    <div className="mb-1 border-b border-slate-700 px-3 py-2 text-sm">
      <p className="font-semibold text-slate-100">{me.name ?? me.user_id}</p>
      {me.email && <p className="text-slate-400">{me.email}</p>}
    </div>
  );
}
