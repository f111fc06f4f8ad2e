"""Rooms: making, finding, joining, leaving, naming and closing them."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from chinwag.changes import WORKSPACE, Room, Who, room_topic
from chinwag.errors import Conflict, Forbidden, Invalid, NotFound
from chinwag.services import access, bans, membership, own
from chinwag.services.names import clean_line, clean_name, clean_slug, skeleton, slug_from
from chinwag.services.shapes import Id, Limit
from chinwag.store import audit, members, rooms, users, workspace
from chinwag.store.tx import Tx

TOPIC = 250
DIRECT = 8
"""So many others in a direct conversation at most."""

Slow = Annotated[int, msgspec.Meta(ge=0, le=6 * 3600)]
Ids = Annotated[list[Id], msgspec.Meta(max_length=100)]
Named = Literal["public", "private"]
"""The kinds of room that people make and name; a direct conversation is neither."""


class Rooms(msgspec.Struct):
    """Some of the directory, and whether there is more."""

    rooms: list[Room]
    more: bool


def browse(tx: Tx, *, query: str = "", archived: bool = False, after: str = "", limit: Limit = 50) -> Rooms:
    """Public rooms by slug, those whose name has a word that begins with `query`; for guests none."""
    if access.me(tx).kind == "guest":
        return Rooms(rooms=[], more=False)
    found = rooms.page_public(tx, query=query.casefold()[:64], archived=archived, after=after, limit=limit + 1)
    return Rooms(rooms=found[:limit], more=len(found) > limit)


def create(
    tx: Tx,
    *,
    name: str,
    slug: str | None = None,
    kind: Named = "public",
    topic: str = "",
    users: Ids = [],  # noqa: B006
) -> Room:
    """Make a room that one owns, with these users in it. Without a `slug` its address is made from its name."""
    me = access.person(tx)
    if workspace.get(tx).creating == "admins" and me.role not in access.ADMINS:
        raise Forbidden("Only administrators make rooms here.")
    people = [user.id for user in access.people(tx, users)]
    membership.check_space(tx, me.id)
    room = found_room(tx, name=name, slug=slug, topic=topic, kind=kind)
    membership.let_in(tx, room, [me.id], role="owner")
    membership.let_in(tx, room, people)
    return rooms.get(tx, room)


def found_room(tx: Tx, *, name: str, slug: str | None, topic: str = "", kind: Named = "public") -> int:
    """Make a room with nobody in it; returns its id. Whoever calls this has asked whether it may be."""
    name, topic = clean_name(name), clean_line(topic, TOPIC, field="topic")
    slug = clean_slug(slug) if slug else _free_slug(tx, slug_from(name))
    _check_free(tx, slug)
    seq = tx.take(WORKSPACE) if kind == "public" else 0
    room = rooms.add(
        tx,
        slug=slug,
        slug_skeleton=skeleton(slug),
        name=name,
        words=_words(name, slug),
        kind=kind,
        topic=topic,
        listed_rev=seq,
    )
    tx.open_topic(room_topic(room))
    if kind == "public":
        tx.change(WORKSPACE, seq, rooms=[rooms.get(tx, room)])
    return room


def edit(
    tx: Tx,
    *,
    room: Id,
    name: str | None = None,
    slug: str | None = None,
    topic: str | None = None,
    posting: Who | None = None,
    slow: Slow | None = None,
) -> Room:
    """Give a room another name, address or topic; say who writes in it, and how many seconds apart."""
    standing = access.managed_room(tx, room)
    present = rooms.get(tx, room)
    name = present.name if name is None else clean_name(name)
    topic = present.topic if topic is None else clean_line(topic, TOPIC, field="topic")
    slug = present.slug if slug is None else clean_slug(slug)
    _check_free(tx, slug, but=room)
    if standing.id == workspace.get(tx).lobby and slug != present.slug:
        raise Conflict("The lobby keeps its address: scripts post to it.", field="slug")
    posting = present.posting if posting is None else posting
    slow = present.slow if slow is None else slow
    given = {"name": name, "slug": slug, "topic": topic, "posting": posting, "slow": slow}
    if all(value == getattr(present, key) for key, value in given.items()):
        return present
    if (posting, slow) != (present.posting, present.slow):
        audit.add(tx, "rooms.edit", f"{standing.named}: posting {posting}, slow {slow} s")
    return _change(tx, present, **given, slug_skeleton=skeleton(slug), words=_words(name, slug))


def archive(tx: Tx, *, room: Id, on: bool = True) -> Room:
    """Close a room for new messages, or open it again. What was said stays readable."""
    access.managed_room(tx, room, rank=2)
    _refuse_lobby(tx, room, "archived")
    present = rooms.get(tx, room)
    return present if present.archived == on else _change(tx, present, archived=on)


def join(tx: Tx, *, room: Id) -> Room:
    """Enter a public room. Whoever enters one without an owner becomes it."""
    found = access.listed_room(tx, room)
    if found.archived:
        raise Conflict("This room is archived.", field="room")
    bans.check_room(tx, room, [access.me(tx).id], field="room")
    membership.let_in(tx, room, [access.me(tx).id], role="member" if members.count_owners(tx, room) else "owner")
    return rooms.get(tx, room)


def leave(tx: Tx, *, room: Id) -> Room:
    """Leave a room, which is gone then. The next in line becomes its owner if nobody else is."""
    standing = access.room(tx, room)
    if standing.kind == "direct":
        raise Conflict("A direct conversation cannot be left.", field="room")
    _refuse_lobby(tx, room, "left")
    membership.put_out(tx, room, access.me(tx).id)
    return own.gone(room)


def direct(tx: Tx, *, users: Ids) -> Room:
    """The one room of exactly these people and oneself; made if it is not there yet."""
    me = access.me(tx)
    people = sorted({user.id for user in access.people(tx, users)} | {me.id})
    if len(people) > DIRECT + 1:
        raise Invalid("users", f"A direct conversation has at most {DIRECT} others: please make a room.")
    key = ",".join(map(str, people))
    room = rooms.find_direct(tx, key)
    if room is None:
        access.check_no_block(tx, people)
        for user in people:
            membership.check_space(tx, user)
        slug = "~" + key.replace(",", "-")  # no room that people name has such an address
        room = rooms.add(
            tx,
            slug=slug,
            slug_skeleton=slug,
            name="",
            words="",
            kind="direct",
            topic="",
            direct_key=key,
            listed_rev=0,
        )
        tx.open_topic(room_topic(room))
        membership.let_in(tx, room, people)
    return rooms.get(tx, room)


def refresh_for_guests(tx: Tx, user: int) -> dict[str, int]:
    """The topics, taken, of the rooms in which a guest sees this user: guests hear of people there."""
    return tx.take_all({room_topic(room) for room in rooms.page_with_guests(tx, user)})


def _change(tx: Tx, present: Room, **values: object) -> Room:
    topic = room_topic(present.id)
    topics = {topic, WORKSPACE} if present.kind == "public" else {topic}
    seqs = tx.take_all(topics)
    if present.kind == "public":
        values["listed_rev"] = seqs[WORKSPACE]
    rooms.change(tx, present.id, rev=seqs[topic], **values)
    room = rooms.get(tx, present.id)
    tx.change(topic, seqs[topic], room=room)
    if present.kind == "public":
        tx.change(WORKSPACE, seqs[WORKSPACE], rooms=[room])
    return room


def _refuse_lobby(tx: Tx, room: int, what: str) -> None:
    if room == workspace.get(tx).lobby:
        raise Conflict(f"The lobby cannot be {what}.", field="room")


def _words(name: str, slug: str) -> str:
    return f" {name} {slug}".casefold()


def _check_free(tx: Tx, slug: str, *, but: int | None = None) -> None:
    taken = rooms.find_skeleton(tx, skeleton(slug))
    if taken is not None and taken != but:
        raise Conflict(f"A room with the address “{slug}”, or one that looks like it, is there already.", field="slug")


def _free_slug(tx: Tx, slug: str) -> str:
    for number in range(2, 100):
        if rooms.find_skeleton(tx, skeleton(slug)) is None:
            return slug
        slug = f"{slug.rstrip('0123456789').rstrip('-')[:60]}-{number}"
    return slug


def find_slug(tx: Tx, *, slug: str | None) -> int:
    """The id of a room that one is in, by its address; of the lobby for None."""
    access.me(tx)
    found = workspace.get(tx).lobby if slug is None else rooms.find_slug(tx, slug)
    return access.room(tx, found or 0).id


def add(tx: Tx, *, slug: str, name: str | None, private: bool, handles: Sequence[str]) -> Room:
    """Make a room with these users, the first of whom owns it: for the command line alone."""
    people = []
    for handle in handles:
        found = users.find_handle(tx, handle.strip().removeprefix("@").lower())
        if found is None:
            raise NotFound(f"user as @{handle}")
        people.append(int(found["id"]))
    room = found_room(tx, name=name or slug, slug=slug, kind="private" if private else "public")
    membership.let_in(tx, room, people[:1], role="owner")
    membership.let_in(tx, room, people[1:])
    audit.add(tx, "room add", slug)
    return rooms.get(tx, room)
