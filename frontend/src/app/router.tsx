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
import { ACCOUNT_PATH, CREATE_PATH, TOKENS_PATH } from "@/shared/paths";
import type { SignIn } from "@/shared/session/start";
import type { Configuration } from "@/shared/settings/configuration";
import { GENERATION_TABS } from "./generation-tabs";
import { Failed, NotFound } from "./shell/failed";
import { Shell } from "./shell/shell";

export interface AppContext {
  configuration: Configuration;
  signIn: SignIn;
}

/** The router reads `?buscar=2048` as a number; to us it is what somebody typed. */
const textIn = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;

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
  path: CREATE_PATH,
  validateSearch: (search): { proyecto?: string | undefined } => ({ proyecto: textIn(search.proyecto) }),
  component: lazyRouteComponent(() => import("@/features/create/components/create-page"), "CreatePage"),
});

const generation = createRoute({
  getParentRoute: () => root,
  path: "/proyectos/$projectId/generaciones/$generationId",
  component: lazyRouteComponent(() => import("./generation-page"), "GenerationPage"),
});

const projects = createRoute({
  getParentRoute: () => root,
  path: "/proyectos",
  validateSearch: (search): { buscar?: string | undefined } => ({ buscar: textIn(search.buscar) }),
  component: lazyRouteComponent(() => import("@/features/projects/components/projects-page"), "ProjectsPage"),
});

const project = createRoute({
  getParentRoute: () => root,
  path: "/proyectos/$projectId",
  component: lazyRouteComponent(() => import("@/features/projects/components/project-page"), "ProjectPage"),
});

interface TokensSearch {
  /** Back from the checkout: which purchase, and how the person left it. */
  purchase?: string | undefined;
  checkout?: string | undefined;
  /** Which lines of the ledger. */
  generacion?: string | undefined;
  tipo?: string | undefined;
}

const tokens = createRoute({
  getParentRoute: () => root,
  path: TOKENS_PATH,
  validateSearch: (search): TokensSearch => ({
    purchase: textIn(search.purchase),
    checkout: textIn(search.checkout),
    generacion: textIn(search.generacion),
    tipo: textIn(search.tipo),
  }),
  component: lazyRouteComponent(() => import("@/features/tokens/components/tokens-page"), "TokensPage"),
});

const account = createRoute({
  getParentRoute: () => root,
  path: ACCOUNT_PATH,
  component: lazyRouteComponent(() => import("@/features/account/components/account-page"), "AccountPage"),
});

const operations = createRoute({
  getParentRoute: () => root,
  path: "/operaciones",
  component: lazyRouteComponent(
    () => import("@/features/operations/components/operations-page"),
    "OperationsPage",
  ),
});

const tabs = GENERATION_TABS.map((tab) =>
  createRoute({ getParentRoute: () => generation, path: tab.path, component: tab.component }),
);

const tree = root.addChildren([
  moved("/", CREATE_PATH),
  moved("/chat", CREATE_PATH),
  moved("/pricing", TOKENS_PATH),
  create,
  projects,
  project,
  tokens,
  account,
  operations,
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
