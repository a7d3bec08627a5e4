"""What an expression means, beyond that it can be computed: rates of counters alone, replicas that do not add up what
each of them tells of the same database, quantiles over their buckets."""

import re
from collections.abc import Iterator

TOLD_BY_EVERY_REPLICA = frozenset(
    {
        "autocrea_dead_letters_open",
        "autocrea_generations_open",
        "autocrea_hold_age_seconds",
        "autocrea_holds_overdue",
        "autocrea_jobs_due",
        "autocrea_ledger_compared_at_seconds",
        "autocrea_ledger_differences",
        "autocrea_llm_breaker",
        "autocrea_outbox_again_seconds",
        "autocrea_outbox_lag_seconds",
    }
)
"""Gauges read from the service's database: of several replicas any is right, their sum is not."""
OF_A_PROCESS = frozenset(
    {
        "autocrea_consumers_attached",
        "autocrea_feed_streams",
        "autocrea_jobs_running",
        "autocrea_llm_calls_open",
        "autocrea_llm_calls_waiting",
    }
)
"""Gauges of one process each: together they are the service's."""

COUNTED = re.compile(r"(?P<before>\w*)\(?(?P<name>\b(?:autocrea|gen_ai)_\w+?_(?:total|bucket|count|sum)\b)")
RATED = re.compile(r"\b(?:rate|increase)\(\s*(?P<name>\w+)")
SUMMED = re.compile(r"\bsum(?:\s+by\s*\([^)]*\))?\s*\(\s*(?:\w+_over_time\()?(?P<name>\w+)")
QUANTILE = re.compile(r"\bhistogram_quantile\([\d.]+,\s*(?P<inner>.*)")
BY_BUCKET = re.compile(r"^sum by \([^)]*\ble\b[^)]*\) \(rate\(\w+_bucket\b")
FOREIGN = re.compile(r"\b(?P<name>(?:rabbitmq|cnpg|barman_cloud)_\w+)(?:\{(?P<chosen>[^}]*)\})?")


def faults(expression: str) -> Iterator[str]:
    for found in COUNTED.finditer(expression):
        if found["before"] not in ("rate", "increase"):
            yield f"{found['name']} only grows, and begins anew with its process: it says nothing without a rate"
    for found in RATED.finditer(expression):
        if found["name"] in TOLD_BY_EVERY_REPLICA | OF_A_PROCESS:
            yield f"{found['name']} is a gauge and has no rate"
    for found in SUMMED.finditer(expression):
        if found["name"] in TOLD_BY_EVERY_REPLICA:
            yield f"{found['name']} is told by every replica: their sum is too much"
    for found in QUANTILE.finditer(expression):
        if not BY_BUCKET.match(found["inner"]):
            yield f"a quantile wants the rates of its buckets, by le: {found['inner']}"
    for found in FOREIGN.finditer(expression):
        if 'namespace="autocrea"' not in (found["chosen"] or ""):
            yield f"{found['name']} is also that of others whom the same Prometheus sees"
