"""A transaction as services see it: who calls, the database, and the outbox of what to tell after the commit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Executable,
    String,
    bindparam,
    cast,
    insert,
    literal,
    select,
    update,
)

from chinwag import clock
from chinwag.changes import Change, End, room_topic
from chinwag.store.hot import Among, Hot
from chinwag.store.tables import messages, topics

_RAISE = Hot(
    update(topics).where(topics.c.name == bindparam("topic")).values(seq=topics.c.seq + 1).returning(topics.c.seq)
)
_LOCK = Hot(select(topics.c.seq).where(topics.c.name == bindparam("topic")).with_for_update())
_RAISE_ALL = (
    update(topics)
    .where(topics.c.name.in_(bindparam("names", expanding=True)))
    .values(seq=topics.c.seq + 1)
    .returning(topics.c.name, topics.c.seq)
)
_LOCK_ALL = Hot(
    select(topics.c.name)
    .where(Among(topics.c.name, "names"))
    .order_by(topics.c.name.collate("C"))
    .with_for_update(key_share=True)
)
_ROOMS = Hot(select(messages.c.room).where(Among(messages.c.id, "messages")))
_OPEN = insert(topics)
_SEQS = Hot(select(topics.c.name, topics.c.seq).where(Among(topics.c.name, "names")))


FEW = 8
"""More topics than this are taken by one statement instead of one each."""


def own_seq(user: ColumnElement[int]) -> ColumnElement[int]:
    """The present seq of the own topic of each user in a column."""
    own = topics.alias()
    name = literal("user:", String) + cast(user, String)
    return select(own.c.seq).where(own.c.name == name).correlate_except(own).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls and from where. `user` is None for somebody who is not signed in."""

    user: int | None = None
    session: int | None = None
    address: str = ""
    agent: str = ""
    link: str = ""
    """The configured base URL, for links that are handed out."""
    absent: bool = False
    """The clock acts for them, as they asked it to: no session is needed."""


@dataclass(slots=True)
class Cookie:
    """What a call that signs somebody in or out asks of HTTP: set the session's secret, or clear it."""

    secret: str
    seconds: int


@dataclass(slots=True)
class Tx:
    """One call's view of a transaction. It may share the transaction with other calls; it never commits."""

    db: Connection
    caller: Caller = field(default_factory=Caller)
    outbox: list[Change | End] = field(default_factory=list)
    cookie: Cookie | None = None
    locked: Collection[str] = ()
    """Topics that are locked already."""
    wrote: bool = False
    now: int = field(default_factory=lambda: clock.now())  # noqa: PLW0108  tests set `clock.now`

    def read(self, statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Run a statement that changes nothing."""
        return self.db.execute(statement, values)

    def write(
        self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Run a statement that changes something. A call refuses first, and writes only once nothing can refuse it."""
        self.wrote = True
        return self.db.execute(statement, values)

    def read_hot(self, statement: Hot, values: Mapping[str, Any]) -> Any:
        """The first row of a statement that changes nothing, or None."""
        return statement.first(self.db, values)

    def page_hot(self, statement: Hot, values: Mapping[str, Any]) -> list[Any]:
        """All rows of a statement that changes nothing."""
        return statement.all(self.db, values)

    def write_hot(self, statement: Hot, values: Mapping[str, Any]) -> Any:
        """The first row that a statement that changes something returns, or None."""
        self.wrote = True
        return statement.first(self.db, values)

    def take(self, topic: str) -> int:
        """Lock a topic until the commit and return its next seq, to stamp on the rows that change."""
        row = self.write_hot(_RAISE, {"topic": topic})
        if row is None:
            raise LookupError(f"topic {topic} was never opened")
        return int(row.seq)

    def lock(self, topic: str) -> None:
        """Lock a topic until the commit and leave its seq, so that what is looked at next is still so when it is taken.

        For PostgreSQL, where others write meanwhile; SQLite has one writer, and there is nothing to lock.
        """
        if self.db.dialect.name == "postgresql" and topic not in self.locked:
            self.read_hot(_LOCK, {"topic": topic})

    def lock_first(self, names: set[str]) -> set[str]:
        """Lock all that a batch names, in one order; returns the topics. `message:7` names the room of a message."""
        if self.db.dialect.name != "postgresql":
            return set()
        said = [int(number) for kind, _, number in (name.partition(":") for name in names) if kind == "message"]
        if said:
            names = names | {room_topic(row.room) for row in self.page_hot(_ROOMS, {"messages": said})}
        return {row.name for row in self.page_hot(_LOCK_ALL, {"names": list(names)})} if names else set()

    def take_all(self, names: set[str]) -> dict[str, int]:
        """Take several topics, always in the same order, so that two transactions cannot wait for each other."""
        if len(names) <= FEW:
            return {name: self.take(name) for name in sorted(names)}
        if self.db.dialect.name == "postgresql":
            self.page_hot(_LOCK_ALL, {"names": list(names)})
        return {row.name: row.seq for row in self.write(_RAISE_ALL, {"names": list(names)})}

    def open_topic(self, name: str) -> None:
        """Begin a topic at seq 0."""
        self.write(_OPEN, {"name": name, "seq": 0})

    def seqs(self, names: Sequence[str]) -> dict[str, int]:
        """The present seqs of topics; those that do not exist are left out."""
        rows = self.page_hot(_SEQS, {"names": names}) if names else ()
        return {row.name: row.seq for row in rows}

    def change(self, topic: str, seq: int, **rows: Any) -> None:
        """Tell the topic's listeners, after the commit, the rows that changed at `seq`."""
        self.outbox.append(Change(topic=topic, seq=seq, **rows))

    def end(self, sessions: list[int], code: int) -> None:
        """Close, after the commit, the connections of sessions that are over."""
        if sessions:
            self.outbox.append(End(sessions=sessions, code=code))
