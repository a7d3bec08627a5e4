/** The tabs of a generation, in their order. Each is a component that reads `useGeneration()`; a new one is a line here. */

import { lazyRouteComponent, type RouteComponent } from "@tanstack/react-router";
import type { Texts } from "@/shared/i18n/es";

export interface GenerationTab {
  /** Its last part of the address; the first tab has none. */
  path: string;
  label: (texts: Texts) => string;
  component: RouteComponent;
}

export const GENERATION_TABS: readonly GenerationTab[] = [
  {
    path: "/",
    label: (texts) => texts.generation.tabs.progress,
    component: lazyRouteComponent(
      () => import("@/features/generation/components/progress-tab"),
      "ProgressTab",
    ),
  },
  {
    path: "codigo",
    label: (texts) => texts.generation.tabs.code,
    component: lazyRouteComponent(() => import("@/features/generation/components/code-tab"), "CodeTab"),
  },
  {
    path: "preview",
    label: (texts) => texts.generation.tabs.preview,
    component: lazyRouteComponent(() => import("@/features/preview/components/preview-tab"), "PreviewTab"),
  },
  {
    path: "arquitectura",
    label: (texts) => texts.generation.tabs.architecture,
    component: lazyRouteComponent(
      () => import("@/features/architecture/components/architecture-tab"),
      "ArchitectureTab",
    ),
  },
  {
    path: "seguridad",
    label: (texts) => texts.generation.tabs.security,
    component: lazyRouteComponent(() => import("@/features/security/components/security-tab"), "SecurityTab"),
  },
  {
    path: "historia",
    label: (texts) => texts.generation.tabs.story,
    component: lazyRouteComponent(() => import("@/features/story/components/story-tab"), "StoryTab"),
  },
];
