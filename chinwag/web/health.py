"""Is it up, may it take traffic, and how is it doing."""

import asyncio
from ipaddress import ip_address
from typing import Any

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from chinwag import __version__, meters
from chinwag.errors import NotFound
from chinwag.services import workspace
from chinwag.store.tx import Caller
from chinwag.web.door import Handler, Site, address

PATIENCE = 2
"""Seconds that the database has to answer in."""


class HealthHandler(Handler):
    """200 while the server may take traffic, 503 while it starts, stops, or its database does not answer."""

    async def get(self) -> None:
        self.set_header("Cache-Control", "no-store")
        status = await state(self.site)
        self.answer(200 if status == "ok" else 503, msgspec.json.encode({"status": status, "version": __version__}))


async def state(site: Site) -> str:
    """How the server is, in a word or two."""
    if site.rpc.stopping:
        return "stopping"
    if not site.started:
        return "starting"
    return "ok" if await database_answers(site) else "database away"


async def database_answers(site: Site) -> bool:
    """Whether a small read is answered soon. All who ask meanwhile wait for the same: a database that is stuck would
    otherwise take a thread for each."""
    looking = site.looking
    if looking is None or looking.done():
        looking = site.looking = site.spawn(site.rpc.read(workspace.look, Caller()))
    await asyncio.wait({looking}, timeout=PATIENCE)
    return looking.done() and not looking.cancelled() and looking.exception() is None


class MetricsHandler(Handler):
    """Prometheus text, for those who ask from this machine or its private network."""

    def get(self) -> None:
        if not ip_address(address(self.site, self.request)).is_private:
            raise NotFound("page")
        observe(self.site)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.finish(generate_latest(REGISTRY))


def observe(site: Site) -> None:
    """Bring the gauges up to date."""
    meters.CONNECTIONS.set(len(site.connections))
    for queue, waiting in {**site.rpc.waiting, "sockets": site.hub.waiting}.items():
        meters.WAITING.labels(queue).set(waiting)


def log_request(handler: Any) -> None:
    """Count a request, in place of a log line for each."""
    meters.REQUESTS.labels(str(handler.get_status())).inc()
