/** Sent to the frame: links lead to other pages of the site or nowhere, forms reach the page's own scripts, storage is memory. */

import type { FrameSettings } from "./settings";

export function stayInside({ page }: FrameSettings): void {
  const tell = (message: object) => parent.postMessage(message, "*");

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href], area[href]") : null;
    const address = link?.getAttribute("href") ?? "";
    if (link === null || event.defaultPrevented || address === "" || address.startsWith("#")) return;
    event.preventDefault();
    if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(address)) {
      tell({ preview: "blocked", what: address });
    } else {
      const url = new URL(address, `http://preview.invalid/${page}`);
      tell({ preview: "page", path: url.pathname });
    }
  });
  window.open = (address) => {
    tell({ preview: "blocked", what: String(address ?? "window.open") });
    return null;
  };

  // A sandbox without forms may not even tell scripts that one was submitted: this does what a browser would.
  const submit = (form: HTMLFormElement, submitter: HTMLElement | null) => {
    const free = form.noValidate || submitter?.hasAttribute("formnovalidate");
    if (!free && !form.reportValidity()) return;
    const event = new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter });
    const unhandled = form.dispatchEvent(event);
    if (unhandled) tell({ preview: "blocked", what: form.getAttribute("action") ?? "form" });
  };
  document.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element
        ? event.target.closest<HTMLButtonElement | HTMLInputElement>(
            "button, input[type=submit], input[type=image]",
          )
        : null;
    if (!button?.form || event.defaultPrevented || !["submit", "image"].includes(button.type)) return;
    event.preventDefault();
    submit(button.form, button);
  });
  HTMLFormElement.prototype.requestSubmit = function (submitter: HTMLElement | null = null) {
    submit(this, submitter);
  };
  HTMLFormElement.prototype.submit = function () {
    tell({ preview: "blocked", what: this.getAttribute("action") ?? "form" });
  };
}

export function rememberInMemory(): void {
  const storage = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (key: string) => kept.get(String(key)) ?? null,
      setItem: (key: string, value: string) => void kept.set(String(key), String(value)),
      removeItem: (key: string) => void kept.delete(String(key)),
      clear: () => kept.clear(),
      key: (index: number) => [...kept.keys()][index] ?? null,
      get length() {
        return kept.size;
      },
    };
  };
  for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(window, name, { configurable: true, value: storage() });
  }
}
