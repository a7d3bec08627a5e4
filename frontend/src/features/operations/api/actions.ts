/** What operators did, in all services. */

import { useQuery } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import { OPERATIONS } from "./operations";

export const ACTIONS = [OPERATIONS, "actions"] as const;
const ACTIONS_MS = 15_000;
/** What one looks for on a page is from just now; the command line has the rest. */
const SHOWN = 10;

export const useActions = () =>
  useQuery({
    queryKey: ACTIONS,
    queryFn: () => body(api.GET("/api/operations/actions", { params: { query: { limit: SHOWN } } })),
    refetchInterval: ACTIONS_MS,
  });
