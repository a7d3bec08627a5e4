/** Spanish, the first language; its shape is what the other one must have. */

import { contract } from "./contract";
import { create } from "./create";
import { generation } from "./generation";
import { preview } from "./preview";
import { security } from "./security";
import { shell } from "./shell";
import { story } from "./story";

export const es = { ...shell, contract, create, generation, preview, security, story };

export type Texts = typeof es;
