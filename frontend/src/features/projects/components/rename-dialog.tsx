/** Gives a project another name; files and archives that exist keep theirs. */

import { useId, useRef, useState } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { Dialog } from "@/shared/ui/dialog";
import { useProblemText } from "@/shared/ui/query-problem";
import { toast } from "@/shared/ui/toasts";
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
  const problemText = useProblemText();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const rename = useRename(project.project_id);
  const [typed, setTyped] = useState<string | null>(null);
  const name = typed ?? project.name;

  function close(stays: boolean) {
    setTyped(null);
    rename.reset();
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
      busy={rename.isPending}
      problem={rename.error && problemText(rename.error)}
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
      <div>
        <label htmlFor={id} className="mb-2 block text-sm text-slate-300">
          {texts.projects.name}
        </label>
        <input
          ref={field}
          id={id}
          value={name}
          onChange={(event) => setTyped(event.target.value)}
          maxLength={NAME_CHARACTERS_MAX}
          required
          autoComplete="off"
          className="field w-full"
        />
      </div>
    </Dialog>
  );
}
