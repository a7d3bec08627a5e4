/** Calls of the API, by entity. Every function answers parsed JSON or throws an error whose message can be shown. */

const JSON_HEADERS = { "Content-Type": "application/json" };

async function answer(request) {
  const response = await request.catch(() => {
    throw new Error("§{error_network}");
  });
  const body = await response.json().catch(() => null);
  if (response.ok) return body;
  throw new Error(typeof body?.detail === "string" ? body.detail : "§{error_fields}");
}

export const api = {
§{api_entities}
};
