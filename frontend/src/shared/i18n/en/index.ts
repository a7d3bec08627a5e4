/** English, the second language. */

import type { Texts } from "../es";
import { create } from "./create";
import { generation } from "./generation";
import { shell } from "./shell";

export const en: Texts = { ...shell, create, generation };
