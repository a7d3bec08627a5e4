/** The contact form: it checks its fields and opens the visitor's mail program with the message written. */

import { say } from "./dom.js";

const ADDRESS = "§{address}";
const PROBLEMS = { name: "§{name_missing}", email: "§{email_wrong}", message: "§{message_short}" };

/** Mark every invalid field with its problem; true if there is none. */
function checked(form) {
  let first = null;
  for (const field of form.elements) {
    if (!field.name) continue;
    const valid = field.checkValidity();
    field.setAttribute("aria-invalid", String(!valid));
    document.getElementById(`${field.id}-error`).textContent = valid ? "" : PROBLEMS[field.name];
    if (!valid && first === null) first = field;
  }
  first?.focus();
  return first === null;
}

const form = document.getElementById("contact-form");
const status = document.getElementById("contact-status");
form.addEventListener("submit", (event) => {
  event.preventDefault();
  say(status, "");
  if (!checked(form)) return;
  const { name, email, message } = Object.fromEntries(new FormData(form));
  const subject = encodeURIComponent("§{subject}");
  const body = encodeURIComponent(`${message}\n\n${name} <${email}>`);
  window.location.href = `mailto:${ADDRESS}?subject=${subject}&body=${body}`;
  say(status, `§{opened} ${ADDRESS}.`, "success");
});
