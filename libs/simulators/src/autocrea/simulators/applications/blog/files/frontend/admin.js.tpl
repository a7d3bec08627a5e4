/** The content management: every post in a table, an editor above it. */

import { createPost, deletePost, listPosts, readPost, updatePost } from "./api.js";
import { element, say, withStates } from "./dom.js";
import { guarded } from "./session.js";

const STATES = { published: "§{state_published}", draft: "§{state_draft}" };

const editor = element("div", { id: "editor" });
const table = element("div");
const status = element("p", { class: "notice", role: "status" });

function labelled(label, input) {
  return element("div", { class: "field" }, element("label", { for: input.id, text: label }), input);
}

function stateSelect(chosen) {
  const options = Object.entries(STATES).map(([value, text]) =>
    element("option", { value, text, selected: value === chosen }),
  );
  return element("select", { id: "post-state", name: "state" }, ...options);
}

/** Show the editor, empty for a new post. */
function edit(post) {
  const title = element("input", { id: "post-title", name: "title", required: true, maxlength: 200, value: post?.title });
  const body = element("textarea", { id: "post-body", name: "body", required: true, placeholder: "§{body_hint}" });
  body.value = post?.body ?? "";
  const onsubmit = async (event) => {
    event.preventDefault();
    const content = Object.fromEntries(new FormData(event.target));
    try {
      await (post ? updatePost(post.id, content) : createPost(content));
      edit(null);
      say(status, "§{saved}", "success");
      await refresh();
    } catch (error) {
      say(status, error.message, "error");
    }
  };
  const cancel = post ? element("button", { type: "button", text: "§{cancel}", onclick: () => edit(null) }) : null;
  const buttons = element("p", { class: "actions" }, element("button", { class: "primary", text: "§{save}" }), cancel);
  const heading = element("h2", { text: post ? "§{editor_edit}" : "§{editor_new}" });
  const fields = [
    labelled("§{label_title}", title),
    labelled("§{label_body}", body),
    labelled("§{label_state}", stateSelect(post?.state ?? "published")),
  ];
  editor.replaceChildren(element("form", { class: "card", onsubmit }, heading, ...fields, buttons));
  if (post) title.focus();
}

async function remove(post) {
  if (!confirm("§{delete_sure}")) return;
  try {
    await deletePost(post.id);
    await refresh();
  } catch (error) {
    say(status, error.message, "error");
  }
}

async function open(post) {
  try {
    edit(await readPost(post.id));
  } catch (error) {
    say(status, error.message, "error");
  }
}

function row(post) {
  const buttons = element(
    "div",
    { class: "actions" },
    element("button", { type: "button", text: "§{edit}", "aria-label": `§{edit}: ${post.title}`, onclick: () => open(post) }),
    element("button", {
      type: "button",
      class: "danger",
      text: "§{delete}",
      "aria-label": `§{delete}: ${post.title}`,
      onclick: () => remove(post),
    }),
  );
  const updated = new Date(post.updated_at).toLocaleDateString("§{language}", { dateStyle: "medium" });
  return element(
    "tr",
    {},
    element("td", { text: post.title }),
    element("td", {}, element("span", { class: "badge", text: STATES[post.state] })),
    element("td", { text: updated }),
    element("td", {}, buttons),
  );
}

function refresh() {
  return withStates(table, async () => {
    const posts = await listPosts();
    if (posts.length === 0) return element("p", { class: "muted", text: "§{posts_empty}" });
    const heads = ["§{label_title}", "§{label_state}", "§{label_updated}", "§{label_actions}"];
    const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col", text })));
    const rows = element("tbody", {}, ...posts.map(row));
    return element("div", { class: "table-scroll" }, element("table", {}, element("thead", {}, head), rows));
  });
}

guarded(document.getElementById("admin"), (user, leave) => {
  edit(null);
  refresh();
  const bar = element("div", { class: "bar" }, element("p", { text: `§{signed_in_as} ${user.name}` }), leave);
  return [bar, editor, status, element("h2", { text: "§{nav_posts}" }), table];
});
