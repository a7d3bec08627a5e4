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

/** Every metric with its latest value. */
export async function listMetrics() {
  return (await answer(fetch("/api/metrics"))).metrics;
}

/** The last readings of a metric, oldest first. */
export async function listReadings(metric) {
  return (await answer(fetch(`/api/metrics/${metric}/readings`))).readings;
}

/** Record a reading. */
export function createReading(reading) {
  return answer(fetch("/api/readings", { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(reading) }));
}
