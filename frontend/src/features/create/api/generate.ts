/** Asking for an application. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import { isQuoteChanged } from "@/shared/api/problem";
import { makeStale } from "@/shared/api/stale";
import type { Draft } from "../hooks/use-draft";

/** In the project that is named, else in a new one. */
export function useGenerate(projectId: string | null) {
  const client = useQueryClient();
  return useMutation({
    /** `shown`: the price that the person saw, if any was shown. */
    mutationFn: ({ draft, shown }: { draft: Draft; shown: number | null }) =>
      body(
        api.POST("/api/generate", {
          params: { header: { "Idempotency-Key": draft.key } },
          body: {
            prompt: draft.prompt.trim(),
            ...(projectId === null ? { project_name: draft.name.trim() } : { project_id: projectId }),
            pipeline: draft.pipeline,
            model_preference: draft.model,
            quote_tokens: shown,
          },
        }),
      ),
    onSuccess: () => {
      void makeStale(client, ["projects"]);
    },
    onError: (error) => {
      if (isQuoteChanged(error)) void makeStale(client, ["quote"]);
    },
  });
}
