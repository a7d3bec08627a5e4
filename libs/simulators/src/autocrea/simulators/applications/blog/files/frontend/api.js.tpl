/** Calls of the API. Every function answers parsed JSON or throws an error whose message can be shown. */

const JSON_HEADERS = { "Content-Type": "application/json" };

async function answer(request) {
  const response = await request.catch(() => {
    throw new Error("§{error_network}");
  });
  const body = await response.json().catch(() => null);
  if (response.ok) return body;
  throw new Error(typeof body?.detail === "string" ? body.detail : "§{error_fields}");
}

/** Who is signed in, and whether the first account is still to be created. */
export function readSession() {
  return answer(fetch("/api/session"));
}

/** Create the administrator's account and sign in. */
export function setUp(account) {
  return answer(fetch("/api/setup", { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(account) }));
}

/** Sign in. */
export function logIn(credentials) {
  return answer(fetch("/api/login", { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(credentials) }));
}

/** Sign out. */
export function logOut() {
  return answer(fetch("/api/logout", { method: "POST" }));
}

/** Posts, the newest first. */
export async function listPosts() {
  return (await answer(fetch("/api/posts"))).posts;
}

/** A whole post. */
export function readPost(id) {
  return answer(fetch(`/api/posts/${id}`));
}

/** Write a post. */
export function createPost(post) {
  return answer(fetch("/api/posts", { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(post) }));
}

/** Change a post. */
export function updatePost(id, post) {
  return answer(fetch(`/api/posts/${id}`, { method: "PUT", headers: JSON_HEADERS, body: JSON.stringify(post) }));
}

/** Delete a post. */
export function deletePost(id) {
  return answer(fetch(`/api/posts/${id}`, { method: "DELETE" }));
}
