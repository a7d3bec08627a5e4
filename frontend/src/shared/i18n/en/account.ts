/** *Tu cuenta*: access tokens and leaving. */

import type { account as Account } from "../es/account";

export const account: typeof Account = {
  title: "Your account",
  menu: "Account and access tokens",
  tokens: "Access tokens",
  tokensText:
    "To use AUTOCREA from the command line or a program. Whoever has one acts in your name: keep it like a password.",
  tokensNone: "You have no access tokens.",
  name: "Name",
  namePlaceholder: "laptop, test server…",
  scope: "May",
  readWrite: "Read and create",
  readOnly: "Read only",
  lifetime: "Expires in",
  days: (n) => (n === 365 ? "1 year" : `${n} days`),
  createToken: "Create token",
  created: (name) => `Token “${name}” created`,
  createdText: "Copy it now: it cannot be shown again.",
  copied: "Token copied",
  kept: "I have kept it",
  expires: (moment) => `Expires on ${moment}`,
  neverUsed: "never used",
  lastUsed: (moment) => `last used on ${moment}`,
  revoke: "Revoke",
  revokeOne: (name) => `Revoke the token ${name}`,
  revokeTitle: (name) => `Revoke “${name}”?`,
  revokeText: "Whatever uses it stops working at once. This cannot be undone.",
  revoked: "Token revoked",
  delete: "Delete the account",
  deleteText: "Erases everything of yours. This cannot be undone.",
  deleteTitle: "Delete your account?",
  erased: [
    "All your projects, with their descriptions, code and ZIP files",
    "Your access tokens and your account's history",
  ],
  keptItems: [
    "The amounts of your movements and your balance, without texts, under your sign-in's identifier",
  ],
  deleteConfirm: "Delete my account",
  deleted: "Account deleted",
};
