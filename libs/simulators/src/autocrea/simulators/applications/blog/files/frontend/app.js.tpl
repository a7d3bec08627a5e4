/** The public side: the list of posts at #/, a post at #/<id>. */

import { listPosts, readPost } from "./api.js";
import { element, withStates } from "./dom.js";

const view = document.getElementById("view");

function day(text) {
  return new Date(text).toLocaleDateString("§{language}", { dateStyle: "long" });
}

function meta(post) {
  return element("p", { class: "meta", text: `${day(post.updated_at)} · §{by_author} ${post.author}` });
}

function card(post) {
  const title = element("h2", {}, element("a", { href: `#/${post.id}`, text: post.title }));
  const more = element("a", { href: `#/${post.id}`, text: "§{read_more}", "aria-label": `§{read_more}: ${post.title}` });
  const draft = post.state === "draft" ? element("span", { class: "badge", text: "§{state_draft}" }) : null;
  const excerpt = element("p", { class: "muted", text: post.excerpt });
  return element("article", { class: "card post-card" }, draft, title, meta(post), excerpt, more);
}

async function list() {
  const posts = await listPosts();
  const heading = element("div", { class: "masthead" }, element("h1", { text: "§{tagline}" }));
  if (posts.length === 0) return [heading, element("p", { class: "muted", text: "§{posts_empty}" })];
  return [heading, element("div", { class: "grid" }, ...posts.map(card))];
}

async function article(id) {
  const post = await readPost(id);
  const paragraphs = post.body.split(/\n\s*\n/).map((text) => element("p", { text }));
  document.title = `${post.title} · §{project}`;
  const back = element("a", { href: "#/", text: "§{back_to_list}" });
  return element("article", { class: "article" }, back, element("h1", { text: post.title }), meta(post), ...paragraphs);
}

async function route(moved) {
  const id = location.hash.match(/^#\/(\d+)$/)?.[1];
  document.title = "§{project}";
  await withStates(view, () => (id ? article(id) : list()));
  if (moved) document.getElementById("content").focus();
}

window.addEventListener("hashchange", () => route(true));
route(false);
