/** Gives a project another name; files and archives that exist keep theirs. */

import { useRef, useState } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { Dialog } from "@/shared/ui/dialog";
import { TextField } from "@/shared/ui/fields";
import { toast } from "@/shared/ui/toast-queue";
import { type Project, useRename } from "../api/projects";

/** What the API takes. */
const NAME_CHARACTERS_MAX = 80;

interface ProjectDialogProps {
  project: Pick<Project, "project_id" | "name">;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function RenameDialog({ project, open, onOpenChange }: ProjectDialogProps) {
  const texts = useTexts();
  const field = useRef<HTMLInputElement>(null);
  const rename = useRename(project.project_id);
  const [typed, setTyped] = useState<string | null>(null);
  const name = typed ?? project.name;

  function close(stays: boolean) {
    setTyped(null);
    onOpenChange(stays);
  }

  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={texts.projects.renameTitle}
      description={texts.projects.renameText}
      action={texts.save}
      blocked={name.trim() === ""}
      attempt={rename}
      initialFocus={field}
      onAction={() => {
        if (name.trim() === project.name) return close(false);
        rename.mutate(name.trim(), {
          onSuccess: () => {
            toast(texts.projects.renamed);
            close(false);
          },
        });
      }}
    >
      <TextField
        ref={field}
        label={texts.projects.name}
        value={name}
        onChange={setTyped}
        maxLength={NAME_CHARACTERS_MAX}
        required
      />
    </Dialog>
  );
}
