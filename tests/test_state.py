"""State + changes = state read afresh, for every call that changes something, on each kind of database.

A call without a scenario fails by name: whoever adds a call that writes adds its scenarios here.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from chinwag import clock
from chinwag.changes import WORKSPACE, Change, Message, Row
from chinwag.rpc import METHODS
from chinwag.services import invites, previews, pushing, sync, webpush, workspace
from chinwag.store import tables
from chinwag.store.tx import Caller, Tx
from tests.push_service import Browser
from tests.world import PASSWORD, Stage, State, apply, empty_state, plain

WRITES = [name for name, call in METHODS.items() if call.way == "write"]
SILENT = {
    "accounts.password",
    "sessions.create",
    "sessions.end",
    "invites.create",
    "invites.revoke",
    "tokens.create",
    "tokens.revoke",
    "messages.report",
    "admin.lift",
    "push.subscribe",
    "push.unsubscribe",
    "push.test",
}
"""These change what nobody listens to."""


@dataclass
class Cast:
    """A workspace in use: an owner, an administrator, members, a guest; rooms of each kind; words."""

    stage: Stage
    ann: Caller
    amy: Caller
    bob: Caller
    cleo: Caller
    gus: Caller
    ops: int
    open: int
    direct: int
    by_ann: int
    by_bob: int
    answer: int
    crew: int


Scenario = Callable[[Cast], tuple[Caller | None, dict[str, Any]]]

POLL = {"question": "When?", "options": ["Now", "Later", "Never"], "many": True}
FUTURE = datetime(2099, 1, 1, tzinfo=UTC)
NEW = {"name": "Newcomer", "email": "new@chat.test", "password": PASSWORD}

SCENARIOS: dict[str, list[tuple[str, Scenario]]] = {
    "setup.accept": [("the first owner", lambda c: (None, {**NEW, "token": setup_link(c.stage)}))],
    "accounts.signup": [("somebody", lambda c: (None, NEW))],
    "sessions.guest": [("a guest", lambda c: (None, {"name": "Newcomer"}))],
    "accounts.edit": [
        ("a name", lambda c: (c.ann, {"name": "Another"})),
        ("a guest's name", lambda c: (c.gus, {"name": "Another"})),
        ("the handle of somebody in rooms without guests", lambda c: (c.cleo, {"handle": "another"})),
        ("nothing", lambda c: (c.ann, {})),
        ("what one says of oneself", lambda c: (c.bob, {"pronouns": "they", "zone": "Asia/Tokyo", "about": "Me"})),
        ("only the address", lambda c: (c.ann, {"email": "another@chat.test", "password": PASSWORD})),
    ],
    "accounts.status": [
        ("an emoji with an end", lambda c: (c.bob, {"emoji": "🌴", "text": "Away", "ends_at": in_an_hour()})),
        ("a guest's", lambda c: (c.gus, {"text": "Here"})),
        ("nothing", lambda c: (c.bob, {})),
    ],
    "accounts.quiet": [
        ("for an hour", lambda c: (c.bob, {"until": in_an_hour()})),
        ("no more", lambda c: (quiet(c), {})),
        ("nothing", lambda c: (c.bob, {})),
    ],
    "accounts.password": [("a password", lambda c: (c.ann, {"old": PASSWORD, "new": "another password"}))],
    "sessions.create": [("somebody", lambda c: (None, {"login": "ann", "password": PASSWORD}))],
    "sessions.end": [("one's own", lambda c: (c.bob, {}))],
    "invites.accept": [
        ("somebody", lambda c: (None, {**NEW, "token": c.stage.call("invites.create", c.ann).token})),
    ],
    "invites.create": [("an invite", lambda c: (c.bob, {}))],
    "invites.revoke": [("an invite", lambda c: (c.bob, {"id": c.stage.call("invites.create", c.bob).id}))],
    "tokens.create": [("a token", lambda c: (c.bob, {"label": "a script"}))],
    "tokens.revoke": [("a token", lambda c: (c.bob, {"id": c.stage.call("tokens.create", c.bob, label="x").id}))],
    "rooms.create": [
        ("a public one", lambda c: (c.ann, {"name": "New"})),
        ("a private one with a guest", lambda c: (c.bob, {"name": "New", "kind": "private", "users": [c.gus.user]})),
    ],
    "rooms.edit": [
        ("a private one", lambda c: (c.bob, {"room": c.ops, "name": "Operations", "topic": "Work"})),
        ("a public one", lambda c: (c.bob, {"room": c.open, "slug": "another"})),
        ("who writes in it, and how fast", lambda c: (c.bob, {"room": c.open, "posting": "moderators", "slow": 30})),
        ("nothing", lambda c: (c.bob, {"room": c.open})),
    ],
    "rooms.archive": [
        ("a public one", lambda c: (c.bob, {"room": c.open, "on": True})),
        ("a private one", lambda c: (c.ann, {"room": c.ops, "on": True})),
        ("what is open already", lambda c: (c.ann, {"room": c.ops, "on": False})),
    ],
    "rooms.join": [
        ("a public one", lambda c: (c.amy, {"room": c.open})),
        ("where one is", lambda c: (c.cleo, {"room": c.open})),
    ],
    "rooms.leave": [
        ("a member", lambda c: (c.cleo, {"room": c.open})),
        ("the last owner", lambda c: (c.ann, {"room": c.ops})),
        ("the last of all", lambda c: (c.cleo, {"room": alone(c)})),
    ],
    "rooms.direct": [
        ("a new one", lambda c: (c.ann, {"users": [c.cleo.user, c.gus.user]})),
        ("one that is there", lambda c: (c.bob, {"users": [c.ann.user]})),
    ],
    "members.add": [
        ("somebody", lambda c: (c.ann, {"room": c.ops, "user": c.cleo.user})),
        ("one who had left", lambda c: (c.ann, {"room": c.ops, "user": left(c).user})),
        ("nobody new", lambda c: (c.ann, {"room": c.ops, "user": c.bob.user})),
    ],
    "members.remove": [
        ("a moderator", lambda c: (c.ann, {"room": c.ops, "user": c.bob.user})),
        ("a guest", lambda c: (c.bob, {"room": c.ops, "user": c.gus.user})),
    ],
    "members.role": [
        ("an owner more", lambda c: (c.ann, {"room": c.ops, "user": c.bob.user, "role": "owner"})),
        ("the same", lambda c: (c.ann, {"room": c.ops, "user": c.bob.user, "role": "moderator"})),
    ],
    "members.ban": [
        ("a guest", lambda c: (c.bob, {"room": c.ops, "user": c.gus.user})),
        ("somebody who is not in it", lambda c: (c.bob, {"room": c.ops, "user": c.cleo.user})),
        ("twice", lambda c: (c.bob, {"room": c.ops, "user": kept_out(c).user})),
    ],
    "members.unban": [
        ("somebody", lambda c: (c.bob, {"room": c.ops, "user": kept_out(c).user})),
        ("who is not", lambda c: (c.bob, {"room": c.ops, "user": c.gus.user})),
    ],
    "messages.post": [
        ("a message", lambda c: (c.gus, {"room": c.ops, "body": "new", "nonce": "new"})),
        ("files", lambda c: (c.bob, {"room": c.ops, "body": "", "nonce": "new", "files": two_files(c)})),
        ("files in an answer", lambda c: (c.bob, say(c, "", thread=c.by_ann, files=two_files(c)))),
        ("a call by name", lambda c: (c.ann, say(c, "@bob and @gus and @nobody"))),
        ("a call of everybody", lambda c: (c.ann, say(c, "@room"))),
        ("a call of a group", lambda c: (c.ann, say(c, "@crew"))),
        ("a keyword", lambda c: (c.ann, say(c, "a big Release"))),
        ("a first answer", lambda c: (c.gus, say(c, "an answer", thread=c.by_ann))),
        ("another answer, with a call", lambda c: (c.gus, say(c, "@ann", thread=c.by_bob))),
        ("an answer shown in the room", lambda c: (c.ann, say(c, "an answer", thread=c.by_bob, also=True))),
        ("an answer to what is gone", lambda c: (c.ann, say(c, "an answer", thread=without_root(c)))),
        ("where one had begun another", lambda c: (drafting(c), {"room": c.ops, "body": "new", "nonce": "new"})),
    ],
    "messages.edit": [
        ("a message", lambda c: (c.ann, {"message": c.by_ann, "body": "edited"})),
        ("a call", lambda c: (c.ann, {"message": c.by_ann, "body": "@bob @gus"})),
        ("no call any more", lambda c: (c.ann, {"message": calling(c), "body": "nobody"})),
        ("a call in an answer", lambda c: (c.ann, {"message": c.answer, "body": "@bob"})),
    ],
    "messages.report": [("a message", lambda c: (c.gus, {"message": c.by_ann, "reason": "Rude"}))],
    "reports.done": [
        ("with the message", lambda c: (c.amy, {"report": reported(c), "erase": True})),
        ("the same", lambda c: (c.amy, {"report": reported(c)})),
    ],
    "drafts.save": [
        ("a new one", lambda c: (c.gus, {"room": c.ops, "body": "I think "})),
        ("in a thread", lambda c: (c.gus, {"room": c.ops, "body": "I think ", "thread": c.by_ann})),
        ("emptied", lambda c: (drafting(c), {"room": c.ops, "body": ""})),
        ("the same", lambda c: (drafting(c), {"room": c.ops, "body": "I think"})),
        ("nothing", lambda c: (c.bob, {"room": c.ops, "body": ""})),
    ],
    "scheduled.create": [("for later", lambda c: (c.gus, {"room": c.ops, "body": "new", "due_at": in_an_hour()}))],
    "scheduled.edit": [
        ("the words", lambda c: (c.bob, {"id": to_say(c), "body": "other"})),
        ("the time", lambda c: (c.bob, {"id": to_say(c), "due_at": in_an_hour()})),
        ("nothing", lambda c: (c.bob, {"id": to_say(c)})),
    ],
    "scheduled.cancel": [("for later", lambda c: (c.bob, {"id": to_say(c)}))],
    "reminders.create": [
        ("of something", lambda c: (c.gus, {"text": "Tea", "due_at": in_an_hour()})),
        ("of a message", lambda c: (c.gus, {"text": "", "message": c.by_ann, "due_at": in_an_hour()})),
    ],
    "reminders.cancel": [
        (
            "of something",
            lambda c: (c.bob, {"id": c.stage.call("reminders.create", c.bob, text="Tea", due_at=in_an_hour()).id}),
        ),
    ],
    "messages.delete": [
        ("one's own", lambda c: (c.ann, {"message": c.by_ann})),
        ("another's", lambda c: (c.ann, {"message": c.by_bob})),
        ("a poll with votes", lambda c: (c.ann, {"message": voted(c)})),
        ("one with files", lambda c: (c.bob, {"message": with_files(c).id})),
        ("what was passed on", lambda c: (c.ann, {"message": passed_on(c)})),
        ("what called people", lambda c: (c.ann, {"message": calling(c)})),
        ("an answer", lambda c: (c.ann, {"message": c.answer})),
    ],
    "files.delete": [
        ("one of two", lambda c: (c.ann, {"file": with_files(c).files[0].id})),
        ("the only thing of a message", lambda c: (c.bob, {"file": with_files(c, one=True).files[0].id})),
        ("one that nobody posted, which was in vain", lambda c: (c.bob, {"file": two_files(c)[0]})),
    ],
    "messages.react": [
        ("one", lambda c: (c.gus, {"message": c.by_ann, "emoji": "🎉", "on": True})),
        ("one more", lambda c: (c.bob, {"message": reacted(c), "emoji": "🎉", "on": True})),
        ("no longer", lambda c: (c.ann, {"message": reacted(c), "emoji": "🎉", "on": False})),
        ("the same", lambda c: (c.ann, {"message": reacted(c), "emoji": "🎉", "on": True})),
    ],
    "messages.pin": [
        ("a message", lambda c: (c.bob, {"message": c.by_ann, "on": True})),
        ("the same", lambda c: (c.bob, {"message": c.by_ann, "on": False})),
    ],
    "messages.forward": [
        ("a message", lambda c: (c.bob, {"message": c.by_ann, "room": c.direct, "body": "look", "nonce": "f"})),
        ("without a word", lambda c: (c.bob, {"message": c.by_ann, "room": c.open, "nonce": "f"})),
    ],
    "saved.set": [
        ("a message", lambda c: (c.gus, {"message": c.by_ann, "on": True})),
        ("no longer", lambda c: (c.gus, {"message": kept(c), "on": False})),
        ("the same", lambda c: (c.gus, {"message": kept(c), "on": True})),
    ],
    "saved.done": [
        ("a message", lambda c: (c.gus, {"message": kept(c), "on": True})),
        ("the same", lambda c: (c.gus, {"message": kept(c), "on": False})),
    ],
    "polls.create": [
        ("a poll", lambda c: (c.gus, {"room": c.ops, **POLL, "nonce": "new"})),
        ("one that is there", lambda c: (c.ann, {"room": c.ops, **POLL, "nonce": poll(c) and "poll"})),
    ],
    "polls.vote": [
        ("a choice", lambda c: (c.gus, {"message": poll(c), "options": [1]})),
        ("another", lambda c: (c.bob, {"message": voted(c), "options": [1, 2]})),
        ("none any more", lambda c: (c.bob, {"message": voted(c), "options": []})),
        ("the same", lambda c: (c.bob, {"message": voted(c), "options": [0]})),
    ],
    "polls.close": [("by a moderator", lambda c: (c.bob, {"message": voted(c)}))],
    "previews.remove": [
        ("one's own", lambda c: (c.ann, {"message": linked(c, c.ann), "place": 0})),
        ("another's", lambda c: (c.bob, {"message": linked(c, c.gus), "place": 0})),
    ],
    "emoji.remove": [
        ("one's own", lambda c: (c.bob, {"id": party(c)})),
        ("another's", lambda c: (c.amy, {"id": party(c)})),
    ],
    "threads.follow": [
        ("a message", lambda c: (c.gus, {"message": c.by_ann, "on": True})),
        ("a thread, by its answer", lambda c: (c.gus, {"message": c.answer, "on": True})),
        ("no more", lambda c: (c.bob, {"message": c.by_bob, "on": False})),
        ("what is followed already", lambda c: (c.bob, {"message": c.by_bob, "on": True})),
        ("what was followed once", lambda c: (unfollowing(c), {"message": c.by_bob, "on": True})),
    ],
    "threads.mark": [
        ("some", lambda c: (c.bob, {"thread": c.by_bob, "seq": 99})),
        ("mentions by one who does not follow", lambda c: (unfollowing(c), {"thread": called_there(c), "seq": 99})),
        ("what is read already", lambda c: (c.bob, {"thread": c.by_bob, "seq": 0})),
    ],
    "inbox.mark": [
        ("one", lambda c: (c.bob, {"notice": notice(c), "on": True})),
        ("what is undone already", lambda c: (c.bob, {"notice": notice(c), "on": False})),
    ],
    "inbox.mark_all": [
        ("some", lambda c: (c.bob, {})),
        ("nothing", lambda c: (c.cleo, {})),
    ],
    "mine.set": [
        ("a level", lambda c: (c.bob, {"room": c.ops, "notify": "none"})),
        ("a star and a pause", lambda c: (c.bob, {"room": c.ops, "starred": True, "muted_until": FUTURE})),
        ("nothing", lambda c: (c.bob, {"room": c.ops, "notify": "all", "muted_until": None})),
    ],
    "preferences.set": [
        ("keywords", lambda c: (c.ann, {"keywords": ["deploy"], "shows_seen": True})),
        ("what is pushed", lambda c: (c.bob, {"shows_text": True})),
        ("nothing", lambda c: (c.ann, {"keywords": []})),
    ],
    "groups.create": [("a group", lambda c: (c.amy, {"handle": "team", "name": "Team", "users": [c.bob.user]}))],
    "groups.edit": [
        ("a group", lambda c: (c.amy, {"group": c.crew, "name": "The crew", "users": [c.ann.user]})),
        ("nothing", lambda c: (c.amy, {"group": c.crew})),
    ],
    "groups.remove": [("a group", lambda c: (c.amy, {"group": c.crew}))],
    "reads.mark": [
        ("some", lambda c: (c.gus, {"room": c.ops, "seq": 6})),
        ("from the future", lambda c: (c.gus, {"room": c.ops, "seq": 2**53 - 1})),
        ("what calls one", lambda c: (c.bob, {"room": c.ops, "seq": 99})),
        ("what is read already", lambda c: (c.gus, {"room": c.ops, "seq": 0})),
    ],
    "reads.unmark": [
        ("a message", lambda c: (having_read(c), {"message": c.by_bob})),
        ("what is unread already", lambda c: (c.ann, {"message": c.by_bob})),
    ],
    "users.role": [
        ("an administrator more", lambda c: (c.ann, {"user": c.bob.user, "role": "admin"})),
        ("one of a room from which somebody is banned", lambda c: (c.ann, {"user": beside_a_ban(c), "role": "admin"})),
        ("the same", lambda c: (c.ann, {"user": c.bob.user, "role": "member"})),
    ],
    "users.ban": [
        ("a member", lambda c: (c.amy, {"user": c.bob.user})),
        ("a guest", lambda c: (c.amy, {"user": c.gus.user})),
        ("twice", lambda c: (c.amy, {"user": banned(c).user})),
    ],
    "users.block": [
        ("somebody", lambda c: (c.bob, {"user": c.gus.user, "on": True})),
        ("no more", lambda c: (blocking(c), {"user": c.gus.user, "on": False})),
        ("who is not", lambda c: (c.bob, {"user": c.gus.user, "on": False})),
    ],
    "users.unban": [
        ("somebody", lambda c: (c.amy, {"user": banned(c).user})),
        ("who is not", lambda c: (c.amy, {"user": c.bob.user})),
    ],
    "admin.settings": [
        ("a name", lambda c: (c.ann, {"name": "Our chat", "guests": False})),
        ("who makes rooms and calls everybody", lambda c: (c.ann, {"creating": "admins", "calling": "moderators"})),
        ("nothing", lambda c: (c.ann, {"guests": True})),
    ],
    "push.subscribe": [("a browser", lambda c: (c.bob, browser(c)))],
    "push.unsubscribe": [("this one", lambda c: (c.bob, {"id": device(c)}))],
    "push.test": [("this one", lambda c: (c.bob, {"id": device(c)}))],
    "admin.lift": [("an address", lambda c: (c.amy, {"address": away(c)}))],
}
NOTHING = {"nothing", "only the address", "what is open already", "where one is", "one that is there", "nobody new"} | {
    "the same",
    "what is read already",
    "twice",
    "what is unread already",
    "what is followed already",
    "what is undone already",
    "who is not",
    "one that nobody posted, which was in vain",
}
"""These change nothing that anybody listens to, so nothing is told."""


def browser(cast: Cast) -> dict[str, str]:
    cast.stage.act(pushing.open_up, on=True, fresh=webpush.make_key())
    made = Browser()
    return {"endpoint": "https://push.example/1", "p256dh": made.p256dh, "auth": made.auth}


def device(cast: Cast) -> int:
    made: int = cast.stage.call("push.subscribe", cast.bob, **browser(cast)).id
    return made


def poll(cast: Cast) -> int:
    made: int = cast.stage.call("polls.create", cast.ann, room=cast.ops, nonce="poll", **POLL).id
    return made


def voted(cast: Cast) -> int:
    made = poll(cast)
    cast.stage.call("polls.vote", cast.bob, message=made, options=[0])
    return made


def linked(cast: Cast, by: Caller) -> int:
    """A message with a preview of its link."""
    said: int = cast.stage.call("messages.post", by, room=cast.ops, body="https://page.test/", nonce="linked").id
    found = previews.Found("https://page.test/", "A page", "About it")
    cast.stage.act(previews.keep, message=said, own="http://chat.test", found=found)
    return said


def setup_link(stage: Stage) -> str:
    url: str = stage.act(invites.make_setup_link)
    return url.partition("#")[2]


def two_files(cast: Cast) -> list[str]:
    return [cast.stage.file(cast.bob, cast.ops) for _ in range(2)]


def with_files(cast: Cast, *, one: bool = False) -> Message:
    files = two_files(cast)[: 1 if one else 2]
    message: Message = cast.stage.call("messages.post", cast.bob, room=cast.ops, body="", nonce="files", files=files)
    return message


def alone(cast: Cast) -> int:
    room: int = cast.stage.call("rooms.create", cast.cleo, name="Alone").id
    return room


def left(cast: Cast) -> Caller:
    cast.stage.call("rooms.leave", cast.gus, room=cast.ops)
    return cast.gus


def banned(cast: Cast) -> Caller:
    cast.stage.call("users.ban", cast.amy, user=cast.cleo.user)
    return cast.cleo


def passed_on(cast: Cast) -> int:
    for room in (cast.open, cast.direct, cast.ops):
        cast.stage.call("messages.forward", cast.bob, message=cast.by_ann, room=room, nonce=f"to {room}")
    return cast.by_ann


def party(cast: Cast) -> int:
    return cast.stage.emoji(cast.bob, "blob")


def reacted(cast: Cast) -> int:
    cast.stage.call("messages.react", cast.ann, message=cast.by_ann, emoji="🎉", on=True)
    return cast.by_ann


def kept(cast: Cast) -> int:
    cast.stage.call("saved.set", cast.gus, message=cast.by_ann, on=True)
    return cast.by_ann


def say(cast: Cast, body: str, **options: Any) -> dict[str, Any]:
    return {"room": cast.ops, "body": body, "nonce": body or "files", **options}


def calling(cast: Cast) -> int:
    message: int = cast.stage.call("messages.post", cast.ann, **say(cast, "@bob @gus @room @crew")).id
    return message


def without_root(cast: Cast) -> int:
    cast.stage.call("messages.delete", cast.bob, message=cast.by_bob)
    return cast.by_bob


def unfollowing(cast: Cast) -> Caller:
    cast.stage.call("threads.follow", cast.bob, message=cast.by_bob, on=False)
    return cast.bob


def called_there(cast: Cast) -> int:
    cast.stage.call("messages.post", cast.ann, **say(cast, "@bob, please", thread=cast.by_bob))
    return cast.by_bob


def notice(cast: Cast) -> int:
    found: int = cast.stage.call("inbox.page", cast.bob, kind="mention").notices[0].id
    return found


def in_an_hour() -> datetime:
    return clock.moment(clock.now()) + timedelta(hours=1)


def quiet(cast: Cast) -> Caller:
    cast.stage.call("accounts.quiet", cast.bob, until=in_an_hour())
    return cast.bob


def kept_out(cast: Cast) -> Caller:
    cast.stage.call("members.ban", cast.bob, room=cast.ops, user=cast.gus.user)
    return cast.gus


def beside_a_ban(cast: Cast) -> int:
    cast.stage.call("members.add", cast.ann, room=cast.ops, user=cast.cleo.user)
    cast.stage.call("members.ban", cast.ann, room=cast.ops, user=cast.stage.add("dan").user)
    return cast.cleo.user or 0


def drafting(cast: Cast) -> Caller:
    cast.stage.call("drafts.save", cast.gus, room=cast.ops, body="I think")
    return cast.gus


def reported(cast: Cast) -> int:
    cast.stage.call("messages.report", cast.gus, message=cast.by_bob, reason="Rude")
    report: int = cast.stage.call("reports.page", cast.amy).reports[0].id
    return report


def to_say(cast: Cast) -> int:
    made: int = cast.stage.call("scheduled.create", cast.bob, room=cast.ops, body="new", due_at=in_an_hour()).id
    return made


def blocking(cast: Cast) -> Caller:
    cast.stage.call("users.block", cast.bob, user=cast.gus.user, on=True)
    return cast.bob


def away(cast: Cast) -> str:
    visitor = cast.stage.call("sessions.guest", Caller(address="192.0.2.7"), name="Rowdy")
    cast.stage.call("users.ban", cast.amy, user=visitor.id, address=True)
    return "192.0.2.7"


def having_read(cast: Cast) -> Caller:
    cast.stage.call("reads.mark", cast.ann, room=cast.ops, seq=99)
    return cast.ann


def build(stage: Stage) -> Cast:
    """The cast in its rooms, with a history of every kind of change."""
    owner = stage.call("setup.accept", token=setup_link(stage), name="Ann", email="ann@chat.test", password=PASSWORD)
    ann, gus = stage.sign_in(owner.id), stage.add("gus", role="guest", kind="guest")
    amy, bob, cleo = stage.add("amy", role="admin"), stage.add("bob"), stage.add("cleo")
    stage.act(workspace.change_settings, values={"guests": True, "signup": True})
    ops = stage.call("rooms.create", ann, name="Ops", kind="private", users=[bob.user, gus.user]).id
    stage.call("members.role", ann, room=ops, user=bob.user, role="moderator")
    public = stage.call("rooms.create", bob, name="Open", users=[cleo.user]).id
    direct = stage.call("rooms.direct", ann, users=[bob.user]).id
    said = [
        stage.call("messages.post", by, room=ops, body=f"{number}", nonce=f"{number}").id
        for number, by in enumerate((ann, bob, ann, gus, bob))
    ]
    stage.call("messages.post", ann, room=direct, body="hello", nonce="direct")
    stage.call("messages.edit", bob, message=said[4], body="edited")
    stage.call("messages.delete", gus, message=said[3])
    stage.call("preferences.set", bob, keywords=["release"])
    crew = stage.call("groups.create", ann, handle="crew", name="Crew", users=[bob.user, cleo.user]).id
    answer = stage.call("messages.post", ann, room=ops, body="an answer", nonce="answer", thread=said[1]).id
    stage.call("messages.post", ann, room=ops, body="@bob", nonce="call")
    return Cast(stage, ann, amy, bob, cleo, gus, ops, public, direct, said[0], said[1], answer, crew)


# What is held and compared


def seqs(tx: Tx) -> dict[str, int]:
    return {row.name: row.seq for row in tx.read(select(tables.topics))}


def take_in(state: State, change: dict[str, Any]) -> None:
    """What `apply` does, and what there is one of."""
    apply(state, change)
    for kind in ("settings", "counts", "preferences"):
        if kind in change:
            state.setdefault(kind, {})[0] = change[kind]


def read(stage: Stage, topic: str) -> State:
    """A topic's state, read afresh."""
    state = empty_state()
    take_in(state, plain(stage.act(sync.catch_up, topic=topic, since=0, seq=stage.act(seqs)[topic])))
    return state


def comparable(state: State) -> State:
    """What must be equal however it was come by: all but what a row only tells as of when it was read."""
    told = copy.deepcopy(state)
    for room in told["rooms"].values():
        room.pop("seq", None)
    for mine in told["mine"].values():
        mine.pop("unread", None)
        mine.pop("at_seq", None)
    for counts in told.setdefault("counts", {}).values():
        counts.pop("rev", None)
    return {**told, "counts": {0: told["counts"].get(0) or {"inbox": 0, "threads": 0, "deleted": False}}}


def of_all(state: State) -> State:
    """The same of all topics at once; of what everyone has their own is compared topic by topic."""
    return {**comparable(state), "mine": {}, "threads": {}}


def of_topic(state: State, topic: str) -> State:
    """What a holder of this topic alone knows by it for sure: what is told of a row in another topic is left out."""
    told = comparable(state)
    kind = topic.partition(":")[0]
    for room in told["rooms"].values() if kind == "workspace" else ():
        for name in ("members", "rev"):
            room.pop(name, None)
    if kind == "user":
        told["rooms"] = {room: {} for room in told["rooms"] if room in told["mine"]}
    if kind == "room" and topic not in ("room:1", "room:2"):
        told["users"] = {}  # no guest is in it: whoever listens to it knows people from the workspace
    return told


def check_unread(stage: Stage, rows: list[dict[str, Any]], user: int) -> None:
    """The unread counts of these `mine` rows are what a recount gives."""
    for mine in (row for row in rows if not row.get("deleted")):
        messages = read(stage, f"room:{mine['room']}")["messages"].values()
        places = range(mine.get("read_seq", 0) + 1, mine.get("at_seq", 0) + 1)
        unread = [row for row in messages if row["seq"] in places and row["author"] != user and in_room(row)]
        assert mine.get("unread", 0) == len(unread), mine


def in_room(row: dict[str, Any]) -> bool:
    return not row.get("thread") or bool(row.get("also"))


def check_stamps(change: Change) -> None:
    """A change's own rows carry its seq."""
    kind = change.topic.partition(":")[0]
    own: list[Row] = [*change.messages, *change.members, *change.mine, *change.saved, *change.emoji]
    own += [*change.threads, *change.notices, *change.groups, *change.drafts, *change.scheduled, *change.reminders]
    own += [row for row in (change.room, change.settings, change.counts, change.preferences) if row is not None]
    own += change.users if kind == "workspace" else []
    assert {row.rev for row in own} <= {change.seq}, change


def without_rev(state: State) -> dict[str, Any]:
    return {kind: {key: {**row, "rev": 0} for key, row in rows.items()} for kind, rows in comparable(state).items()}


def nobody(stage: Stage) -> Cast:
    """The cast before anybody has come."""
    one = Caller()
    return Cast(stage, one, one, one, one, one, *[0] * 7)


CASES = [(method, words, scenario) for method, all_of_it in SCENARIOS.items() for words, scenario in all_of_it]


@pytest.mark.parametrize("method", WRITES)
def test_every_call_that_writes_has_a_scenario(method: str) -> None:
    assert SCENARIOS.get(method), f"{method} writes: add its scenarios to tests/test_state.py"


@pytest.mark.parametrize(("method", "words", "scenario"), CASES, ids=[f"{one[0]}: {one[1]}" for one in CASES])
def test_what_is_held_and_what_is_told_are_what_is_there(
    stage: Stage, method: str, words: str, scenario: Scenario
) -> None:
    cast = build(stage) if method != "setup.accept" else nobody(stage)
    by, params = scenario(cast)
    before = {topic: read(stage, topic) for topic in stage.act(seqs)}
    at, whole = stage.act(seqs), stage.state(list(before))
    stage.told.clear()
    stage.call(method, by, **params)
    changes = [one for one in stage.told if isinstance(one, Change)]
    assert bool(changes) == (method not in SILENT and words not in NOTHING)
    held = {topic: copy.deepcopy(before.get(topic, empty_state())) for topic in stage.act(seqs)}
    for change in changes:
        check_stamps(change)
        rows = plain(change)
        at[change.topic] = at.get(change.topic, 0) + 1
        assert change.seq == at[change.topic]
        known = without_rev(held[change.topic])
        take_in(held[change.topic], rows)
        assert without_rev(held[change.topic]) != known, f"nothing changed in {change.topic}"
        apply(whole, rows)
        if change.mine:
            check_unread(stage, rows["mine"], int(change.topic[5:]))
    assert at == stage.act(seqs)
    assert of_all(whole) == of_all(stage.state(list(at)))
    for topic, state in held.items():
        assert of_topic(state, topic) == of_topic(read(stage, topic), topic), topic


class Historian(Stage):
    """A stage that keeps every state that a topic has had, by its seq."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.states: dict[str, dict[int, State]] = {}

    def act(self, service: Callable[..., Any], by: Caller | None = None, **params: Any) -> Any:
        told = len(self.told)
        result = super().act(service, by, **params)
        if len(self.told) > told:
            for topic, seq in super().act(seqs).items():
                states = self.states.setdefault(topic, {})
                if seq not in states:
                    states[seq] = read(self, topic)
        return result


def _all_of_ones_own(cast: Cast) -> None:
    stage, gus = cast.stage, cast.gus
    stage.call("drafts.save", gus, room=cast.ops, body="I think")
    stage.call("drafts.save", gus, room=cast.ops, body="")
    made = stage.call("scheduled.create", gus, room=cast.ops, body="new", due_at=in_an_hour())
    stage.call("reminders.create", gus, text="Tea", due_at=in_an_hour())
    stage.call("scheduled.cancel", gus, id=made.id)
    stage.call("users.block", gus, user=cast.bob.user, on=True)
    stage.call("accounts.status", gus, text="Busy")


def test_whoever_comes_back_from_any_seq_holds_what_is_there(engine: Engine) -> None:
    stage = Historian(engine)
    cast = build(stage)
    stage.call("rooms.edit", cast.bob, room=cast.open, name="Wide open")
    stage.call("accounts.edit", cast.gus, name="Gustav")
    stage.call("reads.mark", cast.gus, room=cast.ops, seq=6)
    stage.call("saved.set", cast.bob, message=cast.by_bob, on=True)
    stage.call("messages.react", cast.gus, message=cast.by_bob, emoji="👀", on=True)
    stage.call("messages.pin", cast.ann, message=cast.by_bob, on=True)
    stage.call("saved.set", cast.bob, message=cast.by_ann, on=True)
    stage.call("saved.set", cast.bob, message=cast.by_ann, on=False)
    stage.call("members.remove", cast.ann, room=cast.ops, user=cast.bob.user)
    stage.call("messages.delete", cast.ann, message=cast.by_ann)
    for caller in (cast.bob, cast.cleo):
        stage.call("members.add", cast.ann, room=cast.ops, user=caller.user)
    stage.call("rooms.leave", cast.ann, room=cast.ops)
    stage.call("users.ban", cast.amy, user=cast.cleo.user)
    stage.call("rooms.archive", cast.bob, room=cast.open, on=True)
    _all_of_ones_own(cast)
    for topic, states in stage.states.items():
        seq, now = stage.act(seqs)[topic], of_topic(read(stage, topic), topic)
        for since, state in states.items():
            change = plain(stage.act(sync.catch_up, topic=topic, since=since, seq=seq))
            assert (change["seq"], change["since"]) == (seq, since)
            take_in(state, change)
            assert of_topic(state, topic) == now, (topic, since)
        assert plain(stage.act(sync.catch_up, topic=topic, since=seq + 1, seq=seq))["reset"]
    assert set(stage.states) >= {WORKSPACE, "room:1", f"room:{cast.direct}", f"user:{cast.gus.user}"}
