/** *Preview* in English. */

import type { Texts } from "../es";

export const preview: Texts["preview"] = {
  title: "Preview",
  examples: "Example data",
  examplesText:
    "The page runs here, isolated and without a network. Its requests are answered with the contract's examples: nothing is kept.",
  width: "Width",
  widths: { phone: "Phone", tablet: "Tablet", desktop: "Desktop" },
  pixels: (n) => `${n} px`,
  page: "Page",
  reload: "Reload",
  frame: (project) => `Preview of ${project}`,
  loading: "Preparing the preview…",
  failed: "The files could not be read.",
  scaled: (percent) => `At ${percent}`,
  waiting: "The preview appears when the step that writes the front end has finished.",
  left: "The page left or stopped answering",
  leftText: "Nothing leaves this place: whatever it tried was prevented. You can load it again.",
  looping: "The page reloads again and again",
  loopingText: "It was stopped. You can load it again.",
  empty: "The page shows nothing",
  emptyText: "It has loaded, but it is empty. If there are errors, they are below.",
  errors: "Errors of its scripts",
  errorsNone: "No errors.",
  errorAt: (path, line) => `${path}, line ${line}`,
  times: (n) => `${n} times`,
  requests: "Requests answered with example data",
  unanswered: "not in the contract",
  blocked: "Not available in the preview",
  blockedText: "What the page asks for outside of itself, or files that do not exist.",
  more: "and more",
  unbuilt: "This front end has to be built",
  unbuiltText: (files) =>
    `It uses ${files}, which a browser does not understand without a build. Download it and follow its README to see it.`,
  none: "This application has no pages",
  noneText: "This is what it offers: its routes, and its README.",
  partial: "The completed steps wrote no page",
  routes: "Routes",
  readme: "README",
  nothing: "There are no routes and no README yet.",
};
