/** A project in the list: its name leads to it, its latest state to that generation's page. */

import { Link } from "@tanstack/react-router";
import { useFormats } from "@/shared/format/numbers";
import { StatusMark } from "@/shared/generation/status-mark";
import { useTexts } from "@/shared/i18n/texts";
import { generationPath } from "@/shared/paths";
import type { Project } from "../api/projects";

export function ProjectRow({ project }: { project: Project }) {
  const texts = useTexts();
  const formats = useFormats();
  const { project_id, name, generations, latest_status, latest_generation_id } = project;
  return (
    <li
      data-project={name}
      className="relative flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-xl border border-slate-700 bg-slate-800/50 p-4 hover:border-slate-500"
    >
      <div className="min-w-0 flex-1 basis-56">
        <h2 className="text-base font-semibold break-words text-slate-100">
          {/* The whole row leads there, but a reader hears the name alone. */}
          <Link
            to="/proyectos/$projectId"
            params={{ projectId: project_id }}
            className="rounded after:absolute after:inset-0 after:rounded-xl"
          >
            {name}
          </Link>
        </h2>
        <p className="text-sm text-slate-400">
          {texts.projects.generations(formats.count(generations), generations)} ·{" "}
          {texts.projects.changed(formats.dateTime(project.updated_at))}
        </p>
      </div>
      {latest_status !== null && latest_generation_id !== null && (
        <Link
          to={generationPath(project_id, latest_generation_id)}
          aria-label={texts.projects.latest(texts.generation.status[latest_status], name)}
          className="relative rounded-full hover:bg-slate-700"
        >
          <StatusMark status={latest_status} />
        </Link>
      )}
    </li>
  );
}
