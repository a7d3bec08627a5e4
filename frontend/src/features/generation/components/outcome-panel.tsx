/** How a run ended, honestly: why, what it cost, what came back, and the one thing to do next. */

import { Download, MonitorPlay, RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { Problem } from "@/shared/api/problem";
import { useFormats } from "@/shared/format/numbers";
import { type GenerationView, isDownloadable, isOpen } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { generationPath, TOKENS_PATH } from "@/shared/paths";
import { Button, ButtonLink } from "@/shared/ui/button";
import { Notice } from "@/shared/ui/notice";
import { useProblemText } from "@/shared/ui/query-problem";
import { toast } from "@/shared/ui/toast-queue";
import { useDownload, useRetry } from "../api/actions";
import { SupportReference } from "./support-reference";

const TONES = {
  completed: "good",
  completed_with_warnings: "warning",
  failed: "bad",
  cancelled: "info",
  rejected: "bad",
} as const;

export function OutcomePanel({ view }: { view: GenerationView }) {
  const texts = useTexts();
  const { outcome: words } = texts.generation;
  const ended = view.status in TONES ? (view.status as keyof typeof TONES) : null;
  const told = view.outcome ?? (view.status === "rejected" ? view.notice : null);
  const fault = told?.fault ?? null;
  const traceId = told?.traceId ?? null;
  return (
    <div className="space-y-3">
      {view.notice && view.status !== "rejected" && (
        <Notice tone="warning" alert title={texts.generation.rejectedNotice}>
          {view.notice.fault && `${view.notice.fault.text} ${view.notice.fault.next_action}`}
        </Notice>
      )}
      {ended && (
        <Notice tone={TONES[ended]} title={words.titles[ended]} className="text-base">
          {fault && <p>{fault.text}</p>}
          <Figures view={view} />
          {fault && <p className="mt-2">{fault.next_action}</p>}
          <Actions view={view} />
          {fault && <SupportReference code={fault.code} generationId={view.generationId} traceId={traceId} />}
        </Notice>
      )}
    </div>
  );
}

function Figures({ view }: { view: GenerationView }) {
  const texts = useTexts();
  const formats = useFormats();
  const { outcome: words } = texts.generation;
  const outcome = view.outcome;
  if (!outcome) return null;
  const { archive, netTokens, refundedTokens } = outcome;
  return (
    <ul className="mt-1 flex flex-wrap gap-x-4 text-sm">
      <li>{netTokens === 0 ? words.nothing : words.cost(formats.count(netTokens))}</li>
      {refundedTokens > 0 && <li>{words.refunded(formats.count(refundedTokens))}</li>}
      {outcome.warnings > 0 && <li>{texts.generation.findings(outcome.warnings)}</li>}
      {archive && (
        <li>
          {words.archive(
            archive.fileName,
            texts.generation.files(formats.count(archive.files), archive.files),
            formats.bytes(archive.bytes),
          )}
        </li>
      )}
    </ul>
  );
}

function Actions({ view }: { view: GenerationView }) {
  const texts = useTexts();
  const retryable = !isOpen(view) && view.retry !== null;
  const partial = !isDownloadable(view) && view.files.length > 0;
  if (!isDownloadable(view) && !retryable && !partial) return null;
  return (
    <div className="mt-3 flex flex-wrap items-center gap-3">
      {!isOpen(view) && view.retry && <RetryButton view={view} offer={view.retry} />}
      {isDownloadable(view) && (
        <>
          <DownloadButton view={view} partial={false} />
          <ButtonLink to={generationPath(view.projectId, view.generationId, "preview")}>
            <MonitorPlay aria-hidden="true" className="size-4" />
            {texts.generation.seePreview}
          </ButtonLink>
        </>
      )}
      {partial && <DownloadButton view={view} partial />}
    </div>
  );
}

interface RetryButtonProps {
  view: GenerationView;
  offer: NonNullable<GenerationView["retry"]>;
}

function RetryButton({ view, offer }: RetryButtonProps) {
  const texts = useTexts();
  const formats = useFormats();
  const retry = useRetry();
  const first = view.steps.find((step) => offer.steps.includes(step.step));
  const label = first ? texts.generation.retryFrom(first.title) : texts.generation.retryAll;
  const short = retry.error instanceof Problem && retry.error.code === "insufficient_tokens";

  function press() {
    if (retry.isPending) return;
    retry.mutate(offer.quoteTokens, { onSuccess: () => toast(texts.generation.retryStarted) });
  }

  return (
    <div className="w-full space-y-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Button look="primary" onClick={press} aria-disabled={retry.isPending}>
          <RotateCcw aria-hidden="true" className="size-4" />
          {label}
        </Button>
        <span className="text-sm text-slate-300">
          {texts.generation.retryPrice(formats.count(offer.quoteTokens))}
        </span>
      </div>
      {retry.error && (
        <Problems error={retry.error}>
          {short && <ButtonLink to={TOKENS_PATH}>{texts.create.buy}</ButtonLink>}
        </Problems>
      )}
    </div>
  );
}

function Problems({ error, children }: { error: Error; children: ReactNode }) {
  const problemText = useProblemText();
  return (
    <Notice tone="warning" alert actions={children || undefined}>
      {problemText(error)}
    </Notice>
  );
}

export function DownloadButton({ view, partial }: { view: GenerationView; partial: boolean }) {
  const texts = useTexts();
  const download = useDownload();

  function press() {
    if (download.isPending) return;
    toast(texts.generation.downloading);
    download.mutate(
      { view, partial },
      {
        onError: (error) =>
          toast(error instanceof Problem ? error.message : texts.generation.downloadFailed, "bad"),
      },
    );
  }

  return (
    <Button look={partial ? "outline" : "primary"} onClick={press} aria-disabled={download.isPending}>
      <Download aria-hidden="true" className="size-4" />
      {partial ? texts.generation.downloadPartial : texts.generation.download}
    </Button>
  );
}
