/** What pages show of a generation: one value, made from the API's answer and moved on by the feed's events alone. */

import type { Call, Fault, Finding, Generation, Step } from "@/shared/api/types";

export type GenerationStatus = Generation["status"];

export type StepState =
  | "waiting"
  | "running"
  | "verifying"
  | "completed"
  | "completed_with_warnings"
  | "failed"
  | "skipped"
  | "cancelled";

/** What a call has written so far; gone as soon as its step ends. */
export interface LiveCall {
  callId: string;
  model: string;
  replaced: { model: string; reason: string } | null;
  bytes: number;
  tokens: number | null;
  path: string | null;
}

export interface StepView {
  step: string;
  title: string;
  icon: string;
  capTokens: number;
  dependsOn: readonly string[];
  reused: boolean;
  state: StepState;
  attempt: number;
  model: string | null;
  summary: string | null;
  chargeTokens: number;
  /** What the ledger holds for it; null until a run has been settled. */
  netTokens: number | null;
  findings: readonly Finding[];
  calls: readonly Call[];
  faultCode: string | null;
  durationMs: number | null;
  startedAt: number | null;
  live: LiveCall | null;
}

export interface FileView {
  path: string;
  step: string;
  bytes: number;
  /** Null while it is being written. */
  sha256: string | null;
  /** What was seen of it while it was written; null when none of it was. */
  text: string | null;
  /** Where `text` begins in the file, in code points: above nought, its beginning was not seen. */
  startsAt: number;
}

export interface Outcome {
  status: GenerationStatus;
  faultCode: string | null;
  /** The fault's words in the person's language; they and the trace come with the API's answer, after the event. */
  fault: Fault | null;
  traceId: string | null;
  netTokens: number;
  refundedTokens: number;
  warnings: number;
  archive: { fileName: string; bytes: number; sha256: string; files: number } | null;
}

export interface GenerationView {
  generationId: string;
  projectId: string;
  projectName: string;
  prompt: string;
  pipeline: string;
  createdAt: number;
  status: GenerationStatus;
  run: number;
  cancelRequested: boolean;
  quoteTokens: number;
  /** The last event that this view knows. */
  sequence: number;
  steps: readonly StepView[];
  /** By step and path, in the order in which they began. */
  files: readonly FileView[];
  outcome: Outcome | null;
  notice: { fault: Fault | null; faultCode: string; traceId: string | null } | null;
  retry: { quoteTokens: number; steps: readonly string[] } | null;
  startedAt: number | null;
  endedAt: number | null;
}

const FINISHED: readonly StepState[] = ["completed", "completed_with_warnings"];
const OPEN: readonly GenerationStatus[] = ["queued", "running"];
const DOWNLOADABLE: readonly GenerationStatus[] = ["completed", "completed_with_warnings"];

export const isFinished = (step: StepView): boolean => FINISHED.includes(step.state);
export const isOpen = (view: GenerationView): boolean => OPEN.includes(view.status);
export const isDownloadable = (view: GenerationView): boolean => DOWNLOADABLE.includes(view.status);

/** Every step is done and the application is being put together. */
export const isPackaging = (view: GenerationView): boolean =>
  view.status === "running" && view.steps.length > 0 && view.steps.every(isFinished);

/** The caps of finished steps as a share of all caps: it grows with steps and never shrinks within a run. */
export function progressOf(view: GenerationView): number {
  if (DOWNLOADABLE.includes(view.status)) return 1;
  const sum = (steps: readonly StepView[]) => steps.reduce((total, step) => total + step.capTokens, 0);
  const all = sum(view.steps);
  return all === 0 ? 0 : sum(view.steps.filter(isFinished)) / all;
}

/** The view as the API tells it. `files` are those of completed steps. */
export function viewOf(body: Generation, files: readonly FileView[] = []): GenerationView {
  return {
    generationId: body.generation_id,
    projectId: body.project_id,
    projectName: body.project_name,
    prompt: body.prompt,
    pipeline: body.pipeline,
    createdAt: Date.parse(body.created_at),
    status: body.status,
    run: body.run,
    cancelRequested: body.cancel_requested,
    quoteTokens: body.quote_tokens,
    sequence: body.sequence,
    steps: (body.steps ?? []).map(stepOf),
    files,
    outcome: outcomeOf(body),
    notice: body.notice && {
      fault: body.notice.fault,
      faultCode: body.notice.fault.code,
      traceId: body.notice.trace_id ?? null,
    },
    retry: body.retry ? { quoteTokens: body.retry.quote_tokens, steps: body.retry.steps } : null,
    startedAt: body.started_at ? Date.parse(body.started_at) : null,
    endedAt: body.result ? Date.parse(body.result.ended_at) : null,
  };
}

function stepOf(body: Step): StepView {
  return {
    step: body.step,
    title: body.title,
    icon: body.icon,
    capTokens: body.cap_tokens,
    dependsOn: body.depends_on,
    reused: body.reused,
    state: body.state as StepState,
    attempt: body.attempt,
    model: body.model,
    summary: body.summary,
    chargeTokens: body.charge_tokens,
    netTokens: body.net_tokens,
    findings: body.findings,
    calls: body.calls,
    faultCode: body.fault?.code ?? null,
    durationMs: body.duration_ms,
    startedAt: body.started_at ? Date.parse(body.started_at) : null,
    live: null,
  };
}

function outcomeOf(body: Generation): Outcome | null {
  const result = body.result;
  if (!result) return null;
  return {
    status: result.status,
    faultCode: result.fault?.code ?? null,
    fault: result.fault,
    traceId: result.trace_id ?? null,
    netTokens: result.net_tokens,
    refundedTokens: result.refunded_tokens,
    warnings: result.warnings,
    archive: result.archive
      ? {
          fileName: result.archive.file_name,
          bytes: result.archive.bytes,
          sha256: result.archive.sha256,
          files: result.archive.files,
        }
      : null,
  };
}
