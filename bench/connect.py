"""Memory: what the server holds at rest, and what each signed-in idle connection adds."""

from itertools import cycle, islice
from pathlib import Path

from bench.people import People, sit_down
from bench.servers import chinwag


def measure(data: Path, people: People, *, connections: int) -> tuple[float, float]:
    """Bytes resident at rest, and bytes more for each connection that has done `sync.start` and been left alone."""
    with chinwag(data) as server:
        server.settle()
        rest = server.resident()
        crowd = sit_down(server, list(islice(cycle(people.tokens), connections)))
        server.settle()
        crowd.drain()
        return rest, (server.resident() - rest) / connections
