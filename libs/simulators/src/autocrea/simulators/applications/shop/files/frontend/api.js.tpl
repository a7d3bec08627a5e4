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

/** The catalogue. */
export async function listProducts() {
  return (await answer(fetch("/api/products"))).products;
}

/** One product. */
export function readProduct(id) {
  return answer(fetch(`/api/products/${id}`));
}

/** Add a product. */
export function createProduct(product) {
  return answer(fetch("/api/products", { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(product) }));
}

/** Change a product. */
export function updateProduct(id, product) {
  return answer(fetch(`/api/products/${id}`, { method: "PUT", headers: JSON_HEADERS, body: JSON.stringify(product) }));
}

/** Delete a product. */
export function deleteProduct(id) {
  return answer(fetch(`/api/products/${id}`, { method: "DELETE" }));
}

/** The reviews of a product, the newest first. */
export async function listReviews(id) {
  return (await answer(fetch(`/api/products/${id}/reviews`))).reviews;
}

/** Publish a review. */
export function createReview(id, review) {
  return answer(
    fetch(`/api/products/${id}/reviews`, { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(review) }),
  );
}

/** Place an order. */
export function createOrder(order) {
  return answer(fetch("/api/orders", { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(order) }));
}

/** An order, by its reference. */
export function readOrder(reference) {
  return answer(fetch(`/api/orders/${encodeURIComponent(reference)}`));
}

/** Every order, the newest first. */
export async function listOrders() {
  return (await answer(fetch("/api/orders"))).orders;
}

/** Give an order another state. */
export function updateOrder(reference, state) {
  return answer(
    fetch(`/api/orders/${encodeURIComponent(reference)}`, {
      method: "PUT",
      headers: JSON_HEADERS,
      body: JSON.stringify({ state }),
    }),
  );
}
