"""The shapes on the wire: rows, changes, and the three kinds of topic.

Everything a client is ever told about the chat is one of these rows. The module knows nothing of
databases, sockets or calls; `schema.py` writes the client's types from it.
"""

from datetime import datetime
from typing import Literal

import msgspec

Kind = Literal["person", "guest", "bot"]
Role = Literal["owner", "admin", "member", "guest"]
RoomKind = Literal["public", "private", "direct"]
MemberRole = Literal["owner", "moderator", "member"]
State = Literal["online", "away", "offline"]
Notify = Literal["all", "mentions", "none"]
Who = Literal["all", "moderators"]
MessageKind = Literal["", "me", "poll"]
NoticeKind = Literal["mention", "thread", "reaction", "reminder"]

WORKSPACE = "workspace"


def room_topic(room: int) -> str:
    """The topic of what every member of a room sees."""
    return f"room:{room}"


def user_topic(user: int) -> str:
    """The topic of what is one user's own; every connection of the user listens to it."""
    return f"user:{user}"


class Row(msgspec.Struct, kw_only=True):
    """A versioned row, always with all its fields: `rev` is the seq of its topic's last change to it.

    A row with `deleted` is a tombstone: drop what is kept of it.
    """

    rev: int = 0
    deleted: bool = False


class Status(msgspec.Struct, omit_defaults=True):
    """What somebody is at, until it ends."""

    emoji: str = ""
    text: str = ""
    ends_at: datetime | None = None


class User(Row):
    """A person, a guest or a bot with a name. Whoever is banned keeps their row, for what they said."""

    id: int
    handle: str
    name: str
    kind: Kind
    role: Role
    banned: bool = False
    avatar: str = ""
    """The path of the picture, once one is set."""
    pronouns: str = ""
    zone: str = ""
    """An IANA time zone, such as `Europe/Vienna`."""
    about: str = ""
    status: Status | None = None
    quiet_until: datetime | None = None
    """Until then they are not to be disturbed."""


class Room(Row):
    """Where messages are. `seq` is the version of its topic when the row was read."""

    id: int
    slug: str
    name: str
    kind: RoomKind
    topic: str = ""
    seq: int = 0
    members: int = 0
    archived: bool = False
    posting: Who = "all"
    slow: int = 0
    """Seconds between two posts of a member."""
    users: list[int] = []
    """Of a direct room alone: exactly these people."""
    gone: bool = False
    """On one's own topic: one is no longer in it. Such a row says nothing else of the room."""


class Member(Row):
    """A user in a room; a tombstone without a role when they have left."""

    room: int
    user: int
    role: MemberRole | None


class Replies(msgspec.Struct):
    """The answers to a message: how many, when the last was given, and by whom (the latest five, the last first)."""

    count: int
    last_at: datetime
    users: list[int]


class Reaction(msgspec.Struct):
    """Who put this emoji to a message, in the order in which they did. One of the workspace's own is `:name:`."""

    emoji: str
    users: list[int]


class File(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A file of a message, at `/files/<id>/<name>`; images have a preview at `/files/<id>/preview`."""

    id: str
    name: str
    type: str
    size: int
    width: int = 0
    height: int = 0
    blur: str = ""
    """A tiny picture to show before the preview has come, as a data URL."""
    preview: bool = False


class Preview(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What is behind a link of a message; its picture, if it has one, comes from this server."""

    place: int
    url: str
    title: str
    text: str = ""
    site: str = ""
    image: str = ""
    width: int = 0
    height: int = 0


class Poll(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A question and its answers, and who chose which: a list of users for each option."""

    question: str
    options: list[str]
    votes: list[list[int]]
    many: bool = False
    """Whether one may choose several."""
    closed: bool = False


class Quote(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A message that was passed on, as it was then. Whoever may read its room finds it at `message`."""

    message: int
    room: int
    seq: int
    author: int
    at: datetime
    html: str


class Parts(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What others added to a message."""

    replies: Replies | None = None
    reactions: list[Reaction] = []
    files: list[File] = []
    previews: list[Preview] = []
    poll: Poll | None = None


class Message(Row):
    """What a user said. `seq` is its place in the room; a tombstone keeps no text."""

    id: int
    room: int
    seq: int
    author: int
    at: datetime
    nonce: str = ""
    body: str = ""
    html: str = ""
    kind: MessageKind = ""
    thread: int | None = None
    """The message that this one answers; it stands in that message's thread, and with `also` in the room too."""
    also: bool = False
    mentions: list[str] = []
    """Who is called: `user:3`, `group:2`, `here`, `room`."""
    quote: Quote | None = None
    pinned: bool = False
    replies: Replies | None = None
    reactions: list[Reaction] = []
    files: list[File] = []
    previews: list[Preview] = []
    poll: Poll | None = None
    edited_at: datetime | None = None


class Mine(Row):
    """One's own view of a room; a tombstone once one is no longer its member.

    `unread` counts the messages of others after `read_seq` that stand in the room, as of the room's seq in `at_seq`:
    whoever has newer messages of the room adds them. It stops counting at 1,000. `mentions` counts those that call one;
    `draft` is what one has begun to write in it; `bans`, for those who moderate the room, who is kept out of it.
    """

    room: int
    role: MemberRole
    read_seq: int = 0
    unread: int = 0
    at_seq: int = 0
    mentions: int = 0
    notify: Notify = "all"
    starred: bool = False
    muted_until: datetime | None = None
    draft: str = ""
    bans: int = 0


class Thread(Row):
    """One's own view of a thread that one follows (or, with `following` false, no longer does).

    `unread` counts the answers of others after `read_seq`.
    """

    thread: int
    room: int
    following: bool = True
    read_seq: int = 0
    unread: int = 0


class Notice(Row):
    """Something in the inbox: one was mentioned, a thread that one follows was answered, somebody reacted to what one
    said, or a reminder is due. `text` is the emoji, or what to remember."""

    id: int
    kind: NoticeKind
    at: datetime
    room: int | None = None
    message: int | None = None
    by: int | None = None
    text: str = ""
    done: bool = False


class Saved(Row):
    """A message that one keeps for later."""

    message: int
    room: int
    at: datetime
    done: bool = False


class Draft(Row):
    """What one has begun to write in a room, or in one of its threads; a tombstone when it is empty, and so over."""

    room: int
    at: datetime
    thread: int = 0
    body: str = ""


class Scheduled(Row):
    """What one will say at a time to come; `problem` says why it could not be said."""

    id: int
    room: int
    body: str
    due_at: datetime
    html: str = ""
    thread: int | None = None
    problem: str = ""


class Reminder(Row):
    """What one will be reminded of, or, once it has `fired`, has been."""

    id: int
    text: str
    due_at: datetime
    message: int | None = None
    fired: bool = False


class Preferences(Row):
    """What one has set for oneself on all devices: words that one wants to hear of, whose direct messages one does not
    want, whether others see when one was last here, and whether notifications that are pushed hold what was said."""

    keywords: list[str] = []
    blocked: list[int] = []
    shows_seen: bool = False
    shows_text: bool = False


class Counts(Row):
    """How much is undone in one's inbox, and in how many threads that one follows something is unread."""

    inbox: int = 0
    threads: int = 0


class Group(Row):
    """People who are called together, by `@handle`."""

    id: int
    handle: str
    name: str
    users: list[int] = []


class Emoji(Row):
    """A picture of the workspace's own, written `:name:`."""

    id: int
    by: int
    name: str = ""
    url: str = ""


class Settings(Row):
    """What the workspace lets people do, and its name."""

    name: str = "Chinwag"
    guests: bool = False
    signup: bool = False
    creating: Literal["all", "admins"] = "all"
    """Who makes rooms."""
    calling: Who = "all"
    """Who calls everybody by `@room`."""
    previews: bool = True


class Change(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What listeners of a topic are told after a commit: the rows that changed, as they now are.

    It takes a holder of `since` (`seq` − 1 where absent) to `seq`. `reset` says that too much has changed to
    tell: drop the topic's rows and read afresh.
    """

    topic: str
    seq: int
    since: int | None = None
    reset: bool = False
    room: Room | None = None
    messages: list[Message] = []
    members: list[Member] = []
    users: list[User] = []
    rooms: list[Room] = []
    mine: list[Mine] = []
    settings: Settings | None = None
    threads: list[Thread] = []
    notices: list[Notice] = []
    saved: list[Saved] = []
    drafts: list[Draft] = []
    scheduled: list[Scheduled] = []
    reminders: list[Reminder] = []
    preferences: Preferences | None = None
    counts: Counts | None = None
    groups: list[Group] = []
    emoji: list[Emoji] = []


class End(msgspec.Struct):
    """These sessions are over: their connections close with `code`. It goes between processes, not to clients."""

    sessions: list[int]
    code: int


class Presence(msgspec.Struct):
    """Who is here now."""

    user: int
    state: State


class PresenceChange(msgspec.Struct):
    """Who came, went or fell idle in about the last second."""

    users: list[Presence]


class Typing(msgspec.Struct, omit_defaults=True):
    """Somebody is writing in a room, or in a thread of it; forget it after six seconds."""

    room: int
    user: int
    thread: int = 0
