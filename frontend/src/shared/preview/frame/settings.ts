/** What the scripts of this folder are told. Each of them is sent to the frame as its own text: none may use anything else. */

import type { ExampleRoute } from "../site";

export interface FrameSettings {
  routes: readonly ExampleRoute[];
  /** Files that a script may fetch, by their path below the root. */
  files: Readonly<Record<string, { type: string; text: string }>>;
  /** The page on show, below the root. */
  page: string;
}
