"""Nobody reads or hears what they may not: every call, route and topic, by every kind of user, at rooms with canaries.

All bytes that those get who may not see a room are searched for its canaries; what is hidden is answered like what is
missing. The calls come from METHODS, the routes from the application, so that a new one fails here by its name.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert

from chinwag import clock
from chinwag.changes import Room
from chinwag.errors import CLOSE_BANNED, CLOSE_RESTART, CLOSE_SIGNED_OUT, Unauthorized
from chinwag.rpc import METHODS
from chinwag.services import membership, sessions, sync, users
from chinwag.services.secrets import digest
from chinwag.store import tables
from chinwag.store.tx import Caller, Tx
from tests.test_state import seqs
from tests.world import PASSWORD, Client, Fault, Server, Stage, refused, serving, settings

MISSING = 2**50
KEYWORD = "birdsong"
"""What somebody who was removed from the rooms wants to hear of."""
SOON = clock.moment(clock.now() + 30 * clock.DAY).isoformat()


@dataclass
class Target:
    """A room to aim at, with what is in it. What `words` say nobody outside may read; `shown` is in the directory."""

    id: int
    slug: str
    message: int
    user: int
    handle: str
    root: int
    group: int
    notice: int
    file: str = "nothing"
    seq: int = 1
    report: int = MISSING
    scheduled: int = MISSING
    reminder: int = MISSING
    words: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    poll: int = MISSING
    own: list[str] = field(default_factory=list)
    """What Ina alone reads."""
    reported: str = "-"
    """What somebody in it has shown to the administrators."""


NOWHERE = Target(MISSING, "nowhere", MISSING, MISSING, "nobody", MISSING, MISSING, MISSING)

Params = dict[str, Any]
Aim = Callable[[Target], list[Params]]


def _at_room(**params: Any) -> Aim:
    return lambda target: [{"room": target.id, **params}]


def _at_member(**params: Any) -> Aim:
    return lambda target: [{"room": target.id, "user": target.user, **params}]


def _at_message(**params: Any) -> Aim:
    return lambda target: [{"message": target.message, **params}]


AT_ROOM: dict[str, Aim] = {
    "sync.changes": lambda target: [{"topic": f"room:{target.id}", "since": since} for since in (0, 1, MISSING)],
    "rooms.edit": _at_room(name="Mine now"),
    "rooms.archive": _at_room(on=True),
    "rooms.join": _at_room(),
    "rooms.leave": _at_room(),
    "members.page": _at_room(),
    "members.add": _at_room(user=1),
    "members.remove": _at_member(),
    "members.role": _at_member(role="owner"),
    "members.ban": _at_member(),
    "members.unban": _at_member(),
    "members.bans": _at_room(),
    "messages.report": _at_message(reason="I want to see it"),
    "drafts.save": lambda target: [
        {"room": target.id, "body": "let me in"},
        {"room": target.id, "body": "let me in", "thread": target.message},
    ],
    "scheduled.create": _at_room(body="let me in", due_at=SOON),
    "reports.done": lambda target: [{"report": target.report}, {"report": target.report, "erase": True}],
    "messages.post": lambda target: [
        {"room": target.id, "body": "let me in @room", "nonce": "let me in", **more}
        for more in ({}, {"files": [target.file]}, {"thread": target.root}, {"thread": target.root, "also": True})
    ],
    "messages.page": lambda target: [
        {"room": target.id, **place} for place in ({}, {"after": 0}, {"around": 3}, {"thread": target.root})
    ],
    "messages.first": _at_room(at="2000-01-01T00:00:00Z"),
    "messages.edit": _at_message(body="other words"),
    "messages.delete": _at_message(),
    "messages.render": _at_room(body="**hello** @ann"),
    "polls.create": _at_room(question="Who?", options=["me", "you"], nonce="a poll"),
    "polls.vote": lambda target: [{"message": one, "options": [0]} for one in (target.message, target.poll)],
    "polls.close": lambda target: [{"message": one} for one in (target.message, target.poll)],
    "files.page": lambda target: [{"room": target.id}, {"room": target.id, "before": target.file}],
    "files.delete": lambda target: [{"file": target.file}],
    "messages.history": _at_message(),
    "messages.react": _at_message(emoji="🎉", on=True),
    "messages.pin": _at_message(on=True),
    "messages.pins": _at_room(),
    "messages.forward": lambda target: [
        {"message": target.message, "room": 1, "nonce": "a copy for me"},
        {"message": target.message, "room": target.id, "nonce": "a copy for me"},
    ],
    "messages.look": lambda target: [{"room": target.slug, "seq": target.seq}, {"room": target.slug, "seq": 1}],
    "saved.set": _at_message(on=True),
    "saved.done": _at_message(on=True),
    "reads.mark": _at_room(seq=MISSING),
    "reads.unmark": _at_message(),
    "previews.remove": _at_message(place=0),
    "threads.follow": lambda target: [
        {"message": message, "on": on} for message in (target.message, target.root) for on in (True, False)
    ],
    "threads.mark": lambda target: [{"thread": target.root, "seq": 1}],
    "inbox.mark": lambda target: [{"notice": target.notice, "on": on} for on in (True, False)],
    "mine.set": _at_room(starred=True),
    "emoji.add": lambda target: [{"name": "let_me_in", "file": target.file}],
    "presence.here": _at_room(),
    "presence.typing": _at_room(),
}
"""Calls that name a room or something in it."""

AT_LARGE: dict[str, Aim] = {
    "workspace.look": lambda _: [{}],
    "setup.accept": lambda target: [{"token": "stp_x", "name": target.handle, "email": "x@y.zz", "password": PASSWORD}],
    "accounts.signup": lambda target: [{"name": target.handle, "email": "x@y.zz", "password": PASSWORD}],
    "sessions.guest": lambda target: [{"name": target.handle}],
    "accounts.me": lambda _: [{}],
    "accounts.edit": lambda _: [{}],
    "accounts.password": lambda _: [{"old": "not my password", "new": PASSWORD}],
    "sessions.create": lambda target: [{"login": target.handle, "password": PASSWORD}],
    "sessions.resume": lambda _: [{"token": "cwt_x"}],
    "sessions.list": lambda _: [{}],
    "sessions.end": lambda target: [{"session": target.user}, {"session": MISSING}],
    "invites.look": lambda _: [{"token": "inv_x"}],
    "invites.accept": lambda target: [{"token": "inv_x", "name": "X", "email": "x@y.zz", "password": PASSWORD}],
    "invites.create": lambda _: [{}],
    "invites.page": lambda _: [{}],
    "invites.revoke": lambda _: [{"id": 1}],
    "tokens.create": lambda _: [{"label": "another"}],
    "tokens.page": lambda _: [{}],
    "tokens.revoke": lambda target: [{"id": target.user}],
    "sync.start": lambda target: [{}, {"epoch": "x", "topics": {f"room:{target.id}": 1}}],
    "rooms.browse": lambda target: [{}, {"archived": True}, {"query": "canary"}, {"query": target.slug}],
    "rooms.create": lambda target: [{"name": "Another", "kind": "private", "users": [target.user]}],
    "rooms.direct": lambda target: [{"users": [target.user]}],
    "messages.search": lambda target: [
        *({"query": query} for query in ("canary", f"canary in:{target.slug}", f"from:{target.handle}", "-nothing")),
        *({"query": query} for query in ("is:pinned", "is:saved", "has:reaction", "after:2000-01-01", "in:@canaryina")),
        {"query": "canary", "room": target.id},
    ],
    "saved.page": lambda target: [{}, {"done": True}, {"before": target.message}],
    "saved.marks": lambda _: [{}],
    "emoji.page": lambda _: [{}],
    "emoji.remove": lambda _: [{"id": MISSING}],
    "threads.page": lambda _: [{}, {"unread": True}],
    "inbox.page": lambda _: [{}, {"kind": "mention"}, {"kind": "thread"}, {"undone": True}],
    "inbox.mark_all": lambda _: [{}],
    "preferences.set": lambda _: [{"keywords": ["canary"], "shows_seen": True}],
    "push.subscribe": lambda _: [{"endpoint": "https://push.example/x", "p256dh": "x", "auth": "x"}],
    "push.unsubscribe": lambda _: [{"id": MISSING}],
    "push.list": lambda _: [{}],
    "push.test": lambda _: [{"id": MISSING}],
    "push.log": lambda _: [{}],
    "groups.page": lambda _: [{}],
    "groups.create": lambda target: [{"handle": target.handle, "name": "Them", "users": [target.user]}],
    "groups.edit": lambda target: [{"group": target.group, "users": [target.user]}],
    "groups.remove": lambda target: [{"group": target.group}],
    "accounts.status": lambda _: [{}],
    "accounts.quiet": lambda _: [{}],
    "reports.page": lambda target: [{}, {"room": target.id}, {"room": target.id, "done": True}],
    "scheduled.edit": lambda target: [{"id": target.scheduled, "body": "mine now"}],
    "scheduled.cancel": lambda target: [{"id": target.scheduled}],
    "scheduled.page": lambda _: [{}],
    "reminders.create": lambda target: [{"text": "let me in", "due_at": SOON, "message": target.message}],
    "reminders.cancel": lambda target: [{"id": target.reminder}],
    "reminders.page": lambda _: [{}],
    "presence.set": lambda _: [{"state": "online"}],
    "users.page": lambda _: [{}],
    "users.find": lambda target: [{"query": "canary"}, {"query": target.handle}],
    "users.role": lambda _: [{"user": MISSING, "role": "admin"}],
    "users.ban": lambda _: [{"user": MISSING}],
    "users.unban": lambda _: [{"user": MISSING}],
    "users.block": lambda target: [{"user": target.user, "on": True}],
    "users.seen": lambda target: [{"user": target.user}],
    "admin.settings": lambda _: [{}],
    "admin.addresses": lambda _: [{}],
    "admin.lift": lambda _: [{"address": "192.0.2.7"}],
    "admin.audit": lambda _: [{}],
    "admin.stats": lambda _: [{}],
}
"""Calls that name no room."""

ROUTES = {"/ws", "/rpc", "/chat", "/health", "/metrics", "/openrpc.json", "/.*", "/files", "/avatar", "/emoji"} | {
    r"/files/uploads/([\w-]{1,32})",
    r"/files/([\w-]{1,32})/([^/]*)",
    r"/avatars/(?P<user>\d{1,15})/(?P<hash>[0-9a-f]{64})",
    r"/emoji/(?P<hash>[0-9a-f]{64})",
    r"/previews/(?P<hash>[0-9a-f]{64})",
}
FILES = (
    ("GET", "/files/{file}/x"),
    ("HEAD", "/files/{file}/x"),
    ("GET", "/files/{file}/preview"),
    ("GET", "/files/uploads/{file}"),
    ("HEAD", "/files/uploads/{file}"),
    ("PATCH", "/files/uploads/{file}"),
    ("DELETE", "/files/uploads/{file}"),
    ("POST", "/files?room={id}&name=x"),
    ("GET", "/previews/{picture}"),
)
"""What is about a room's files: answered as if they were missing."""
PAGES = ("/ws", "/rpc", "/chat", "/health", "/metrics", "/openrpc.json", "/", "/r/{slug}", "/index.html", "/room/{id}")

JSON = {"Content-Type": "application/json"}

SIGNED_IN = ("owner", "admin", "stranger", "removed", "guest", "bot")
OUTSIDERS = (*SIGNED_IN, "banned", "nobody")


@dataclass
class World:
    """The rooms with their canaries, and everybody who tries to see them."""

    server: Server
    ina: Caller
    ivy: Caller
    targets: dict[str, Target]
    callers: dict[str, Caller]
    tokens: dict[str, str | None]
    group: int

    def hidden(self, kind: str) -> list[Target]:
        """The rooms of which this kind of user may not even know."""
        return [target for target in self.targets.values() if not may_read(kind, target)]

    def canaries(self, kind: str) -> list[str]:
        """What this kind of user must never get."""
        words = [word for target in self.targets.values() for word in target.own]
        words += [word for target in self.hidden(kind) for word in target.words]
        if kind in ("guest", "banned", "nobody"):
            words += [word for target in self.targets.values() for word in target.shown]
            words += ["canaryina", "canaryivy", "canarygroup"]
        if kind not in ("owner", "admin"):
            words += [target.reported for target in self.hidden(kind)]
        return words

    def sings(self, kind: str, data: str) -> list[str]:
        """The canaries in what this kind of user got."""
        return [word for word in self.canaries(kind) if word in data.lower()]


def may_read(kind: str, target: Target) -> bool:
    """Public rooms are read by everybody but guests, whether or not they are in them."""
    return bool(target.shown) and kind not in ("guest", "banned", "nobody")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with serving(settings(tmp_path / "data")) as server:
        yield _people(server)


def _people(server: Server) -> World:
    stage = server.stage
    callers = {
        "owner": stage.add("olga", role="owner"),
        "admin": stage.add("adam", role="admin"),
        "stranger": stage.add("stan"),
        "removed": stage.add("rex"),
        "guest": stage.add("gus", kind="guest", role="guest"),
        "bot": stage.add("bert", kind="bot"),
        "banned": stage.add("ben"),
        "nobody": Caller(),
    }
    ina, ivy = stage.add("canaryina"), stage.add("canaryivy")
    group = stage.call("groups.create", callers["owner"], handle="canarygroup", name="Us", users=[ina.user]).id
    world = World(server, ina, ivy, {}, callers, {}, group)
    stage.call("preferences.set", callers["removed"], keywords=[KEYWORD])
    for name in ("public", "private", "archived", "shelved", "direct"):
        world.targets[name] = _room(world, name)
    for caller in (ina, ivy):  # so that no guest shares a room with them
        stage.act(membership.put_out, room=1, user=caller.user)
    world.tokens = {kind: server.token(caller.user) if caller.user else None for kind, caller in callers.items()}
    stage.call("users.ban", callers["owner"], user=callers["banned"].user)
    return world


def _room(world: World, name: str) -> Target:
    """A room of two, from which a third was removed."""
    stage, ina, ivy, rex = world.server.stage, world.ina, world.ivy, world.callers["removed"]
    if name == "direct":
        room: Room = stage.call("rooms.direct", ina, users=[ivy.user, rex.user])
    else:
        private = name in ("private", "archived")
        given = {"name": f"Canary{name}name", "topic": f"canary{name}topic"}
        room = stage.call(
            "rooms.create", ina, kind="private" if private else "public", users=[ivy.user, rex.user], **given
        )
    assert ina.user is not None
    body = f"canary{name}older, @rex and @room"
    said = stage.call("messages.post", ina, room=room.id, body=body, nonce=f"canary{name}nonce")
    stage.call("messages.edit", ina, message=said.id, body=f"canary{name}body")
    stage.call("messages.pin", ina, message=said.id, on=True)
    stage.call("saved.set", rex, message=said.id, on=True)
    question = {"question": f"canary{name}poll", "options": ["one", "two"], "nonce": f"{name} poll"}
    poll = stage.call("polls.create", ina, room=room.id, **question)
    file = stage.file(ina, room.id, f"canary{name}file.png")
    told = {"room": room.id, "body": "", "nonce": f"canary{name}filenonce", "files": [file]}
    stage.act(_show_picture, message=stage.call("messages.post", ina, **told).id, hash=digest(file))
    root = stage.call("messages.post", rex, room=room.id, body=f"canary{name}root", nonce=f"canary{name}rooted")
    stage.call("messages.post", ivy, room=room.id, body=f"canary{name}answer", nonce=f"canary{name}n", thread=root.id)
    notice = stage.call("inbox.page", ivy).notices[0]
    stage.act(membership.put_out, room=room.id, user=rex.user)
    body = f"canary{name}later, {KEYWORD}"
    stage.call("messages.post", ivy, room=room.id, body=body, nonce=f"canary{name}latest")
    body = f"canary{name}reply, @rex"
    stage.call("messages.post", ina, room=room.id, body=body, nonce=f"canary{name}n", thread=root.id, also=True)
    more = _more_words(stage, ina, ivy, room.id, name)
    if name in ("archived", "shelved"):
        stage.call("rooms.archive", ina, room=room.id, on=True)
    shown = [f"canary{name}name", f"canary{name}topic"] if room.kind == "public" else []
    said_so = ("older", "body", "nonce", "poll", "later", "latest", "name", "topic", "file.png", "filenonce")
    in_threads = ("root", "rooted", "answer", "reply")
    words = [f"canary{name}{what}" for what in said_so + in_threads]
    target = Target(
        *(room.id, room.slug, said.id, ina.user, "canaryina"),
        *(root.id, world.group, notice.id, file, said.seq),
        poll=poll.id,
        **more,
    )
    target.own = [f"canary{name}{what}" for what in ("draft", "scheduled", "reminder")]
    target.words, target.shown = [word for word in words if word not in shown], shown
    return target


def _show_picture(tx: Tx, *, message: int, hash: str) -> None:
    """The preview of a link with this picture."""
    row = {"message": message, "place": 0, "url": "", "title": "", "text": "", "site": "", "image": hash}
    tx.write(insert(tables.previews), {**row, "width": 1, "height": 1, "removed": False})


def _more_words(stage: Stage, ina: Caller, ivy: Caller, room: int, name: str) -> dict[str, Any]:
    """What is kept beside messages: a draft, what is to be said, a reminder, a report."""
    reported = f"canary{name}reported"
    said = stage.call("messages.post", ina, room=room, body=reported, nonce=reported)
    stage.call("messages.report", ivy, message=said.id, reason="rude")
    stage.call("drafts.save", ina, room=room, body=f"canary{name}draft")
    due = {"due_at": clock.moment(clock.now() + clock.DAY)}
    scheduled = stage.call("scheduled.create", ina, room=room, body=f"canary{name}scheduled", **due).id
    reminder = stage.call("reminders.create", ina, text=f"canary{name}reminder", message=said.id, **due).id
    report = stage.call("reports.page", stage.add(f"{name}-admin", role="admin")).reports[0].id
    return {"report": report, "scheduled": scheduled, "reminder": reminder, "reported": reported}


async def ask(world: World, kind: str, method: str, params: Params) -> bytes:
    """A call over HTTP: every byte of its answer."""
    body = msgspec.json.encode({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    response = await world.server.fetch("/rpc", world.tokens[kind], method="POST", body=body, headers=JSON)
    return response.body + str(list(response.headers.get_all())).encode()


async def say(client: Client, method: str, params: Params) -> bytes:
    """A call over the WebSocket: its answer without its id."""
    answer = await client.ask(method, **params)
    return msgspec.json.encode({**answer, "id": 1})


def at_all(world: World, method: str) -> list[Params]:
    """A call's params aimed at all rooms, each once."""
    every = [params for target in world.targets.values() for params in AT_LARGE[method](target)]
    return [params for place, params in enumerate(every) if params not in every[:place]]


def legitimate(method: str, kind: str, target: Target) -> bool:
    """Whoever may read a public room may join it and pass on what is said in it. A report is for administrators."""
    if method == "reports.done":
        return kind in ("owner", "admin")
    return method in ("rooms.join", "messages.forward") and may_read(kind, target)


@contextlib.asynccontextmanager
async def connected(world: World, kinds: Iterable[str]) -> AsyncIterator[dict[str, Client]]:
    """Started connections of these, closed at the end."""
    async with contextlib.AsyncExitStack() as stack:
        clients = {}
        for kind in kinds:
            clients[kind] = await world.server.client(world.tokens[kind])
            stack.push_async_callback(clients[kind].close)
            await clients[kind].start()
        yield clients


@pytest.mark.parametrize("method", METHODS)
def test_every_call_is_aimed_at_foreign_rooms(method: str) -> None:
    assert (method in AT_ROOM) != (method in AT_LARGE), f"tests/test_access_matrix.py does not know how to aim {method}"


def test_every_route_is_tried(server: Server) -> None:
    application: Any = server.app.server.request_callback
    assert {rule.matcher.regex.pattern.rstrip("$") for rule in application.wildcard_router.rules} == ROUTES


async def test_no_call_over_http_gives_away_a_foreign_room(world: World) -> None:
    for kind in OUTSIDERS:
        for method, aim in AT_ROOM.items():
            missing = [await ask(world, kind, method, params) for params in aim(NOWHERE)]
            for name, target in world.targets.items():
                if legitimate(method, kind, target):
                    continue
                answers = [await ask(world, kind, method, params) for params in aim(target)]
                assert world.sings(kind, str(answers)) == [], (kind, method, name)
                if target in world.hidden(kind):
                    assert [_untimed(one) for one in answers] == [_untimed(one) for one in missing], (kind, method)
        for method in AT_LARGE:
            for params in at_all(world, method):
                answer = await ask(world, kind, method, params)
                assert world.sings(kind, str(answer)) == [], (kind, method)


def _untimed(answer: bytes) -> bytes:
    """An answer but for the header `Date`."""
    return b"".join(part for part in answer.split(b"(") if not part.startswith(b"'Date'"))


async def test_no_call_over_an_open_socket_gives_away_a_foreign_room(world: World) -> None:
    async with connected(world, SIGNED_IN) as clients:
        for kind, client in clients.items():
            for method, aim in {**AT_ROOM, **AT_LARGE}.items():
                missing = [await say(client, method, params) for params in aim(NOWHERE)]
                for target in world.targets.values():
                    if legitimate(method, kind, target):
                        continue
                    answers = [await say(client, method, params) for params in aim(target)]
                    if method in AT_ROOM and target in world.hidden(kind):
                        assert answers == missing, (kind, method)
            assert world.sings(kind, "".join(client.heard)) == [], kind


async def test_the_members_of_a_room_do_get_what_the_others_must_not(world: World) -> None:
    world.callers["member"], world.tokens["member"] = world.ivy, world.server.token(world.ivy.user or 0)
    for name, target in world.targets.items():
        got = await ask(world, "member", "messages.page", {"room": target.id})
        got += await ask(world, "member", "sync.changes", {"topic": f"room:{target.id}", "since": 0})
        got += await ask(world, "member", "messages.history", {"message": target.message})
        words = [
            word for word in target.words + target.shown if name != "direct" or not word.endswith(("name", "topic"))
        ]
        assert [word for word in words if word not in str(got).lower()] == []


READS: dict[str, Aim] = {
    "messages.page": AT_ROOM["messages.page"],
    "messages.history": AT_ROOM["messages.history"],
    "messages.pins": AT_ROOM["messages.pins"],
    "messages.look": lambda target: [{"room": target.slug, "seq": target.seq}],
    "files.page": _at_room(),
    "members.page": AT_ROOM["members.page"],
    "presence.here": AT_ROOM["presence.here"],
    "sync.changes": lambda target: [{"topic": f"room:{target.id}", "since": 0}],
}
"""Calls by which a public room is read."""


async def test_a_public_room_is_read_by_everybody_but_guests_and_changed_by_its_members_alone(world: World) -> None:
    for kind in SIGNED_IN:
        for name in ("public", "shelved"):
            target = world.targets[name]
            if not may_read(kind, target):
                continue
            got = [await ask(world, kind, method, params) for method in READS for params in READS[method](target)]
            assert [answer for answer in got if b'"result"' not in answer] == [], (kind, name)
            found = await ask(world, kind, "messages.search", {"query": f"canary{name}later"})
            assert f"canary{name}later".encode() in found
            picture = await world.server.fetch(f"/previews/{digest(target.file)}", world.tokens[kind])
            assert picture.code != 403
            assert [word for word in target.words if word not in str(got).lower()] == [], (kind, name)
            for method in AT_ROOM.keys() - READS.keys() - NEITHER:
                for params in AT_ROOM[method](target):
                    answer = await ask(world, kind, method, params)
                    assert b'"forbidden"' in answer, (kind, method, answer)


NEITHER = {
    "rooms.join",
    "reports.done",
    "messages.first",
    "messages.forward",
    "inbox.mark",
    "drafts.save",
    "saved.set",
    "emoji.add",
}
"""Calls that are no change of a room, or may be of one that one was in."""


async def test_what_is_ones_own_is_for_oneself_alone_and_what_was_reported_for_administrators(world: World) -> None:
    world.tokens |= {"ina": world.server.token(world.ina.user or 0), "ivy": world.server.token(world.ivy.user or 0)}
    for target in world.targets.values():
        own = [await ask(world, "ina", f"{noun}.page", {}) for noun in ("scheduled", "reminders")]
        own.append(await ask(world, "ina", "sync.changes", {"topic": f"user:{world.ina.user}", "since": 0}))
        assert [word for word in target.own if word not in str(own).lower()] == []
        to_admin = str(await ask(world, "admin", "reports.page", {"room": target.id})).lower()
        assert target.reported in to_admin
        assert [word for word in target.words + target.own if word in to_admin] == []
    got = str([await ask(world, "ivy", method, params) for method, params in _all_at(world)]).lower()
    assert [word for target in world.targets.values() for word in target.own if word in got] == []


def _all_at(world: World) -> list[tuple[str, Params]]:
    reads = [method for method, call in METHODS.items() if call.way == "read"]
    aims = {**AT_ROOM, **AT_LARGE}
    return [
        (method, params) for target in world.targets.values() for method in reads for params in aims[method](target)
    ]


async def test_no_route_gives_away_a_foreign_room(world: World) -> None:
    for kind in OUTSIDERS:
        for path in PAGES:
            for target in world.targets.values():
                url = path.format(slug=target.slug, id=target.id)
                response = await world.server.fetch(url, world.tokens[kind])
                assert world.sings(kind, str(response.body)) == [], (kind, path)
        missing = await world.server.fetch("/chat?room=nowhere", world.tokens[kind], method="POST", body="let me in")
        for target in world.targets.values():
            url = f"/chat?room={target.slug}"
            response = await world.server.fetch(url, world.tokens[kind], method="POST", body="let me in")
            if may_read(kind, target):
                assert response.code == 403, (kind, url)
                continue
            assert (response.code, response.body) == (missing.code, missing.body), (kind, url)
            assert response.code == (401 if kind in ("banned", "nobody") else 404)


async def test_no_route_tells_a_foreign_rooms_files_from_missing_ones(world: World) -> None:
    for kind in OUTSIDERS:
        hidden = world.hidden(kind)
        assert len(hidden) >= 3
        for method, path in FILES:
            answers = []
            for target in (NOWHERE, *hidden):
                url = path.format(file=target.file, id=target.id, picture=digest(target.file))
                body = b"let me in" if method in ("POST", "PATCH") else None
                sent = {"Upload-Offset": "0"} if method == "PATCH" else {}
                options = {"method": method, "body": body, "headers": sent}
                response = await world.server.fetch(url, world.tokens[kind], **options)
                assert response.code >= 400, (kind, method, path)
                answers.append((response.code, response.body))
            assert len(set(answers)) == 1, (kind, method, path, answers)


async def test_a_topic_is_open_to_those_alone_who_may_listen_to_it(world: World) -> None:
    for kind in OUTSIDERS:
        caller = world.callers[kind]
        own = set() if kind in ("banned", "nobody") else set(world.server.stage.act(sync.topics_of, caller))
        own |= {f"room:{target.id}" for target in world.targets.values() if may_read(kind, target)}
        missing = {
            "room": await ask(world, kind, "sync.changes", {"topic": f"room:{MISSING}", "since": 0}),
            "user": await ask(world, kind, "sync.changes", {"topic": f"user:{MISSING}", "since": 0}),
            "workspace": await ask(world, kind, "sync.changes", {"topic": "workspaces", "since": 0}),
        }
        for topic in world.server.stage.act(seqs):
            answer = await ask(world, kind, "sync.changes", {"topic": topic, "since": 0})
            if topic in own:
                assert b'"result"' in answer, (kind, topic)
            else:
                assert _untimed(answer) == _untimed(missing[topic.partition(":")[0]]), (kind, topic)


async def test_nothing_that_happens_in_a_foreign_room_is_heard_outside(world: World) -> None:
    world.tokens |= {"ina": world.server.token(world.ina.user or 0), "ivy": world.server.token(world.ivy.user or 0)}
    unheard = [word for target in world.targets.values() for word in target.words + target.own]
    async with connected(world, SIGNED_IN) as outside, connected(world, ("ina", "ivy")) as inside:
        await _much_happens(world, inside["ina"], inside["ivy"])
        await outside["owner"].until(lambda: _tells_of(outside["owner"], {world.ina.user, world.ivy.user}))
        assert "canarypublicnew" in "".join(inside["ivy"].heard)
        for kind, client in outside.items():
            await client.call("accounts.me")
            assert world.sings(kind, "".join(client.heard)) == [], kind
            assert [word for word in unheard if word in "".join(client.heard).lower()] == [], kind
            assert not [one for one in client.notices if one["method"] == "typing"]
        assert not _tells_of(outside["guest"], {world.ina.user})
        assert not _tells_of(outside["guest"], {world.ivy.user})


async def _much_happens(world: World, ina: Client, ivy: Client) -> None:
    for name in ("public", "private", "direct"):
        target = world.targets[name]
        nonce = f"canary{name}new"
        target.words.append(nonce)
        await ina.call("drafts.save", room=target.id, body=f"canary{name}draft again")
        await ina.call("scheduled.create", room=target.id, body=f"canary{name}scheduled again", due_at=SOON)
        said = await ina.call("messages.post", room=target.id, body=nonce, nonce=nonce)
        await ina.call("messages.edit", message=said["id"], body=f"canary{name}body again, @rex")
        answer = {"room": target.id, "body": f"{nonce} @room @rex {KEYWORD}", "thread": target.root}
        await ina.call("messages.post", nonce=f"{nonce}er", **answer)
        await ivy.call("threads.mark", thread=target.root, seq=MISSING)
        await ivy.call("presence.typing", room=target.id)
        await ivy.call("messages.react", message=said["id"], emoji="🎉", on=True)
        await ivy.call("messages.pin", message=said["id"], on=True)
        await ivy.call("saved.set", message=said["id"], on=True)
        await ivy.call("messages.forward", message=said["id"], room=target.id, nonce=f"{nonce}again")
        await ivy.call("reads.unmark", message=said["id"])
        await ivy.call("messages.report", message=said["id"], reason=f"canary{name}draft")
        await ina.call("messages.delete", message=said["id"])
    room = world.targets["private"].id
    await ina.call("rooms.edit", room=room, topic="canaryprivatetopic, changed")
    await ina.call("members.role", room=room, user=world.ivy.user, role="moderator")
    await ivy.call("rooms.leave", room=room)
    await ina.call("members.add", room=room, user=world.ivy.user)
    await ina.call("rooms.archive", room=room, on=True)
    await ivy.call("accounts.edit", name="Canaryivy again")


def _tells_of(client: Client, users: set[int | None]) -> bool:
    rows = [row for one in client.notices if one["method"] == "presence" for row in one["params"]["users"]]
    return users <= {row["user"] for row in rows}


async def test_who_names_a_public_room_hears_it_until_they_may_not_and_a_private_one_is_left_out(world: World) -> None:
    server, public, private = world.server, world.targets["public"], world.targets["private"]
    ina = server.token(world.ina.user or 0)
    named = {f"room:{target.id}": 0 for target in (public, private)}
    async with connected(world, ("stranger", "guest", "owner")) as clients:
        for kind, client in clients.items():
            state = await client.call("sync.start", epoch=client.epoch, topics=named)
            expected = [] if kind == "guest" else [f"room:{public.id}"]
            assert [name for name in named if name in state["topics"]] == expected, kind
            assert not named.keys() & set(state["reset"])
            assert [one["topic"] for one in state["changes"] if one["topic"] in named] == expected
        stranger, owner, guest = clients["stranger"], clients["owner"], clients["guest"]
        for client in clients.values():
            client.heard.clear()
        await server.rpc(ina, "messages.post", room=public.id, body="heardlive", nonce="heardlive")
        await server.rpc(ina, "messages.post", room=private.id, body="heardnever", nonce="heardnever")
        for client in (stranger, owner):
            await client.until(lambda client=client: "heardlive" in "".join(client.heard))  # type: ignore[misc]
        with pytest.raises(Fault) as caught:
            await stranger.call("presence.typing", room=public.id)
        assert caught.value.kind == "forbidden"
        me = world.callers["stranger"].user
        await server.rpc(ina, "members.ban", room=public.id, user=me)
        await server.rpc(ina, "messages.post", room=public.id, body="toolate", nonce="toolate")
        await owner.until(lambda: "toolate" in "".join(owner.heard))
        await stranger.call("accounts.me")
        await guest.call("accounts.me")
        assert "toolate" not in "".join(stranger.heard)
        assert "heardnever" not in "".join(one for client in clients.values() for one in client.heard)
        assert "heardlive" not in "".join(guest.heard)
        with pytest.raises(Fault) as caught:
            await stranger.call("messages.page", room=public.id)
        assert caught.value.kind == "not_found"
        again = await stranger.call("sync.start", epoch=stranger.epoch, topics=named)
        assert not named.keys() & again["topics"].keys()


async def test_the_guests_of_a_room_do_not_hear_of_who_only_reads_it(world: World) -> None:
    server, public = world.server, world.targets["public"]
    gus = world.callers["guest"].user
    server.stage.act(membership.put_out, room=1, user=world.callers["stranger"].user)
    server.stage.act(membership.let_in, room=public.id, newcomers=[gus])
    async with connected(world, ("guest", "admin")) as clients:
        reader = await server.client(world.tokens["stranger"])
        await reader.start()
        await reader.call("sync.start", epoch=reader.epoch, topics={f"room:{public.id}": 0})
        me = world.callers["stranger"].user
        await clients["admin"].until(lambda: _tells_of(clients["admin"], {me}))
        await clients["guest"].call("accounts.me")
        assert not _tells_of(clients["guest"], {me})
        await reader.close()


# A right taken away


async def test_whoever_is_removed_hears_and_gets_nothing_more_on_the_open_socket(world: World) -> None:
    server, target = world.server, world.targets["private"]
    world.tokens["ivy"], ina = server.token(world.ivy.user or 0), server.token(world.ina.user or 0)
    async with connected(world, ["ivy"]) as clients:
        ivy = clients["ivy"]
        await server.rpc(ina, "members.remove", room=target.id, user=world.ivy.user)
        heard = len(ivy.heard)
        await server.rpc(ina, "messages.post", room=target.id, body="canarymuchlater", nonce="canarymuchlater")
        await server.rpc(ina, "presence.typing", room=target.id)
        for method, aim in AT_ROOM.items():
            missing = [await say(ivy, method, params) for params in aim(NOWHERE)]
            assert [await say(ivy, method, params) for params in aim(target)] == missing, method
        for method, aim in AT_LARGE.items():
            for params in aim(NOWHERE):
                await say(ivy, method, params)
        got = "".join(ivy.heard[heard:]).lower()
        assert [word for word in ("canarymuchlater", "typing", *target.words) if word in got] == []
        assert f"room:{target.id}" not in ivy.held


Taking = Callable[[World, int], Any]


async def _ban(world: World, user: int) -> None:
    await world.server.rpc(world.tokens["owner"], "users.ban", user=user)


async def _change_role(world: World, user: int) -> None:
    await world.server.rpc(world.tokens["owner"], "users.role", user=user, role="admin")


async def _end_sessions(world: World, user: int) -> None:
    token = world.server.token(user)
    for session in (await world.server.rpc(token, "sessions.list"))["sessions"]:
        if not session["current"]:
            await world.server.rpc(token, "sessions.end", session=session["id"])


async def _change_password(world: World, user: int) -> None:
    token = world.server.token(user)
    await world.server.rpc(token, "accounts.password", old=PASSWORD, new="another password")


TAKINGS: dict[str, tuple[Taking, int, int]] = {
    "banned": (_ban, CLOSE_BANNED, CLOSE_BANNED),
    "another role": (_change_role, CLOSE_RESTART, CLOSE_SIGNED_OUT),
    "signed out elsewhere": (_end_sessions, CLOSE_SIGNED_OUT, CLOSE_SIGNED_OUT),
    "another password": (_change_password, CLOSE_SIGNED_OUT, CLOSE_SIGNED_OUT),
}
"""What is done, and the close codes of a connection with a token and of one with a cookie."""


@pytest.mark.parametrize("taking", TAKINGS)
async def test_a_right_that_is_taken_away_closes_the_open_sockets_within_a_second(world: World, taking: str) -> None:
    server = world.server
    new = {"name": "Tom", "email": "tom@chat.test", "password": PASSWORD}
    await server.rpc(world.tokens["owner"], "admin.settings", signup=True)
    tom = (await server.rpc(None, "accounts.signup", **new))["id"]
    room = server.stage.call("rooms.create", world.ina, name="Toms", kind="private", users=[tom]).id
    token, cookie = server.token(tom), server.cookie(tom)
    by_token = await server.client(token)
    by_cookie = await server.client(headers={"Cookie": cookie, "Origin": server.url})
    await asyncio.gather(by_token.start(), by_cookie.start())
    act, token_code, cookie_code = TAKINGS[taking]
    await act(world, tom)
    assert [await by_token.closed(1), await by_cookie.closed(1)] == [token_code, cookie_code]
    server.stage.call("messages.post", world.ina, room=room, body="canarylater", nonce="canarylater")
    assert "canarylater" not in "".join(by_token.heard + by_cookie.heard)
    sent = [{"Cookie": cookie}, {} if taking == "another role" else {"Authorization": f"Bearer {token}"}]
    for method, call in METHODS.items():
        if call.signed_in and call.over != "socket":
            for headers in sent:
                params = {**AT_ROOM, **AT_LARGE}[method](world.targets["private"])[0]
                body = msgspec.json.encode({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
                response = await server.fetch("/rpc", method="POST", body=body, headers={**headers, **JSON})
                assert response.code == 401, (method, response.body)
    await by_token.close()
    await by_cookie.close()


@pytest.mark.parametrize(("service", "code"), [(users.ban, CLOSE_BANNED), (sessions.end_others, CLOSE_SIGNED_OUT)])
async def test_who_is_put_out_beside_the_server_is_told_so_too(world: World, service: Any, code: int) -> None:
    """The word of whoever did it may come late, or never: what the database says is enough."""
    server, tom = world.server, world.server.stage.add("tom").user
    client = await server.client(server.token(tom or 0))
    await client.start()
    server.stage.act(service, world.callers["owner"], user=tom)
    await server.rpc(world.tokens["owner"], "messages.post", room=1, body="Hello", nonce="hello")
    assert await client.closed() == code


def test_every_call_looks_afresh_at_whether_the_session_is_over(server: Server) -> None:
    stage = server.stage
    ann = stage.add("ann", role="owner")
    stage.call("messages.post", ann, room=1, body="hello", nonce="1")
    stage.call("sessions.end", ann)
    target = Target(1, "lobby", 1, ann.user or 0, "ann", 1, 1, 1)
    for method, call in METHODS.items():
        if call.signed_in and call.way != "live":
            for params in {**AT_ROOM, **AT_LARGE}[method](target):
                with refused(Unauthorized):
                    stage.call(method, ann, **params)
