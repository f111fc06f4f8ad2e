"""All that is measured, on one page, in Prometheus' manner. Nothing is measured for each delivery: one takes 5 µs, and
so would that.
"""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]

QUICK = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)

CONNECTIONS = Gauge("chinwag_connections", "Open WebSockets.")
WAITING = Gauge("chinwag_waiting", "What waits for its turn.", ("queue",))

CALLS = Counter("chinwag_calls", "Calls answered.", ("method", "outcome"))
CALL_SECONDS = Histogram("chinwag_call_seconds", "Time from a call to its answer.", ("method",), buckets=QUICK)
REQUESTS = Counter("chinwag_requests", "HTTP requests answered.", ("status",))
PUSHES = Counter("chinwag_pushes", "Pushes that push services answered.", ("code",))
DELIVERIES = Counter("chinwag_deliveries", "Changes handed to connections.")
HOLES = Counter("chinwag_holes_repaired", "Times that changes which were missed were read from the database.")

READ_SECONDS = Histogram("chinwag_read_seconds", "Time that a read takes in its thread.", buckets=QUICK)
COMMIT_SECONDS = Histogram(
    "chinwag_commit_seconds", "Time that a transaction of the writer takes, until it is on disk.", buckets=QUICK
)
FAN_OUT_SECONDS = Histogram(
    "chinwag_fan_out_seconds", "Time from a change until it is written to all who listen here.", buckets=QUICK
)
LAG_SECONDS = Histogram(
    "chinwag_loop_lag_seconds", "How late the event loop was, looked at each second.", buckets=QUICK
)

calls, call_seconds = cache(CALLS.labels), cache(CALL_SECONDS.labels)
