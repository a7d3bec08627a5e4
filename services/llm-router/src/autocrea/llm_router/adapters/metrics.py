"""The router's metrics: OpenTelemetry's GenAI conventions under their Prometheus names, and what they do not cover."""

from prometheus_client import Counter, Gauge, Histogram

# The buckets are the conventions' own, so that dashboards made for them fit.
SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
TOKENS = tuple(4**power for power in range(14))
MODEL = ("gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model")

OPERATION_SECONDS = Histogram(
    "gen_ai_client_operation_duration_seconds",
    "How long calls to models took, to their end.",
    (*MODEL, "error_type"),
    buckets=SECONDS,
)
FIRST_CHUNK_SECONDS = Histogram(
    "gen_ai_client_operation_time_to_first_chunk_seconds",
    "How long models took to the first text of their answer.",
    MODEL,
    buckets=SECONDS,
)
TOKEN_USAGE = Histogram(
    "gen_ai_client_token_usage",
    "Tokens that calls read and wrote, where the provider counted them.",
    (*MODEL, "gen_ai_token_type"),
    buckets=TOKENS,
)
CALLS = Counter(
    "autocrea_llm_calls",
    "Calls by how they ended; `completed` kept the output protocol, `truncated` and `invalid` did not.",
    ("provider", "model", "outcome"),
)
BREAKERS = Gauge(
    "autocrea_llm_breaker", "A model's breaker: 0 closed, 1 half open, 2 open.", ("provider", "model")
)
CALLS_OPEN = Gauge("autocrea_llm_calls_open", "Calls to a provider that are under way here.", ("provider",))
CALLS_WAITING = Gauge("autocrea_llm_calls_waiting", "Calls that wait for their turn here.", ("provider",))
