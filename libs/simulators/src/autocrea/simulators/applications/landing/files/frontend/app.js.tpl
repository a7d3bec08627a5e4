/** The landing page: the contact form and the look-up of a message. */

import { readMessage, sendMessage } from "./api.js";
import { say } from "./dom.js";

const PROBLEMS = {
  name: "§{name_missing}",
  email: "§{email_wrong}",
  message: "§{message_short}",
  reference: "§{reference_missing}",
};

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

/** Submit a form without leaving the page; the button is disabled while the action runs. */
function onSubmit(form, status, action) {
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say(status, "");
    if (!checked(form)) return;
    button.disabled = true;
    try {
      await action(Object.fromEntries(new FormData(form)));
    } catch (error) {
      say(status, error.message, "error");
    } finally {
      button.disabled = false;
    }
  });
}

const contactForm = document.getElementById("contact-form");
const contactStatus = document.getElementById("contact-status");
onSubmit(contactForm, contactStatus, async (message) => {
  say(contactStatus, "§{sending}");
  const receipt = await sendMessage(message);
  contactForm.reset();
  document.getElementById("reference").value = receipt.reference;
  say(contactStatus, `§{sent} ${receipt.reference}.`, "success");
});

const lookupStatus = document.getElementById("lookup-status");
onSubmit(document.getElementById("lookup-form"), lookupStatus, async ({ reference }) => {
  const receipt = await readMessage(reference.trim());
  const day = new Date(receipt.received_at).toLocaleDateString("§{language}", { dateStyle: "long" });
  say(lookupStatus, `§{found_state} ${day} (${receipt.name}).`, "success");
});
