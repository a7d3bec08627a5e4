/** What is shown when not even the configuration can be had: why, and a way to try again. */

import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { Notice } from "@/shared/ui/notice";

export function StartFailed() {
  const texts = useTexts();
  return (
    <main className="mx-auto max-w-md p-6">
      <Notice
        tone="bad"
        alert
        title={texts.problems.title}
        actions={<Button onClick={() => location.reload()}>{texts.retry}</Button>}
      >
        {texts.problems.network}
      </Notice>
    </main>
  );
}
