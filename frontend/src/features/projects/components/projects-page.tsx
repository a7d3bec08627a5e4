/** *Proyectos*: all of them, the newest first, each with how its latest generation stands. */

import { FolderOpen, Rocket, Search } from "lucide-react";
import { useId } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { ButtonLink } from "@/shared/ui/button";
import { PageHeading } from "@/shared/ui/page-heading";
import { PagedList } from "@/shared/ui/paged-list";
import { useProjects } from "../api/projects";
import { useSearch } from "../hooks/use-search";
import { ProjectRow } from "./project-row";

/** What the API takes. */
const SEARCH_CHARACTERS_MAX = 80;

export function ProjectsPage() {
  const texts = useTexts();
  const id = useId();
  const { typed, setTyped, search } = useSearch();
  const projects = useProjects(search);
  return (
    <>
      <PageHeading
        title={texts.projects.title}
        aside={
          <ButtonLink to="/crear">
            <Rocket aria-hidden="true" className="size-4" />
            {texts.projects.create}
          </ButtonLink>
        }
      />
      <search className="relative mb-4 block">
        <label htmlFor={id} className="sr-only">
          {texts.projects.search}
        </label>
        <Search
          aria-hidden="true"
          className="absolute top-1/2 left-3 size-4 -translate-y-1/2 text-slate-400"
        />
        <input
          id={id}
          type="search"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          maxLength={SEARCH_CHARACTERS_MAX}
          placeholder={texts.projects.search}
          autoComplete="off"
          className="field w-full pl-10"
        />
      </search>
      <PagedList pages={projects} empty={search ? <p>{texts.projects.noneSuch(search)}</p> : <Nothing />}>
        {(items) => (
          <ul className="space-y-3">
            {items.map((project) => (
              <ProjectRow key={project.project_id} project={project} />
            ))}
          </ul>
        )}
      </PagedList>
    </>
  );
}

function Nothing() {
  const texts = useTexts();
  return (
    <div className="flex flex-col items-center gap-3 py-12 text-center">
      <FolderOpen aria-hidden="true" className="size-10 text-slate-400" />
      <p className="text-lg font-semibold text-slate-200">{texts.projects.none}</p>
      <p>{texts.projects.noneText}</p>
      <ButtonLink to="/crear" look="primary">
        {texts.projects.first}
      </ButtonLink>
    </div>
  );
}
