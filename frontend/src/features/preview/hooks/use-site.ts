/** The front end of this generation as far as its steps are complete, with the texts that a preview of it needs. */

import { useMemo } from "react";
import { CONTRACT_PATH, contractOf } from "@/shared/contract/contract";
import { useFileTexts } from "@/shared/generation/file-text";
import { filesByPath } from "@/shared/generation/files";
import type { GenerationView } from "@/shared/generation/view";
import { isShown, siteOf } from "@/shared/preview/site";

const README = /^(readme|docs\/readme)(\.md|\.txt)?$/i;

export function useSite(view: GenerationView) {
  const finished = useMemo(
    () => filesByPath(view.files).filter((file) => file.sha256 !== null),
    [view.files],
  );
  const site = useMemo(() => siteOf(finished.map((file) => file.path)), [finished]);
  const readme = finished.find((file) => README.test(file.path))?.path;
  const needed = finished.filter(
    ({ path }) => path === CONTRACT_PATH || path === readme || (site !== null && isShown(site, path)),
  );
  const query = useFileTexts(view.generationId, needed);
  const contract = useMemo(() => contractOf(query.data?.get(CONTRACT_PATH) ?? ""), [query.data]);
  const readmeText = readme === undefined ? null : (query.data?.get(readme) ?? null);
  return {
    site,
    texts: query.data,
    /** Another one for other texts. */
    version: query.dataUpdatedAt,
    contract,
    readme: readmeText,
    failed: query.isError,
    refetch: query.refetch,
  };
}
