/** What could not be handled: looking at it, handling it again, closing it. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body, done } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";
import { makeStale } from "@/shared/api/stale";
import { ACTIONS } from "./actions";
import { OPERATIONS } from "./operations";

export type DeadLetter = components["schemas"]["DeadLetterBody"];
export type Verb = "replay" | "discard";

const LETTERS_MS = 15_000;
const LETTERS = [OPERATIONS, "dead-letters"] as const;

type Service = components["schemas"]["Service"];
const pathOf = (letter: DeadLetter) => ({ service: letter.service as Service, letter_id: letter.id });

export const useDeadLetters = (resolved: boolean) =>
  useQuery({
    queryKey: [...LETTERS, "list", resolved],
    queryFn: () => body(api.GET("/api/operations/dead-letters", { params: { query: { resolved } } })),
    refetchInterval: LETTERS_MS,
  });

export const useDeadLetter = (letter: DeadLetter, wanted: boolean) =>
  useQuery({
    enabled: wanted,
    queryKey: [...LETTERS, "one", letter.service, letter.id],
    queryFn: () =>
      body(
        api.GET("/api/operations/dead-letters/{service}/{letter_id}", { params: { path: pathOf(letter) } }),
      ),
  });

export function useResolve(letter: DeadLetter) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, reason }: { verb: Verb; reason: string }) =>
      done(
        api.POST("/api/operations/dead-letters/{service}/{letter_id}/{verb}", {
          params: { path: { ...pathOf(letter), verb } },
          body: { reason },
        }),
      ),
    onSettled: () => Promise.all([LETTERS, ACTIONS].map((queryKey) => makeStale(client, queryKey))),
  });
}
