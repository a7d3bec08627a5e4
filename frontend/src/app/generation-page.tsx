/** One generation: loads and follows it, and shows whichever of its tabs the address names. */

import { Outlet, useParams } from "@tanstack/react-router";
import { GenerationHeader } from "@/features/generation/components/generation-header";
import { isGone } from "@/shared/api/problem";
import { GenerationProvider, useGenerationStore } from "@/shared/generation/use-generation";
import { generationPath } from "@/shared/paths";
import { Loading } from "@/shared/ui/loading";
import { GENERATION_TABS } from "./generation-tabs";
import { Failed } from "./shell/failed";
import { TabLinks } from "./shell/tab-links";

export function GenerationPage() {
  const { projectId, generationId } = useParams({ from: "/proyectos/$projectId/generaciones/$generationId" });
  const { store, error, refetch } = useGenerationStore(generationId);
  if (error && (isGone(error) || store === null))
    return <Failed error={error} reset={() => void refetch()} />;
  if (store === null) return <Loading />;
  return (
    <GenerationProvider value={store} key={generationId}>
      <GenerationHeader />
      <TabLinks tabs={GENERATION_TABS} base={generationPath(projectId, generationId)} />
      <Outlet />
    </GenerationProvider>
  );
}
