"""Presence: who is here, told once, not at every blink, and to guests only of the people of their rooms."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chinwag import presence as presence_module
from chinwag.bus import MemoryBus
from chinwag.changes import Change
from chinwag.hub import Hub
from chinwag.presence import Presences
from tests.test_hub import Ear
from tests.world import until


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second of presence is 20 ms here."""
    for name in ("GATHER", "GRACE", "ANNOUNCE", "FORGET"):
        monkeypatch.setattr(presence_module, name, getattr(presence_module, name) / 50)


class Wire(MemoryBus):
    """Whispers reach the other processes at once, unless the wire is cut."""

    def __init__(self, others: list["Process"], process: "Process") -> None:
        super().__init__(process.hub)
        self.cut = False
        self._others = others
        self._me = process

    def whisper(self, payload: bytes) -> None:
        for other in () if self.cut else self._others:
            if other is not self._me:
                other.presences.heard(payload)


async def _no_hole(topic: str, since: int) -> Change:
    raise AssertionError("nothing is missed here")


class Process:
    def __init__(self, others: list["Process"]) -> None:
        self.hub = Hub(_no_hole)
        self.presences = Presences(self.hub)
        self.wire = Wire(others, self)
        others.append(self)
        self.presences.start(self.wire)
        self.presences.greet()

    def come(self, user: int, *rooms: int, guest: bool = False, session: int = 0) -> Ear:
        """Somebody opens a connection and starts."""
        ear = Ear(self.hub, user=user, session=session or user)
        self.hub.enter(ear)
        for topic in [f"room:{room}" for room in rooms] + ([] if guest else ["workspace"]):
            self.hub.join(ear, topic, 0)
        self.presences.came(ear)
        return ear

    def go(self, ear: Ear) -> None:
        ear.shut = True
        self.presences.went(ear)
        self.hub.leave(ear)


@pytest.fixture
async def processes() -> Any:
    made: list[Process] = []
    yield made
    for process in made:
        process.presences.stop()


@pytest.fixture
async def process(processes: list[Process]) -> Process:
    return Process(processes)


def told(ear: Ear) -> list[tuple[int, str]]:
    return [
        (user["user"], user["state"])
        for frame in ear.heard
        if frame["method"] == "presence"
        for user in frame["params"]["users"]
    ]


def after(seconds: float) -> Awaitable[None]:
    """So many seconds of presence."""
    return asyncio.sleep(seconds / 50)


async def test_people_who_come_at_once_are_told_in_one_frame(process: Process) -> None:
    ann = process.come(1)
    await until(lambda: told(ann) == [(1, "online")])
    for user in range(2, 30):
        process.come(user)
    await until(lambda: len(ann.heard) > 1)
    assert len(ann.heard) == 2
    assert sorted(told(ann)[1:]) == [(user, "online") for user in range(2, 30)]


async def test_a_reload_is_not_told(process: Process) -> None:
    ann, bob = process.come(1), process.come(2)
    await until(lambda: (2, "online") in told(ann))
    process.go(bob)
    process.come(2)
    await after(8)
    assert [one for one in told(ann) if one[0] == 2] == [(2, "online")]


async def test_who_goes_is_told_after_a_grace(process: Process) -> None:
    ann, bob = process.come(1), process.come(2)
    await until(lambda: (2, "online") in told(ann))
    process.go(bob)
    assert process.presences.state(2) == "offline"
    await until(lambda: (2, "offline") in told(ann))
    assert process.presences.everyone() == [1]


async def test_one_is_away_only_when_all_their_connections_are(process: Process) -> None:
    ann = process.come(1)
    desk, phone = process.come(2), process.come(2, session=3)
    process.presences.set(desk, "away")
    assert process.presences.state(2) == "online"
    process.presences.set(phone, "away")
    assert process.presences.state(2) == "away"
    await until(lambda: (2, "away") in told(ann))
    process.presences.set(desk, "online")
    await until(lambda: told(ann)[-1] == (2, "online"))
    process.go(desk)
    await until(lambda: told(ann)[-1] == (2, "away"))


async def test_a_connection_that_is_closed_is_not_kept_as_idle(process: Process) -> None:
    ann = process.come(1)
    process.go(ann)
    process.presences.set(ann, "away")
    assert process.presences._idle == set()


async def test_a_guest_hears_of_the_people_of_their_rooms_alone(process: Process) -> None:
    guest = process.come(9, 7, guest=True)
    bob, cara = process.come(2, 7, 8), process.come(3, 8)
    await until(lambda: (2, "online") in told(guest))
    process.go(bob)
    process.go(cara)
    await until(lambda: (2, "offline") in told(guest))
    await after(3)
    assert [user for user, _ in told(guest) if user == 3] == []


async def test_a_guest_hears_of_people_in_other_processes_too(processes: list[Process]) -> None:
    here, there = Process(processes), Process(processes)
    guest = here.come(9, 7, guest=True)
    bob, cara = there.come(2, 7), there.come(3, 8)
    await until(lambda: (2, "online") in told(guest))
    there.go(bob)
    there.go(cara)
    await until(lambda: (2, "offline") in told(guest))
    assert [user for user, _ in told(guest) if user == 3] == []


async def test_who_is_in_another_process_is_here(processes: list[Process]) -> None:
    here, there = Process(processes), Process(processes)
    ann = here.come(1)
    bob = there.come(2)
    await until(lambda: (2, "online") in told(ann) and (1, "online") in told(bob))
    there.presences.set(bob, "away")
    await until(lambda: told(ann)[-1] == (2, "away"))
    here.come(2, session=3)
    await until(lambda: told(ann)[-1] == (2, "online"))
    assert there.presences.state(2) == "online"


async def test_a_process_that_comes_up_learns_who_is_here(processes: list[Process]) -> None:
    old = Process(processes)
    ann = old.come(1)
    await until(lambda: told(ann) != [])
    new = Process(processes)
    assert [(one.user, one.state) for one in new.presences.of([1, 2])] == [(1, "online")]


async def test_the_people_of_a_process_that_stops_are_gone(processes: list[Process]) -> None:
    here, there = Process(processes), Process(processes)
    ann = here.come(1)
    there.come(2)
    await until(lambda: (2, "online") in told(ann))
    there.presences.stop()
    await until(lambda: told(ann)[-1] == (2, "offline"))


@pytest.mark.wide
async def test_the_people_of_a_process_that_is_not_heard_of_any_more_are_gone(processes: list[Process]) -> None:
    here, there = Process(processes), Process(processes)
    ann = here.come(1)
    there.come(2)
    await until(lambda: (2, "online") in told(ann))
    await after(100)
    assert here.presences.state(2) == "online"
    there.wire.cut = True
    await until(lambda: told(ann)[-1] == (2, "offline"))


async def test_typing_is_shown_in_the_room_alone_and_in_every_process(processes: list[Process]) -> None:
    here, there = Process(processes), Process(processes)
    ann, bob, cara = here.come(1, 7), there.come(2, 7), there.come(3, 8)
    here.presences.typing(7, 1)
    frame = {"jsonrpc": "2.0", "method": "typing", "params": {"room": 7, "user": 1}}
    assert [frame in ear.heard for ear in (ann, bob, cara)] == [True, True, False]
    here.presences.typing(7, 1, 58)
    assert [ear.heard[-1]["params"].get("thread") for ear in (ann, bob)] == [58, 58]


async def test_who_is_gone_for_good_is_said_once_and_not_at_a_reload(processes: list[Process]) -> None:
    here, there = Process(processes), Process(processes)
    gone: list[list[int]] = []
    noted: list[Callable[[], None]] = []

    def note(users: list[int], then: Callable[[], None]) -> None:
        gone.append(users)
        noted.append(then)

    for process in processes:
        process.presences._gone = note
    bob, elsewhere = here.come(2), there.come(2, session=3)
    await until(lambda: all(2 in process.presences.everyone() for process in processes))
    here.go(bob)
    await after(8)
    there.go(elsewhere)
    again = there.come(2, session=3)
    await after(8)
    assert gone == []
    there.go(again)
    await until(lambda: gone == [[2]])
    assert all(2 in process.presences.everyone() for process in processes)
    noted[0]()  # only then are others told, who may ask when that was
    await until(lambda: all(2 not in process.presences.everyone() for process in processes))
