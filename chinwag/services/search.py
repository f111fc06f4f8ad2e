"""Search: what was said, in the rooms that the caller may read; and rooms, people and files by name."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import UTC, datetime, time, timedelta, tzinfo
from threading import Lock
from zoneinfo import ZoneInfo

import msgspec

from chinwag.changes import File, Message, Room, User
from chinwag.clock import moment, stamp
from chinwag.errors import Invalid
from chinwag.services import access, sync
from chinwag.services.search_query import Asked, read
from chinwag.services.shapes import BIGGEST, Id, Limit
from chinwag.services.snippets import has_all, snippet
from chinwag.store import messages, rooms, search, users, workspace
from chinwag.store.search import Term, Wanted
from chinwag.store.tx import Tx
from chinwag.store.words import NAMED, between, by, having, of_room

ROOMS_MOST = 64
"""Whoever may read more rooms is not looked up room by room: each is a word to find."""

NAMES = 5
"""So many of each kind are found by name."""

FILL = 200
"""So many messages come into the index at once: some 10 ms, in which nothing is posted."""


class Snippet(msgspec.Struct):
    """Where in a message the words stand: of the pieces every second one, beginning with the second, is marked."""

    message: int
    pieces: list[str]


class Found(msgspec.Struct, omit_defaults=True):
    """A file by its name, and where it was posted."""

    file: File
    message: int
    room: int
    seq: int
    by: int
    at: datetime


class Names(msgspec.Struct):
    """What has a name with a word that begins with what was searched for."""

    rooms: list[Room] = []
    users: list[User] = []
    files: list[Found] = []


class Results(msgspec.Struct):
    """Messages, the newest first, whether there are more before the last of them, and the rooms that they stand in.
    `whole` is false while the index of old messages is being made: some may be missing."""

    messages: list[Message]
    snippets: list[Snippet]
    more: bool
    rooms: list[Room]
    names: Names
    whole: bool = True


def find(tx: Tx, *, query: str, before: Id = BIGGEST, limit: Limit = 20, room: Id | None = None) -> Results:
    """Messages that have all that is asked for, in one room or in all that the caller may read, below an id."""
    me = access.me(tx)
    if room is not None:
        access.readable_room(tx, room)
    asked = read(query)
    read_in = rooms.page_readable(tx, me.id)
    state = tuple((one.id, one.seq) for one in read_in), tuple(tx.seqs(sync.topics_of(tx)).items())
    extent = search.extent(tx)
    key = (workspace.get(tx).epoch, state, extent, me.id, query, before, limit, room)
    ids = _cache.get(key)
    if ids is None:
        ids = search.page(tx, _wanted(tx, me, asked, read_in, room), me=me.id, before=before, limit=limit + 1)
        _cache.put(key, ids)
    found = messages.page_these(tx, ids)
    return Results(
        messages=found[:limit],
        snippets=[Snippet(message=one.id, pieces=snippet(one, asked.words)) for one in found[:limit]],
        more=len(found) > limit,
        rooms=[one for one in read_in if one.id in {message.room for message in found[:limit]}],
        names=_names(tx, me, asked, read_in) if before == BIGGEST and room is None else Names(),
        whole=extent[0] == 0,
    )


class _Cache:
    """What searches found, as long as nothing changed in any topic that the caller may listen to: the topics' seqs are
    part of the key, and how much is indexed, so a new post, an edit or a right taken away makes it stale by itself."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, list[int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> list[int] | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, ids: list[int]) -> None:
        with self._lock:
            self._kept[key] = ids
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)


_cache = _Cache(500)


# What is wanted


def _wanted(tx: Tx, me: User, asked: Asked, read_in: list[Room], room: int | None) -> Wanted:
    wanted = Wanted(every=[[term] for term in asked.words], none=list(asked.without))
    for name, value, so in asked.filters:
        if (name, value) == ("is", "saved"):
            wanted.saved = so
            continue
        mark = Term((_mark(tx, me, read_in, name, value),))
        if so:
            wanted.every.append([mark])
        else:
            wanted.none.append(mark)
    _add_dates(tx, wanted, asked, _zone(me))
    looked_in = [one.id for one in read_in] if room is None else [room]
    if len(looked_in) <= ROOMS_MOST:
        wanted.every.append([Term((of_room(one),)) for one in looked_in or [0]])
    return wanted


def _mark(tx: Tx, me: User, read_in: list[Room], name: str, value: str) -> str:
    if name == "from":
        return by(me.id if value.lower() == "me" else _person(tx, me, value))
    if name == "in":
        return of_room(_room(tx, me, read_in, value))
    return having(value)


def _person(tx: Tx, me: User, handle: str) -> int:
    """Somebody whom the caller may know of, by handle."""
    row = users.find_handle(tx, handle.lower())
    known = row is not None and (me.kind != "guest" or row["id"] in {one.id for one in users.page_known_to(tx, me.id)})
    if row is None or not known:
        raise Invalid("query", "“from:” names nobody here: it is followed by a handle, or by “me”.")
    return int(row["id"])


def _room(tx: Tx, me: User, read_in: list[Room], value: str) -> int:
    """One of the rooms that the caller may read by address or name; the conversation with somebody by `@handle`."""
    if value.startswith("@"):
        row = users.find_handle(tx, value[1:].lower())
        pair = {me.id, row["id"]} if row else None
        found = [one.id for one in read_in if one.users and set(one.users) == pair]
    else:
        name = value.casefold()
        named = [one for one in read_in if name in (one.slug, one.name.casefold())]
        found = [one.id for one in sorted(named, key=lambda one: one.slug != name)]
    if not found:
        raise Invalid("query", "“in:” names no room that you may read.")
    return found[0]


def _zone(me: User) -> tzinfo:
    return ZoneInfo(me.zone) if me.zone else UTC


def _add_dates(tx: Tx, wanted: Wanted, asked: Asked, zone: tzinfo) -> None:
    since, until = datetime(1970, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
    for name, day in asked.dates:
        begins = datetime.combine(day, time(), zone)
        ends = datetime.combine(day + timedelta(days=1), time(), zone)
        if name in ("after", "on"):
            since = max(since, begins if name == "on" else ends)
        if name in ("before", "on"):
            until = min(until, begins if name == "before" else ends)
    if asked.dates:
        wanted.since, wanted.until = stamp(since), stamp(until)
        last = min(until, moment(tx.now) + timedelta(days=366))
        wanted.every.append([Term((mark,)) for mark in between(since, last)] or [Term((of_room(0),))])


# Names


def _names(tx: Tx, me: User, asked: Asked, read_in: list[Room]) -> Names:
    if not asked.plain:
        return Names()
    prefix = asked.plain.casefold()
    return Names(
        rooms=rooms.page_named(tx, prefix, user=me.id, public=me.kind != "guest", limit=NAMES),
        users=users.page_matching(tx, prefix.removeprefix("@"), limit=NAMES, known_to=_known_to(me)),
        files=_files(tx, me, asked.words, read_in),
    )


def _known_to(me: User) -> int | None:
    return me.id if me.kind == "guest" else None


def _files(tx: Tx, me: User, terms: list[Term], read_in: list[Room]) -> list[Found]:
    named = [Term(tuple(NAMED + word for word in term.words), term.prefix) for term in terms]
    wanted = Wanted(every=[[term] for term in named])
    if len(read_in) <= ROOMS_MOST:
        wanted.every.append([Term((of_room(one.id),)) for one in read_in] or [Term((of_room(0),))])
    found = messages.page_these(tx, search.page(tx, wanted, me=me.id, before=BIGGEST, limit=NAMES))
    return [
        Found(file=file, message=one.id, room=one.room, seq=one.seq, by=one.author, at=one.at)
        for one in found
        for file in one.files
        if has_all(file.name, terms)
    ][:NAMES]


# The index


def begin_anew(tx: Tx) -> None:
    """Empty the index; `fill` makes it again."""
    search.empty(tx)


def fill(tx: Tx) -> bool:
    """Put the newest messages that are not in the index into it; returns whether there are more."""
    if not search.is_current(tx):
        search.empty(tx)
    rest = search.page_to_fill(tx)
    if rest:
        search.fill(tx, messages.page_up_to(tx, rest, FILL))
    return search.extent(tx)[0] > 0


def follow(tx: Tx) -> bool:
    """Put the oldest messages that were said since into the index; returns whether there may be more."""
    if not search.follows(tx):
        return False
    found = messages.page_from(tx, search.extent(tx)[1], FILL)
    search.follow(tx, found)
    return len(found) == FILL
