"""What is acknowledged survives: `kill -9`, SIGTERM under load, a restart, an older backup put back."""

import asyncio
import contextlib
import itertools
import random
import shutil
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tornado.httpclient
import tornado.websocket

from chinwag import clock
from chinwag.config import Config
from chinwag.errors import CLOSE_RESTART
from tests import world
from tests.world import Client, Fault, Server, serving

SENDERS = ("ann", "bob", "cara", "dan")


class House:
    """`chinwag serve` on SQLite, as a process, which may be killed and started again."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.process: subprocess.Popen[str]
        self._held = contextlib.ExitStack()
        engine = world.open_database(config)
        self.server = Server(config, engine)
        self.tokens = {name: self.server.add(name)[1] for name in SENDERS}

    def start(self) -> None:
        """Start, and wait until it serves."""
        self._held.close()
        words = ("serve", "--data", str(self.config.data), "--port", str(self.config.port))
        self.process = self._held.enter_context(world.program(*words))
        assert self.process.stdout is not None
        assert "Chinwag serves" in self.process.stdout.readline()

    def end(self, number: int) -> None:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        self.process.wait(30)

    def close(self) -> None:
        self._held.close()
        self.server.engine.dispose()

    def said(self) -> list[dict[str, Any]]:
        """The lobby as the database has it, in order."""
        found: list[dict[str, Any]] = []
        with sqlite3.connect(self.config.data / "chinwag.db") as database:
            database.row_factory = sqlite3.Row
            found = [dict(row) for row in database.execute("SELECT * FROM messages WHERE room = 1 ORDER BY seq")]
        database.close()
        return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(world.settings(tmp_path / "data"))
    house.start()
    yield house
    house.close()


class Sender:
    """Somebody who says one thing after another, and each again with the same nonce until it is acknowledged."""

    def __init__(self, house: House, name: str) -> None:
        self._house = house
        self._name = name
        self._token = house.tokens[name]
        self.acknowledged: list[str] = []
        self.refused: list[str] = []
        self.unknown: list[str] = []
        self.retries = 0
        self.codes: list[int | None] = []

    async def talk(self, until: asyncio.Event) -> None:
        """Go on until told, reconnecting as often as it takes."""
        numbers = itertools.count()
        word = f"{self._name}-{next(numbers)}"
        while not until.is_set():
            with contextlib.suppress(OSError, tornado.httpclient.HTTPError):
                async with self._line() as client:
                    while not until.is_set():
                        await self._post(client, word)
                        self.acknowledged.append(word)
                        word = f"{self._name}-{next(numbers)}"
            self.retries += 1
            await asyncio.sleep(0.01)

    async def say_each_once(self, ready: asyncio.Event) -> None:
        """Say things on one connection until it closes, none of them twice; and note what became of each."""
        async with self._line() as client:
            ready.set()
            for number in itertools.count():
                word = f"{self._name}-{number}"
                try:
                    await self._post(client, word)
                except Fault as fault:
                    if fault.kind != "unavailable":
                        raise
                    self.refused.append(word)
                    break
                except OSError:
                    self.unknown.append(word)
                    break
                self.acknowledged.append(word)
            self.codes.append(await client.closed())

    @contextlib.asynccontextmanager
    async def _line(self) -> Any:
        client = await Client.connect(self._house.server.url, self._token)
        try:
            yield client
        finally:
            await client.close()

    async def _post(self, client: Client, word: str) -> None:
        answer = asyncio.create_task(client.call("messages.post", room=1, body=word, nonce=word))
        done, _ = await asyncio.wait({answer, client._reader}, return_when=asyncio.FIRST_COMPLETED)
        if answer not in done:
            answer.cancel()
        try:
            await answer
        except (asyncio.CancelledError, tornado.websocket.WebSocketClosedError):
            raise ConnectionResetError from None


def check(senders: list[Sender], rows: list[dict[str, Any]]) -> None:
    """Each acknowledged message is there once, in its sender's order; nothing is there that was not sent."""
    bodies = [row["body"] for row in rows]
    assert Counter(bodies).most_common(1)[0][1] == 1
    assert set().union(*(sender.acknowledged for sender in senders)) - set(bodies) == set()
    for name, sender in zip(SENDERS, senders, strict=True):
        own = [body for body in bodies if body.startswith(f"{name}-")]
        # The last may be there without an answer.
        assert own[: len(sender.acknowledged)] == sender.acknowledged
        assert len(own) - len(sender.acknowledged) in (0, 1)
    assert [row["seq"] for row in rows] == list(range(rows[0]["seq"], rows[0]["seq"] + len(rows)))


async def test_what_was_acknowledged_survives_three_kills_once_and_in_order(house: House) -> None:
    over = asyncio.Event()
    senders = [Sender(house, name) for name in SENDERS]
    talking = [asyncio.create_task(sender.talk(over)) for sender in senders]
    for _ in range(3):
        before = [len(sender.acknowledged) for sender in senders]
        await world.until(lambda before=before: _all_said(senders, before, 20), 30)  # type: ignore[misc]
        await asyncio.sleep(random.random() * 0.05)
        await asyncio.to_thread(house.end, signal.SIGKILL)
        await asyncio.to_thread(house.start)
    before = [len(sender.acknowledged) for sender in senders]
    await world.until(lambda: _all_said(senders, before, 20), 30)
    over.set()
    await asyncio.gather(*talking)
    assert all(sender.retries >= 3 for sender in senders)
    check(senders, house.said())


def _all_said(senders: list[Sender], before: list[int], more: int) -> bool:
    return all(len(sender.acknowledged) >= count + more for sender, count in zip(senders, before, strict=True))


async def test_a_server_that_is_asked_to_stop_leaves_nothing_in_doubt(house: House) -> None:
    senders = [Sender(house, name) for name in SENDERS]
    ready = [asyncio.Event() for _ in senders]
    talking = [asyncio.create_task(sender.say_each_once(one)) for sender, one in zip(senders, ready, strict=True)]
    await asyncio.gather(*(one.wait() for one in ready))
    await world.until(lambda: _all_said(senders, [0] * len(senders), 20), 30)
    await asyncio.to_thread(house.end, signal.SIGTERM)
    assert house.process.returncode == 0
    await asyncio.gather(*talking)
    assert [sender.codes for sender in senders] == [[CLOSE_RESTART]] * len(senders)
    rows = house.said()
    check(senders, rows)
    bodies = {row["body"] for row in rows}
    for sender in senders:
        assert not bodies & set(sender.refused)
        assert not bodies & set(sender.unknown), "it was begun, and had to be answered"


# Coming back after a restart


async def resumed(server: Server, token: str, kept: Client) -> tuple[Client, dict[str, Any]]:
    """A new connection that resumes with what an earlier one holds."""
    client = await server.client(token)
    return client, await client.start(kept.epoch, dict(kept.held), kept.state)


async def say(server: Server, token: str, *words: str) -> None:
    for word in words:
        await server.rpc(token, "messages.post", room=1, body=word, nonce=word)


async def test_who_held_a_seq_before_a_restart_resumes_from_it(tmp_path: Path) -> None:
    config = world.settings(tmp_path / "data")
    async with serving(config) as server:
        _, token = server.add("ann")
        ann = await server.client(token)
        await ann.start()
        await say(server, token, "before")
        await ann.until(lambda: ann.bodies(1) == ["before"])
    assert await ann.closed() == CLOSE_RESTART
    async with serving(config) as server:
        await say(server, token, "after", "and on")
        again, answer = await resumed(server, token, ann)
        assert answer["reset"] == []
        assert again.bodies(1) == ["before", "after", "and on"]
        await again.close()


async def test_who_is_three_hundred_changes_behind_catches_up_and_who_is_further_reads_afresh(server: Server) -> None:
    _, token = server.add("ann")
    ann = await server.client(token)
    await ann.start()
    await ann.close()
    await say(server, token, *(f"w{number}" for number in range(300)))
    near, answer = await resumed(server, token, ann)
    assert answer["reset"] == []
    assert near.bodies(1) == [f"w{number}" for number in range(300)]
    await near.close()
    ann.state = world.empty_state()
    await say(server, token, "one more")
    far, answer = await resumed(server, token, ann)
    assert answer["reset"] == ["room:1"]
    assert far.bodies(1) == []
    assert far.held["room:1"] == answer["topics"]["room:1"]
    await far.close()


async def test_an_older_database_put_back_resets_who_holds_more(tmp_path: Path) -> None:
    config = world.settings(tmp_path / "data")
    async with serving(config) as server:
        _, token = server.add("ann")
        await say(server, token, "kept")
    shutil.copytree(config.data, tmp_path / "backup")
    async with serving(config) as server:
        ann = await server.client(token)
        await ann.start()
        await say(server, token, "lost with the disk")
        await ann.until(lambda: "lost with the disk" in ann.bodies(1))
    shutil.rmtree(config.data)
    shutil.copytree(tmp_path / "backup", config.data)
    async with serving(config) as server:
        again, answer = await resumed(server, token, ann)
        assert answer["reset"] == ["room:1"]
        assert again.bodies(1) == []
        assert again.held["room:1"] < ann.held["room:1"]
        await again.close()


async def test_another_epoch_resets_everything(tmp_path: Path) -> None:
    config = world.settings(tmp_path / "data")
    async with serving(config) as server:
        _, token = server.add("ann")
        ann = await server.client(token)
        await ann.start()
        await say(server, token, "in the old epoch")
        await ann.until(lambda: ann.bodies(1) != [])
    with contextlib.closing(sqlite3.connect(config.data / "chinwag.db")) as database, database:
        database.execute("UPDATE workspace SET epoch = 'another'")
    async with serving(config) as server:
        again, answer = await resumed(server, token, ann)
        assert sorted(answer["reset"]) == sorted(ann.held)
        assert (answer["epoch"], answer["changes"]) == ("another", [])
        assert again.bodies(1) == []
        assert msgspec.json.encode(answer["users"]).count(b'"handle":"ann"') == 1
        await again.close()


# What falls due while the server is killed


@pytest.mark.wide
async def test_what_is_due_is_said_once_however_often_the_server_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(world.settings(tmp_path / "data"))
    stage, ann = house.server.stage, house.server.stage.add("anna")
    words = [f"later-{number}" for number in range(100)]
    now = clock.now()
    with monkeypatch.context() as yesterday:
        yesterday.setattr(clock, "now", lambda: now - clock.DAY)
        for word in words:
            due = clock.moment(now - clock.DAY // 2)
            stage.call("scheduled.create", ann, room=1, body=word, due_at=due)
    kills = 0
    while len(house.said()) < len(words):
        kills += 1
        said = len(house.said())
        await asyncio.to_thread(house.start)
        await world.until(lambda said=said: len(house.said()) > min(said + 15, 99), 30)  # type: ignore[misc]
        await asyncio.to_thread(house.end, signal.SIGKILL)
    await asyncio.to_thread(house.start)
    await world.until(lambda: not stage.call("scheduled.page", ann).scheduled, 30)
    assert sorted(row["body"] for row in house.said()) == sorted(words)
    assert kills >= 2
    house.close()
