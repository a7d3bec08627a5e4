/** *Preview*: the pages that were written, running in a frame without a network; else what the application offers. */

import { MonitorPlay } from "lucide-react";
import { lazy, Suspense } from "react";
import { useGeneration } from "@/shared/generation/use-generation";
import { isOpen } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { Card, CardHeading } from "@/shared/ui/card";
import { Loading } from "@/shared/ui/loading";
import { Notice } from "@/shared/ui/notice";
import { useSite } from "../hooks/use-site";
import { WithoutPages } from "./without-pages";

/** With it comes a parser of JavaScript, which nothing else of a first page needs. */
const ShownSite = lazy(() => import("./shown-site"));

export function PreviewTab() {
  const { preview: words, retry } = useTexts();
  const view = useGeneration();
  const { site, texts, version, contract, readme, failed, refetch } = useSite(view);
  if (site !== null && texts) {
    return (
      <Suspense fallback={<Loading />}>
        <ShownSite
          view={view}
          site={site}
          texts={texts}
          version={version}
          contract={contract}
          readme={readme}
        />
      </Suspense>
    );
  }
  return (
    <Card>
      <CardHeading icon={<MonitorPlay aria-hidden="true" className="size-5 text-cyan-400" />}>
        {words.title}
      </CardHeading>
      {failed ? (
        <Notice tone="bad" alert actions={<Button onClick={() => void refetch()}>{retry}</Button>}>
          {words.failed}
        </Notice>
      ) : !texts ? (
        <Loading />
      ) : (
        <>
          {isOpen(view) ? (
            <Notice>{words.waiting}</Notice>
          ) : (
            <Notice title={view.outcome?.archive ? words.none : words.partial}>{words.noneText}</Notice>
          )}
          <WithoutPages contract={contract} readme={readme} />
        </>
      )}
    </Card>
  );
}
