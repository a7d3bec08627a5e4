/** What is wanted on one side, what it will do and cost on the other. */

import { useNavigate } from "@tanstack/react-router";
import { Code } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { useBalance } from "@/shared/account/account";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { CREATE_PATH } from "@/shared/paths";
import { useQuote } from "@/shared/pipeline/quote";
import { ButtonLink } from "@/shared/ui/button";
import { Card, CardHeading } from "@/shared/ui/card";
import { useProblemText } from "@/shared/ui/query-problem";
import { dismissToasts, toast } from "@/shared/ui/toast-queue";
import { useGenerate } from "../api/generate";
import { type Target, useDraft } from "../hooks/use-draft";
import { Choices } from "./choices";
import { Examples } from "./examples";
import { NameField, PROMPT_CHARACTERS_MAX, PromptField } from "./fields";
import { GenerateAction } from "./generate-action";
import { QuotePanel } from "./quote-panel";

export function CreateForm({ target }: { target: Target | null }) {
  const texts = useTexts();
  const formats = useFormats();
  const problemText = useProblemText();
  const navigate = useNavigate();
  const { draft, change, clear } = useDraft(target);
  const quote = useQuote(draft.pipeline);
  const balance = useBalance();
  const generate = useGenerate(target?.projectId ?? null);
  const [asked, setAsked] = useState(false);
  const promptField = useRef<HTMLTextAreaElement>(null);
  const nameField = useRef<HTMLInputElement>(null);

  const busy = generate.isPending || generate.isSuccess;
  const missingPrompt = draft.prompt.trim() === "";
  const name = target?.proposal.name ?? draft.name;
  const missingName = name.trim() === "";

  function submit(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (busy) return;
    dismissToasts();
    if (missingPrompt) return complain(texts.create.missingPrompt, promptField.current);
    if (missingName) return complain(texts.create.missingName, nameField.current);
    if ([...draft.prompt].length > PROMPT_CHARACTERS_MAX) return promptField.current?.focus();
    const needed = quote.data?.tokens ?? 0;
    if (balance && balance.available !== null && balance.available < needed) {
      toast(texts.create.insufficient(formats.count(needed)), "bad");
      return;
    }
    const wish = { draft, shown: quote.data?.tokens ?? null };
    generate.mutate(wish, {
      onSuccess: (accepted) => {
        toast(texts.create.started);
        clear();
        void navigate({
          to: "/proyectos/$projectId/generaciones/$generationId",
          params: { projectId: accepted.project_id, generationId: accepted.generation_id },
        });
      },
      onError: (error) => toast(problemText(error), "bad"),
    });
  }

  return (
    <form onSubmit={submit} noValidate className="grid flex-1 grid-cols-1 items-start gap-6 lg:grid-cols-2">
      <Card className="flex flex-col gap-5">
        <CardHeading level={1} icon={<Code aria-hidden="true" className="size-5 text-cyan-400" />}>
          {texts.create.title}
        </CardHeading>
        {target && <InProjectNote />}
        <NameField
          ref={nameField}
          fixed={target !== null}
          value={name}
          onChange={(name) => change({ name })}
          disabled={busy}
          problem={asked && missingName ? texts.create.missingName : null}
        />
        <PromptField
          ref={promptField}
          value={draft.prompt}
          onChange={(prompt) => change({ prompt })}
          disabled={busy}
          problem={asked && missingPrompt ? texts.create.missingPrompt : null}
        />
        <Examples
          disabled={busy}
          onChoose={(prompt) => {
            change({ prompt });
            (missingName ? nameField : promptField).current?.focus();
          }}
        />
        <Choices draft={draft} quote={quote.data} onChange={change} disabled={busy} />
        <GenerateAction
          quote={quote.data}
          quoteFailed={quote.isError}
          available={balance?.available ?? null}
          busy={busy}
          problem={generate.error}
        />
      </Card>
      <QuotePanel quote={quote.data} />
    </form>
  );
}

function InProjectNote() {
  const { create: words } = useTexts();
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-sm text-slate-300">
      <p className="min-w-0 flex-1 basis-56">{words.inProject}</p>
      <ButtonLink to={CREATE_PATH} size="small" look="quiet">
        {words.newProject}
      </ButtonLink>
    </div>
  );
}

function complain(text: string, field: HTMLElement | null): void {
  toast(text, "bad");
  field?.focus();
}
