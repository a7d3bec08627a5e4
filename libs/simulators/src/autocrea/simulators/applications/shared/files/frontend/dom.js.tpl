/** Building DOM: text always goes in as text, never as markup. */

/** An element with properties (class, text, any attribute, on<event>) and children. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Show a message in a live region; kind is "info", "success" or "error". */
export function say(region, text, kind = "info") {
  region.textContent = text;
  region.dataset.kind = kind;
}

/** Run an action and show its loading, error (with a way to try again) and finished states in a region. */
export async function withStates(region, action) {
  region.replaceChildren(element("p", { class: "muted", text: "§{loading}" }));
  region.setAttribute("aria-busy", "true");
  try {
    region.replaceChildren(...[await action()].flat());
  } catch (error) {
    const again = element("button", { type: "button", text: "§{retry}", onclick: () => withStates(region, action) });
    region.replaceChildren(element("p", { class: "notice", "data-kind": "error", text: error.message }), again);
  } finally {
    region.removeAttribute("aria-busy");
  }
}
