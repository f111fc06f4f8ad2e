"""Photographs: what everybody else notices while many of 12 megapixels come in at once.

Each of some people sends one, all at the same moment, from a process of their own; meanwhile somebody pings the server
every ten milliseconds, which its event loop answers by itself. The wait is counted from when the ping was due, so that
one long stall counts as often as it would be felt. It holds the loop's lag, the network's and this process's own.
"""

import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from time import perf_counter, sleep

import msgspec
from PIL import Image

from bench.load import HOST, PING, PONG, WebSocket
from bench.people import People
from bench.servers import Server, chinwag

SIZE = (4000, 3000)
EVERY = 0.01
"""Seconds between two pings."""


@dataclass
class Felt:
    """Seconds that a ping waited, and until all previews were made; bytes of the server and of its decoders."""

    p50: float
    p99: float
    longest: float
    took: float
    before: int
    peak: int
    after: int
    decoders: int


class Pinger(WebSocket):
    """Somebody who pings, and otherwise only answers pings."""

    __slots__ = ("answered",)

    def wait(self, due: float) -> float:
        """Seconds from when a ping was due to its pong."""
        sleep(max(0.0, due - perf_counter()))
        self.answered = False
        self.send(b"", PING)
        while not self.answered:
            self.texts()
        return perf_counter() - due

    def control(self, kind: int, payload: bytes) -> None:
        if kind == PONG:
            self.answered = True
        else:
            super().control(kind, payload)


def photograph(number: int) -> bytes:
    """One of 12 megapixels, with as much in it as a camera sees: some 5 MB."""
    grain = Image.effect_noise((SIZE[0] // 2, SIZE[1] // 2), 40 + number).resize(SIZE, Image.Resampling.BICUBIC)
    light = Image.linear_gradient("L").rotate(90 * number).resize(SIZE)
    out = io.BytesIO()
    Image.merge("RGB", (grain, light, Image.blend(grain, light, 0.5))).save(out, "JPEG", quality=92)
    return out.getvalue()


def send(port: int, token: str, room: int, picture: bytes) -> bool:
    """Upload one; whether a preview of it was made."""
    with closing(HTTPConnection(HOST, port, timeout=300)) as connection:
        headers = {"Authorization": f"Bearer {token}"}
        connection.request("POST", f"/files?room={room}&name=photo.jpg", body=picture, headers=headers)
        answer = connection.getresponse()
        file = msgspec.json.decode(answer.read())
        return answer.status == 201 and (file["width"], file["height"], file["preview"]) == (*SIZE, True)


def send_all(port: int, people: People, pictures: list[bytes]) -> None:
    """Upload all at once; ends the process with 1 unless previews of all were made."""
    with ThreadPoolExecutor(len(pictures)) as threads:
        sent = [
            threads.submit(send, port, token, people.room, picture)
            for token, picture in zip(people.tokens, pictures, strict=False)
        ]
    os._exit(0 if all(one.result() for one in sent) else 1)


def measure(data: Path, people: People, *, photographs: int) -> Felt:
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        pictures = list(threads.map(photograph, range(photographs)))
    with chinwag(data) as server:
        pinger = Pinger(server.port, people.tokens[-1])
        server.settle()
        before, began = server.resident(), perf_counter()
        senders = get_context("fork").Process(target=send_all, args=(server.port, people, pictures))
        senders.start()
        waits, decoders = ping(pinger, server, senders.is_alive)
        took = perf_counter() - began
        senders.join()
        if senders.exitcode:
            raise RuntimeError("a photograph was refused, or has no preview")
        server.settle()
        cuts = quantiles(waits, n=100)
        return Felt(cuts[49], cuts[98], max(waits), took, before, server.peak(), server.resident(), decoders)


def ping(pinger: Pinger, server: Server, going: Callable[[], bool]) -> tuple[list[float], int]:
    """How long each ping waited while it is going on, and the most that the decoders held."""
    waits, decoders, due = [], 0, perf_counter()
    while going():
        waits.append(pinger.wait(due))
        if len(waits) % 10 == 0:
            decoders = max(decoders, server.children())
        due += EVERY
    return waits, decoders
