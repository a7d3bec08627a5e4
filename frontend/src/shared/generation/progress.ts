/** What a model writes while it writes it. Pieces may be lost, and never those of two calls are joined. */

import type { GenerationEvents } from "@/shared/api/types";
import type { FileView, GenerationView, LiveCall } from "./view";

type Progress = GenerationEvents["step_progressed"];

export function writeProgress(view: GenerationView, data: Progress): GenerationView {
  const step = view.steps.find((one) => one.step === data.step);
  if (view.status !== "running" || step?.state !== "running" || data.run !== view.run) return view;
  if (data.attempt < step.attempt) return view; // it was on its way while that attempt was rejected
  const another = step.live !== null && step.live.callId !== data.call_id;
  const live: LiveCall = {
    callId: data.call_id,
    model: data.model,
    replaced: data.replaced && { model: data.replaced.model, reason: data.replaced.reason },
    bytes: data.bytes,
    tokens: data.tokens ?? null,
    path: data.path,
  };
  const attempt = Math.max(step.attempt, data.attempt);
  const steps = view.steps.map((one) => (one === step ? { ...one, live, attempt } : one));
  // A new call of the same model goes on where the last one's files ended; another model begins afresh.
  const afresh = another && data.model !== step.live?.model;
  const files = afresh ? view.files.filter((file) => file.step !== data.step) : view.files;
  return { ...view, steps, files: data.path === null ? files : written(files, data, data.path) };
}

function written(files: readonly FileView[], data: Progress, path: string): readonly FileView[] {
  const index = files.findIndex((file) => file.step === data.step && file.path === path);
  const known = files[index];
  if (known === undefined) {
    const text = data.text;
    const file = {
      path,
      step: data.step,
      bytes: size(text),
      sha256: null,
      text,
      startsAt: data.offset,
    };
    return [...files, file];
  }
  const next = joined(known, data);
  return next === known ? files : files.with(index, next);
}

function joined(file: FileView, data: Progress): FileView {
  const before = file.text ?? "";
  const end = file.startsAt + points(before);
  if (data.offset === end) return { ...file, text: before + data.text, bytes: file.bytes + size(data.text) };
  if (data.offset > end || data.offset < file.startsAt) {
    // A piece was lost, or it begins again before what is known: joined, it would read as if nothing were missing.
    return { ...file, text: data.text, bytes: size(data.text), startsAt: data.offset };
  }
  const text = [...before].slice(0, data.offset - file.startsAt).join("") + data.text;
  return { ...file, text, bytes: size(text) };
}

const encoder = new TextEncoder();
const size = (text: string): number => encoder.encode(text).length;

/** Length in Unicode code points, as the API counts. Most source is in one plane, where it is the string's length. */
function points(text: string): number {
  let pairs = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) pairs++;
  }
  return text.length - pairs;
}
