/** What operators look at. Nothing tells of other people's changes, so it is asked again while the page is looked at. */

import { useQuery } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import { usePages } from "@/shared/api/pages";
import type { components } from "@/shared/api/schema";

type Schemas = components["schemas"];
export type OperatedGeneration = Schemas["OperatedGenerationBody"];
export type Status = Schemas["Status"];
export type Queue = Schemas["QueueBody"];
export type Jobs = Schemas["JobsBody"];
export type Provider = Schemas["ProviderBody"];

export const OPERATIONS = "operations";
/** Queues move within seconds; the rest is read, not watched. */
export const WORK_MS = 5_000;
const OTHERS_MS = 15_000;

export interface GenerationFilter {
  status: Status | null;
  user: string;
  fault: string;
}

export const useOperatedGenerations = ({ status, user, fault }: GenerationFilter) =>
  usePages(
    [OPERATIONS, "generations", status, user, fault],
    (cursor) =>
      body(
        api.GET("/api/operations/generations", {
          params: { query: { status, user_id: user || null, fault: fault || null, cursor } },
        }),
      ),
    OTHERS_MS,
  );

export const useWork = () =>
  useQuery({
    queryKey: [OPERATIONS, "work"],
    queryFn: () => body(api.GET("/api/operations/work")),
    refetchInterval: WORK_MS,
  });

export const useProviders = () =>
  useQuery({
    queryKey: [OPERATIONS, "providers"],
    queryFn: () => body(api.GET("/api/operations/providers")),
    refetchInterval: OTHERS_MS,
  });
