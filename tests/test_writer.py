"""The writer: what is answered is on disk, one that fails fails alone, and nothing is told that was not committed."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select, text

from chinwag.changes import Change, End
from chinwag.errors import Conflict, Unavailable
from chinwag.store import audit
from chinwag.store import batch as batches
from chinwag.store import writer as writer_module
from chinwag.store.breaker import Breaker
from chinwag.store.engine import connect
from chinwag.store.tables import audit as entries
from chinwag.store.tx import Caller, Tx
from chinwag.store.writer import Writer
from tests.world import Server, run

NOBODY = Caller()


class Ledger:
    """A writer, and what it told."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.told: list[Change | End] = []
        self.noticed = 0
        sqlite = engine.dialect.name == "sqlite"
        self.writer = Writer(Breaker(engine), self.told.extend, elsewhere=self._notice, sqlite=sqlite)

    def _notice(self) -> None:
        self.noticed += 1

    async def run(self, function: Callable[..., Any], names: tuple[str, ...] = (), **params: Any) -> Any:
        return (await self.writer.run(function, NOBODY, params, names)).result

    def written(self) -> list[str]:
        """The entries in the database, as anybody else reads it."""
        with connect(self.engine) as connection:
            return list(connection.execute(select(entries.c.detail).order_by(entries.c.id)).scalars())

    def seqs(self) -> list[int]:
        return [one.seq for one in self.told if isinstance(one, Change)]


@pytest.fixture
async def ledger(engine: Engine) -> AsyncIterator[Ledger]:
    ledger = Ledger(engine)
    yield ledger
    await ledger.writer.stop()


def note(tx: Tx, *, word: str) -> int:
    """A call that writes and tells."""
    audit.add(tx, "note", word)
    seq = tx.take("workspace")
    tx.change("workspace", seq)
    return seq


def refuse_first(tx: Tx) -> None:
    raise Conflict("No.")


def refuse_late(tx: Tx) -> None:
    note(tx, word="never")
    raise Conflict("Too late.")


def stumble(tx: Tx) -> None:
    note(tx, word="never")
    raise ZeroDivisionError


class Gate:
    """A call that holds the writer, so that what comes meanwhile is one batch."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._reached = threading.Event()

    def hold(self, tx: Tx) -> None:
        self._reached.set()
        assert self._open.wait(10)

    async def reached(self) -> None:
        await asyncio.to_thread(self._reached.wait, 10)

    def open(self) -> None:
        self._open.set()


async def batch(ledger: Ledger, calls: list[Any]) -> list[Any]:
    """Run calls in one batch; what each gave or raised."""
    gate = Gate()
    held = asyncio.create_task(ledger.run(gate.hold))
    await gate.reached()
    running = [asyncio.create_task(ledger.run(function, **params)) for function, params in calls]
    await asyncio.sleep(0)
    gate.open()
    await held
    return await asyncio.gather(*running, return_exceptions=True)


async def test_calls_that_wait_share_one_transaction(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    together = batches._together

    def count(connection: Connection, jobs: list[Any]) -> Any:
        sizes.append(len(jobs))
        return together(connection, jobs)

    monkeypatch.setattr(batches, "_together", count)
    results = await batch(ledger, [(note, {"word": f"w{number}"}) for number in range(20)])
    assert sizes[-1] == 20
    assert results == sorted(results)
    assert ledger.written() == [f"w{number}" for number in range(20)]
    assert ledger.seqs() == results


@pytest.mark.parametrize("bad", [refuse_first, refuse_late, stumble])
async def test_one_call_of_a_batch_fails_alone(ledger: Ledger, bad: Callable[..., None]) -> None:
    good = [(note, {"word": f"w{number}"}) for number in range(10)]
    results = await batch(ledger, [*good[:5], (bad, {}), *good[5:]])
    failed = [one for one in results if isinstance(one, Exception)]
    assert [type(one) for one in failed] == [ZeroDivisionError if bad is stumble else Conflict]
    assert results[5] is failed[0]
    assert ledger.written() == [f"w{number}" for number in range(10)]
    assert ledger.seqs() == [one for one in results if isinstance(one, int)]


def spoil(tx: Tx) -> None:
    """A call after which the commit fails, and only the commit."""
    if tx.db.dialect.name == "sqlite":
        tx.db.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        tx.db.exec_driver_sql("INSERT INTO saved VALUES (999, 999, 1, 0, 0, 1)")
    else:
        tx.db.execute(text("CREATE TEMP TABLE late (n int, UNIQUE (n) DEFERRABLE INITIALLY DEFERRED)"))
        tx.db.execute(text("INSERT INTO late VALUES (1), (1)"))


@pytest.mark.logs
async def test_a_batch_whose_commit_fails_confirms_nothing_and_tells_nothing(ledger: Ledger) -> None:
    results = await batch(ledger, [(note, {"word": "lost"}), (spoil, {}), (note, {"word": "lost too"})])
    assert [type(one) for one in results] == [Unavailable] * 3
    assert ledger.written() == []
    assert ledger.seqs() == []
    await ledger.run(note, word="and on it goes")
    assert ledger.written() == ["and on it goes"]


@pytest.mark.logs
async def test_a_lost_connection_confirms_nothing_and_is_made_anew(ledger: Ledger) -> None:
    def lose(tx: Tx) -> None:
        if tx.db.dialect.name == "postgresql":
            tx.db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        else:
            tx.db.exec_driver_sql("PRAGMA query_only=ON")
            note(tx, word="refused by the database")

    with pytest.raises(Unavailable):
        await ledger.run(lose)
    await ledger.run(note, word="again")
    assert ledger.written() == ["again"]


@pytest.mark.logs
async def test_a_connection_that_is_lost_before_the_commit_costs_nobody_anything(ledger: Ledger) -> None:
    if ledger.engine.dialect.name == "sqlite":
        return  # a file is not lost
    tries: list[str] = []

    def lose_once(tx: Tx) -> int:
        tries.append("")
        if len(tries) == 1:
            tx.db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return note(tx, word="in the end")

    results = await batch(ledger, [(note, {"word": "before"}), (lose_once, {}), (note, {"word": "after"})])
    assert results == sorted(results)
    assert ledger.written() == ["before", "in the end", "after"]
    assert ledger.seqs() == results


async def test_an_answer_comes_only_once_others_can_read_it(ledger: Ledger) -> None:
    async def check(number: int) -> None:
        await ledger.run(note, word=f"w{number}")
        assert f"w{number}" in await asyncio.to_thread(ledger.written)

    await asyncio.gather(*(check(number) for number in range(20)))


async def test_a_caller_who_went_away_has_done_it_all_the_same(ledger: Ledger) -> None:
    gate = Gate()
    held = asyncio.create_task(ledger.run(gate.hold))
    gone = asyncio.create_task(ledger.run(note, word="still there"))
    await gate.reached()
    gone.cancel()
    gate.open()
    await held
    await ledger.writer.stop()
    await asyncio.sleep(0)
    assert ledger.written() == ["still there"]
    assert len(ledger.seqs()) == 1


async def test_what_was_accepted_is_finished_at_the_end_and_what_is_new_refused(ledger: Ledger) -> None:
    accepted = [asyncio.create_task(ledger.run(note, word=f"w{number}")) for number in range(200)]
    await asyncio.sleep(0)
    stopping = asyncio.create_task(ledger.writer.stop())
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await ledger.run(note, word="too late")
    await stopping
    assert len(await asyncio.gather(*accepted)) == 200
    assert len(ledger.written()) == 200


async def test_more_than_can_wait_is_refused(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "WAITING", 5)
    results = await batch(ledger, [(note, {"word": f"w{number}"}) for number in range(9)])
    assert [type(one) for one in results] == [int] * 5 + [Unavailable] * 4
    assert len(ledger.written()) == 5


# Where several processes write


@pytest.fixture
async def pair(postgres: Any, tmp_path: Path) -> AsyncIterator[tuple[Ledger, Ledger]]:
    """Two writers on one PostgreSQL, as two processes of a server have them."""
    from chinwag import app
    from tests.world import settings

    engine = app.open_database(settings(tmp_path, database=postgres.database()))
    one, other = Ledger(engine), Ledger(engine)
    yield one, other
    await one.writer.stop()
    await other.writer.stop()
    engine.dispose()


async def test_two_that_wait_for_each_other_both_succeed(pair: tuple[Ledger, Ledger]) -> None:
    one, other = pair
    both = threading.Barrier(2)
    tries: list[str] = []

    def cross(tx: Tx, *, first: str, then: str) -> None:
        tries.append(first)
        tx.take(first)
        if tries.count(first) == 1:
            both.wait(10)
        tx.take(then)

    await one.run(lambda tx: tx.open_topic("room:2"))
    await asyncio.gather(
        one.run(cross, first="workspace", then="room:2"), other.run(cross, first="room:2", then="workspace")
    )
    assert len(tries) > 2


@pytest.mark.wide
async def test_what_somebody_holds_for_long_is_refused_and_all_else_goes_on(pair: tuple[Ledger, Ledger]) -> None:
    ledger = pair[0]
    await ledger.run(lambda tx: tx.open_topic("room:2"))
    with ledger.engine.connect() as held:
        held.execute(text("SET idle_in_transaction_session_timeout = 0"))
        Tx(held).take("room:2")
        calls = [(lambda tx: tx.take("room:2"), {}), (note, {"word": "all else"})]
        results = await batch(ledger, calls)
    assert [type(one) for one in results] == [Unavailable, int]
    assert ledger.written() == ["all else"]


async def test_batches_that_name_what_they_lock_never_wait_for_each_other(pair: tuple[Ledger, Ledger]) -> None:
    tries: list[str] = []

    def slowly(tx: Tx, *, topic: str) -> None:
        tries.append(topic)
        tx.take(topic)
        time.sleep(0.02)

    rooms = [f"room:{number}" for number in range(2, 12)]
    for room in rooms:
        await pair[0].run(lambda tx, room=room: tx.open_topic(room))
    gates = [Gate(), Gate()]
    held = [asyncio.create_task(ledger.run(gate.hold)) for ledger, gate in zip(pair, gates, strict=True)]
    for gate in gates:
        await gate.reached()
    running = [
        asyncio.create_task(ledger.run(slowly, (room,), topic=room))
        for ledger, order in ((pair[0], rooms), (pair[1], rooms[::-1]))
        for room in order
    ]
    await asyncio.sleep(0)
    for gate in gates:
        gate.open()
    await asyncio.gather(*held, *running)
    assert sorted(tries) == sorted(rooms * 2)


async def test_one_who_lost_a_race_for_a_name_looks_again(pair: tuple[Ledger, Ledger]) -> None:
    one, other = pair
    both = threading.Barrier(2)
    tries: list[int] = []

    def claim(tx: Tx, *, number: int) -> str:
        if tx.read(select(func.count()).select_from(entries).where(entries.c.act == "claim")).scalar_one():
            raise Conflict("Taken.")
        tries.append(number)
        if tries.count(number) == 1:
            both.wait(10)
        tx.db.execute(text("INSERT INTO claims VALUES (1)"))
        audit.add(tx, "claim", str(number))
        return "mine"

    await one.run(lambda tx: tx.db.execute(text("CREATE TABLE claims (n int UNIQUE)")) and None)
    results = await asyncio.gather(one.run(claim, number=1), other.run(claim, number=2), return_exceptions=True)
    assert sorted(str(one) for one in results) == ["Taken.", "mine"]


async def test_calls_of_several_processes_take_each_seq_once_and_each_tells_its_own(
    pair: tuple[Ledger, Ledger],
) -> None:
    calls = (pair[number % 2].run(note, word=f"w{number}") for number in range(200))
    results = await asyncio.gather(*calls)
    assert sorted(results) == list(range(min(results), min(results) + 200))
    for number, ledger in enumerate(pair):
        assert ledger.seqs() == results[number::2]


# Beside the command line


async def test_what_the_command_line_writes_is_heard_by_those_who_are_connected(server: Server) -> None:
    _, token = server.add("ann")
    ann = await server.client(token)
    await ann.start()
    made = await asyncio.to_thread(run, "room", "add", "ops", "--member", "ann", "--data", str(server.config.data))
    assert made.returncode == 0, made.stderr
    await ann.until(lambda: any(room["slug"] == "ops" for room in ann.state["rooms"].values()))
    room = next(room["id"] for room in ann.state["rooms"].values() if room["slug"] == "ops")
    said = await ann.call("messages.post", room=room, body="here I am", nonce="n")
    await ann.has(f"room:{room}", said["seq"])
    await ann.close()
