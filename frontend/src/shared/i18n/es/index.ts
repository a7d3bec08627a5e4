/** Spanish, the first language; its shape is what the other one must have. */

import { account } from "./account";
import { contract } from "./contract";
import { create } from "./create";
import { generation } from "./generation";
import { ledger } from "./ledger";
import { operations } from "./operations";
import { preview } from "./preview";
import { projects } from "./projects";
import { security } from "./security";
import { shell } from "./shell";
import { story } from "./story";
import { tokenPage } from "./token-page";

export const es = {
  ...shell,
  account,
  contract,
  create,
  generation,
  ledger,
  operations,
  preview,
  projects,
  security,
  story,
  tokenPage,
};

export type Texts = typeof es;
