/** The button of the account's menu. The menu itself is loaded when somebody is about to press it. */

import { CircleUser } from "lucide-react";
import { type ComponentType, useState } from "react";
import { useLanguage, useTexts } from "@/shared/i18n/texts";
import { buttonClasses } from "@/shared/ui/button";
import { toast } from "@/shared/ui/toast-queue";

export interface AccountMenuProps {
  signedIn: boolean;
}

const load = () => import("./account-menu-open").then((module) => module.AccountMenuOpen);

export function AccountMenu({ signedIn }: AccountMenuProps) {
  const texts = useTexts();
  const [Menu, setMenu] = useState<ComponentType<AccountMenuProps> | null>(null);
  if (Menu !== null) return <Menu signedIn={signedIn} />;

  const soon = () => void load().catch(() => undefined); // pressing says what went wrong
  const open = () =>
    void load().then(
      (loaded) => setMenu(() => loaded),
      () => toast(texts.problems.network, "bad"),
    );

  return (
    <button
      type="button"
      aria-haspopup="menu"
      aria-expanded="false"
      onPointerEnter={soon}
      onFocus={soon}
      onClick={open}
      className={ACCOUNT_BUTTON}
    >
      <AccountButtonFace />
    </button>
  );
}

export const ACCOUNT_BUTTON = buttonClasses("quiet", "small");

export function AccountButtonFace() {
  const texts = useTexts();
  const language = useLanguage();
  return (
    <>
      <CircleUser aria-hidden="true" className="size-5" />
      <span className="sr-only">{texts.header.account}</span>
      <span className="text-xs font-semibold uppercase">{language}</span>
    </>
  );
}
