/** Says a message of the feed as a sentence. */

import { useFormats } from "@/shared/format/numbers";
import type { GenerationView } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import type { HistoryEvent } from "../api/history";

export function useSentence(view: GenerationView): (event: HistoryEvent) => string {
  const { event: words, faults } = useTexts().story;
  const faultOf = (code: string) => (faults as Record<string, string>)[code] ?? code;
  const { count } = useFormats();
  const titleOf = (name: string) => view.steps.find((step) => step.step === name)?.title ?? name;
  return (event) => {
    switch (event.name) {
      case "generation_started":
        return words.generation_started(count(event.data.quote_tokens));
      case "step_started":
        return words.step_started(titleOf(event.data.step));
      case "step_attempt_failed":
        return words.step_attempt_failed(titleOf(event.data.step), event.data.attempt);
      case "step_completed":
        return words.step_completed(titleOf(event.data.step), count(event.data.charge_tokens));
      case "step_failed":
        return words.step_failed(titleOf(event.data.step), faultOf(event.data.fault));
      case "generation_completed":
        return words.generation_completed(count(event.data.net_tokens));
      case "generation_failed":
        return words.generation_failed(faultOf(event.data.fault));
      case "generation_cancelled":
        return words.generation_cancelled();
      case "generation_rejected":
        return words.generation_rejected(faultOf(event.data.fault));
      default:
        // A message that is newer than this page.
        return words.unknown((event as HistoryEvent).name);
    }
  };
}
