/** What the header leads to, in its order. */

import { Activity, Coins, FolderOpen, type LucideIcon, Rocket } from "lucide-react";
import type { Texts } from "@/shared/i18n/es";
import { TOKENS_PATH } from "@/shared/paths";

export interface NavigationEntry {
  to: string;
  label: (texts: Texts) => string;
  icon: LucideIcon;
  /** Shown to people with this role alone. */
  role?: string;
}

export const NAVIGATION: readonly NavigationEntry[] = [
  { to: "/crear", label: (texts) => texts.navigation.create, icon: Rocket },
  { to: "/proyectos", label: (texts) => texts.navigation.projects, icon: FolderOpen },
  { to: TOKENS_PATH, label: (texts) => texts.navigation.tokens, icon: Coins },
  { to: "/operaciones", label: (texts) => texts.navigation.operations, icon: Activity, role: "operator" },
];
