/** English, the second language. */

import type { Texts } from "../es";
import { contract } from "./contract";
import { create } from "./create";
import { generation } from "./generation";
import { preview } from "./preview";
import { security } from "./security";
import { shell } from "./shell";
import { story } from "./story";

export const en: Texts = { ...shell, contract, create, generation, preview, security, story };
