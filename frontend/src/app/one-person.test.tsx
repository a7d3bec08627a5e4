/**
 * One person follows another in the same tab.
 *
 * @vitest-environment happy-dom
 */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { useMe } from "@/shared/account/account";
import { recall, remember } from "@/shared/browser-storage";
import { DRAFT_KEY } from "@/shared/session/kept";
import { type Identity, session } from "@/shared/session/session";
import { dismissToasts, toast, toasts } from "@/shared/ui/toast-queue";
import { forgetBetweenPersons } from "./one-person";
import { Shell } from "./shell/shell";

const identity: Identity = {
  token: async () => "t",
  refused: () => undefined,
  signOut: async () => undefined,
};
const feeds = vi.hoisted(() => ({ open: 0, begun: 0 }));

function Page() {
  const me = useMe().data;
  const [first] = useState(session.person); // as a form keeps what was typed
  return `${me?.user_id ?? "…"}, begun by ${first}`;
}

vi.mock("@tanstack/react-router", () => ({
  Outlet: () => <Page />,
  useRouteContext: () => ({ signIn: { kind: "none" } }),
  useRouterState: () => "/crear",
}));
vi.mock("@/shared/api/client", () => ({
  api: { GET: async () => undefined },
  body: async () => ({ user_id: session.person }),
  requestHeaders: async () => ({}),
}));
vi.mock("@/shared/feed/reader", () => ({
  followFeed: () => {
    feeds.begun += 1;
    feeds.open += 1;
    return () => {
      feeds.open -= 1;
    };
  },
}));
vi.mock("./shell/header", () => ({ Header: () => null }));
vi.mock("./shell/banners", () => ({ Banners: () => null }));

let stop: () => void = () => undefined;
afterEach(() => {
  stop();
  cleanup();
  dismissToasts();
  session.tell(identity, null);
});

async function openedBy(person: string): Promise<void> {
  const client = new QueryClient();
  session.tell(identity, person);
  stop = forgetBetweenPersons(client);
  render(
    <QueryClientProvider client={client}>
      <Shell />
    </QueryClientProvider>,
  );
  await screen.findByText(`${person}, begun by ${person}`);
}

test("without a sign-out between them, the second is shown nothing of the first", async () => {
  await openedBy("ada");
  remember(DRAFT_KEY, "Ada's idea");
  toast("Ada's project is deleted");
  act(() => session.tell(identity, "bruno"));
  expect(screen.queryByText(/ada/)).toBeNull();
  await screen.findByText("bruno, begun by bruno");
  expect([recall(DRAFT_KEY), toasts.shown(), feeds]).toEqual([null, [], { open: 1, begun: 2 }]);
});

test("what was said of leaving stays for whoever left, and the window names nothing of theirs", async () => {
  await openedBy("ada");
  document.title = "Ada's project · AUTOCREA";
  toast("Gone");
  act(() => session.tell(identity, null));
  expect(toasts.shown().map(({ text }) => text)).toEqual(["Gone"]);
  expect(document.title).not.toContain("Ada");
});
