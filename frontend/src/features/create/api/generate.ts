/** Asking for an application. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import type { Draft } from "../hooks/use-draft";

export function useGenerate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: Draft) =>
      body(
        api.POST("/api/generate", {
          params: { header: { "Idempotency-Key": draft.key } },
          body: {
            prompt: draft.prompt.trim(),
            project_name: draft.name.trim(),
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
