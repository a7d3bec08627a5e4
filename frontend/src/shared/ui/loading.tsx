/** A page that is on its way. It says so only if it takes long enough to be noticed. */

import { useTexts } from "@/shared/i18n/texts";
import { Spinner } from "./spinner";

export function Loading() {
  const texts = useTexts();
  return (
    <p role="status" className="flex items-center justify-center gap-2 py-16 text-slate-300">
      <Spinner />
      {texts.loading}
    </p>
  );
}
