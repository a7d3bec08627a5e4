/** What there is to say of an application whose pages cannot be shown: its routes, and its README. */

import type { Contract } from "@/shared/contract/contract";
import { RouteList } from "@/shared/contract/route-list";
import { useTexts } from "@/shared/i18n/texts";

interface WithoutPagesProps {
  contract: Contract | null;
  readme: string | null;
}

export function WithoutPages({ contract, readme }: WithoutPagesProps) {
  const { preview: words } = useTexts();
  const routes = contract?.routes ?? [];
  if (routes.length === 0 && readme === null) {
    return <p className="py-8 text-center text-slate-400">{words.nothing}</p>;
  }
  return (
    <div className="mt-6 grid grid-cols-1 gap-6 lg:grid-cols-2">
      {routes.length > 0 && (
        <section aria-label={words.routes} className="min-w-0">
          <h3 className="mb-2 text-sm font-semibold text-slate-200">{words.routes}</h3>
          <RouteList routes={routes} />
        </section>
      )}
      {readme !== null && (
        <section aria-label={words.readme} className="min-w-0">
          <h3 className="mb-2 text-sm font-semibold text-slate-200">{words.readme}</h3>
          <pre className="rounded-lg bg-slate-950/60 p-4 font-mono text-xs leading-5 break-words whitespace-pre-wrap text-slate-200">
            {readme}
          </pre>
        </section>
      )}
    </div>
  );
}
