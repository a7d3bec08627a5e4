/** *Crear*: a new project, or another generation of the one that the address names. */

import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { isGone } from "@/shared/api/problem";
import { useTexts } from "@/shared/i18n/texts";
import { useProject } from "@/shared/project/project";
import { Loading } from "@/shared/ui/loading";
import { useTitle } from "@/shared/ui/use-title";
import type { Target } from "../hooks/use-draft";
import { CreateForm } from "./create-form";

const route = getRouteApi("/crear");

export function CreatePage() {
  const { proyecto } = route.useSearch();
  useTitle(useTexts().navigation.create);
  return proyecto === undefined ? (
    <CreateForm target={null} />
  ) : (
    <InProject key={proyecto} projectId={proyecto} />
  );
}

function InProject({ projectId }: { projectId: string }) {
  const { data: project, error } = useProject(projectId);
  const target = useMemo((): Target | null => {
    if (!project) return null;
    const [latest] = project.recent_generations;
    const { prompt = "", pipeline, model_preference = null } = latest ?? {};
    return {
      projectId,
      proposal: { name: project.name, prompt, ...(pipeline && { pipeline }), model: model_preference },
    };
  }, [project, projectId]);
  // The router's page for what is not there, or not one's own. Through an outage the form stays with what is typed.
  if (error && (isGone(error) || !project)) throw error;
  return target === null ? <Loading /> : <CreateForm target={target} />;
}
