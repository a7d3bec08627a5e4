/** Brand, navigation, balance and account; one row on a desk, three on a phone. */

import { Link } from "@tanstack/react-router";
import { Sparkles } from "lucide-react";
import { useBalance, useMe } from "@/shared/account/account";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { TOKENS_PATH } from "@/shared/paths";
import { ButtonLink } from "@/shared/ui/button";
import { classes } from "@/shared/ui/classes";
import { NAVIGATION } from "../navigation";
import { AccountMenu } from "./account-menu";

export function Header({ signedIn }: { signedIn: boolean }) {
  const texts = useTexts();
  return (
    <header className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-3 py-4">
      <Link to="/crear" className={classes("order-1 mr-auto rounded", signedIn && "lg:mr-6")}>
        <span className="block bg-gradient-to-r from-cyan-400 to-blue-400 bg-clip-text text-2xl font-bold text-transparent sm:text-3xl">
          {texts.brand}
        </span>
        <span className="block text-xs text-slate-400 sm:text-sm">{texts.tagline}</span>
      </Link>
      {signedIn && <Navigation />}
      {signedIn && (
        <div className="order-3 flex flex-wrap items-center gap-2 sm:gap-3">
          <BalanceCard />
          <ButtonLink to={TOKENS_PATH} size="small" className="border-cyan-500 text-cyan-200">
            {texts.header.buy}
          </ButtonLink>
        </div>
      )}
      <div className="order-2 sm:order-4">
        <AccountMenu signedIn={signedIn} />
      </div>
    </header>
  );
}

function Navigation() {
  const texts = useTexts();
  const role = useMe().data?.role;
  const entries = NAVIGATION.filter((entry) => entry.role === undefined || entry.role === role);
  return (
    // On a phone the names stand below their icons, so that all four are in sight; larger text goes on in a second row.
    <nav aria-label={texts.navigation.label} className="order-5 w-full lg:order-2 lg:mr-auto lg:w-auto">
      <ul className="flex flex-wrap gap-1">
        {entries.map(({ to, label, icon: Icon }) => (
          <li key={to} className="flex-1 sm:flex-none">
            <Link
              to={to}
              className="flex min-h-12 flex-col items-center justify-center gap-1 rounded-lg px-1 text-xs sm:min-h-10 sm:flex-row sm:gap-2 sm:px-3 sm:text-sm"
              activeProps={{ className: "bg-slate-800 font-semibold text-slate-100" }}
              inactiveProps={{ className: "text-slate-300 hover:bg-slate-800/60 hover:text-slate-100" }}
            >
              <Icon aria-hidden="true" className="size-4" />
              {label(texts)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function BalanceCard() {
  const texts = useTexts();
  const formats = useFormats();
  const balance = useBalance();
  const available = balance?.available ?? null;
  const held = balance?.held ?? 0;
  return (
    <section
      aria-label={texts.header.balance}
      className="flex items-center gap-2 rounded-xl border border-slate-700 bg-slate-800/50 px-3 py-1.5"
    >
      <Sparkles aria-hidden="true" className="size-4 text-yellow-400" />
      <span className="leading-tight">
        <span className="block font-semibold text-slate-200 tabular-nums">
          {available === null
            ? texts.header.balanceUnknown
            : texts.tokens(formats.count(available), available)}
        </span>
        {held > 0 && (
          <span className="block text-xs text-slate-400">{texts.header.held(formats.count(held))}</span>
        )}
      </span>
    </section>
  );
}
