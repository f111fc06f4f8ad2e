"""Durable posts: how many a second are acknowledged, and how long one waits, with 50 in flight.

Each waits for its answer (which means: on disk), and then another is posted, into one room: over 50 WebSockets
that listen to nothing, over one of them, over 50 that all listen, and over `POST /rpc`.
"""

from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from bench.flight import Called, fly
from bench.load import Connection, Crowd, Http, WebSocket
from bench.people import People, sit_down
from bench.servers import chinwag

POSTERS = 50


@dataclass
class Rate:
    """Acknowledged posts a second, and the wait for an answer in seconds."""

    posts: float
    p50: float
    p99: float


def rate(crowd: Crowd[Connection], way: Called, *, seconds: float, posters: int, listeners: int) -> Rate:
    each = POSTERS // posters
    flown = fly(crowd, way, posters=posters, each=each, seconds=seconds, listeners=listeners)
    return Rate(len(flown.waits) / flown.took, median(flown.waits), quantiles(flown.waits, n=100)[98])


def measure(data: Path, people: People, *, rounds: int, seconds: float) -> list[Rate]:
    """The round of the median rate over silent WebSockets, over one, over listening ones, and over `POST /rpc`."""
    tokens, way = people.tokens[:POSTERS], Called(people.room)
    with chinwag(data) as server:
        silent, listening, http = Crowd[Connection](), sit_down(server, tokens), Crowd[Connection]()
        for token in tokens:
            silent.add(WebSocket(server.port, token))
            http.add(Http(server.port, token))
        ways = ((silent, POSTERS, 0), (silent, 1, 0), (listening, POSTERS, POSTERS), (http, POSTERS, 0))
        taken: tuple[list[Rate], ...] = ([], [], [], [])
        for _ in range(rounds):
            for (crowd, posters, listeners), rates in zip(ways, taken, strict=True):
                listening.drain()
                rates.append(rate(crowd, way, seconds=seconds, posters=posters, listeners=listeners))
    return [sorted(rates, key=lambda it: it.posts)[rounds // 2] for rates in taken]
