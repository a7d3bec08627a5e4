/** A file's name that leads to its text, at a line if one is known; plain where there is no such file. */

import { Link } from "@tanstack/react-router";
import { generationPath } from "@/shared/paths";
import { useGeneration } from "./use-generation";

interface FileLinkProps {
  path: string;
  line?: number | null;
  children: string;
}

export function FileLink({ path, line = null, children }: FileLinkProps) {
  const view = useGeneration();
  const name = "font-mono text-xs break-words";
  if (!view.files.some((file) => file.path === path)) return <span className={name}>{children}</span>;
  return (
    <Link
      to={generationPath(view.projectId, view.generationId, "codigo")}
      search={{ archivo: path, ...(line === null ? {} : { linea: line }) } as never}
      className={`${name} text-cyan-300 underline underline-offset-2 hover:text-cyan-200`}
    >
      {children}
    </Link>
  );
}
