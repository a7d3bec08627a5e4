/**
 * A question asked again after it went wrong.
 *
 * @vitest-environment happy-dom
 */

import { QueryClient, useMutation } from "@tanstack/react-query";
import { act, cleanup, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Problem } from "@/shared/api/problem";
import { loadTexts } from "@/shared/i18n/texts";
import { Dialog } from "./dialog";
import { dismissToasts, toasts } from "./toast-queue";

const refusal = new Problem(503, { detail: "Ahora mismo no podemos atenderte." });

interface QuestionProps {
  open: boolean;
  answer: Promise<void>;
  client: QueryClient;
}

function Question({ open, answer, client }: QuestionProps) {
  const attempt = useMutation({ mutationFn: () => answer }, client);
  return (
    <Dialog
      open={open}
      onOpenChange={() => undefined}
      title="¿Seguro?"
      description="No se puede deshacer"
      action="Borrar"
      attempt={attempt}
      onAction={attempt.mutate}
    />
  );
}

/** A dialog whose action has been taken, and fails when it is told to. */
async function pressed() {
  let fail: () => void = () => undefined;
  const answer = new Promise<void>((_, reject) => {
    fail = () => reject(refusal);
  });
  const client = new QueryClient();
  const page = (open: boolean) => <Question open={open} answer={answer} client={client} />;
  const { rerender } = render(page(true));
  const button = await screen.findByRole("button", { name: "Borrar" });
  act(() => button.click());
  return { fail, show: (open: boolean) => rerender(page(open)) };
}

const said = () => toasts.shown().map(({ text }) => text);

beforeAll(() => import("./dialog-open")); // on a busy machine it takes longer than anything is waited for
beforeEach(() => loadTexts("es"));
afterEach(() => {
  act(dismissToasts);
  cleanup();
});

test("what went wrong is not said of the next try", async () => {
  const dialog = await pressed();
  dialog.fail();
  expect((await screen.findByRole("alert")).textContent).toBe(refusal.message);
  dialog.show(false);
  dialog.show(true);
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  expect(said()).toEqual([]);
});

test("what goes wrong after somebody closed it is said in passing, once", async () => {
  const dialog = await pressed();
  dialog.show(false);
  dialog.fail();
  await waitFor(() => expect(said()).toEqual([refusal.message]));
  dialog.show(true);
  await screen.findByRole("button", { name: "Borrar" });
  expect(screen.queryByRole("alert")).toBeNull();
  expect(said()).toEqual([refusal.message]);
});
