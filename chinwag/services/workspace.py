"""The workspace: what it is called, what it lets people do, and what its administrators did."""

from datetime import datetime
from typing import Literal

import msgspec

from chinwag.changes import WORKSPACE, Settings, Who
from chinwag.clock import moment
from chinwag.services import access, rooms
from chinwag.services.names import clean_name
from chinwag.services.shapes import BIGGEST, Id, Limit
from chinwag.store import audit as audit_store
from chinwag.store import blobs, files, messages, users, workspace
from chinwag.store import rooms as room_store
from chinwag.store.tx import Tx


class Look(msgspec.Struct):
    """What anybody may know before they sign in. `ready` is false until there is an owner."""

    name: str
    guests: bool
    signup: bool
    ready: bool


class Entry(msgspec.Struct):
    """Something that an administrator or a moderator (None: the command line) did."""

    id: int
    at: datetime
    by: int | None
    act: str
    detail: str


class Entries(msgspec.Struct):
    """Some of the audit log, the newest first, and whether there is more."""

    entries: list[Entry]
    more: bool


class Stats(msgspec.Struct):
    """How much there is: people, guests and bots that are not banned, rooms, messages that are not deleted, and files
    with their bytes."""

    people: int
    guests: int
    bots: int
    rooms: int
    messages: int
    files: int
    bytes: int


def look(tx: Tx) -> Look:
    """What the door says: the workspace's name and who may come in."""
    present = workspace.settings(tx)
    return Look(name=present.name, guests=present.guests, signup=present.signup, ready=users.has_owner(tx))


def settings(
    tx: Tx,
    *,
    name: str | None = None,
    guests: bool | None = None,
    signup: bool | None = None,
    creating: Literal["all", "admins"] | None = None,
    calling: Who | None = None,
    previews: bool | None = None,
) -> Settings:
    """Change the workspace's name and what it lets people do."""
    access.admin(tx)
    given = {
        "name": None if name is None else clean_name(name),
        "guests": guests,
        "signup": signup,
        "creating": creating,
        "calling": calling,
        "previews": previews,
    }
    return change_settings(tx, {key: value for key, value in given.items() if value is not None})


def change_settings(tx: Tx, values: dict[str, object]) -> Settings:
    """The same without asking who calls: for `settings` and for the command line's flags."""
    present = workspace.settings(tx)
    values = {key: value for key, value in values.items() if value != getattr(present, key)}
    if not values:
        return present
    seq = tx.take(WORKSPACE)
    workspace.change(tx, **values, rev=seq)
    changed = workspace.settings(tx)
    tx.change(WORKSPACE, seq, settings=changed)
    audit_store.add(tx, "admin.settings", ", ".join(f"{key}: {value}" for key, value in values.items()))
    return changed


def audit(tx: Tx, *, before: Id = BIGGEST, limit: Limit = 50) -> Entries:
    """What administrators and moderators did."""
    access.admin(tx)
    found = audit_store.page(tx, before=before, limit=limit + 1)
    entries = [Entry(id=row.id, at=moment(row.at), by=row.by, act=row.act, detail=row.detail) for row in found[:limit]]
    return Entries(entries=entries, more=len(found) > limit)


def stats(tx: Tx) -> Stats:
    """How much there is in the workspace."""
    access.admin(tx)
    kinds = users.count_kinds(tx)
    return Stats(
        people=kinds.get("person", 0),
        guests=kinds.get("guest", 0),
        bots=kinds.get("bot", 0),
        rooms=room_store.count(tx),
        messages=messages.count(tx),
        files=files.count(tx),
        bytes=blobs.total(tx),
    )


def fill(tx: Tx) -> None:
    """Give an empty database its first rows: the workspace and its lobby."""
    if workspace.exists(tx):
        return
    tx.open_topic(WORKSPACE)
    workspace.add(tx, lobby=0)
    lobby = rooms.found_room(tx, name="Lobby", slug="lobby", topic="Everybody is here.")
    workspace.change(tx, lobby=lobby)
