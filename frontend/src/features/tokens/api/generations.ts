/** What the person's generations are called, for lines that only have their ids. */

import { useQuery } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";

/** As many as one page of the API holds; lines of older ones show no name. */
const NAMED_MAX = 100;

export const useNamedGenerations = () =>
  useQuery({
    queryKey: ["generations", "named"],
    queryFn: () => body(api.GET("/api/generations", { params: { query: { limit: NAMED_MAX } } })),
    select: (page) => page.items,
  });
