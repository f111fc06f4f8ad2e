"""Random steps of people who talk, come, go, lose their network and come back, beside a plain model of their rooms.

After every step, once all has been told: what each device holds, the database read afresh and the model agree.
"""

import asyncio
import contextlib
import copy
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chinwag.config import Config
from tests import world
from tests.servers import Postgres, Valkey
from tests.world import KINDS, Client, Fault, Server, State, apply, serving

DEVICES = {"ann's desk": "ann", "bob's desk": "bob", "bob's phone": "bob", "cara's desk": "cara"}
ROOMS = ("open", "closed")


@dataclass
class Said:
    """A message, in the model."""

    author: str
    nonce: str
    body: str
    id: int
    seq: int
    deleted: bool = False


@dataclass
class Room:
    """A room, in the model. `read` is how many of its messages, the oldest first, a member has read."""

    id: int = 0
    said: list[Said] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)

    def unread(self, user: str) -> int:
        return sum(one.author != user and not one.deleted for one in self.said[self.read[user] :])

    def shown(self) -> list[Said]:
        return [one for one in self.said if not one.deleted]


@dataclass
class Kept:
    """What a device that is cut off still holds."""

    epoch: str | None
    held: dict[str, int]
    state: State
    opened: set[int]


@dataclass
class Device:
    """A device: connected with a client, or cut off with what it kept."""

    user: str
    server: int
    client: Client | None = None
    kept: Kept | None = None
    opened: set[int] = field(default_factory=set)
    visits: set[int] = field(default_factory=set)
    """The public rooms that it named when it came, though its user was in them no more: it hears them."""
    silent_from: dict[int, int] = field(default_factory=dict)
    """By room that it may not hear: the number of frames that it had heard when that began."""


devices = st.sampled_from(sorted(DEVICES))
rooms = st.sampled_from(ROOMS)
newcomers = st.sampled_from(["bob", "cara"])
which = st.integers(0, 9)


class Steps(RuleBasedStateMachine):
    """Each rule is something that people do; several at once where that is what goes wrong."""

    configs: ClassVar[Any]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.names = iter(range(10**9))

    def run(self, job: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(job)

    @initialize()
    def begin(self) -> None:
        self.config: list[Config] = type(self).configs(Path(self.folder.name))
        self.run(self._begin())

    async def _begin(self) -> None:
        await self._serve()
        self.users = {name: self.servers[0].add(name, role="owner" if name == "ann" else "member") for name in _people}
        self.devices = {
            name: Device(user, number % len(self.servers)) for number, (name, user) in enumerate(DEVICES.items())
        }
        self.rooms = {name: Room() for name in ROOMS}
        for name in self.devices:
            await self._come(name)
        for name, room in self.rooms.items():
            others = [number for user, (number, _) in self.users.items() if user != "ann"]
            made = await self._as(
                "ann's desk", "rooms.create", name=name, kind="private" if name == "closed" else "public", users=others
            )
            room.id = made["id"]
            room.read = dict.fromkeys(_people, 0)
        self.restarted_at = 0

    async def _serve(self) -> None:
        self.stack = contextlib.AsyncExitStack()
        self.servers: list[Server] = [await self.stack.enter_async_context(serving(one)) for one in self.config]

    def teardown(self) -> None:
        with self.runner, self.folder:
            if hasattr(self, "devices"):
                self.run(self._end())

    async def _end(self) -> None:
        for device in self.devices.values():
            if device.client:
                await device.client.close()
        await self.stack.aclose()

    # Who does what, over which line

    async def _as(self, name: str, method: str, /, **params: Any) -> Any:
        """A call by a device; by its user over HTTP while it is cut off."""
        device = self.devices[name]
        if device.client:
            return await device.client.call(method, **params)
        return await self.servers[device.server].rpc(self.users[device.user][1], method, **params)

    async def _come(self, name: str) -> None:
        """Connect; with what the device kept, resume."""
        device = self.devices[name]
        server, kept = self.servers[device.server], device.kept
        device.client = client = await server.client(self.users[device.user][1])
        device.opened, device.visits, device.silent_from, device.kept = set(), set(), {}, None
        if kept is None:
            await client.start()
        else:
            answer = await client.start(kept.epoch, kept.held, kept.state)
            public = self.rooms["open"]
            if device.user not in public.read and f"room:{public.id}" in kept.held:
                device.visits.add(public.id)
            gone = {int(topic[5:]) for topic in answer["reset"] if topic.startswith("room:")}
            device.opened = kept.opened - gone

    async def _lose(self, device: Device, *, how: str = "cut") -> None:
        """The device is cut off, with what it holds at this moment."""
        client = device.client
        assert client is not None
        device.kept = Kept(client.epoch, dict(client.held), copy.deepcopy(client.state), set(device.opened))
        if how == "cut":
            client.cut()
        device.client = None
        await client.closed()

    # Talking

    @rule(name=devices, room=rooms, count=st.integers(1, 4))
    def post(self, name: str, room: str, count: int) -> None:
        self.run(self._talk({name: count}, self.rooms[room]))

    @rule(room=rooms, counts=st.dictionaries(devices, st.integers(1, 5), min_size=2))
    def post_all_at_once(self, room: str, counts: dict[str, int]) -> None:
        self.run(self._talk(counts, self.rooms[room]))

    async def _talk(self, counts: dict[str, int], room: Room, *more: Coroutine[Any, Any, Any]) -> None:
        """Some devices each say some things in a row, without waiting for an answer; and `more` happens meanwhile."""
        members = set(room.read)
        planned = {name: [f"n{next(self.names)}" for _ in range(count)] for name, count in counts.items()}
        said, *_ = await asyncio.gather(
            asyncio.gather(*(self._say(name, room, nonces) for name, nonces in planned.items())), *more
        )
        for name, answers in zip(planned, said, strict=True):
            if self.devices[name].user not in members:
                assert answers == []
            elif not more:
                assert len(answers) == counts[name]
        self._learn(room, [one for answers in said for one in answers])

    async def _say(self, name: str, room: Room, nonces: list[str]) -> list[dict[str, Any]]:
        calls = [self._as(name, "messages.post", **self._words(room, nonce)) for nonce in nonces]
        if not self.devices[name].client:
            answers = [await self._or_refused(call) for call in calls]
        else:
            answers = await asyncio.gather(*map(self._or_refused, calls))
        made = [one for one in answers if one]
        assert [one["seq"] for one in made] == sorted(one["seq"] for one in made)
        return made

    @staticmethod
    def _words(room: Room, nonce: str) -> dict[str, Any]:
        return {"room": room.id, "nonce": nonce, "body": f"*canary* {room.id}-{nonce}-"}

    @staticmethod
    async def _or_refused(call: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await call
        except Fault as fault:
            if fault.kind not in ("not_found", "forbidden"):
                raise
            return None

    def _learn(self, room: Room, rows: list[dict[str, Any]]) -> None:
        known = {one.nonce for one in room.said}
        for row in sorted(rows, key=lambda row: int(row["seq"])):
            if row["nonce"] not in known:
                author = next(name for name, (number, _) in self.users.items() if number == row["author"])
                room.said.append(Said(author, row["nonce"], row["body"], row["id"], row["seq"]))
        assert [one.seq for one in room.said] == sorted({one.seq for one in room.said})

    @rule(name=devices, room=rooms, number=which)
    def edit(self, name: str, room: str, number: int) -> None:
        if one := self._pick(self.rooms[room], number):
            body = f"*canary* {self.rooms[room].id}-edited{next(self.names)}-"
            own, member = one.author == self.devices[name].user, self.devices[name].user in self.rooms[room].read
            if self._allowed(name, "messages.edit", own and member, message=one.id, body=body):
                one.body = body

    @rule(name=devices, room=rooms, number=which)
    def delete(self, name: str, room: str, number: int) -> None:
        if one := self._pick(self.rooms[room], number):
            user = self.devices[name].user
            may = user in self.rooms[room].read and user in (one.author, "ann")
            if self._allowed(name, "messages.delete", may, message=one.id):
                one.deleted = True

    def _pick(self, room: Room, number: int) -> Said | None:
        shown = room.shown()[-10:]
        return shown[number % len(shown)] if shown else None

    def _allowed(self, name: str, method: str, may: bool, **params: Any) -> bool:
        """Make a call that is answered, or refused, as the model says."""
        try:
            self.run(self._as(name, method, **params))
        except Fault as fault:
            if may or fault.kind not in ("not_found", "forbidden"):
                raise
            return False
        assert may
        return True

    @rule(name=devices, room=rooms, number=which)
    def mark_read(self, name: str, room: str, number: int) -> None:
        found, user = self.rooms[room], self.devices[name].user
        one = self._pick(found, number)
        if one and self._allowed(name, "reads.mark", user in found.read, room=found.id, seq=one.seq):
            found.read[user] = max(found.read[user], found.said.index(one) + 1)

    @rule(name=devices, room=rooms, number=which)
    def mark_unread(self, name: str, room: str, number: int) -> None:
        found, user = self.rooms[room], self.devices[name].user
        one = self._pick(found, number)
        if one and self._allowed(name, "reads.unmark", user in found.read, message=one.id):
            found.read[user] = min(found.read[user], found.said.index(one))

    # Coming and going

    @rule(user=newcomers, room=rooms)
    def let_in(self, user: str, room: str) -> None:
        self.run(self._as("ann's desk", "members.add", room=self.rooms[room].id, user=self.users[user][0]))
        self._came(user, self.rooms[room])

    @rule(name=devices)
    def join(self, name: str) -> None:
        self.run(self._as(name, "rooms.join", room=self.rooms["open"].id))
        self._came(self.devices[name].user, self.rooms["open"])

    @staticmethod
    def _came(user: str, room: Room) -> None:
        room.read.setdefault(user, len(room.said))

    @rule(name=devices.filter(lambda name: name != "ann's desk"), room=rooms)
    def leave(self, name: str, room: str) -> None:
        user = self.devices[name].user
        if self._allowed(name, "rooms.leave", user in self.rooms[room].read, room=self.rooms[room].id):
            del self.rooms[room].read[user]

    @rule(user=newcomers, room=rooms)
    def remove(self, user: str, room: str) -> None:
        found = self.rooms[room]
        params = {"room": found.id, "user": self.users[user][0]}
        if self._allowed("ann's desk", "members.remove", user in found.read, **params):
            del found.read[user]

    @rule(user=newcomers, room=rooms, counts=st.dictionaries(devices, st.integers(1, 4)))
    def remove_while_they_talk(self, user: str, room: str, counts: dict[str, int]) -> None:
        found = self.rooms[room]
        if user in found.read:
            params = {"room": found.id, "user": self.users[user][0]}
            self.run(self._talk(counts, found, self._as("ann's desk", "members.remove", **params)))
            del found.read[user]

    @rule(room=rooms)
    def rename(self, room: str) -> None:
        topic = f"topic {next(self.names)}"
        self.run(self._as("ann's desk", "rooms.edit", room=self.rooms[room].id, topic=topic))

    # Lost networks

    @rule(name=devices)
    def cut(self, name: str) -> None:
        if self.devices[name].client:
            self.run(self._lose(self.devices[name]))

    @rule(name=devices)
    def resume(self, name: str) -> None:
        if not self.devices[name].client:
            self.run(self._come(name))

    @rule(name=devices)
    def come_with_nothing(self, name: str) -> None:
        if not self.devices[name].client:
            self.devices[name].kept = None
            self.run(self._come(name))

    @rule(name=devices, room=rooms, count=st.integers(1, 5), turns=st.integers(0, 6))
    def cut_in_the_middle_and_try_again(self, name: str, room: str, count: int, turns: int) -> None:
        device = self.devices[name]
        if device.client and device.user in self.rooms[room].read:
            self.run(self._cut_in_the_middle(name, self.rooms[room], count, turns))

    async def _cut_in_the_middle(self, name: str, room: Room, count: int, turns: int) -> None:
        device = self.devices[name]
        assert device.client is not None
        nonces = [f"n{next(self.names)}" for _ in range(count)]
        for nonce in nonces:
            request = {"jsonrpc": "2.0", "method": "messages.post", "params": self._words(room, nonce)}
            await device.client.socket.write_message(msgspec.json.encode(request).decode())
        for _ in range(turns):
            await asyncio.sleep(0.001)
        await self._lose(device)
        await self._come(name)
        answers = [await self._as(name, "messages.post", **self._words(room, nonce)) for nonce in nonces]
        assert [one["seq"] for one in answers] == sorted(one["seq"] for one in answers)
        self._learn(room, answers)

    @rule(name=devices, room=rooms, counts=st.dictionaries(devices, st.integers(1, 4)))
    def resume_while_they_talk(self, name: str, room: str, counts: dict[str, int]) -> None:
        device = self.devices[name]
        if device.client:
            self.run(self._lose(device))
        counts = {other: count for other, count in counts.items() if other != name}
        self.run(self._talk(counts, self.rooms[room], self._come(name)))

    @rule()
    def restart(self) -> None:
        said = sum(len(room.said) for room in self.rooms.values())
        if said >= self.restarted_at + 10:
            self.restarted_at = said
            self.run(self._restart())

    async def _restart(self) -> None:
        connected = [device for device in self.devices.values() if device.client]
        await self._told()
        await self.stack.aclose()
        for device in connected:
            assert device.client is not None
            assert await device.client.closed() == 4001
            await self._lose(device, how="closed")
        await self._serve()

    # What holds then

    @invariant()
    def all_agree(self) -> None:
        if hasattr(self, "devices"):
            self.run(self._all_agree())

    async def _all_agree(self) -> None:
        await self._told()
        topics = {topic for user in self.users for topic in self._topics(user)}
        afresh = {topic: self.servers[0].stage.state([topic]) for topic in topics}
        for room in self.rooms.values():
            self._check_database(room, afresh[f"room:{room.id}"])
        for user, (number, _) in self.users.items():
            mine = afresh[f"user:{number}"]["mine"]
            for room in self.rooms.values():
                assert (room.id in mine) is (user in room.read)
                if user in room.read:
                    assert mine[room.id].get("unread", 0) == room.unread(user)
        for device in self.devices.values():
            if device.client:
                held = [afresh[topic] for topic in self._topics(device.user)]
                held += [afresh[f"room:{room}"] for room in device.visits]
                whole = {kind: {key: row for state in held for key, row in state[kind].items()} for kind in KINDS}
                await self._check_device(device, device.client, whole)

    async def _told(self) -> None:
        """Wait until every device is where the database is."""
        seqs = self._seqs()
        for device in self.devices.values():
            if client := device.client:
                topics = {*self._topics(device.user), *(f"room:{room}" for room in device.visits)}
                due = {topic: seqs[topic] for topic in topics}
                with contextlib.suppress(TimeoutError):
                    await world.until(lambda client=client, due=due: client.held == due and not client._tasks)  # type: ignore[misc]
                assert client.held == due

    def _topics(self, user: str) -> list[str]:
        own = [f"room:{room.id}" for room in self.rooms.values() if user in room.read]
        return ["workspace", f"user:{self.users[user][0]}", "room:1", *own]

    def _seqs(self) -> dict[str, int]:
        names = {topic for user in self.users for topic in self._topics(user)}  # ann is in all rooms
        seqs: dict[str, int] = self.servers[0].stage.act(lambda tx: tx.seqs(sorted(names)))
        return seqs

    def _check_database(self, room: Room, state: State) -> None:
        rows = sorted(state["messages"].values(), key=lambda row: int(row["seq"]))
        names = {number: name for name, (number, _) in self.users.items()}
        found = [(names[row["author"]], row["nonce"], row["body"], row["id"], row["seq"]) for row in rows]
        assert found == [(one.author, one.nonce, one.body, one.id, one.seq) for one in room.shown()]
        assert {names[user] for _, user in state["members"]} == set(room.read)

    async def _check_device(self, device: Device, client: Client, afresh: State) -> None:
        assert client.holes == 0
        self._check_order(client)
        number = self.users[device.user][0]
        for room in self.rooms.values():
            if device.user not in room.read and room.id not in device.visits:
                self._check_silence(device, client, room)
                continue
            device.silent_from.pop(room.id, None)
            if room.id not in device.opened:
                await self._open(device, client, room)
            for kind in ("messages", "members"):
                held = {key: row for key, row in client.state[kind].items() if row["room"] == room.id}
                assert held == {key: row for key, row in afresh[kind].items() if row["room"] == room.id}
            if device.user not in room.read:
                continue
            device.visits.discard(room.id)
            mine = client.state["mine"][room.id]
            assert mine.get("read_seq", 0) == afresh["mine"][room.id].get("read_seq", 0)
            newer = [row for row in client.state["messages"].values() if row["room"] == room.id]
            newer = [row for row in newer if row["seq"] > mine.get("read_seq", 0) and row["author"] != number]
            assert len(newer) == room.unread(device.user)
            assert _without_seq(client.state["rooms"][room.id]) == _without_seq(afresh["rooms"][room.id])
        assert client.state["users"] == afresh["users"]
        assert client.state["mine"].keys() == afresh["mine"].keys()

    def _check_silence(self, device: Device, client: Client, room: Room) -> None:
        device.opened.discard(room.id)
        begin = device.silent_from.setdefault(room.id, len(client.heard))
        heard = "".join(client.heard[begin:])
        assert f'"topic":"room:{room.id}"' not in heard
        assert f"canary* {room.id}-" not in heard
        assert not any(row["room"] == room.id for row in client.state["messages"].values())

    @staticmethod
    def _check_order(client: Client) -> None:
        """Each topic is heard in its order, once, and without a hole while one listens."""
        last: dict[str, int] = {}
        for text in client.heard:
            frame = msgspec.json.decode(text)
            if frame.get("method") == "change":
                change = frame["params"]
                assert change["seq"] > last.get(change["topic"], -1)
                last[change["topic"]] = change["seq"]

    async def _open(self, device: Device, client: Client, room: Room) -> None:
        """Look at a room, as a person does: from here on the device keeps all of it by changes alone."""
        before: dict[str, int] = {}
        while True:
            page = await client.call("messages.page", room=room.id, limit=100, **before)
            apply(client.state, {"messages": page["messages"]})
            if not page["older"]:
                break
            before = {"before": page["messages"][0]["seq"]}
        apply(client.state, {"members": (await client.call("members.page", room=room.id))["members"]})
        device.opened.add(room.id)


_people = ("ann", "bob", "cara")


def _without_seq(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "seq"}


def _play(machine: type[Steps], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples * settings().max_examples // 100,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # another run goes otherwise: what fails here cannot be made smaller by trying
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(900)
def test_everyone_holds_what_the_rooms_hold_whatever_happens() -> None:
    class OnSqlite(Steps):
        @staticmethod
        def configs(folder: Path) -> list[Config]:
            return [world.settings(folder / "data")]

    _play(OnSqlite, 10, 25)


@pytest.mark.timeout(900)
def test_so_they_do_in_two_processes_that_share_a_database_and_a_bus(postgres: Postgres, valkey: Valkey) -> None:
    class InTwoProcesses(Steps):
        @staticmethod
        def configs(folder: Path) -> list[Config]:
            url = postgres.database()
            return [world.settings(folder / name, database=url, redis=valkey.url) for name in ("one", "two")]

    _play(InTwoProcesses, 3, 25)
