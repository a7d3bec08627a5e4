/** Spanish, the first language; its shape is what the other one must have. */

import { create } from "./create";
import { generation } from "./generation";
import { shell } from "./shell";

export const es = { ...shell, create, generation };

export type Texts = typeof es;
