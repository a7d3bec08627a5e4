/** *Operaciones*: how the whole stands, for the people who keep it running. Nobody's content is shown. */

import { useMe } from "@/shared/account/account";
import { useTexts } from "@/shared/i18n/texts";
import { Notice } from "@/shared/ui/notice";
import { PageHeading } from "@/shared/ui/page-heading";
import { Actions } from "./actions";
import { DeadLetters } from "./dead-letters";
import { Generations } from "./generations";
import { Intake } from "./intake";
import { JobsPanel } from "./jobs-panel";
import { Providers } from "./providers";
import { Queues } from "./queues";

export function OperationsPage() {
  const texts = useTexts();
  const me = useMe().data;
  if (!me) return null;
  return (
    <>
      <PageHeading title={texts.operations.title} hint={texts.operations.hint} />
      {me.role === "operator" ? (
        <div className="grid grid-cols-1 items-start gap-6 xl:grid-cols-2">
          <div className="min-w-0 space-y-6">
            <Intake />
            <DeadLetters />
            <Queues />
          </div>
          <div className="min-w-0 space-y-6">
            <Providers />
            <JobsPanel />
            <Actions />
          </div>
          <div className="min-w-0 xl:col-span-2">
            <Generations />
          </div>
        </div>
      ) : (
        <Notice tone="warning">{texts.operations.operatorsOnly}</Notice>
      )}
    </>
  );
}
