/** What an application costs and what may be chosen, as the server says. */

import { useQuery } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import { useLanguage } from "@/shared/i18n/texts";

/** The one that applications are made by unless a person chooses another. */
export const PIPELINE_DEFAULT = "webapp";

export function useQuote(pipeline: string) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["quote", pipeline, language],
    queryFn: () => body(api.GET("/api/quote", { params: { query: { pipeline } } })),
    placeholderData: (before) => before,
  });
}

/** What a step is called: its title where the pipeline is known, else its name. */
export function useStepTitle(): (step: string) => string {
  const steps = useQuote(PIPELINE_DEFAULT).data?.steps;
  return (step) => steps?.find((one) => one.step === step)?.title ?? step;
}
