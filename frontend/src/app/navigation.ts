/** What the header leads to, in its order. */

import { type LucideIcon, Rocket } from "lucide-react";
import type { Texts } from "@/shared/i18n/es";

export interface NavigationEntry {
  to: string;
  label: (texts: Texts) => string;
  icon: LucideIcon;
  /** Shown to people with this role alone. */
  role?: string;
}

export const NAVIGATION: readonly NavigationEntry[] = [
  { to: "/crear", label: (texts) => texts.navigation.create, icon: Rocket },
];
