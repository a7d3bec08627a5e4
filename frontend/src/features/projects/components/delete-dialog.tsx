/** Erases a project, once its person has seen what goes and what stays, and has typed its name. */

import { useTexts } from "@/shared/i18n/texts";
import { ConfirmByName } from "@/shared/ui/confirm-by-name";
import type { Project, useDelete } from "../api/projects";

interface DeleteDialogProps {
  project: Pick<Project, "name">;
  erase: ReturnType<typeof useDelete>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function DeleteDialog({ project, erase, open, onOpenChange }: DeleteDialogProps) {
  const texts = useTexts();
  return (
    <ConfirmByName
      open={open}
      onOpenChange={onOpenChange}
      title={texts.projects.deleteTitle(project.name)}
      description={texts.projects.deleteText}
      erased={texts.projects.erased}
      kept={texts.projects.kept}
      name={project.name}
      action={texts.projects.deleteConfirm}
      attempt={erase}
      onConfirm={() => erase.mutate()}
    />
  );
}
