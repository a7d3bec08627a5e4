/** A site on show: which page, how wide, and the page itself. */

import { FlaskConical, MonitorPlay, RotateCw } from "lucide-react";
import { useCallback, useId, useMemo, useRef, useState } from "react";
import type { Contract } from "@/shared/contract/contract";
import type { GenerationView } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { assemble } from "@/shared/preview/assemble";
import { exampleOf, resolve, type Site } from "@/shared/preview/site";
import { Button } from "@/shared/ui/button";
import { Card, CardHeading } from "@/shared/ui/card";
import { Notice } from "@/shared/ui/notice";
import { Pace } from "../hooks/pace";
import { FramedPage } from "./framed-page";
import { fittingWidth, type Width, WidthChoice } from "./width-choice";
import { WithoutPages } from "./without-pages";

interface ShownSiteProps {
  view: GenerationView;
  site: Site;
  texts: ReadonlyMap<string, string>;
  version: number;
  contract: Contract | null;
  readme: string | null;
}

/** The unbuilt files that are named; more would not say more. */
const NAMED_MAX = 3;

export default function ShownSite({ view, site, texts, version, contract, readme }: ShownSiteProps) {
  const { preview: words } = useTexts();
  const [chosen, setChosen] = useState<string | null>(null);
  const [width, setWidth] = useState<Width>(fittingWidth);
  const [loads, setLoads] = useState(0);
  const pace = useRef(new Pace());
  const page = site.pages.find((path) => path === chosen) ?? site.pages[0] ?? "";
  const assembled = useMemo(
    () => assemble(site, page, texts, (contract?.routes ?? []).map(exampleOf)),
    [site, page, texts, contract],
  );
  const reload = useCallback(() => setLoads((before) => before + 1), []);
  const goTo = useCallback(
    (path: string) => {
      const target = resolve(site, site.root, path, (one) => site.pages.includes(one));
      if (target === null || !pace.current.allows(performance.now())) return;
      setChosen(target);
      reload();
    },
    [site, reload],
  );
  const unbuilt = assembled.unbuilt.length > 0;
  return (
    <Card>
      <CardHeading
        icon={<MonitorPlay aria-hidden="true" className="size-5 text-cyan-400" />}
        aside={
          !unbuilt && (
            <div className="flex flex-wrap items-center gap-3">
              {site.pages.length > 1 && <PageChoice site={site} page={page} onChange={setChosen} />}
              <WidthChoice width={width} onChange={setWidth} />
              <Button size="small" onClick={reload}>
                <RotateCw aria-hidden="true" className="size-4" />
                {words.reload}
              </Button>
            </div>
          )
        }
      >
        {words.title}
      </CardHeading>
      {unbuilt ? (
        <>
          <Notice tone="warning" title={words.unbuilt}>
            {words.unbuiltText(assembled.unbuilt.slice(0, NAMED_MAX).join(", "))}
          </Notice>
          <WithoutPages contract={contract} readme={readme} />
        </>
      ) : (
        <>
          <p className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-slate-300">
            <span className="inline-flex items-center gap-1.5 rounded-full border border-cyan-500 px-2.5 py-0.5 text-xs font-semibold text-cyan-200">
              <FlaskConical aria-hidden="true" className="size-3.5" />
              {words.examples}
            </span>
            {words.examplesText}
          </p>
          <FramedPage
            key={`${page} ${loads} ${version}`}
            view={view}
            assembled={assembled}
            width={width}
            onPage={goTo}
            onReload={reload}
          />
        </>
      )}
    </Card>
  );
}

interface PageChoiceProps {
  site: Site;
  page: string;
  onChange: (page: string) => void;
}

function PageChoice({ site, page, onChange }: PageChoiceProps) {
  const { preview: words } = useTexts();
  const id = useId();
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="text-sm text-slate-300">
        {words.page}
      </label>
      <select
        id={id}
        className="field max-w-48 py-1"
        value={page}
        onChange={(event) => onChange(event.target.value)}
      >
        {site.pages.map((path) => (
          <option key={path} value={path}>
            {path.slice(site.root.length)}
          </option>
        ))}
      </select>
    </div>
  );
}
