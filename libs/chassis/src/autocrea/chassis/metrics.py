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
OUTBOX_LAG_SECONDS = Gauge("autocrea_outbox_lag_seconds", "Age of the oldest message that was never sent.")
OUTBOX_AGAIN_SECONDS = Gauge(
    "autocrea_outbox_again_seconds", "How long messages that an operator has sent again have waited for it."
)
RELAY_SENT = Counter("autocrea_relay_sent_total", "Messages that the relay had to send.")
DEAD_LETTERS = Counter(
    "autocrea_dead_letters_total", "Messages and jobs given up because of a bug.", ["type"]
)
JOBS_RUNNING = Gauge("autocrea_jobs_running", "Jobs leased by this process.", ["kind"])
CONSUMERS_ATTACHED = Gauge("autocrea_consumers_attached", "1 while this process consumes its queues.")
REQUESTS = Counter(
    "autocrea_http_requests", "HTTP requests by how they were answered.", ["method", "route", "status"]
)
REQUEST_SECONDS = Histogram(
    "autocrea_http_request_seconds", "Duration of HTTP requests, streams aside.", ["method", "route"]
)
MESSAGES_WRITTEN = Counter("autocrea_messages_written", "Messages stored to be sent, each once.", ["type"])
MESSAGE_AGE_SECONDS = Histogram(
    "autocrea_message_age_seconds",
    "From the making of a message to the commit of what it led to here.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300),
)
JOBS_DUE = Gauge("autocrea_jobs_due", "Jobs of the whole service that are due or being worked on.", ["kind"])
DEAD_LETTERS_OPEN = Gauge(
    "autocrea_dead_letters_open", "Dead letters of the whole service that wait for a person."
)
CONSUMER_PAUSES = Counter(
    "autocrea_consumer_pauses", "Times that what was taken from the queues had to wait for the database."
)
JOB_SECONDS = Histogram(
    "autocrea_job_seconds",
    "Duration of a job's work, by how it ended: done, put_off, bug, cancelled.",
    ["kind", "outcome"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600),
)
PUBLISH_SECONDS = Histogram(
    "autocrea_publish_seconds",
    "From handing a message to the broker to its word: confirmed, refused, or none (interrupted).",
    ["channel", "outcome"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5),
)
CLIENT_SECONDS = Histogram(
    "autocrea_client_request_seconds",
    "Duration of what is asked of others, by who is asked, for what, and its status or kind of error.",
    ["peer", "operation", "outcome"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
STATEMENT_SECONDS = Histogram(
    "autocrea_statement_seconds",
    "Duration of the database's statements, by their verbs and tables.",
    ["statement", "outcome"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5),
)
