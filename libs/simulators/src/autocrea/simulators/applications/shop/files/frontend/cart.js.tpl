/** The visitor's cart: product id → quantity, kept for as long as the tab is open. */

const KEY = "cart";
const QUANTITY_MAX = 100;

/** Where storage is not allowed, as in a sandboxed preview, the cart lives in memory. */
function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

const quantities = new Map(Object.entries(stored()).map(([id, quantity]) => [Number(id), quantity]));
const listeners = [];

function changed() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(Object.fromEntries(quantities)));
  } catch {
    // Without storage the cart is lost with the page, and only then.
  }
  listeners.forEach((listener) => listener());
}

export const cart = {
  lines: () => [...quantities].map(([product_id, quantity]) => ({ product_id, quantity })),
  count: () => [...quantities.values()].reduce((sum, quantity) => sum + quantity, 0),
  add: (id) => cart.set(id, (quantities.get(id) ?? 0) + 1),
  set: (id, quantity) => {
    if (quantity > 0) quantities.set(id, Math.min(quantity, QUANTITY_MAX));
    else quantities.delete(id);
    changed();
  },
  clear: () => {
    quantities.clear();
    changed();
  },
  onChange: (listener) => listeners.push(listener),
};
