"""What is counted for the operator; labels name channels and kinds, never people or texts."""

from prometheus_client import Counter, Histogram

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
