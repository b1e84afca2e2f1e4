"""What is counted for the operator; labels name channels and kinds, never people or texts."""

from prometheus_client import Counter, Gauge, Histogram

EVENTS = Counter("caunoi_events_total", "Events written down, by channel", ["channel"])
FAILURES = Counter("caunoi_handler_failures_total", "Handlers that failed, by channel", ["channel"])
UNREAD = Counter(
    "caunoi_unread_events_total",
    "Events of a platform that ask nothing of us, by channel and kind",
    ["channel", "kind"],
)
REPLIES = Counter("caunoi_replies_total", "Replies by channel and outcome", ["channel", "outcome"])
DELIVERIES = Counter(
    "caunoi_deliveries_total",
    "Scheduled messages settled, by channel and state",
    ["channel", "state"],
)
ANSWER_SECONDS = Histogram(
    "caunoi_answer_seconds",
    "From written down to answer committed",
    ["channel"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
)

# --- what waits, and what holds it up; read from the database when somebody asks ---
OLDEST_EVENT = Gauge("caunoi_oldest_unanswered_seconds", "Age of the oldest unanswered event")
QUEUED = Gauge("caunoi_queued", "Messages that wait to be sent, by queue", ["queue"])
UNCERTAIN = Gauge(
    "caunoi_uncertain_recipients", "Recipients of open broadcasts who perhaps got their message"
)
LEASES = Gauge(
    "caunoi_sender_lease_seconds", "How long the sender of a channel has its lease yet", ["channel"]
)
TOKEN_EXPIRY = Gauge(
    "caunoi_token_expiry_seconds", "How long a platform's token is good yet", ["channel"]
)
DISK_FREE = Gauge("caunoi_disk_free_bytes", "Free bytes on the disk of the database", ["place"])
PROBLEM = Gauge("caunoi_problem", "1 while /health/ready tells of that part", ["part"])
# --- counted where it happens ---------------------------------------------------------------------
DATABASE_ERRORS = Counter("caunoi_database_errors_total", "Transactions that failed")
JOB_DONE = Gauge(
    "caunoi_job_last_success_seconds",
    "When a background job last did its work (Unix time)",
    ["job"],
)
