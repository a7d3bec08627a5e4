/** How long it usually takes, as people say it. */

import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";

export function useDurationText(): (seconds: number) => string {
  const texts = useTexts();
  const formats = useFormats();
  return (seconds) => {
    if (seconds < 60) return `~${texts.seconds(formats.count(seconds))}`;
    const low = Math.floor(seconds / 60);
    return texts.create.duration(formats.count(low), formats.count(Math.ceil(seconds / 60)));
  };
}
