/**
 * Every address of the application. A page is a component of a feature, loaded when it is first asked for; a new one is
 * a route here and, if people should find it, a line in `navigation.ts` or `generation-tabs.ts`.
 */

import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import type { SignIn } from "@/shared/session/start";
import type { Configuration } from "@/shared/settings/configuration";
import { GENERATION_TABS } from "./generation-tabs";
import { Failed, NotFound } from "./shell/failed";
import { Shell } from "./shell/shell";

export interface AppContext {
  configuration: Configuration;
  signIn: SignIn;
}

const root = createRootRouteWithContext<AppContext>()({ component: Shell });

const moved = (from: string, to: string) =>
  createRoute({
    getParentRoute: () => root,
    path: from,
    beforeLoad: () => {
      throw redirect({ to, replace: true });
    },
  });

const create = createRoute({
  getParentRoute: () => root,
  path: "/crear",
  component: lazyRouteComponent(() => import("@/features/create/components/create-page"), "CreatePage"),
});

const generation = createRoute({
  getParentRoute: () => root,
  path: "/proyectos/$projectId/generaciones/$generationId",
  component: lazyRouteComponent(() => import("./generation-page"), "GenerationPage"),
});

const tabs = GENERATION_TABS.map((tab) =>
  createRoute({ getParentRoute: () => generation, path: tab.path, component: tab.component }),
);

const tree = root.addChildren([
  moved("/", "/crear"),
  moved("/chat", "/crear"),
  create,
  // A list of routes has no types of its own: tabs are addressed by their path.
  generation.addChildren(tabs) as unknown as typeof generation,
]);

export function createAppRouter(context: AppContext) {
  return createRouter({
    routeTree: tree,
    context,
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultErrorComponent: Failed,
    defaultNotFoundComponent: NotFound,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
