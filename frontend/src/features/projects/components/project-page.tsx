/** A project: what was generated in it, and changing its name or erasing it. */

import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Pencil, Rocket, Trash2 } from "lucide-react";
import { useState } from "react";
import { isGone } from "@/shared/api/problem";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { createPath } from "@/shared/paths";
import { useProject } from "@/shared/project/project";
import { Button, ButtonLink } from "@/shared/ui/button";
import { Loading } from "@/shared/ui/loading";
import { PageHeading } from "@/shared/ui/page-heading";
import { PagedList } from "@/shared/ui/paged-list";
import { toast } from "@/shared/ui/toast-queue";
import { useDelete, useProjectGenerations } from "../api/projects";
import { DeleteDialog } from "./delete-dialog";
import { GenerationRow } from "./generation-row";
import { RenameDialog } from "./rename-dialog";

const route = getRouteApi("/proyectos/$projectId");

export function ProjectPage() {
  const { projectId } = route.useParams();
  return <OneProject key={projectId} projectId={projectId} />;
}

function OneProject({ projectId }: { projectId: string }) {
  const texts = useTexts();
  const formats = useFormats();
  const navigate = useNavigate();
  const erase = useDelete(projectId, () => {
    toast(texts.projects.deleted(project.data?.name ?? ""));
    void navigate({ to: "/proyectos", replace: true });
  });
  // The feed tells of the erasure before its answer is here: what is on its way out is not asked for again.
  const project = useProject(projectId, erase.isIdle || erase.isError);
  const generations = useProjectGenerations(projectId);
  const [asking, setAsking] = useState<"rename" | "delete" | null>(null);
  // The router's page for what is not there, or not one's own. What is known stays on show through an outage.
  if (project.error && (isGone(project.error) || !project.data)) throw project.error;
  if (!project.data) return <Loading />;
  const { name, created_at } = project.data;
  // An answer closes the dialog that asked, not the one that was opened meanwhile.
  const closing = (dialog: "rename" | "delete") => (open: boolean) =>
    setAsking((before) => (open || before !== dialog ? before : null));
  return (
    <>
      <PageHeading
        title={name}
        hint={texts.projects.created(formats.dateTime(created_at))}
        aside={
          <>
            <ButtonLink {...createPath(projectId)}>
              <Rocket aria-hidden="true" className="size-4" />
              {texts.projects.again}
            </ButtonLink>
            <Button onClick={() => setAsking("rename")}>
              <Pencil aria-hidden="true" className="size-4" />
              {texts.projects.rename}
            </Button>
            <Button look="danger" onClick={() => setAsking("delete")}>
              <Trash2 aria-hidden="true" className="size-4" />
              {texts.projects.delete}
            </Button>
          </>
        }
      />
      <h2 className="mb-3 text-base font-semibold text-slate-200">{texts.projects.generationsTitle}</h2>
      <PagedList pages={generations} empty={texts.projects.generationsNone}>
        {(items) => (
          <ol className="space-y-3">
            {items.map((generation) => (
              <GenerationRow key={generation.generation_id} generation={generation} />
            ))}
          </ol>
        )}
      </PagedList>
      <RenameDialog project={project.data} open={asking === "rename"} onOpenChange={closing("rename")} />
      <DeleteDialog
        project={project.data}
        erase={erase}
        open={asking === "delete"}
        onOpenChange={closing("delete")}
      />
    </>
  );
}
