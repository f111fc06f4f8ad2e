"""Staying in step: what a client that holds a topic at some seq is told to be at the present one."""

from typing import Annotated

import msgspec

from chinwag.changes import (
    WORKSPACE,
    Change,
    Counts,
    Draft,
    Group,
    Mine,
    Preferences,
    Presence,
    Room,
    Settings,
    User,
    room_topic,
    user_topic,
)
from chinwag.errors import CLOSE_BANNED, CLOSE_SIGNED_OUT
from chinwag.services import access, own
from chinwag.services.shapes import Seq
from chinwag.store import (
    drafts,
    emoji,
    groups,
    members,
    messages,
    notices,
    preferences,
    reminders,
    rooms,
    saved,
    scheduled,
    threads,
    users,
    workspace,
)
from chinwag.store import sessions as session_store
from chinwag.store.tx import Tx

FAR = 300
"""Whoever is more changes behind than this reads afresh."""

TopicName = Annotated[str, msgspec.Meta(max_length=32)]
Held = Annotated[dict[TopicName, Seq], msgspec.Meta(max_length=600)]
People = Annotated[
    msgspec.Raw, msgspec.Meta(extra_json_schema={"type": "array", "items": {"$ref": "#/components/schemas/User"}})
]
"""Users, as JSON: a thousand are written once for all who come, and not by the loop."""


class Start(msgspec.Struct):
    """Everything that a client needs to be in step; `docs/protocol.md` says how to take it in."""

    epoch: str
    me: User
    users: People
    rooms: list[Room]
    mine: list[Mine]
    settings: Settings
    topics: dict[str, int]
    changes: list[Change]
    reset: list[str]
    presence: list[Presence]
    counts: Counts
    groups: list[Group]
    preferences: Preferences
    drafts: list[Draft]
    later: int
    """How many scheduled messages and reminders one has."""


def topics_of(tx: Tx) -> list[str]:
    """What the caller listens to without asking for it."""
    me = access.me(tx)
    own = [user_topic(me.id), *map(room_topic, members.page_rooms(tx, me.id))]
    return own if me.kind == "guest" else [WORKSPACE, *own]


def heard(tx: Tx, *, topics: Held | None = None) -> list[str]:
    """The same, and those of these topics that the caller listens to by asking for it: of rooms that they may read
    without being in them."""
    own = topics_of(tx)
    others = (topics or {}).keys() - set(own)
    return own + [name for name in sorted(others) if access.may_hear(tx, name)]


def start(tx: Tx, *, epoch: str | None = None, topics: Held | None = None) -> Start:
    """The present state, and the way to it from what the client holds."""
    me = access.me(tx)
    present = workspace.get(tx)
    held = topics or {}
    seqs = tx.seqs(heard(tx, topics=held))
    kept = {name: seq for name, seq in held.items() if name in seqs and epoch == present.epoch}
    changes = [catch_up(tx, name, since, seqs[name]) for name, since in kept.items() if since != seqs[name]]
    if me.kind == "guest":
        people = _as_json(users.page_known_to(tx, me.id))
    elif WORKSPACE in kept and not any(change.reset for change in changes if change.topic == WORKSPACE):
        people = _as_json([])
    else:
        people = _everyone.page(tx, present.epoch, seqs[WORKSPACE])
    return Start(
        epoch=present.epoch,
        me=me,
        users=people,
        rooms=rooms.page_of_user(tx, me.id),
        mine=members.page_mine(tx, me.id),
        settings=workspace.settings(tx),
        topics=seqs,
        changes=[change for change in changes if not change.reset],
        reset=[name for name in held if name in seqs and name not in kept]
        + [change.topic for change in changes if change.reset],
        presence=[],
        counts=own.count(tx, [me.id])[me.id],
        groups=[] if me.kind == "guest" else groups.page_all(tx),
        preferences=preferences.get(tx, me.id),
        drafts=drafts.page(tx, me.id),
        later=scheduled.count(tx, me.id) + reminders.count(tx, me.id),
    )


class _Everyone:
    """All people, read once for each seq of the workspace: a thousand take 15 ms, and after a restart all come at
    once."""

    def __init__(self) -> None:
        self._kept: tuple[str, int, msgspec.Raw] = ("", -1, _as_json([]))

    def page(self, tx: Tx, epoch: str, seq: int) -> msgspec.Raw:
        """All people as they are at a seq of the workspace."""
        kept = self._kept
        if kept[:2] != (epoch, seq):
            kept = self._kept = (epoch, seq, _as_json(users.page_since(tx, -1)))
        return kept[2]


def _as_json(people: list[User]) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(people))


_everyone = _Everyone()


def changes(tx: Tx, *, topic: TopicName, since: Seq) -> Change:
    """What changed in a topic since a seq that one holds."""
    access.topic(tx, topic)
    change = catch_up(tx, topic, since, tx.seqs([topic])[topic])
    return Change(topic=topic, seq=change.seq, reset=True) if change.reset else change


def catch_up(tx: Tx, topic: str, since: int, seq: int) -> Change:
    """The same without asking who calls: for `start` and `changes`, and for a hub that missed something."""
    if since > seq or seq - since > FAR:
        return Change(topic=topic, seq=seq, since=since, reset=True)
    change = Change(topic=topic, seq=seq, since=since)
    kind, _, number = topic.partition(":")
    if kind == "room":
        _catch_up_room(tx, change, int(number), since)
    elif kind == "user":
        _catch_up_user(tx, change, int(number), since)
    else:
        change.users = users.page_since(tx, since)
        change.emoji = emoji.page_since(tx, since)
        change.rooms = rooms.page_listed_since(tx, since)
        settings = workspace.settings(tx)
        change.settings = settings if settings.rev > since else None
        change.groups = groups.page_since(tx, since)
    return change


def _catch_up_user(tx: Tx, change: Change, user: int, since: int) -> None:
    change.mine = members.page_mine_since(tx, user, since)
    change.rooms = _rooms_of(tx, change.mine)
    change.saved = saved.page_since(tx, user, since)
    change.threads = threads.page_since(tx, user, since)
    change.notices = notices.page_since(tx, user, since)
    change.counts = own.count(tx, [user])[user]
    change.drafts = drafts.page_since(tx, user, since)
    change.scheduled = scheduled.page_since(tx, user, since)
    change.reminders = reminders.page_since(tx, user, since)
    present = preferences.get(tx, user)
    change.preferences = present if present.rev > since else None
    if len(change.threads) + len(change.notices) > own.TOLD_MOST:
        change.reset = True
        change.threads, change.notices = [], []


def _catch_up_room(tx: Tx, change: Change, number: int, since: int) -> None:
    room = rooms.get(tx, number)
    change.room = room if room.rev > since else None
    change.messages = messages.page_since(tx, number, since)
    change.members = members.page_since(tx, number, since)
    change.users = users.page_these(tx, [member.user for member in change.members])


class Present(msgspec.Struct):
    """Where topics are, and which sessions are over: the codes that their connections are closed with."""

    topics: dict[str, int]
    over: dict[int, int]


def present(tx: Tx, *, topics: list[str], sessions: dict[int, int]) -> Present:
    """What became of these topics and sessions, which are those users': for the server itself."""
    alive = session_store.page_alive(tx, list(sessions))
    over = {session: user for session, user in sessions.items() if alive.get(session) != user}
    banned = {user.id for user in users.page_these(tx, list(over.values())) if user.banned}
    codes = {session: CLOSE_BANNED if user in banned else CLOSE_SIGNED_OUT for session, user in over.items()}
    return Present(topics=tx.seqs(topics), over=codes)


def missed(tx: Tx, *, topic: str, since: int) -> Change:
    """What a hub tells its listeners of a topic when it finds that it missed something.

    Too much or not, of a user's own topic the hub needs the rows: they say which rooms the user has been put out of.
    """
    change = catch_up(tx, topic, since, tx.seqs([topic]).get(topic, 0))
    kind, _, number = topic.partition(":")
    if change.reset and kind == "user":
        change.mine = members.page_mine_since(tx, int(number), -1)
        change.rooms = _rooms_of(tx, change.mine)
    return change


def _rooms_of(tx: Tx, views: list[Mine]) -> list[Room]:
    return [*(rooms.get(tx, view.room) for view in views if not view.deleted), *own.all_gone(views)]
