/** The shop: catalogue at #/, product at #/product/<id>, cart at #/cart, order at #/order/<reference>. */

import { createOrder, createReview, listProducts, listReviews, readOrder, readProduct } from "./api.js";
import { cart } from "./cart.js";
import { element, say, withStates } from "./dom.js";
import { STATES, field, orderTable, price, stars, table } from "./views.js";

const view = document.getElementById("view");
const status = document.getElementById("status");
const count = document.getElementById("cart-count");

function tile(product) {
  return element("p", { class: "tile", "aria-hidden": "true", text: product.name.charAt(0).toUpperCase() });
}

function buy(product) {
  if (product.stock === 0) return element("p", {}, element("span", { class: "badge", text: "§{sold_out}" }));
  const add = () => {
    cart.add(product.id);
    say(status, "§{added}", "success");
  };
  const label = `§{add_to_cart}: ${product.name}`;
  return element("button", { class: "primary", type: "button", text: "§{add_to_cart}", "aria-label": label, onclick: add });
}

function card(product) {
  const link = element("a", { href: `#/product/${product.id}`, text: product.name });
  const cost = element("p", { class: "price", text: price(product.price_cents) });
  const description = element("p", { class: "muted description", text: product.description });
  const rating = stars(product.stars, product.reviews);
  return element("article", { class: "card product" }, tile(product), element("h2", {}, link), rating, description, cost, buy(product));
}

async function catalogue() {
  const products = await listProducts();
  const grid = element("div", { class: "grid" });
  const fill = (wanted) => {
    const matching = products.filter((product) => `${product.name} ${product.description}`.toLowerCase().includes(wanted));
    const hint = products.length === 0 ? "§{products_empty}" : "§{no_match}";
    grid.replaceChildren(...(matching.length ? matching.map(card) : [element("p", { class: "muted", text: hint })]));
  };
  fill("");
  const oninput = (event) => fill(event.target.value.trim().toLowerCase());
  const search = field("§{search}", "input", { id: "search", type: "search", autocomplete: "off", oninput });
  search.classList.add("search");
  const heading = element("h1", { text: "§{hero_title}" });
  return [element("div", { class: "masthead" }, heading, element("p", { class: "muted", text: "§{lead_default}" })), search, grid];
}

function review(one) {
  const written = new Date(one.written_at).toLocaleDateString("§{language}", { dateStyle: "medium" });
  const by = element("p", {}, element("strong", { text: one.author }), ` · ${written}`);
  return element("li", { class: "review" }, by, stars(one.stars), element("p", { text: one.comment }));
}

function reviewForm(product) {
  const onsubmit = async (event) => {
    event.preventDefault();
    const { author, stars: given, comment } = Object.fromEntries(new FormData(event.target));
    try {
      await createReview(product.id, { author, stars: Number(given), comment });
      await route(false);
    } catch (error) {
      say(status, error.message, "error");
    }
  };
  const options = [5, 4, 3, 2, 1].map((value) => element("option", { value, text: `${value} ${"★".repeat(value)}` }));
  const rating = field("§{label_stars}", "select", { id: "review-stars", name: "stars" });
  rating.querySelector("select").append(...options);
  return element(
    "form",
    { class: "card", onsubmit },
    element("h2", { text: "§{review_write}" }),
    field("§{label_name}", "input", { id: "review-author", name: "author", required: true, maxlength: 80, autocomplete: "name" }),
    rating,
    field("§{label_comment}", "textarea", { id: "review-comment", name: "comment", maxlength: 2000 }),
    element("button", { type: "submit", text: "§{review_send}" }),
  );
}

async function productPage(id) {
  const [product, reviews] = await Promise.all([readProduct(id), listReviews(id)]);
  document.title = `${product.name} · §{project}`;
  const about = element(
    "div",
    { class: "card" },
    tile(product),
    element("h1", { text: product.name }),
    stars(product.stars, product.reviews),
    element("p", { text: product.description }),
    element("p", { class: "price", text: price(product.price_cents) }),
    element("p", { class: "muted", text: `§{in_stock} ${product.stock}` }),
    buy(product),
  );
  const list = reviews.length
    ? element("ul", { class: "reviews", role: "list" }, ...reviews.map(review))
    : element("p", { class: "muted", text: "§{reviews_empty}" });
  const said = element("section", { class: "section" }, element("h2", { text: "§{reviews_title}" }), list);
  const back = element("p", {}, element("a", { href: "#/", text: "§{back_to_list}" }));
  return [back, element("div", { class: "columns" }, element("div", {}, about, said), reviewForm(product))];
}

function cartRow(product, quantity) {
  const onchange = (event) => {
    cart.set(product.id, Math.trunc(Number(event.target.value)));
    route(false);
  };
  const label = `§{label_quantity}: ${product.name}`;
  const input = element("input", { class: "quantity", type: "number", min: 0, max: 100, "aria-label": label, onchange });
  input.value = quantity;
  const onclick = () => {
    cart.set(product.id, 0);
    route(false);
  };
  const remove = element("button", { type: "button", text: "§{remove}", "aria-label": `§{remove}: ${product.name}`, onclick });
  return [product.name, input, price(quantity * product.price_cents), remove];
}

async function cartPage() {
  const heading = element("h1", { text: "§{cart_title}" });
  const products = new Map((await listProducts()).map((product) => [product.id, product]));
  const lines = cart.lines().filter((line) => products.has(line.product_id));
  if (lines.length === 0) return [heading, element("p", { class: "muted", text: "§{cart_empty}" })];
  const total = lines.reduce((sum, line) => sum + line.quantity * products.get(line.product_id).price_cents, 0);
  const rows = lines.map((line) => cartRow(products.get(line.product_id), line.quantity));
  const sum = [element("strong", { text: "§{total}" }), "", element("strong", { text: price(total) }), ""];
  const headings = ["§{label_product}", "§{label_quantity}", "#§{label_price}", "§{label_actions}"];
  const onsubmit = async (event) => {
    event.preventDefault();
    try {
      const order = await createOrder({ ...Object.fromEntries(new FormData(event.target)), lines });
      cart.clear();
      location.hash = `#/order/${order.reference}`;
    } catch (error) {
      say(status, error.message, "error");
    }
  };
  const form = element(
    "form",
    { class: "card", onsubmit },
    element("h2", { text: "§{checkout}" }),
    field("§{label_name}", "input", { id: "customer", name: "customer", required: true, maxlength: 120, autocomplete: "name" }),
    field("§{label_email}", "input", { id: "email", name: "email", type: "email", required: true, autocomplete: "email" }),
    element("button", { class: "primary", type: "submit", text: "§{checkout}" }),
  );
  return [heading, element("div", { class: "columns" }, element("div", { class: "card" }, table(headings, [...rows, sum])), form)];
}

async function orderPage(reference) {
  const order = await readOrder(reference);
  const state = element("p", {}, element("span", { class: "badge", text: STATES[order.state] }));
  const unpaid = order.payment_url
    ? element("p", {}, element("a", { class: "button primary", href: order.payment_url, text: "§{pay_now}" }))
    : element("p", { class: "muted", text: "§{pay_later}" });
  return [
    element("h1", { text: `§{order_title} ${order.reference}` }),
    element("p", { text: "§{order_thanks}" }),
    state,
    order.state === "pending" ? unpaid : null,
    element("div", { class: "card section" }, orderTable(order)),
    element("p", { class: "muted", text: "§{order_keep}" }),
  ].filter((part) => part !== null);
}

function page() {
  const [name, argument] = location.hash.replace(/^#\//, "").split("/");
  if (name === "product") return productPage(Number(argument));
  if (name === "cart") return cartPage();
  if (name === "order") return orderPage(decodeURIComponent(argument));
  return catalogue();
}

async function route(moved = true) {
  document.title = "§{project}";
  say(status, "");
  await withStates(view, page);
  if (moved) document.getElementById("content").focus();
}

function showCount() {
  count.textContent = String(cart.count());
}

cart.onChange(showCount);
showCount();
window.addEventListener("hashchange", () => route());
route(false);
