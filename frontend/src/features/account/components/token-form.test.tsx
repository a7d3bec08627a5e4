/**
 * Keys that are made one after the other.
 *
 * @vitest-environment happy-dom
 */

import { QueryClient, useMutation } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { AccessTokenWish, NewAccessToken, useCreateAccessToken } from "../api/access-tokens";
import { TokenForm } from "./token-form";

let answer: (token: NewAccessToken) => void = () => undefined;
let wish: AccessTokenWish | null = null;

function Form({ client }: { client: QueryClient }) {
  const create = useMutation(
    {
      mutationFn: (asked: AccessTokenWish) => {
        wish = asked;
        return new Promise<NewAccessToken>((resolve) => {
          answer = resolve;
        });
      },
    },
    client,
  ) as ReturnType<typeof useCreateAccessToken>;
  return (
    <>
      <TokenForm create={create} />
      {create.isSuccess && <p>made</p>}
    </>
  );
}

afterEach(cleanup);

test("the name that is typed while the one before is on its way stays", async () => {
  render(<Form client={new QueryClient()} />);
  const field = screen.getByRole<HTMLInputElement>("textbox");
  fireEvent.change(field, { target: { value: "portátil" } });
  fireEvent.click(screen.getAllByRole("button").at(-1) as HTMLElement);
  await waitFor(() => expect(wish?.name).toBe("portátil"));
  fireEvent.change(field, { target: { value: "servidor" } });
  await act(async () => answer({ token: "t" } as NewAccessToken));
  await screen.findByText("made");
  expect(field.value).toBe("servidor");
});
