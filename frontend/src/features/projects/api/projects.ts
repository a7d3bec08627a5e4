/** A person's projects: finding, renaming and erasing them, and what was generated in each. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, done } from "@/shared/api/client";
import { usePages } from "@/shared/api/pages";
import type { components } from "@/shared/api/schema";
import { makeStale } from "@/shared/api/stale";
import { useLanguage } from "@/shared/i18n/texts";
import { PROJECTS } from "@/shared/project/project";

export type Project = components["schemas"]["ProjectBody"];

/** The account's feed makes everything below it stale. */
const GENERATIONS = "generations";

export const useProjects = (search: string) =>
  usePages([PROJECTS, "list", search], (cursor) =>
    body(api.GET("/api/projects", { params: { query: { search, cursor } } })),
  );

/** What went wrong is told in words: each language's are asked for. */
export function useProjectGenerations(project_id: string) {
  const language = useLanguage();
  return usePages([GENERATIONS, "of", project_id, language], (cursor) =>
    body(api.GET("/api/generations", { params: { query: { project_id, cursor } } })),
  );
}

export function useRename(project_id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      body(api.PATCH("/api/projects/{project_id}", { params: { path: { project_id } }, body: { name } })),
    onSuccess: () => Promise.all([makeStale(client, [PROJECTS]), makeStale(client, [GENERATIONS])]),
  });
}

/** `onErased` is called wherever the asking component has gone by then. */
export function useDelete(project_id: string, onErased: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => done(api.DELETE("/api/projects/{project_id}", { params: { path: { project_id } } })),
    onSuccess: () => {
      onErased();
      void makeStale(client, [PROJECTS, "list"]);
      void makeStale(client, [GENERATIONS]);
    },
  });
}
