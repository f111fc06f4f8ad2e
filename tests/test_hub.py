"""The hub: every listener of a topic hears each change once and in order, and nothing once they have been put out."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from chinwag import hub as hub_module
from chinwag.changes import Change, End, Mine
from chinwag.hub import Hub, told
from tests.world import until


class Ear:
    """A connection that keeps what it is told, and counts how often it is written to."""

    def __init__(self, hub: Hub, *, user: int = 1, session: int = 1, most: int = 1_000_000) -> None:
        self.hub = hub
        self.user: int | None = user
        self.session: int | None = session
        self.topics: set[str] = set()
        self.visits: set[str] = set()
        self.shut = False
        self.heard: list[dict[str, Any]] = []
        self.writes = 0
        self.code: int | None = None
        self._most = most
        self._due = False

    def keep(self, data: bytes, frames: int) -> bool:
        found = list(payloads(data))
        assert len(found) == frames
        self.heard += found
        if len(self.heard) > self._most:
            self.end(4008)
        first, self._due = not self._due, True
        return first

    def whisper(self, data: bytes) -> None:
        if self.keep(data, 1):
            self.hub.soon(self)

    def write_out(self) -> None:
        self._due = False
        self.writes += 1

    def end(self, code: int) -> None:
        self.code = code
        self.shut = True
        self.hub.leave(self)

    def seqs(self, topic: str) -> list[int]:
        return [change["params"]["seq"] for change in self.heard if change["params"]["topic"] == topic]


def payloads(data: bytes) -> Any:
    """The JSON of frames that were joined."""
    while data:
        size, start = data[1], 2
        if size == 126:
            size, start = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(data[2:10], "big"), 10
        yield msgspec.json.decode(data[start : start + size])
        data = data[start + size :]


class Truth:
    """What a hub reads when it missed something: the topics' present seqs, `then` those after, and what was asked."""

    def __init__(self) -> None:
        self.seqs: dict[str, int] = {}
        self.then: dict[str, int] = {}
        self.mine: list[Mine] = []
        self.asked: list[tuple[str, int]] = []
        self.away = False

    async def fill(self, topic: str, since: int) -> Change:
        self.asked.append((topic, since))
        await asyncio.sleep(0)
        if self.away:
            raise ConnectionError("the database is away")
        found = Change(topic=topic, seq=self.seqs[topic], since=since, mine=self.mine)
        self.seqs.update(self.then)
        return found


@pytest.fixture
def truth(monkeypatch: pytest.MonkeyPatch) -> Truth:
    monkeypatch.setattr(hub_module, "PATIENCE", 0.001)
    return Truth()


@pytest.fixture
async def hub(truth: Truth) -> AsyncIterator[Hub]:
    hub = Hub(truth.fill)
    yield hub
    await hub.close()


def listener(hub: Hub, *topics: str, seq: int | None = 0, **options: Any) -> Ear:
    ear = Ear(hub, **options)
    hub.enter(ear)
    hub.join(ear, f"user:{ear.user}", 0)
    for topic in topics:
        hub.join(ear, topic, seq)
    return ear


def change(seq: int, topic: str = "room:7", **rows: Any) -> hub_module.Told:
    return told(Change(topic=topic, seq=seq, **rows))


def moved(seq: int, *, came: bool, room: int = 7, user: int = 1, at: int = 0) -> hub_module.Told:
    """A change of a user's own topic that lets them into a room, or puts them out."""
    mine = Mine(room=room, role="member", deleted=not came, at_seq=at, rev=seq)
    return change(seq, f"user:{user}", mine=[mine])


async def turns(number: int = 3) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


# Order


async def test_a_change_that_comes_early_waits_for_those_before_it(hub: Hub, truth: Truth) -> None:
    ear = listener(hub, "room:7")
    for seq in (3, 2, 1, 4):
        hub.tell(change(seq))
    await turns()
    assert ear.seqs("room:7") == [1, 2, 3, 4]
    assert truth.asked == []


async def test_a_change_that_is_told_twice_is_heard_once(hub: Hub) -> None:
    ear = listener(hub, "room:7")
    for seq in (1, 1, 3, 3, 2, 2, 3, 1):
        hub.tell(change(seq))
    await turns()
    assert ear.seqs("room:7") == [1, 2, 3]


async def test_a_hole_is_read_from_the_database(hub: Hub, truth: Truth) -> None:
    ear = listener(hub, "room:7")
    truth.seqs["room:7"] = 4
    for seq in (1, 4, 5):
        hub.tell(change(seq))
    await until(lambda: ear.seqs("room:7")[-1:] == [5])
    assert ear.seqs("room:7") == [1, 4, 5]
    assert ear.heard[-2]["params"] == {"topic": "room:7", "seq": 4, "since": 1}
    assert truth.asked == [("room:7", 1)]


async def test_a_hole_in_what_was_read_is_read_too(hub: Hub, truth: Truth) -> None:
    ear = listener(hub, "room:7")
    truth.seqs["room:7"], truth.then["room:7"] = 2, 5
    hub.tell(change(2))
    hub.tell(change(5))
    await until(lambda: ear.seqs("room:7") == [2, 5])
    assert truth.asked == [("room:7", 0), ("room:7", 2)]


@pytest.mark.logs
async def test_a_hole_that_could_not_be_read_is_read_when_the_topic_is_compared_again(hub: Hub, truth: Truth) -> None:
    ear = listener(hub, "room:7")
    truth.seqs["room:7"], truth.away = 3, True
    hub.tell(change(3))
    await until(lambda: truth.asked != [])
    await turns()
    truth.away = False
    hub.catch_up("room:7")
    await until(lambda: ear.seqs("room:7") == [3])


async def test_the_same_hole_is_read_once_at_a_time(hub: Hub, truth: Truth) -> None:
    listener(hub, "room:7")
    truth.seqs["room:7"] = 9
    for _ in range(5):
        hub.catch_up("room:7")
    await turns(9)
    assert truth.asked == [("room:7", 0)]


async def test_each_topic_has_an_order_of_its_own(hub: Hub) -> None:
    ear = listener(hub, "room:7", "room:8")
    for seq in (1, 2):
        hub.tell(change(seq, "room:8"))
    hub.tell(change(1))
    await turns()
    assert (ear.seqs("room:7"), ear.seqs("room:8")) == ([1], [1, 2])


# Topics that were joined before anybody read where they are


async def test_what_comes_before_a_joined_topic_was_read_is_heard_after(hub: Hub) -> None:
    ear = listener(hub, "room:7", seq=None)
    for seq in (9, 10):
        hub.tell(change(seq))
    await turns()
    assert ear.seqs("room:7") == []
    assert "room:7" not in hub.known
    hub.join(ear, "room:7", 9)
    await turns()
    assert ear.seqs("room:7")[-1] == 10
    assert hub.known["room:7"] == 10


async def test_who_read_an_older_state_hears_all_that_came_since_they_joined(hub: Hub) -> None:
    """Two connections start at once: the one that reads last may have read before the change that the other has."""
    slow, quick = listener(hub, "room:7", seq=None), listener(hub, "room:7", seq=None, session=2)
    hub.tell(change(10))
    hub.join(quick, "room:7", 10)
    hub.join(slow, "room:7", 9)
    await turns()
    assert slow.seqs("room:7") == [10]


async def test_who_is_let_in_hears_a_topic_that_another_joined_and_never_read(hub: Hub) -> None:
    gone = listener(hub, "room:7", seq=None, user=2, session=2)
    ear = listener(hub)
    hub.tell(moved(1, came=True, at=5))
    hub.leave(gone)
    hub.tell(change(6))
    await turns()
    assert ear.seqs("room:7") == [6]


async def test_a_topic_that_nobody_ever_reads_keeps_a_bounded_number_of_changes(hub: Hub, truth: Truth) -> None:
    ear = listener(hub, "room:7", seq=None)
    truth.seqs["room:7"] = 5_000
    for seq in range(1, 5_001):
        hub.tell(change(seq))
    hub.join(ear, "room:7", 0)
    await until(lambda: ear.seqs("room:7")[-1:] == [5_000])
    assert len(ear.heard) <= hub_module.EARLY + 1


# Coming and going


async def test_who_is_let_in_hears_the_room_from_then_on(hub: Hub) -> None:
    ann, bob = listener(hub, "room:7"), listener(hub, user=2, session=2)
    hub.tell(change(1))
    hub.tell(change(2))
    hub.tell(moved(1, came=True, user=2, at=2))
    hub.tell(change(3))
    await turns()
    assert ann.seqs("room:7") == [1, 2, 3]
    assert bob.seqs("room:7") == [3]
    assert bob.seqs("user:2") == [1]


async def test_who_is_put_out_hears_what_was_said_before_in_the_same_turn_and_nothing_after(hub: Hub) -> None:
    ann, bob = listener(hub, "room:7"), listener(hub, "room:7", user=2, session=2)
    hub.tell(change(1))
    hub.tell(moved(1, came=False, user=2))
    hub.tell(change(2))
    await turns()
    assert ann.seqs("room:7") == [1, 2]
    assert bob.seqs("room:7") == [1]


async def test_every_connection_of_who_is_put_out_goes_quiet(hub: Hub) -> None:
    ears = [listener(hub, "room:7", session=session) for session in (1, 1, 2)]
    hub.tell(moved(1, came=False))
    hub.tell(change(1))
    await turns()
    assert [ear.seqs("room:7") for ear in ears] == [[], [], []]


async def test_a_removal_that_comes_early_counts_at_once(hub: Hub) -> None:
    ear = listener(hub, "room:7")
    hub.tell(moved(4, came=False))
    hub.tell(change(1))
    await turns()
    assert ear.seqs("room:7") == []
    assert ear.seqs("user:1") == []


async def test_a_removal_on_a_topic_that_nobody_read_yet_counts_at_once(hub: Hub) -> None:
    ear = Ear(hub)
    hub.enter(ear)
    hub.join(ear, "room:7", 0)
    hub.tell(moved(4, came=False))
    hub.tell(change(1))
    await turns()
    assert ear.heard == []


async def test_an_old_removal_that_is_told_again_puts_nobody_out(hub: Hub) -> None:
    ear = listener(hub, "room:7")
    hub.tell(moved(1, came=False))
    hub.tell(moved(2, came=True, at=0))
    hub.tell(moved(1, came=False))
    hub.tell(change(1))
    await turns()
    assert ear.seqs("room:7") == [1]


async def test_a_missed_removal_is_learned_from_the_rows_that_are_read(hub: Hub, truth: Truth) -> None:
    ear = listener(hub, "room:7")
    truth.seqs["user:1"] = 3
    truth.mine = [Mine(room=7, role="member", deleted=True, rev=3)]
    hub.catch_up("user:1")
    await until(lambda: ear.seqs("user:1") == [3])
    hub.tell(change(1))
    await turns()
    assert ear.seqs("room:7") == []


async def test_a_session_that_is_over_is_closed_on_all_its_connections_and_no_other(hub: Hub) -> None:
    ears = [listener(hub, session=session) for session in (1, 1, 2)]
    hub.end(End([1, 9], 4501))
    assert [ear.code for ear in ears] == [4501, 4501, None]
    assert hub.sessions == {2: 1}


async def test_a_connection_that_is_closed_joins_nothing(hub: Hub) -> None:
    """It may close while `sync.start` or `sessions.resume` reads for it."""
    ear = Ear(hub)
    ear.end(1006)
    hub.enter(ear)
    hub.join(ear, "room:7", 0)
    assert (ear.topics, hub.sessions, hub.known) == (set(), {}, {})


async def test_a_topic_that_nobody_listens_to_is_forgotten(hub: Hub) -> None:
    ear = listener(hub, "room:7")
    hub.leave(ear)
    hub.tell(change(1))
    assert (hub.known, hub.sessions, ear.topics) == ({}, {}, set())


# Writing


async def test_a_connection_is_written_to_once_a_turn_whatever_it_hears(hub: Hub) -> None:
    ear = listener(hub, "room:7", "room:8")
    for seq in range(1, 51):
        hub.tell(change(seq))
        hub.tell(change(seq, "room:8"))
    await turns()
    assert ear.writes == 1
    assert ear.seqs("room:7") == ear.seqs("room:8") == list(range(1, 51))


async def test_a_big_room_is_written_to_in_slices_that_let_the_loop_breathe(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "SLICE", 10)
    ears = [listener(hub, "room:7", session=number) for number in range(25)]
    hub.tell(change(1))
    written = []
    for _ in range(5):
        await asyncio.sleep(0)
        written.append(sum(ear.writes for ear in ears))
    assert written == [10, 20, 25, 25, 25]


async def test_one_that_is_closed_for_being_slow_costs_the_others_nothing(hub: Hub) -> None:
    ears = [listener(hub, "room:7", session=number, most=3 if number % 5 == 0 else 1_000) for number in range(20)]
    for seq in range(1, 11):
        hub.tell(change(seq))
    await turns()
    hub.whisper("room:7", hub_module.notification("typing", {"topic": "room:7", "seq": 0}))
    assert [ear.code for ear in ears[::5]] == [4008] * 4
    assert all(ear.seqs("room:7") == [*range(1, 11), 0] for ear in ears if ear.code is None)


async def test_one_that_is_closed_by_a_whisper_costs_the_others_nothing(hub: Hub) -> None:
    ears = [listener(hub, "room:7", session=number, most=0 if number % 2 else 9) for number in range(10)]
    hub.whisper("room:7", hub_module.notification("typing", {"topic": "room:7", "seq": 0}))
    assert [len(ear.heard) for ear in ears] == [1] * 10


async def test_a_hub_that_is_closed_reads_nothing_more(hub: Hub, truth: Truth) -> None:
    ear = listener(hub, "room:7")
    truth.seqs["room:7"] = 3
    hub.catch_up("room:7")
    await hub.close()
    hub.tell(change(3))
    hub.look_for_hole("room:7")
    await turns()
    assert hub._tasks == set()
    assert ear.seqs("room:7") == []
