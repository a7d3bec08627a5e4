/** The script that a previewed page begins with, as text: written here, run in the frame. */

import { answerRequests } from "./answer";
import { reportTrouble } from "./report";
import { replaceRequests } from "./requests";
import type { FrameSettings } from "./settings";
import { rememberInMemory, stayInside } from "./stay";

const PARTS = [reportTrouble, answerRequests, replaceRequests, stayInside, rememberInMemory];

export function bootstrapOf(settings: FrameSettings): string {
  const told = inScript(settings);
  return PARTS.map((part) => `(${part})(${told});`).join("\n");
}

/** JSON that cannot end the script it stands in. */
export const inScript = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");
