/** Values for the tests of this folder: a generation as the API tells it, and events of its feed. */

import type { Generation, GenerationEvents, Step } from "@/shared/api/types";
import type { FeedEvent } from "@/shared/feed/reader";

const ID = "5b0f2a3e-0000-4000-8000-000000000001";
const of = { generation_id: ID, project_id: ID, user_id: "user_ada" };

export const CAPS = { architecture: 8, backend: 16, frontend: 14, devops: 6, security_audit: 6 } as const;
export type StepName = keyof typeof CAPS;
const NAMES = Object.keys(CAPS) as StepName[];

export function generation(changes: Partial<Generation> = {}): Generation {
  return {
    generation_id: ID,
    project_id: ID,
    project_name: "mi-super-app",
    prompt: "Landing page",
    language: "es",
    pipeline: "webapp",
    model_preference: null,
    status: "queued",
    run: 1,
    cancel_requested: false,
    quote_tokens: 50,
    sequence: 0,
    result: null,
    notice: null,
    retry: null,
    created_at: "2026-11-26T04:00:00Z",
    started_at: null,
    updated_at: "2026-11-26T04:00:00Z",
    steps: [] as Step[],
    ...changes,
  };
}

/** Events with ids 1, 2, 3, … in the order in which they are made. */
export class Feed {
  #sequence = 0;
  run = 1;

  event<Name extends keyof GenerationEvents>(
    name: Name,
    data: Partial<GenerationEvents[Name]> = {},
  ): FeedEvent {
    this.#sequence += 1;
    return { id: this.#sequence, name, data: { ...of, run: this.run, sequence: this.#sequence, ...data } };
  }

  started(reused: readonly StepName[] = []): FeedEvent {
    const steps = NAMES.map((step) => ({
      step,
      title: { es: `Paso ${step}`, en: `Step ${step}` },
      icon: "📝",
      cap_tokens: CAPS[step],
      depends_on: [],
      reused: reused.includes(step),
    }));
    return this.event("generation_started", { pipeline: "webapp", quote_tokens: 50, steps });
  }

  completed(step: StepName, files: { path: string; bytes: number }[] = []): FeedEvent {
    return this.event("step_completed", {
      step,
      attempt: 1,
      model: "joxcoder-1",
      charge_tokens: 2,
      files: files.map((file) => ({ ...file, sha256: "0".repeat(64) })),
      findings: [],
      summary: "Hecho",
      duration_ms: 1200,
      calls: [],
    });
  }

  progressed(step: StepName, data: Partial<GenerationEvents["step_progressed"]>): FeedEvent {
    const common = {
      ...of,
      run: this.run,
      step,
      attempt: 1,
      call_id: "call-1",
      model: "joxcoder-1",
      replaced: null,
    };
    const text = data.text ?? "";
    return {
      id: null,
      name: "step_progressed",
      data: { ...common, path: "app.py", offset: 0, bytes: text.length, tokens: 1, ...data, text },
    };
  }
}
