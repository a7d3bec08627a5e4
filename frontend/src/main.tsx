/** Starts the pages: what the gateway says of itself first, then everything else. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { StartFailed } from "@/app/start-failed";
import { currentLanguage } from "@/shared/i18n/language";
import { loadTexts } from "@/shared/i18n/texts";
import { startSession } from "@/shared/session/start";
import { loadConfiguration } from "@/shared/settings/configuration";
import "@/app/styles.css";

const container = document.getElementById("root");
if (container === null) throw new Error("no #root in the page");
const root = createRoot(container);

try {
  const [configuration] = await Promise.all([loadConfiguration(), loadTexts(currentLanguage())]);
  const signIn = await startSession(configuration);
  root.render(
    <StrictMode>
      <App configuration={configuration} signIn={signIn} />
    </StrictMode>,
  );
} catch (error) {
  console.error(error);
  root.render(<StartFailed />);
}
