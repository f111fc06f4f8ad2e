"""Is it up, may it take traffic, and how is it doing."""

from ipaddress import ip_address
from typing import Any

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Gauge, generate_latest

from chinwag import __version__
from chinwag.errors import NotFound
from chinwag.web.door import Handler, Site, address

_CONNECTIONS = Gauge("chinwag_connections", "Open WebSockets.")
_DELIVERED = Gauge("chinwag_deliveries", "Changes handed to connections since the start.")
_LAG = Gauge("chinwag_loop_lag_seconds", "How late the event loop was, the last time it was looked at.")
REQUESTS = Counter("chinwag_requests", "HTTP requests answered.", ("status",))


class HealthHandler(Handler):
    """200 while the server may take traffic, 503 while it stops. It asks the database nothing that could wait."""

    async def get(self) -> None:
        self.set_header("Cache-Control", "no-store")
        stopping = self.site.rpc.stopping
        answer = {"status": "stopping" if stopping else "ok", "version": __version__}
        self.answer(503 if stopping else 200, msgspec.json.encode(answer))


class MetricsHandler(Handler):
    """Prometheus text, for those who ask from this machine or its private network."""

    def get(self) -> None:
        if not ip_address(address(self.site, self.request)).is_private:
            raise NotFound("page")
        observe(self.site)
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.finish(generate_latest(REGISTRY))


def observe(site: Site) -> None:
    """Bring the gauges up to date."""
    _CONNECTIONS.set(len(site.connections))
    _DELIVERED.set(site.hub.delivered)


def note_lag(seconds: float) -> None:
    """How late the loop was."""
    _LAG.set(seconds)


def log_request(handler: Any) -> None:
    """Count a request, in place of a log line for each."""
    REQUESTS.labels(str(handler.get_status())).inc()
