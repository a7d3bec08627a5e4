/** What surrounds every page: the header, what everybody should know now, and the page itself or the sign-in. */

import { Outlet, useRouteContext, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { SignIn } from "@/features/session/components/sign-in";
import { useAccountFeed } from "@/shared/account/account";
import { useTexts } from "@/shared/i18n/texts";
import { usePerson, useSession } from "@/shared/session/use-session";
import { Banners } from "./banners";
import { Header } from "./header";

export function Shell() {
  const texts = useTexts();
  const state = useSession();
  const { signIn } = useRouteContext({ from: "__root__" });
  const person = usePerson();
  useAccountFeed(person);
  const main = useRef<HTMLElement>(null);
  const page = useRouterState({ select: (router) => pageOf(router.location.pathname) });
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    main.current?.focus({ preventScroll: true });
  }, [page]);
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-7xl flex-col px-4 pb-8 sm:px-6">
      <a
        href="#content"
        className="sr-only z-50 rounded bg-cyan-400 px-4 py-2 font-semibold text-slate-950 focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        {texts.skip}
      </a>
      <Header key={person} signedIn={state === "in"} />
      <Banners />
      <main ref={main} id="content" tabIndex={-1} className="flex min-w-0 flex-1 flex-col">
        {/* Another person's pages are other pages: what this one typed, opened or was told goes with them. */}
        {state === "in" && <Outlet key={person} />}
        {state === "out" && <SignIn way={signIn} />}
      </main>
    </div>
  );
}

/** Tabs of one generation are one page: between them the focus stays where it is. */
const pageOf = (pathname: string): string => pathname.split("/").slice(0, 5).join("/");
