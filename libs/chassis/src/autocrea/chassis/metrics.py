"""The chassis' own metrics, the same in every service; served at `/metrics`."""

from prometheus_client import Counter, Gauge, Histogram

BATCH_SIZE = Histogram(
    "autocrea_batch_items", "Items handled in one transaction.", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256)
)
BATCH_SECONDS = Histogram("autocrea_batch_seconds", "Duration of a batch's transaction.")
HANDLED = Counter("autocrea_items_total", "Messages and jobs handled.", ["type", "outcome"])
CONFLICTS = Counter(
    "autocrea_conflicts_total", "Transactions run again after a lost race, such as a deadlock.", ["reason"]
)
OUTBOX_LAG_SECONDS = Gauge("autocrea_outbox_lag_seconds", "Age of the oldest unsent message.")
RELAY_SENT = Counter("autocrea_relay_sent_total", "Messages that the relay had to send.")
DEAD_LETTERS = Counter(
    "autocrea_dead_letters_total", "Messages and jobs given up because of a bug.", ["type"]
)
JOBS_RUNNING = Gauge("autocrea_jobs_running", "Jobs leased by this process.", ["kind"])
CONSUMERS_ATTACHED = Gauge("autocrea_consumers_attached", "1 while this process consumes its queues.")
