"""Taking part: what `sync.start` costs for somebody who is in many rooms and holds nothing of them yet."""

import json
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from bench.load import Connection, Crowd
from bench.people import START, People, hear_out, sit_down
from bench.servers import chinwag

ROOMS = 20
MESSAGES = 50
"""In each room."""

STARTS = 50
"""A round."""

_numbers = count(1)


def measure(data: Path, people: People, *, rounds: int) -> float:
    """Seconds of processor time for each `sync.start`, the median of rounds."""
    with chinwag(data) as server:
        crowd = sit_down(server, people.tokens[:1])
        (somebody,) = crowd.first(1)
        for number in range(ROOMS - 1):
            room = ask(crowd, somebody, "rooms.create", slug=f"begin-{number}", name=f"Begin {number}")["id"]
            for _ in range(MESSAGES):
                ask(crowd, somebody, "messages.post", room=room, body="Good morning", nonce=f"begin-{next(_numbers)}")
        server.settle()
        taken = []
        for _ in range(rounds):
            before = server.cpu()
            for _ in range(STARTS):
                somebody.send(START)
                hear_out(crowd, somebody)
            taken.append((server.cpu() - before) / STARTS)
        return median(taken)


def ask(crowd: Crowd[Connection], connection: Connection, method: str, **params: Any) -> Any:
    """What a call gives."""
    number = next(_numbers)
    connection.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode())
    found: list[Any] = []

    def heard(_: Connection, text: bytes) -> None:
        answer = json.loads(text)
        if answer.get("id") == number:
            found.append(answer["result"])

    crowd.listen(heard, lambda: bool(found))
    return found[0]
