/** What a person can do with a generation: stop it, take it up again, take it home. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { api, body } from "@/shared/api/client";
import { download } from "@/shared/api/download";
import { isQuoteChanged, Problem } from "@/shared/api/problem";
import { makeStale } from "@/shared/api/stale";
import { generationKey, useStore } from "@/shared/generation/use-generation";
import type { GenerationView } from "@/shared/generation/view";

export function useCancel() {
  const store = useStore();
  const generation_id = store.view.generationId;
  return useMutation({
    mutationFn: () =>
      body(api.POST("/api/generations/{generation_id}/cancel", { params: { path: { generation_id } } })),
    onSuccess: () => store.cancelling(),
  });
}

export function useRetry() {
  const client = useQueryClient();
  const store = useStore();
  const generation_id = store.view.generationId;
  // The same press, sent again after a cut, is the same request; the next run's is another.
  const key = useRef({ run: 0, value: "" });
  return useMutation({
    /** `shown`: the price that the person saw. */
    mutationFn: (shown: number) => {
      if (key.current.run !== store.view.run)
        key.current = { run: store.view.run, value: crypto.randomUUID() };
      const params = { path: { generation_id }, header: { "Idempotency-Key": key.current.value } };
      return body(
        api.POST("/api/generations/{generation_id}/retry", { params, body: { quote_tokens: shown } }),
      );
    },
    onSuccess: (accepted) => store.retrying(accepted.run),
    onError: (error) => {
      if (isQuoteChanged(error)) void makeStale(client, generationKey(generation_id));
    },
  });
}

/** Save the archive, whole or what there is of it, under the name that the server gives it. */
export function useDownload() {
  return useMutation({
    mutationFn: ({ view, partial }: { view: GenerationView; partial: boolean }) =>
      download(
        `/api/generations/${view.generationId}/archive${partial ? "/partial" : ""}`,
        `${view.projectName}.zip`,
      ),
  });
}

export const wasTooLate = (error: Error): boolean =>
  error instanceof Problem && error.code === "already_terminal";
