/** Asking for an application. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import type { Draft } from "../hooks/use-draft";

/** In the project that is named, else in a new one. */
export function useGenerate(projectId: string | null) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: Draft) =>
      body(
        api.POST("/api/generate", {
          params: { header: { "Idempotency-Key": draft.key } },
          body: {
            prompt: draft.prompt.trim(),
            ...(projectId === null ? { project_name: draft.name.trim() } : { project_id: projectId }),
            pipeline: draft.pipeline,
            model_preference: draft.model,
          },
        }),
      ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["projects"] });
    },
  });
}
