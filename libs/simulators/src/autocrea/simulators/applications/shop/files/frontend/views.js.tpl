/** Parts that the shop's pages share. */

import { element } from "./dom.js";

const money = new Intl.NumberFormat("§{language}", { style: "currency", currency: "EUR" });

export const STATES = {
  pending: "§{state_pending}",
  paid: "§{state_paid}",
  sent: "§{state_sent}",
  cancelled: "§{state_cancelled}",
};

/** An amount of cents in euros. */
export function price(cents) {
  return money.format(cents / 100);
}

/** A rating as stars, in words for who does not see them. */
export function stars(value, count) {
  if (value === null) return element("p", { class: "muted", text: "§{reviews_none}" });
  const full = Math.round(value);
  const said = `${value} §{stars_of}${count === undefined ? "" : ` (${count})`}`;
  const shown = element("span", { class: "stars", "aria-hidden": "true", text: "★".repeat(full) + "☆".repeat(5 - full) });
  const counted = count === undefined ? null : element("span", { class: "muted", "aria-hidden": "true", text: ` (${count})` });
  return element("p", {}, shown, counted, element("span", { class: "hidden-visually", text: said }));
}

/** A label with its input. */
export function field(label, tag, attributes) {
  const input = element(tag, attributes);
  if (attributes.value !== undefined) input.value = attributes.value;
  return element("div", { class: "field" }, element("label", { for: attributes.id, text: label }), input);
}

/** A table from headings and rows of cells; a cell is text, or a node; headings that begin with "#" are amounts. */
export function table(headings, rows) {
  const amounts = headings.map((heading) => (heading.startsWith("#") ? "amount" : null));
  const heads = headings.map((text, at) => element("th", { scope: "col", class: amounts[at], text: text.replace(/^#/, "") }));
  const cells = (row) => row.map((cell, at) => element("td", { class: amounts[at] }, cell));
  const body = element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells(row))));
  const head = element("thead", {}, element("tr", {}, ...heads));
  return element("div", { class: "table-scroll" }, element("table", {}, head, body));
}

/** The products, amounts and total of an order. */
export function orderTable(order) {
  const rows = order.lines.map((line) => [line.name, String(line.quantity), price(line.quantity * line.price_cents)]);
  const total = [element("strong", { text: "§{total}" }), "", element("strong", { text: price(order.total_cents) })];
  return table(["§{label_product}", "#§{label_quantity}", "#§{label_price}"], [...rows, total]);
}
