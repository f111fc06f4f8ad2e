"""Every table, on one page.

`rev` columns are the seq of the row's topic at its last change; `topics` holds the present seqs. Times are
microseconds since 1970 UTC in integers, so that both databases keep and order them alike.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite hands out row ids only to a column that is INTEGER to the letter.
BigId = BigInteger().with_variant(Integer, "sqlite")

NO = text("false")
YES = text("true")
EMPTY = text("''")
ZERO = text("0")


def _only(which: str) -> dict[str, Any]:
    """The option of an index that holds but some of the rows."""
    return {"sqlite_where": text(which), "postgresql_where": text(which)}


workspace = Table(
    "workspace",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("epoch", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("guests", Boolean, nullable=False),
    Column("signup", Boolean, nullable=False),
    Column("lobby", BigInteger, nullable=False),
    Column("creating", String(8), nullable=False, server_default=text("'all'")),  # who makes rooms: all | admins
    Column("calling", String(10), nullable=False, server_default=text("'all'")),  # who calls @room: all | moderators
    Column("previews", Boolean, nullable=False, server_default=YES),
    Column("rev", BigInteger, nullable=False),
)

topics = Table(
    "topics",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

users = Table(
    "users",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("handle", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("handle_skeleton", Text, nullable=False, unique=True),
    Column("name_skeleton", Text, nullable=False, unique=True),
    Column("words", Text, nullable=False),  # a space, then name and handle folded: what people are found by
    Column("kind", String(8), nullable=False),
    Column("role", String(8), nullable=False),
    Column("email", Text),
    Column("email_key", Text, unique=True),
    Column("password", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("banned_at", BigInteger),
    Column("avatar", Text, nullable=False, server_default=EMPTY),  # the hash of a blob
    Column("pronouns", Text, nullable=False, server_default=EMPTY),
    Column("zone", Text, nullable=False, server_default=EMPTY),  # an IANA time zone
    Column("about", Text, nullable=False, server_default=EMPTY),
    Column("status_emoji", Text, nullable=False, server_default=EMPTY),
    Column("status_text", Text, nullable=False, server_default=EMPTY),
    Column("status_ends_at", BigInteger),
    Column("quiet_until", BigInteger),  # do not disturb
    Column("seen_at", BigInteger),  # when they were last here, of those who show it
    Column("address", Text, nullable=False, server_default=EMPTY),  # where a guest came from
    Column("rev", BigInteger, nullable=False, index=True),
    Index("ix_users_status_ends_at", "status_ends_at"),
    Index("ix_users_quiet_until", "quiet_until"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("user", ForeignKey("users.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),  # browser | token
    Column("hash", String(64), nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger),  # null: until revoked (tokens)
)

invites = Table(
    "invites",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String(8), nullable=False),  # invite | setup
    Column("hash", String(64), nullable=False, unique=True),
    Column("by", ForeignKey("users.id"), index=True),
    Column("uses", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("revoked", Boolean, nullable=False, server_default=NO),
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("slug_skeleton", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("topic", Text, nullable=False),
    Column("members", Integer, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("direct_key", Text, unique=True),  # the sorted user ids of a direct room
    Column("created_at", BigInteger, nullable=False),
    Column("posting", String(10), nullable=False, server_default=text("'all'")),  # who posts: all | moderators
    Column("slow", Integer, nullable=False, server_default=ZERO),  # seconds between two posts of a member
    Column("listened", Boolean, nullable=False, server_default=NO),  # somebody who is or was here has keywords
    Column("rev", BigInteger, nullable=False),
    Column("listed_rev", BigInteger, nullable=False, index=True),  # on the topic `workspace`
)

members = Table(
    "members",
    metadata,
    Column("room", ForeignKey("rooms.id"), primary_key=True),
    Column("user", ForeignKey("users.id"), primary_key=True),
    Column("role", String(10), nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Column("joined_at", BigInteger, nullable=False),
    Column("read_seq", BigInteger, nullable=False),
    Column("notify", String(8), nullable=False, server_default=EMPTY),  # all | mentions | none; empty: as usual
    Column("starred", Boolean, nullable=False, server_default=NO),
    Column("muted_until", BigInteger),
    Column("posted_at", BigInteger),  # kept in rooms with slow mode
    Column("mine_rev", BigInteger, nullable=False),  # on the topic `user:…`
    Index("ix_members_user", "user", "mine_rev"),
    Index("ix_members_rev", "room", "rev"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("room", ForeignKey("rooms.id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Column("author", ForeignKey("users.id"), nullable=False),
    Column("nonce", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("edited_at", BigInteger),
    Column("deleted", Boolean, nullable=False),
    Column("kind", String(8), nullable=False, server_default=EMPTY),  # me | poll; empty: words
    Column("thread", BigInteger),  # the message that this one answers
    Column("also", Boolean, nullable=False, server_default=NO),  # an answer that is shown in the room too
    Column("pinned_at", BigInteger),
    Column("mentions", Text, nullable=False, server_default=EMPTY),  # JSON
    Column("quote", Text, nullable=False, server_default=EMPTY),  # JSON
    Column("parts", Text, nullable=False, server_default=EMPTY),  # JSON: what other tables say of it, see store/parts
    UniqueConstraint("author", "nonce"),
    Index("ix_messages_seq", "room", "seq", unique=True),
    Index("ix_messages_rev", "room", "rev"),
    Index("ix_messages_thread", "thread", "seq", **_only("thread IS NOT NULL")),
    Index("ix_messages_pinned", "room", "pinned_at", **_only("pinned_at IS NOT NULL")),
)

edits = Table(
    "edits",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("message", ForeignKey("messages.id"), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # as it was before
)

quotes = Table(
    "quotes",
    metadata,
    Column("message", ForeignKey("messages.id"), primary_key=True),
    Column("original", ForeignKey("messages.id"), nullable=False, index=True),
)

reactions = Table(
    "reactions",
    metadata,
    Column("message", ForeignKey("messages.id"), primary_key=True),
    Column("emoji", Text, primary_key=True),
    Column("user", ForeignKey("users.id"), primary_key=True),
    Column("at", BigInteger, nullable=False),
)

polls = Table(
    "polls",
    metadata,
    Column("message", ForeignKey("messages.id"), primary_key=True),
    Column("question", Text, nullable=False),
    Column("options", Text, nullable=False),  # JSON
    Column("many", Boolean, nullable=False),
    Column("closed", Boolean, nullable=False),
)

votes = Table(
    "votes",
    metadata,
    Column("message", ForeignKey("messages.id"), primary_key=True),
    Column("user", ForeignKey("users.id"), primary_key=True),
    Column("option", Integer, primary_key=True),
)

follows = Table(
    "follows",
    metadata,
    Column("user", ForeignKey("users.id"), primary_key=True),
    Column("thread", ForeignKey("messages.id"), primary_key=True),
    Column("room", ForeignKey("rooms.id"), nullable=False),
    Column("following", Boolean, nullable=False),
    Column("read_seq", BigInteger, nullable=False),
    Column("unread", Integer, nullable=False),  # the answers of others after it; 0 while not following
    # The newest answer there ever was, or the thread's root: its place; or `threads.LEFT`.
    Column("last", BigInteger, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Index("ix_follows_rev", "user", "rev"),
    Index("ix_follows_last", "user", "last"),
    Index("ix_follows_unread", "user", "unread"),
    Index("ix_follows_thread", "thread"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("user", ForeignKey("users.id"), nullable=False),
    Column("kind", String(10), nullable=False),  # mention | thread | reaction | reminder
    Column("room", ForeignKey("rooms.id")),
    Column("message", ForeignKey("messages.id"), index=True),
    Column("by", ForeignKey("users.id")),
    Column("text", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Index("ix_notices_rev", "user", "rev"),
    Index("ix_notices_done", "user", "done", "id"),
)

groups = Table(
    "groups",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("handle", Text, nullable=False, unique=True),  # "~" and the id once it is removed
    Column("handle_skeleton", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("rev", BigInteger, nullable=False, index=True),
)

group_members = Table(
    "group_members",
    metadata,
    Column("group", ForeignKey("groups.id"), primary_key=True),
    Column("user", ForeignKey("users.id"), primary_key=True),
)

saved = Table(
    "saved",
    metadata,
    Column("user", ForeignKey("users.id"), primary_key=True),
    Column("message", ForeignKey("messages.id"), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Index("ix_saved_rev", "user", "rev"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("user", ForeignKey("users.id"), primary_key=True),
    Column("room", ForeignKey("rooms.id"), primary_key=True),
    Column("thread", BigInteger, primary_key=True, autoincrement=False),  # 0: the room itself
    Column("body", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Index("ix_drafts_rev", "user", "rev"),
)

scheduled = Table(
    "scheduled",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("user", ForeignKey("users.id"), nullable=False),
    Column("room", ForeignKey("rooms.id"), nullable=False),
    Column("thread", BigInteger),
    Column("body", Text, nullable=False),
    Column("html", Text, nullable=False, server_default=EMPTY),
    Column("due_at", BigInteger, nullable=False),
    Column("state", String(8), nullable=False),  # waiting | failed
    Column("problem", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Index("ix_scheduled_due", "state", "due_at"),
    Index("ix_scheduled_rev", "user", "rev"),
)

reminders = Table(
    "reminders",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("user", ForeignKey("users.id"), nullable=False),
    Column("message", ForeignKey("messages.id")),
    Column("text", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("fired", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Index("ix_reminders_due", "fired", "due_at"),
    Index("ix_reminders_rev", "user", "rev"),
)

preferences = Table(
    "preferences",
    metadata,
    Column("user", ForeignKey("users.id"), primary_key=True),
    Column("keywords", Text, nullable=False),  # JSON
    Column("shows_seen", Boolean, nullable=False),
    Column("shows_text", Boolean, nullable=False, server_default=NO),
    Column("rev", BigInteger, nullable=False),
)

blocks = Table(
    "blocks",
    metadata,
    Column("user", ForeignKey("users.id"), primary_key=True),
    Column("blocked", ForeignKey("users.id"), primary_key=True),
)

blobs = Table(
    "blobs",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("due_at", BigInteger, index=True),  # when to look whether anything names it; null: something does
    Column("gone_at", BigInteger, index=True),  # its bytes are being removed
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user", ForeignKey("users.id"), nullable=False, index=True),
    Column("room", ForeignKey("rooms.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False, index=True),
)

files = Table(
    "files",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("room", ForeignKey("rooms.id"), nullable=False),
    Column("message", ForeignKey("messages.id"), index=True),  # null: not posted yet
    Column("place", Integer, nullable=False),
    Column("by", ForeignKey("users.id"), nullable=False, index=True),
    Column("hash", ForeignKey("blobs.hash"), nullable=False, index=True),
    Column("preview", ForeignKey("blobs.hash"), index=True),  # of an image
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("blur", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_files_room", "room", "created_at"),
)

previews = Table(
    "previews",
    metadata,
    Column("message", ForeignKey("messages.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("image", ForeignKey("blobs.hash"), index=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("removed", Boolean, nullable=False),
)

emoji = Table(
    "emoji",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", Text, unique=True),  # null once it was removed
    Column("hash", ForeignKey("blobs.hash"), index=True),
    Column("by", ForeignKey("users.id"), nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("rev", BigInteger, nullable=False, index=True),
)

reports = Table(
    "reports",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("message", ForeignKey("messages.id"), nullable=False),
    Column("room", ForeignKey("rooms.id"), nullable=False, index=True),
    Column("by", ForeignKey("users.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Column("done_by", ForeignKey("users.id")),
    UniqueConstraint("message", "by"),
)

room_bans = Table(
    "room_bans",
    metadata,
    Column("room", ForeignKey("rooms.id"), primary_key=True),
    Column("user", ForeignKey("users.id"), primary_key=True),
    Column("by", ForeignKey("users.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
)

address_bans = Table(
    "address_bans",
    metadata,
    Column("address", Text, primary_key=True),  # of an IPv6 one its /64
    Column("by", ForeignKey("users.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("by", ForeignKey("users.id")),  # null: the command line
    Column("act", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

push_key = Table(
    "push_key",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("private", Text, nullable=False),
    Column("open", Boolean, nullable=False),  # this server sends to push services
)

devices = Table(
    "devices",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("user", ForeignKey("users.id"), nullable=False, index=True),
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("endpoint", Text, nullable=False, unique=True),
    Column("p256dh", Text, nullable=False),
    Column("auth", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("sent_at", BigInteger),
)

# What is to be pushed to devices, and, once it was, the log of it.
pushes = Table(
    "pushes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("user", ForeignKey("users.id"), nullable=False),
    Column("device", ForeignKey("devices.id", ondelete="SET NULL")),
    Column("name", Text, nullable=False),  # the device's
    Column("kind", String(8), nullable=False),  # message | reminder | test | read
    Column("tag", String(32), nullable=False),  # a device shows one notification of each
    Column("message", ForeignKey("messages.id")),
    Column("notice", ForeignKey("notices.id")),
    Column("at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("state", String(8), nullable=False),  # waiting | sending | sent | failed
    Column("problem", Text, nullable=False),
    Column("shown", Boolean, nullable=False),  # the device may still show it
    Index("ix_pushes_due", "state", "due_at"),
    Index("ix_pushes_user", "user", "id"),
    Index("ix_pushes_device", "device", "tag"),
)

# The index of words itself is made in migration 0002, as each database has its own kind: see store/search.
search_state = Table(
    "search_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),  # of the rules by which words are cut
    Column("rest", BigInteger, nullable=False),  # messages up to this id are not in the index yet
    Column("top", BigInteger, nullable=False, server_default=ZERO),  # nor are those after this one, on SQLite
)
