/** Sent to the frame: tells the page around it of errors, of what the policy blocked, and whether there is anything to see. */

export function reportTrouble(): void {
  const tell = (message: object) => parent.postMessage(message, "*");
  /** When a page that fetches what it shows should have something on it; the last look decides that it has nothing. */
  const LOOKS_MS = [50, 300, 1000, 3000];

  const failed = (error: unknown, path = "", line = 0) => {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    tell({ preview: "error", text, path, line });
  };
  addEventListener(
    "error",
    (event) => {
      const { target } = event;
      if (target instanceof Element) {
        const what = target.getAttribute("data-autocrea-path") ?? target.getAttribute("src");
        tell({ preview: "blocked", what: what ?? target.localName });
      } else {
        tell({ preview: "error", text: event.message, path: event.filename, line: event.lineno });
      }
    },
    true,
  );
  addEventListener("unhandledrejection", (event) => failed(event.reason));
  document.addEventListener("securitypolicyviolation", (event) => {
    tell({ preview: "blocked", what: event.blockedURI || event.violatedDirective });
  });
  const write = console.error;
  console.error = (...words: unknown[]) => {
    failed(
      words.map((word) => (word instanceof Error ? `${word.name}: ${word.message}` : String(word))).join(" "),
    );
    write.apply(console, words);
  };
  addEventListener("message", (event) => {
    if (event.source === parent && event.data?.preview === "ping") tell({ preview: "alive" });
  });
  const look = (last: boolean) => {
    const body = document.body;
    const seen = body?.querySelector("img, svg, canvas, video, input, button, textarea, select");
    // biome-ignore lint/performance/useDomNodeTextContent: text that is hidden is not there to be seen
    const text = body?.innerText ?? "";
    const empty = text.trim() === "" && !seen;
    if (!empty || last) tell({ preview: "shown", empty });
  };
  addEventListener("load", () => {
    LOOKS_MS.forEach((milliseconds, index) => {
      setTimeout(look, milliseconds, index === LOOKS_MS.length - 1);
    });
  });
}
