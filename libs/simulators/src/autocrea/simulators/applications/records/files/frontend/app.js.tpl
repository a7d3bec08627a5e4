/** The page: a tab for each entity, its records in a table, a form to add and to edit. */

import { api } from "./api.js";
import { element, say, withStates } from "./dom.js";
import { ENTITIES } from "./entities.js";
import { recordForm } from "./form.js";

const tabs = document.getElementById("tabs");
const heading = document.getElementById("heading");
const status = document.getElementById("status");
const editor = document.getElementById("editor");
const search = document.getElementById("search");
const list = document.getElementById("records");

const money = new Intl.NumberFormat("§{language}", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

let entity = ENTITIES[0];
let records = [];
let names = {};

function nameOf(record, of) {
  return String(record[of.fields[0].name]);
}

/** The records that the link fields of an entity may point to: field name → list of { value, label }. */
async function linkChoices() {
  const choices = {};
  for (const field of entity.fields.filter((one) => one.type === "link")) {
    const target = ENTITIES.find((one) => one.plural === field.link);
    const found = await api[target.plural].list();
    choices[field.name] = found.map((record) => ({ value: String(record.id), label: nameOf(record, target) }));
  }
  return choices;
}

function shown(field, value) {
  if (value === null || value === undefined || value === "") return "–";
  switch (field.type) {
    case "flag":
      return value ? "§{yes}" : "§{no}";
    case "money":
      return money.format(value);
    case "date":
      return new Date(`${value}T00:00`).toLocaleDateString("§{language}", { dateStyle: "medium" });
    case "choice":
      return field.options.find((option) => option.value === value)?.label ?? value;
    case "link":
      return names[field.name]?.find((choice) => choice.value === String(value))?.label ?? "–";
    default:
      return String(value);
  }
}

function row(record) {
  const cells = entity.fields.map((field) => {
    const numeric = field.type === "whole" || field.type === "money";
    return element("td", { class: numeric ? "number" : null, "data-label": field.label, text: shown(field, record[field.name]) });
  });
  const called = shown(entity.fields[0], record[entity.fields[0].name]);
  const buttons = element(
    "div",
    { class: "actions" },
    element("button", { type: "button", text: "§{edit}", "aria-label": `§{edit}: ${called}`, onclick: () => edit(record) }),
    element("button", {
      type: "button",
      class: "danger",
      text: "§{delete}",
      "aria-label": `§{delete}: ${called}`,
      onclick: () => remove(record),
    }),
  );
  return element("tr", {}, ...cells, element("td", { "data-label": "§{actions}" }, buttons));
}

function table() {
  const wanted = search.value.trim().toLowerCase();
  const matching = records.filter((record) =>
    entity.fields.some((field) => shown(field, record[field.name]).toLowerCase().includes(wanted)),
  );
  if (records.length === 0) return element("p", { class: "muted", text: "§{empty}" });
  if (matching.length === 0) return element("p", { class: "muted", text: "§{no_match}" });
  const heads = [...entity.fields.map((field) => field.label), "§{actions}"];
  const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col", text })));
  const body = element("tbody", {}, ...matching.map(row));
  return element("div", { class: "table-scroll card" }, element("table", {}, element("thead", {}, head), body));
}

function refresh() {
  return withStates(list, async () => {
    [records, names] = await Promise.all([api[entity.plural].list(), linkChoices()]);
    return table();
  });
}

/** Do something that changes data; its failure is said, its success leads to a fresh list. */
async function change(action, done) {
  try {
    await action();
    editor.replaceChildren();
    say(status, done, "success");
    await refresh();
  } catch (error) {
    say(status, error.message, "error");
  }
}

function edit(record) {
  say(status, "");
  const calls = api[entity.plural];
  const save = (values) => change(() => (record ? calls.update(record.id, values) : calls.create(values)), "§{saved}");
  const title = `${record ? "§{edit}" : "§{add}"}: ${entity.label}`;
  const cancel = () => editor.replaceChildren();
  editor.replaceChildren(recordForm({ title, fields: entity.fields, record, links: names, save, cancel }));
  editor.querySelector("input, textarea, select").focus();
}

function remove(record) {
  if (confirm("§{delete_sure}")) change(() => api[entity.plural].remove(record.id), "§{deleted}");
}

function route() {
  entity = ENTITIES.find((one) => location.hash === `#/${one.plural}`) ?? ENTITIES[0];
  for (const tab of tabs.children) {
    if (tab.dataset.plural === entity.plural) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  heading.textContent = entity.label;
  editor.replaceChildren();
  say(status, "");
  search.value = "";
  return refresh();
}

tabs.append(...ENTITIES.map((one) => element("a", { href: `#/${one.plural}`, "data-plural": one.plural, text: one.label })));
document.getElementById("add").addEventListener("click", () => edit(null));
search.addEventListener("input", () => list.replaceChildren(table()));
window.addEventListener("hashchange", route);
route();
