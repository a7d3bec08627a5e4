/** What an application costs and what may be chosen, as the server says. */

import { useQuery } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import { useLanguage } from "@/shared/i18n/texts";

export function useQuote(pipeline: string) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["quote", pipeline, language],
    queryFn: () => body(api.GET("/api/quote", { params: { query: { pipeline } } })),
    placeholderData: (before) => before,
  });
}
