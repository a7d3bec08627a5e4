/** The administration: products with an editor, orders with their state. */

import { createProduct, deleteProduct, listOrders, listProducts, updateOrder, updateProduct } from "./api.js";
import { element, say, withStates } from "./dom.js";
import { guarded } from "./session.js";
import { STATES, field, price, table } from "./views.js";

const editor = element("div");
const products = element("div");
const orders = element("div");
const status = element("p", { class: "notice", role: "status" });

/** Do something that changes data, then show the lists afresh; a failure is said. */
async function change(action) {
  try {
    await action();
    say(status, "§{saved}", "success");
    edit(null);
    await refresh();
  } catch (error) {
    say(status, error.message, "error");
  }
}

/** Show the editor, empty for a new product. */
function edit(product) {
  const onsubmit = (event) => {
    event.preventDefault();
    const { name, description, euros, stock } = Object.fromEntries(new FormData(event.target));
    const content = { name, description, price_cents: Math.round(Number(euros) * 100), stock: Number(stock) };
    change(() => (product ? updateProduct(product.id, content) : createProduct(content)));
  };
  const euros = product ? (product.price_cents / 100).toFixed(2) : "";
  const cancel = element("button", { type: "button", text: "§{cancel}", onclick: () => edit(null) });
  const buttons = [element("button", { class: "primary", type: "submit", text: "§{save}" }), product ? cancel : null];
  const form = element(
    "form",
    { class: "card", onsubmit },
    element("h2", { text: product ? "§{product_edit}" : "§{product_add}" }),
    field("§{label_name}", "input", { id: "name", name: "name", required: true, maxlength: 120, value: product?.name ?? "" }),
    field("§{label_description}", "textarea", { id: "description", name: "description", maxlength: 2000, value: product?.description ?? "" }),
    field("§{label_price_euros}", "input", { id: "euros", name: "euros", type: "number", min: 0, step: 0.01, required: true, value: euros }),
    field("§{label_stock}", "input", { id: "stock", name: "stock", type: "number", min: 0, step: 1, required: true, value: product?.stock ?? "" }),
    element("p", { class: "actions" }, ...buttons),
  );
  editor.replaceChildren(form);
  if (product) form.querySelector("input").focus();
}

function productRow(product) {
  const remove = () => {
    if (confirm("§{delete_sure}")) change(() => deleteProduct(product.id));
  };
  const buttons = element(
    "div",
    { class: "actions" },
    element("button", { type: "button", text: "§{edit}", "aria-label": `§{edit}: ${product.name}`, onclick: () => edit(product) }),
    element("button", { type: "button", class: "danger", text: "§{delete}", "aria-label": `§{delete}: ${product.name}`, onclick: remove }),
  );
  return [product.name, price(product.price_cents), String(product.stock), buttons];
}

function orderRow(order) {
  const options = Object.entries(STATES).map(([value, text]) =>
    element("option", { value, text, selected: value === order.state }),
  );
  const onchange = (event) => change(() => updateOrder(order.reference, event.target.value));
  const select = element("select", { "aria-label": `§{label_state}: ${order.reference}`, onchange }, ...options);
  const ordered = new Date(order.ordered_at).toLocaleString("§{language}", { dateStyle: "medium", timeStyle: "short" });
  return [`${order.reference} · ${ordered}`, order.customer, price(order.total_cents), select];
}

async function refresh() {
  await withStates(products, async () => {
    const found = await listProducts();
    if (found.length === 0) return element("p", { class: "muted", text: "§{products_empty}" });
    return table(["§{label_product}", "#§{label_price}", "#§{label_stock}", "§{label_actions}"], found.map(productRow));
  });
  await withStates(orders, async () => {
    const found = await listOrders();
    if (found.length === 0) return element("p", { class: "muted", text: "§{orders_empty}" });
    return table(["§{order_title}", "§{label_name}", "#§{total}", "§{label_state}"], found.map(orderRow));
  });
}

guarded(document.getElementById("admin"), (user, leave) => {
  edit(null);
  refresh();
  const bar = element("div", { class: "bar" }, element("p", { text: `§{signed_in_as} ${user.name}` }), leave);
  const listed = element(
    "div",
    {},
    element("section", { class: "card" }, element("h2", { text: "§{admin_products}" }), products),
    element("section", { class: "card section" }, element("h2", { text: "§{admin_orders}" }), orders),
  );
  return [bar, status, element("div", { class: "columns" }, listed, editor)];
});
