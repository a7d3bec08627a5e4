/** The form of a record: one input for each field of its entity. */

import { element } from "./dom.js";

function select(attributes, choices, chosen) {
  const options = choices.map(({ value, label }) => element("option", { value, text: label, selected: value === chosen }));
  return element("select", attributes, ...options);
}

function input(field, value, choices) {
  const attributes = { id: `field-${field.name}`, name: field.name, required: field.required };
  const described = { ...attributes, "aria-describedby": `field-${field.name}-error` };
  switch (field.type) {
    case "long": {
      const area = element("textarea", described);
      area.value = value ?? "";
      return area;
    }
    case "choice":
      return select(described, field.options, value);
    case "link":
      return select(described, choices, String(value ?? ""));
    case "flag":
      return element("input", { ...described, required: false, type: "checkbox", checked: Boolean(value) });
    case "date":
      return element("input", { ...described, type: "date", value });
    case "whole":
      return element("input", { ...described, type: "number", min: 0, step: 1, value });
    case "money":
      return element("input", { ...described, type: "number", min: 0, step: 0.01, value });
    default:
      return element("input", { ...described, maxlength: 200, value });
  }
}

function read(field, control) {
  if (field.type === "flag") return control.checked;
  if (field.type === "whole" || field.type === "money") return Number(control.value);
  if (field.type === "link") return field.link_is_number ? Number(control.value) : control.value;
  if (field.type === "date") return control.value || null;
  return control.value.trim();
}

function check(control) {
  const valid = control.checkValidity();
  control.setAttribute("aria-invalid", String(!valid));
  document.getElementById(`${control.id}-error`).textContent = valid ? "" : "§{field_wrong}";
  return valid;
}

/** Build the form; `links` holds the choices of link fields by field name, `save` gets the record's values. */
export function recordForm({ title, fields, record, links, save, cancel }) {
  const controls = fields.map((field) => input(field, record?.[field.name], links[field.name] ?? []));
  const groups = fields.map((field, index) => {
    const label = element("label", { for: controls[index].id, text: field.label });
    const error = element("p", { class: "field-error", id: `${controls[index].id}-error` });
    return element("div", { class: field.type === "long" ? "field wide" : "field" }, label, controls[index], error);
  });
  const submit = element("button", { class: "primary", type: "submit", text: "§{save}" });
  const onsubmit = async (event) => {
    event.preventDefault();
    const wrong = controls.filter((control) => !check(control));
    if (wrong.length > 0) {
      wrong[0].focus();
      return;
    }
    submit.disabled = true;
    await save(Object.fromEntries(fields.map((field, index) => [field.name, read(field, controls[index])])));
    submit.disabled = false;
  };
  const buttons = element(
    "p",
    { class: "actions" },
    submit,
    element("button", { type: "button", text: "§{cancel}", onclick: cancel }),
  );
  const heading = element("h2", { text: title });
  return element("form", { class: "card", novalidate: true, onsubmit }, heading, element("div", { class: "fields" }, ...groups), buttons);
}
