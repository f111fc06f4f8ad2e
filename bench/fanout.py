"""Fan-out: what one delivery of a post costs the server, beside the kernel's floor and the first handler.

All three servers run at once, each with the same number of clients connected, and take turns, so that a noisy
machine is noisy for all of them. A cost is the server's processor time for a whole turn (for Chinwag that
is also signing in, JSON-RPC, Markdown, the commit and its fsync) by what the clients received.
"""

from dataclasses import dataclass, field
from statistics import median

from bench.flight import Way, fly
from bench.load import Connection, Crowd, WebSocket
from bench.servers import Server


@dataclass
class Side:
    """One of the servers, its listening clients, and its costs so far, in µs a delivery."""

    server: Server
    crowd: Crowd[Connection]
    way: Way
    single: list[float] = field(default_factory=list)
    many: list[float] = field(default_factory=list)

    def turn(self, posters: int, flights: int, seconds: float) -> float:
        """The cost of some flights after each other; each ends when everybody has heard everything."""
        before, heard = self.server.cpu(), 0
        for _ in range(flights):
            flown = fly(self.crowd, self.way, posters=posters, seconds=seconds, listeners=len(self.crowd))
            heard += flown.heard
        return (self.server.cpu() - before) / heard * 1e6


def crowd_of(server: Server, n: int) -> Crowd[Connection]:
    """Clients of a server that wants no sign-in."""
    crowd = Crowd[Connection]()
    for _ in range(n):
        crowd.add(WebSocket(server.port))
    return crowd


def measure(sides: list[Side], *, rounds: int, posts: int, seconds: float) -> list[tuple[float, float]]:
    """Each side's median cost, one post at a time and with 32 in flight, in µs a delivery."""
    for side in sides:
        side.turn(posters=32, flights=2, seconds=0)
    for _ in range(rounds):
        for side in sides:
            keep_alive(sides)
            side.single.append(side.turn(posters=1, flights=posts, seconds=0))
            keep_alive(sides)
            side.many.append(side.turn(posters=32, flights=1, seconds=seconds))
    return [(median(side.single), median(side.many)) for side in sides]


def keep_alive(sides: list[Side]) -> None:
    """Answers the pings that came to those whose turn it was not."""
    for side in sides:
        side.crowd.drain()
