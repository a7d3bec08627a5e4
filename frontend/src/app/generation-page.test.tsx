/**
 * A generation that is deleted while somebody looks at it.
 *
 * @vitest-environment happy-dom
 */

import { render } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { Problem } from "@/shared/api/problem";
import { GenerationPage } from "./generation-page";

const asked = vi.hoisted(() => ({ error: null as Error | null }));

vi.mock("@tanstack/react-router", () => ({
  Outlet: () => "its tab",
  useParams: () => ({ projectId: "p", generationId: "g" }),
}));
vi.mock("@/shared/generation/use-generation", () => ({
  GenerationProvider: ({ children }: { children: unknown }) => children,
  useGenerationStore: () => ({ store: {}, error: asked.error, refetch: () => undefined }),
}));
vi.mock("@/features/generation/components/generation-header", () => ({ GenerationHeader: () => null }));
vi.mock("./generation-tabs", () => ({ GENERATION_TABS: [] }));
vi.mock("./shell/tab-links", () => ({ TabLinks: () => null }));
vi.mock("./shell/failed", () => ({ Failed: () => "it is not there" }));

const shown = () => render(<GenerationPage />).container.textContent;

test("what is known stays on show through an outage, and not when it is gone", () => {
  expect(shown()).toBe("its tab");
  asked.error = new Problem(503, null);
  expect(shown()).toBe("its tab");
  asked.error = new Problem(404, null);
  expect(shown()).toBe("it is not there");
});
