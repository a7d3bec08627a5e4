/** Everything that all pages stand in. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { isTransient } from "@/shared/api/problem";
import { useLanguage } from "@/shared/i18n/texts";
import type { SignIn } from "@/shared/session/start";
import type { Configuration } from "@/shared/settings/configuration";
import { Toasts } from "@/shared/ui/toasts";
import { forgetBetweenPersons } from "./one-person";
import { createAppRouter } from "./router";

/** A second and a half of silence in all before a person is told that something is wrong. */
const RETRIES = 2;
/** The feeds say when something has changed; this is for what they do not cover. */
const FRESH_MS = 30_000;

interface AppProps {
  configuration: Configuration;
  signIn: SignIn;
}

export function App({ configuration, signIn }: AppProps) {
  const language = useLanguage();
  const client = useMemo(makeClient, []);
  const router = useMemo(() => createAppRouter({ configuration, signIn }), [configuration, signIn]);
  useEffect(() => forgetBetweenPersons(client), [client]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>
  );
}

function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (failures, error) => failures < RETRIES && isTransient(error),
      },
      mutations: { networkMode: "always" },
    },
  });
}
