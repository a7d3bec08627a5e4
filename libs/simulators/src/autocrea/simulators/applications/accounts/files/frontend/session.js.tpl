/** Signing in: shows the form that the session asks for, then hands over to the page. */

import { logIn, logOut, readSession, setUp } from "./api.js";
import { element, say, withStates } from "./dom.js";

function field(name, label, attributes) {
  const id = `session-${name}`;
  const input = element("input", { id, name, required: true, ...attributes });
  return element("div", { class: "field" }, element("label", { for: id, text: label }), input);
}

function form(title, hint, fields, action, submit) {
  const status = element("p", { class: "notice", role: "alert" });
  const button = element("button", { class: "primary", type: "submit", text: action });
  const onsubmit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await submit(Object.fromEntries(new FormData(event.target)));
    } catch (error) {
      say(status, error.message, "error");
    } finally {
      button.disabled = false;
    }
  };
  const heading = element("h2", { text: title });
  const intro = hint ? element("p", { class: "muted", text: hint }) : null;
  return element("form", { class: "card narrow", onsubmit }, heading, intro, ...fields, button, status);
}

/** Show the page to whoever is signed in, else the form to sign in with. `page` gets the user and a sign-out button. */
export function guarded(region, page) {
  const refresh = () =>
    withStates(region, async () => {
      const { user, needs_setup } = await readSession();
      if (user) {
        const leave = async () => {
          await logOut();
          await refresh();
        };
        return page(user, element("button", { type: "button", text: "§{logout_action}", onclick: leave }));
      }
      const email = field("email", "§{label_email}", { type: "email", autocomplete: "username" });
      if (needs_setup) {
        const name = field("name", "§{label_name}", { autocomplete: "name" });
        const chosen = { type: "password", autocomplete: "new-password", minlength: 10, placeholder: "§{password_hint}" };
        const fields = [name, email, field("password", "§{label_password}", chosen)];
        const submit = async (account) => {
          await setUp(account);
          await refresh();
        };
        return form("§{setup_title}", "§{setup_hint}", fields, "§{setup_action}", submit);
      }
      const known = { type: "password", autocomplete: "current-password", minlength: 10 };
      const submit = async (credentials) => {
        await logIn(credentials);
        await refresh();
      };
      return form("§{login_title}", "", [email, field("password", "§{label_password}", known)], "§{login_action}", submit);
    });
  return refresh();
}
