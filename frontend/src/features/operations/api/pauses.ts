/** Whether new generations are taken, who stopped it when, and stopping and resuming it. */

import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body, done } from "@/shared/api/client";
import { makeStale } from "@/shared/api/stale";
import { ACTIONS } from "./actions";
import { OPERATIONS } from "./operations";

const PAUSES = [OPERATIONS, "pauses"] as const;
const PAUSES_MS = 15_000;

export const usePauses = () =>
  useQuery({
    queryKey: PAUSES,
    queryFn: () => body(api.GET("/api/operations/pauses")),
    refetchInterval: PAUSES_MS,
  });

const askAgain = (client: QueryClient) =>
  Promise.all([PAUSES, ACTIONS].map((queryKey) => makeStale(client, queryKey)));

export function usePause() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (reason: string) => body(api.PUT("/api/operations/pause", { body: { reason } })),
    onSettled: () => askAgain(client),
  });
}

export function useResume() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => done(api.DELETE("/api/operations/pause")),
    onSettled: () => askAgain(client),
  });
}
