/** What everybody should know now, whichever page they are on. */

import { useQuery } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import { FlaskConical, WifiOff } from "lucide-react";
import { useSyncExternalStore } from "react";
import { api, body } from "@/shared/api/client";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { Notice } from "@/shared/ui/notice";

/** The account's feed tells what changes; this is for people who are not signed in, and for a new version. */
const HEALTH_MS = 120_000;

export const useHealth = () =>
  useQuery({ queryKey: ["health"], queryFn: () => body(api.GET("/health")), refetchInterval: HEALTH_MS });

export function Banners() {
  const texts = useTexts();
  const online = useOnline();
  const { configuration } = useRouteContext({ from: "__root__" });
  const health = useHealth().data;
  return (
    <div className="mb-4 space-y-2 empty:hidden">
      {!online && (
        <p
          role="status"
          className="flex items-center gap-2 rounded-lg border border-amber-500/60 bg-amber-500/10 px-4 py-2 text-sm"
        >
          <WifiOff aria-hidden="true" className="size-4 shrink-0 text-amber-300" />
          {texts.banners.offline}
        </p>
      )}
      {health && health.version !== configuration.version && (
        <Notice
          alert
          title={texts.banners.newVersion}
          actions={
            <Button size="small" onClick={() => location.reload()}>
              {texts.banners.reload}
            </Button>
          }
        >
          {texts.banners.reloadKeeps}
        </Notice>
      )}
      {health?.simulated && (
        <p className="flex items-center gap-2 text-xs text-slate-400">
          <FlaskConical aria-hidden="true" className="size-4 shrink-0 text-cyan-300" />
          <span>
            <strong className="font-semibold text-slate-200">{texts.banners.simulated}.</strong>{" "}
            {texts.banners.simulatedText}
          </span>
        </p>
      )}
    </div>
  );
}

function useOnline(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      addEventListener("online", watcher);
      addEventListener("offline", watcher);
      return () => {
        removeEventListener("online", watcher);
        removeEventListener("offline", watcher);
      };
    },
    () => navigator.onLine,
  );
}
