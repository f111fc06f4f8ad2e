"""Two servers of one chat, as processes of their own, on PostgreSQL and Valkey, of which any may be killed or paused
while people talk; and then a comparison of what was acknowledged, what is in the database, and what was heard.

`test_storm.py` plays it in short, `bench/faults.py` measures it.
"""

import asyncio
import contextlib
import itertools
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tornado.httpclient
import tornado.websocket
from sqlalchemy import text

from chinwag import app
from chinwag.config import Config
from chinwag.store.engine import connect
from tests import world
from tests.servers import Postgres, Valkey
from tests.world import Client, Fault, Server

AGAIN = 0.05
"""Seconds between two tries to come back."""

BROKEN = (OSError, TimeoutError, tornado.httpclient.HTTPError, tornado.websocket.WebSocketClosedError)


class Process:
    """A server that may be killed and started again at the same port."""

    def __init__(self, config: Config, server: Server) -> None:
        self.config = config
        self.server = server
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it serves."""
        flags = {"data": self.config.data, "port": self.config.port}
        flags |= {"database": self.config.database, "redis": self.config.redis}
        words = [word for name, value in flags.items() for word in (f"--{name}", str(value))]
        with (self.config.data / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "chinwag", "serve", *words],
                stdout=log,
                stderr=log,
                cwd=world.ROOT,
                env={**os.environ, "CHINWAG_RATES": "off"},
            )
        world.wait_for_port(self.config.port)

    def kill(self) -> None:
        """Kill it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Ear(Client):
    """A client that notes when, and in what order, it heard each message of a room."""

    notes: "Listener"

    def _apply(self, change: dict[str, Any]) -> None:
        super()._apply(change)
        self.notes.note(change.get("messages", []))


@dataclass
class Listener:
    """Somebody who listens, and comes back with what they hold as often as they are cut off."""

    process: Process
    token: str
    room: int
    heard: dict[str, float] = field(default_factory=dict)
    seqs: list[int] = field(default_factory=list)
    ear: Ear | None = None

    def note(self, rows: list[dict[str, Any]]) -> None:
        """These rows have come, all at once."""
        for row in sorted(rows, key=lambda row: int(row["seq"])):
            if row["room"] == self.room and row["nonce"] not in self.heard:
                self.heard[row["nonce"]] = time.monotonic()
                self.seqs.append(row["seq"])

    async def listen(self) -> None:
        """Until cancelled."""
        while True:
            with contextlib.suppress(*BROKEN, Fault):
                await self._listen_once()
            await asyncio.sleep(AGAIN)

    async def _listen_once(self) -> None:
        kept = (self.ear.epoch, dict(self.ear.held), self.ear.state) if self.ear else ()
        ear = await Ear.connect(self.process.server.url, self.token)
        assert isinstance(ear, Ear)
        ear.notes = self
        try:
            answer = await ear.start(*kept)
            if f"room:{self.room}" in answer["reset"]:
                await self._read_afresh(ear)
            self.ear = ear
            await ear.closed(3600)
        finally:
            await _leave(ear)

    async def _read_afresh(self, ear: Ear) -> None:
        place: dict[str, int] = {}
        while True:
            page = await ear.call("messages.page", room=self.room, limit=100, **place)
            ear.state["messages"] |= {row["id"]: row for row in page["messages"]}
            if not page["older"]:
                break
            place = {"before": page["messages"][0]["seq"]}
        self.note(list(ear.state["messages"].values()))
        self.seqs.sort()  # what came meanwhile was told before what is older was read


@dataclass
class Poster:
    """Somebody who says one thing after another, each again with the same nonce until it is acknowledged."""

    process: Process
    name: str
    token: str
    room: int
    pause: float
    acknowledged: dict[str, float] = field(default_factory=dict)
    longest: float = 0
    over: bool = False

    async def talk(self) -> None:
        """Until told that it is over."""
        words = (f"{self.name}-{number}" for number in itertools.count())
        word, began = next(words), time.monotonic()
        while not self.over:
            with contextlib.suppress(*BROKEN, Fault):
                client = await Client.connect(self.process.server.url, self.token)
                try:
                    while not self.over:
                        await self._say(client, word)
                        self.acknowledged[word] = now = time.monotonic()
                        self.longest = max(self.longest, now - began)
                        await asyncio.sleep(self.pause)
                        word, began = next(words), time.monotonic()
                finally:
                    await _leave(client)
            await asyncio.sleep(AGAIN)

    async def _say(self, client: Client, word: str) -> None:
        answer = asyncio.create_task(client.call("messages.post", room=self.room, body=word, nonce=word))
        await asyncio.wait({answer, client._reader}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            raise ConnectionResetError
        await answer


@dataclass
class Findings:
    """What a storm did: nothing but delays, it is hoped."""

    acknowledged: int
    lost: int
    doubled: int
    out_of_order: int
    holes: int
    unheard: int
    longest_answer: float
    """Seconds from when something was said first until it was acknowledged."""
    longest_heard: float
    """Seconds from the acknowledgement until the last listener had heard."""

    @property
    def faults(self) -> dict[str, int]:
        counted = ("lost", "doubled", "out_of_order", "holes", "unheard")
        return {name: getattr(self, name) for name in counted if getattr(self, name)}


class Storm:
    """The servers, and the people: as many posters and listeners at each as are asked for."""

    def __init__(self, postgres: Postgres, valkey: Valkey, folder: Path, *, posters: int, pause: float) -> None:
        self.postgres = postgres
        self.valkey = valkey
        self._url = postgres.database()
        configs = [world.settings(folder / name, database=self._url, redis=valkey.url) for name in ("one", "two")]
        self.engine = app.open_database(configs[0])
        self.processes = [Process(config, Server(config, self.engine)) for config in configs]
        for config in configs:
            config.data.mkdir(exist_ok=True)
        server = self.processes[0].server
        owner, _ = server.add("owner", role="owner")
        names = [f"poster{number}" for number in range(posters)]
        tokens = {name: server.add(name) for name in (*names, "listener")}
        by = server.stage.sign_in(owner)
        people = [user for user, _ in tokens.values()]
        self.room: int = server.stage.call("rooms.create", by, name="Storm", kind="private", users=people).id
        self.posters = [
            Poster(self.processes[number % 2], name, tokens[name][1], self.room, pause)
            for number, name in enumerate(names)
        ]
        self.listeners = [Listener(process, tokens["listener"][1], self.room) for process in self.processes]

    @contextlib.asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """People talk in here; at the end all of them have been acknowledged and heard."""
        for process in self.processes:
            await asyncio.to_thread(process.start)
        listening = [asyncio.create_task(listener.listen()) for listener in self.listeners]
        try:
            await world.until(lambda: all(listener.ear for listener in self.listeners))
            talking = [asyncio.create_task(poster.talk()) for poster in self.posters]
            yield
            await self.go_on(1)
            for poster in self.posters:
                poster.over = True
            await asyncio.gather(*talking)
            with contextlib.suppress(TimeoutError):
                await world.until(lambda: all(len(one.heard) >= len(self.rows()) for one in self.listeners))
        finally:
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)

    async def go_on(self, posts: int) -> None:
        """Wait until each poster has had so many more acknowledged."""
        wanted = [len(poster.acknowledged) + posts for poster in self.posters]
        await world.until(
            lambda: all(len(one.acknowledged) >= count for one, count in zip(self.posters, wanted, strict=True)), 60
        )

    def rows(self) -> list[Any]:
        """The room as the database has it, in order."""
        with connect(self.engine) as connection:
            found = connection.execute(
                text("SELECT seq, nonce FROM messages WHERE room = :room ORDER BY seq"), {"room": self.room}
            )
            return list(found)

    def compare(self) -> Findings:
        """What was acknowledged, what is there, and what each listener heard."""
        rows = self.rows()
        order = [row.nonce for row in rows]
        known = {nonce: at for poster in self.posters for nonce, at in poster.acknowledged.items()}
        lists = [[row.seq for row in rows], *(listener.seqs for listener in self.listeners)]
        of_poster = [[nonce for nonce in order if nonce.startswith(f"{one.name}-")] for one in self.posters]
        delays = [one.heard[nonce] - at for one in self.listeners for nonce, at in known.items() if nonce in one.heard]
        return Findings(
            acknowledged=len(known),
            lost=len(known.keys() - set(order)),
            doubled=sum(count - 1 for count in Counter(order).values()),
            out_of_order=sum(sum(a > b for a, b in itertools.pairwise(seqs)) for seqs in lists)
            + sum(sum(_number(a) + 1 != _number(b) for a, b in itertools.pairwise(said)) for said in of_poster),
            holes=sum(b - a - 1 for a, b in itertools.pairwise(lists[0])),
            unheard=sum(len(set(order) - one.heard.keys()) for one in self.listeners),
            longest_answer=max(poster.longest for poster in self.posters),
            longest_heard=max(delays),
        )

    def close(self) -> None:
        """End the servers, and throw the database away."""
        for process in self.processes:
            process.kill()
        self.engine.dispose()
        self.postgres.drop(self._url)

    # What happens to them

    async def valkey_is_killed(self, seconds: float = 1) -> None:
        """It comes back empty."""
        self.valkey.kill()
        await asyncio.sleep(seconds)
        self.valkey.spawn()
        await asyncio.to_thread(self.valkey.wait)

    async def valkey_is_paused(self, seconds: float = 1) -> None:
        """It answers nothing."""
        self.valkey.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        self.valkey.send_signal(signal.SIGCONT)

    async def a_server_is_killed(self, seconds: float = 0.2, which: int = 0) -> None:
        """It is started again."""
        self.processes[which].kill()
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.processes[which].start)

    async def postgresql_is_killed(self, seconds: float = 0.5) -> None:
        """It is started again."""
        await asyncio.to_thread(self.postgres.kill)
        await asyncio.sleep(seconds)
        self.postgres.spawn()
        await asyncio.to_thread(self.postgres.wait)

    async def postgresql_is_paused(self, seconds: float = 12) -> None:
        """It answers nothing, and gives no error."""
        self.postgres.pause()
        await asyncio.sleep(seconds)
        self.postgres.go_on()


async def _leave(client: Client) -> None:
    """Vanish, from a server that may be gone."""
    if not client._reader.done():
        client.cut()
        await asyncio.wait({client._reader})


def _number(nonce: str) -> int:
    return int(nonce.rpartition("-")[2])
