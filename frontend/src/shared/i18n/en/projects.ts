/** *Proyectos*: the list, one project, renaming and erasing. */

import type { projects as Projects } from "../es/projects";
import { tokens } from "./tokens";

export const projects: typeof Projects = {
  title: "Projects",
  create: "Create another application",
  search: "Search by name",
  none: "No projects yet",
  noneText: "Every application that you generate is kept here, with its code and what it cost.",
  noneSuch: (search) => `No project is called “${search}”.`,
  first: "Create the first one",
  generations: (n, count) => (count === 1 ? `${n} generation` : `${n} generations`),
  changed: (moment) => `last change: ${moment}`,
  latest: (status, name) => `${status}: see the latest generation of ${name}`,
  created: (moment) => `Created on ${moment}`,
  generationsTitle: "Generations",
  generationsNone: "This project has no generations yet.",
  run: (n) => `Attempt ${n}`,
  upTo: (n) => `up to ${tokens(n)}`,
  cost: (n) => `cost ${tokens(n)}`,
  again: "New generation",
  rename: "Rename",
  renameTitle: "Rename the project",
  renameText: "Files that were generated already keep the name that they were made with.",
  name: "Project name",
  renamed: "Renamed",
  delete: "Delete",
  deleteTitle: (name) => `Delete “${name}”?`,
  deleteText: "This cannot be undone. What is being generated is stopped.",
  erased: [
    "The descriptions that you wrote and all generated code",
    "The ZIP files and the links to download them",
    "The history of each generation",
  ],
  kept: [
    "Your tokens: what was charged stays so, what was held is released",
    "The amounts in your movements, without texts",
  ],
  deleteConfirm: "Delete for good",
  deleted: (name) => `“${name}” deleted`,
};
