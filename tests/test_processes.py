"""Two processes that share PostgreSQL and Valkey: one order, no holes, and a right that ends in one ends in both."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from chinwag.errors import CLOSE_BANNED, CLOSE_RESTART, CLOSE_SIGNED_OUT
from chinwag.services import messages
from chinwag.store import breaker
from chinwag.store.engine import connect
from chinwag.store.tx import Tx
from tests import world
from tests.servers import Postgres, Valkey
from tests.world import Client, Fault, Server, serving


class Pair:
    """Two servers, and the cast: ann (the owner) is at the first, bob at the second."""

    def __init__(self, one: Server, two: Server) -> None:
        self.one, self.two = one, two
        self.ann: Client
        self.bob: Client
        self.bob_id = 0
        self.bob_token = ""
        self.room = 0

    async def come(self) -> None:
        _, self.ann_token = self.one.add("ann", role="owner")
        self.bob_id, self.bob_token = self.one.add("bob")
        self.ann, self.bob = await self.one.client(self.ann_token), await self.two.client(self.bob_token)
        await self.ann.start()
        await self.bob.start()
        made = await self.ann.call("rooms.create", name="Ops", kind="private", users=[self.bob_id])
        self.room = made["id"]
        await self.bob.until(lambda: self.topic in self.bob.held)

    @property
    def topic(self) -> str:
        return f"room:{self.room}"

    async def say(self, client: Client, *words: str) -> list[dict[str, Any]]:
        calls = (client.call("messages.post", room=self.room, body=word, nonce=word) for word in words)
        return list(await asyncio.gather(*calls))

    async def hears(self, client: Client, word: str) -> None:
        """Wait until a client holds a message."""
        await client.until(lambda: word in client.bodies(self.room)[-20:])

    async def close(self) -> None:
        await self.ann.close()
        await self.bob.close()


@pytest.fixture
async def pair(postgres: Postgres, valkey: Valkey, tmp_path: Path) -> AsyncIterator[Pair]:
    url = postgres.database()
    one, two = (world.settings(tmp_path / name, database=url, redis=valkey.url) for name in ("one", "two"))
    async with serving(one) as first, serving(two) as second:
        pair = Pair(first, second)
        await pair.come()
        yield pair
        await pair.close()


def words(name: str, count: int) -> list[str]:
    return [f"{name}{number}" for number in range(count)]


async def check_one_order(pair: Pair, count: int) -> None:
    """Both hold the same messages in the same order, as the database has them, and each sender's order is kept."""
    rows = pair.one.stage.state([pair.topic])["messages"].values()
    last = max(row["seq"] for row in rows)
    await pair.ann.has(pair.topic, last)
    await pair.bob.has(pair.topic, last)
    said = [row["body"] for row in sorted(rows, key=lambda row: int(row["seq"]))]
    assert pair.ann.bodies(pair.room) == pair.bob.bodies(pair.room) == said
    assert len(said) == count
    for name in ("ann", "bob"):
        assert [word for word in said if word.startswith(name)] == words(name, count // 2)
    assert sorted(row["seq"] for row in rows) == list(range(last - count + 1, last + 1))


async def test_both_hear_both_in_one_order_without_holes(pair: Pair) -> None:
    await asyncio.gather(pair.say(pair.ann, *words("ann", 150)), pair.say(pair.bob, *words("bob", 150)))
    await check_one_order(pair, 300)
    assert (pair.ann.holes, pair.bob.holes) == (0, 0)


async def test_who_is_removed_in_one_is_quiet_in_the_other(pair: Pair) -> None:
    talking = asyncio.create_task(pair.say(pair.ann, *words("ann", 200)))
    await pair.one.rpc(pair.ann_token, "members.remove", room=pair.room, user=pair.bob_id)
    await pair.bob.until(lambda: pair.topic not in pair.bob.held)
    heard = len(pair.bob.heard)
    await talking
    await pair.say(pair.ann, "a secret")
    with pytest.raises(Fault, match="no such room"):
        await pair.bob.call("messages.page", room=pair.room)
    await asyncio.sleep(0.3)
    assert f'"{pair.topic}"' not in "".join(pair.bob.heard[heard:])


async def test_who_only_reads_a_room_and_is_banned_from_it_in_one_is_quiet_in_the_other(pair: Pair) -> None:
    room = (await pair.ann.call("rooms.create", name="Open"))["id"]
    topic = f"room:{room}"
    await pair.bob.call("sync.start", epoch=pair.bob.epoch, topics={topic: 0})
    await pair.ann.call("messages.post", room=room, body="hello", nonce="hello")
    await pair.bob.until(lambda: '"nonce":"hello"' in "".join(pair.bob.heard))
    await pair.one.rpc(pair.ann_token, "members.ban", room=room, user=pair.bob_id)
    await pair.bob.until(lambda: '"gone":true' in "".join(pair.bob.heard), 1)
    heard = len(pair.bob.heard)
    await pair.ann.call("messages.post", room=room, body="a secret", nonce="a secret")
    await pair.say(pair.ann, "in the room of both")
    await pair.bob.until(lambda: "in the room of both" in "".join(pair.bob.heard[heard:]))
    assert f'"{topic}"' not in "".join(pair.bob.heard[heard:])


async def test_a_session_ended_in_one_closes_its_sockets_in_the_other(pair: Pair) -> None:
    sessions = (await pair.bob.call("sessions.list"))["sessions"]
    current = next(one["id"] for one in sessions if one["current"])
    token = pair.one.token(pair.bob_id)
    other = await pair.one.client(token)
    await other.start()
    await pair.one.rpc(token, "sessions.end", session=current)
    assert await pair.bob.closed() == CLOSE_SIGNED_OUT
    assert (await other.call("accounts.me"))["id"] == pair.bob_id
    await other.close()


async def test_who_is_banned_in_one_is_put_out_of_the_other(pair: Pair) -> None:
    await pair.ann.call("users.ban", user=pair.bob_id)
    assert await pair.bob.closed() == CLOSE_BANNED


async def test_presence_and_typing_cross(pair: Pair) -> None:
    def state(client: Client, user: int) -> list[str]:
        rows = [one for notice in client.notices if notice["method"] == "presence" for one in notice["params"]["users"]]
        return [row["state"] for row in rows if row["user"] == user]

    await pair.ann.until(lambda: "online" in state(pair.ann, pair.bob_id))
    await pair.bob.call("presence.set", state="away")
    await pair.ann.until(lambda: state(pair.ann, pair.bob_id)[-1] == "away")
    here = await pair.ann.call("presence.here", room=pair.room)
    assert {"user": pair.bob_id, "state": "away"} in here["users"]
    await pair.bob.call("presence.typing", room=pair.room)
    frame = {"room": pair.room, "user": pair.bob_id}
    await pair.ann.until(lambda: any(one["params"] == frame for one in pair.ann.notices))


async def test_the_same_nonce_at_both_at_once_makes_one_message(pair: Pair) -> None:
    twin = await pair.one.client(pair.bob_token)
    for number in range(30):
        both = await asyncio.gather(
            *(
                client.call("messages.post", room=pair.room, body=f"once {number}", nonce=f"same{number}")
                for client in (twin, pair.bob)
            )
        )
        assert both[0] == both[1]
    await pair.hears(pair.ann, "once 29")
    assert pair.ann.bodies(pair.room) == [f"once {number}" for number in range(30)]
    await twin.close()


async def test_what_falls_due_while_both_look_is_said_once(pair: Pair) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    told = words("later", 40)
    for word in told:
        await pair.ann.call("scheduled.create", room=pair.room, body=word, due_at=soon)
    await pair.bob.until(lambda: set(told) <= set(pair.bob.bodies(pair.room)), 30)
    await pair.say(pair.ann, "the last word")
    await pair.hears(pair.bob, "the last word")
    assert sorted(pair.bob.bodies(pair.room)) == sorted([*told, "the last word"])
    assert (await pair.ann.call("scheduled.page"))["scheduled"] == []


async def test_who_is_cut_off_from_one_resumes_at_the_other(pair: Pair) -> None:
    await pair.say(pair.ann, *words("before", 5))
    await pair.hears(pair.bob, "before4")
    epoch, held, state = pair.bob.epoch, dict(pair.bob.held), pair.bob.state
    pair.bob.cut()
    await pair.bob.closed()
    await pair.say(pair.ann, *words("meanwhile", 5))
    pair.bob = await pair.one.client(pair.bob_token)
    answer = await pair.bob.start(epoch, held, state)
    assert answer["reset"] == []
    assert pair.bob.bodies(pair.room) == words("before", 5) + words("meanwhile", 5)


# Without Redis


@pytest.mark.logs
async def test_without_redis_people_go_on_talking_and_hear_each_other(pair: Pair, valkey: Valkey) -> None:
    valkey.kill()
    await pair.say(pair.ann, "ann0")
    await pair.hears(pair.bob, "ann0")
    await pair.say(pair.bob, "bob0")
    await pair.hears(pair.ann, "bob0")
    valkey.start()
    await world.until(lambda: not pair.one.app.bus._away and not pair.two.app.bus._away)  # type: ignore[attr-defined]
    await asyncio.gather(pair.say(pair.ann, "ann1"), pair.say(pair.bob, "bob1"))
    await check_one_order(pair, 4)


@pytest.mark.logs
async def test_redis_may_die_and_come_back_in_the_middle_of_talk(pair: Pair, valkey: Valkey) -> None:
    async def disturb() -> None:
        for _ in range(2):
            await asyncio.sleep(0.2)
            valkey.kill()
            await asyncio.sleep(0.3)
            valkey.start()

    await asyncio.gather(pair.say(pair.ann, *words("ann", 200)), pair.say(pair.bob, *words("bob", 200)), disturb())
    await check_one_order(pair, 400)


@pytest.mark.logs
async def test_redis_may_be_emptied_in_the_middle_of_talk(pair: Pair, valkey: Valkey) -> None:
    async def empty() -> None:
        async with Redis.from_url(valkey.url) as redis:
            for _ in range(5):
                await asyncio.sleep(0.1)
                await redis.flushall()

    await asyncio.gather(pair.say(pair.ann, *words("ann", 200)), pair.say(pair.bob, *words("bob", 200)), empty())
    await check_one_order(pair, 400)


@pytest.mark.wide
@pytest.mark.logs
async def test_a_removal_reaches_the_other_process_within_a_second_while_redis_says_nothing(
    pair: Pair, valkey: Valkey
) -> None:
    await asyncio.sleep(1)
    valkey.send_signal(signal.SIGSTOP)
    try:
        await pair.ann.call("members.remove", room=pair.room, user=pair.bob_id)
        removed = time.monotonic()
        await pair.bob.until(lambda: pair.topic not in pair.bob.held)
        took = time.monotonic() - removed
        heard = len(pair.bob.heard)
        await pair.say(pair.ann, "a secret")
        await asyncio.sleep(1)
        assert "a secret" not in "".join(pair.bob.heard[heard:])
    finally:
        valkey.send_signal(signal.SIGCONT)
    assert took < 1


# Without PostgreSQL


async def refused(pair: Pair, nonce: str) -> None:
    """Say something that cannot be kept: that is said."""
    with pytest.raises(Fault) as fault:
        await pair.ann.call("messages.post", room=pair.room, body=nonce, nonce=nonce)
    assert fault.value.kind == "unavailable"


async def said_in_the_end(pair: Pair, client: Client, word: str) -> None:
    """Say something again and again, with one nonce, until it is kept."""
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(Fault):
                await pair.say(client, word)
                return
            await asyncio.sleep(0.1)


@pytest.mark.logs
async def test_a_database_that_is_killed_is_said_and_found_again(pair: Pair, postgres: Postgres) -> None:
    await pair.say(pair.ann, "ann0")
    postgres.kill()
    await refused(pair, "ann1")
    with pytest.raises(Fault, match="database is away"):
        await pair.bob.call("messages.page", room=pair.room)
    postgres.start()
    await said_in_the_end(pair, pair.ann, "ann1")
    for word in words("bob", 2):
        await said_in_the_end(pair, pair.bob, word)
    await check_one_order(pair, 4)


@pytest.mark.logs
async def test_a_database_that_says_nothing_any_more_is_given_up_and_found_again(
    pair: Pair, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "PATIENCE", 1)
    await pair.say(pair.ann, "ann0")
    postgres.pause()
    try:
        reading = asyncio.create_task(pair.bob.call("messages.page", room=pair.room))
        await refused(pair, "ann1")
        await refused(pair, "ann1")
        with pytest.raises(Fault, match="database is away"):
            await reading
    finally:
        postgres.go_on()
    await said_in_the_end(pair, pair.ann, "ann1")
    for word in words("bob", 2):
        await said_in_the_end(pair, pair.bob, word)
    await check_one_order(pair, 4)


async def test_a_process_that_stops_in_the_middle_of_a_transaction_holds_nobody_up_for_long(pair: Pair) -> None:
    with connect(pair.one.engine) as stopped:
        Tx(stopped).take(pair.topic)
        await pair.say(pair.ann, "ann0")
        stopped.invalidate()
    await pair.hears(pair.bob, "ann0")


async def test_what_nobody_told_is_found(pair: Pair) -> None:
    """A process that dies between its commit and its word; a command beside the server."""
    ann = pair.one.stage.sign_in(pair.ann.me["id"])
    pair.one.stage.act(messages.post, ann, room=pair.room, body="untold", nonce="untold")
    await pair.hears(pair.ann, "untold")
    await pair.hears(pair.bob, "untold")


# Processes of their own


class Workers:
    """`chinwag serve` with several processes on one port."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"

    def pids(self) -> set[int]:
        """The processes that serve."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid) for pid in path.read_text().split()}


@pytest.fixture
async def workers(postgres: Postgres, valkey: Valkey, tmp_path: Path) -> AsyncIterator[tuple[Workers, Server]]:
    config = world.settings(tmp_path / "data", database=postgres.database(), redis=valkey.url)
    flags = ["--port", str(config.port), "--database", config.database, "--redis", config.redis]
    with world.program("serve", *flags, "--data", str(config.data), "--processes", "2") as process:
        assert process.stdout is not None
        line = await asyncio.to_thread(process.stdout.readline)
        assert "Chinwag serves" in line
        await asyncio.to_thread(world.wait_for_port, config.port)
        from chinwag import app

        engine = app.open_database(config)
        workers = Workers(process, config.port)
        try:
            yield workers, Server(config, engine)
        finally:
            engine.dispose()
            process.terminate()
            await asyncio.to_thread(process.wait, 15)


async def test_two_processes_on_one_port_serve_and_one_that_dies_is_begun_anew(
    workers: tuple[Workers, Server],
) -> None:
    running, server = workers
    _, token = server.add("ann", role="owner")
    clients = []
    for _ in range(8):
        client = await server.client(token)
        await client.start()
        clients.append(client)
    for number, client in enumerate(clients):
        await client.call("messages.post", room=1, body=f"w{number}", nonce=f"n{number}")
    for client in clients:
        await client.until(lambda client=client: len(client.bodies(1)) == 8)  # type: ignore[misc]
    before = running.pids()
    assert len(before) == 2
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    await world.until(lambda: len(running.pids() - {victim}) == 2, 20)
    again = await server.client(token)
    await again.start()
    await again.call("messages.post", room=1, body="still here", nonce="last")
    await again.until(lambda: again.bodies(1) == ["still here"])
    for client in [*clients, again]:
        await client.close()


async def test_a_signal_stops_all_processes_within_ten_seconds(workers: tuple[Workers, Server]) -> None:
    running, server = workers
    _, token = server.add("ann")
    clients = [await server.client(token) for _ in range(6)]
    for client in clients:
        await client.start()
    pids = running.pids()
    began = time.monotonic()
    running.process.terminate()
    assert [await client.closed() for client in clients] == [CLOSE_RESTART] * 6
    assert await asyncio.to_thread(running.process.wait, 10) == 0
    assert time.monotonic() - began < 10
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_second_signal_ends_all_processes_at_once(workers: tuple[Workers, Server]) -> None:
    running, _ = workers
    pids = running.pids()
    os.kill(min(pids), signal.SIGSTOP)  # it never stops by itself
    running.process.terminate()
    await world.until(lambda: len(running.pids()) == 1)
    running.process.terminate()
    assert await asyncio.to_thread(running.process.wait, 10) == 128 + signal.SIGTERM
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_message_of_one_process_is_heard_in_another_of_its_own(
    postgres: Postgres, valkey: Valkey, tmp_path: Path
) -> None:
    """As `pair`, but with nothing shared in memory: real processes."""
    url = postgres.database()
    configs = [world.settings(tmp_path / name, database=url, redis=valkey.url) for name in ("one", "two")]
    with contextlib.ExitStack() as stack:
        for config in configs:
            flags = ["--port", str(config.port), "--database", url, "--redis", valkey.url, "--data", str(config.data)]
            process = stack.enter_context(world.program("serve", *flags))
            assert process.stdout is not None
            assert "Chinwag serves" in await asyncio.to_thread(process.stdout.readline)
        from chinwag import app

        engine = app.open_database(configs[0])
        pair = Pair(Server(configs[0], engine), Server(configs[1], engine))
        await pair.come()
        await asyncio.gather(pair.say(pair.ann, *words("ann", 150)), pair.say(pair.bob, *words("bob", 150)))
        await check_one_order(pair, 300)
        await pair.ann.call("members.remove", room=pair.room, user=pair.bob_id)
        await pair.bob.until(lambda: pair.topic not in pair.bob.held)
        await pair.say(pair.ann, "a secret")
        await pair.bob.call("accounts.me")
        assert "a secret" not in "".join(pair.bob.heard)
        await pair.close()
        engine.dispose()
