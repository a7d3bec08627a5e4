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

/** Send a message of the contact form; answers its receipt. */
export function sendMessage(message) {
  return answer(fetch("/api/messages", { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(message) }));
}

/** The receipt of a message that was sent before. */
export function readMessage(reference) {
  return answer(fetch(`/api/messages/${encodeURIComponent(reference)}`));
}
