/** One of the person's projects, with the newest of what was generated in it. */

import { useQuery } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";

/** What queries about projects begin with; the account's feed makes them stale. */
export const PROJECTS = "projects";

export const useProject = (project_id: string, enabled = true) =>
  useQuery({
    enabled,
    queryKey: [PROJECTS, "one", project_id],
    queryFn: () => body(api.GET("/api/projects/{project_id}", { params: { path: { project_id } } })),
  });
