/**
 * A project that is looked at while answers come late, or do not come.
 *
 * @vitest-environment happy-dom
 */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { Component, type ReactNode } from "react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { Problem } from "@/shared/api/problem";
import { es } from "@/shared/i18n/es";
import { dismissToasts, toasts } from "@/shared/ui/toast-queue";
import { ProjectPage } from "./project-page";

const server = vi.hoisted(() => ({
  trouble: null as Error | null,
  rename: () => undefined as unknown,
}));

vi.mock("@tanstack/react-router", () => ({
  getRouteApi: () => ({ useParams: () => ({ projectId: "p" }) }),
  useNavigate: () => () => undefined,
  Link: ({ children }: { children: ReactNode }) => children,
}));
vi.mock("@/shared/api/client", () => ({
  api: {
    GET: async (path: string) => path,
    PATCH: () =>
      new Promise((resolve) => {
        server.rename = () => resolve("renamed");
      }),
  },
  body: async (asked: Promise<string>) => {
    const path = await asked;
    if (server.trouble) throw server.trouble;
    if (path === "/api/generations") return { items: [] };
    return { project_id: "p", name: "Tienda", created_at: "2026-11-26T12:00:00Z" };
  },
}));

class Router extends Component<{ children: ReactNode }> {
  override state = { failed: false };
  static getDerivedStateFromError = () => ({ failed: true });
  override render = () => (this.state.failed ? "the router's page" : this.props.children);
}

async function look(): Promise<QueryClient> {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <Router>
        <ProjectPage />
      </Router>
    </QueryClientProvider>,
  );
  await screen.findByRole("heading", { name: "Tienda" });
  return client;
}

/** Whatever has been told is drawn. */
const drawn = () => act(() => new Promise((turn) => setTimeout(turn)));

beforeAll(() => import("@/shared/ui/dialog-open")); // on a busy machine it takes longer than anything is waited for
afterEach(() => {
  cleanup();
  dismissToasts();
  server.trouble = null;
});

test("what is known stays on show through an outage, and not when it is gone", async () => {
  const told = vi.spyOn(console, "error").mockReturnValue(); // React tells of what a page throws
  const client = await look();
  server.trouble = new Problem(503, null);
  await client.refetchQueries();
  await drawn();
  expect(screen.queryByRole("heading", { name: "Tienda" })).not.toBeNull();
  server.trouble = new Problem(404, null);
  await client.refetchQueries();
  await screen.findByText("the router's page");
  told.mockRestore();
});

test("the answer to a renaming leaves the question that was asked meanwhile", async () => {
  await look();
  const { rename, delete: erase } = es.projects;
  fireEvent.click(screen.getByRole("button", { name: rename }));
  const dialog = await screen.findByRole("alertdialog");
  fireEvent.change(await screen.findByRole("textbox"), { target: { value: "Otra" } });
  fireEvent.click(screen.getByRole("button", { name: es.save }));
  fireEvent.click(screen.getByRole("button", { name: es.cancel }));
  await waitFor(() => expect(dialog.isConnected).toBe(false));
  fireEvent.click(screen.getByRole("button", { name: erase }));
  await screen.findByText(es.projects.deleteTitle("Tienda"));
  server.rename();
  await waitFor(() => expect(toasts.shown().map(({ text }) => text)).toEqual([es.projects.renamed]));
  await drawn();
  expect(screen.queryByText(es.projects.deleteTitle("Tienda"))).not.toBeNull();
});
