"""Emoji: the pictures of the workspace's own, added by members, written `:name:`."""

import re
from typing import Annotated

import msgspec

from chinwag.changes import WORKSPACE, Emoji
from chinwag.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from chinwag.services import access, files
from chinwag.services.emoji_table import by_name
from chinwag.services.files import FileId
from chinwag.services.shapes import Id, Limit, Seq
from chinwag.store import audit, emoji
from chinwag.store.tx import Tx

MOST = 2_000
"""Emoji of one workspace, so that a client can hold them all."""

PICTURE_MOST = 256 * 1024

NAME = re.compile(r"[a-z0-9_+-]{2,32}")

Name = Annotated[str, msgspec.Meta(max_length=64)]


class EmojiPage(msgspec.Struct):
    """Some of the workspace's emoji, by id, and whether there is more."""

    emoji: list[Emoji]
    more: bool


def page(tx: Tx, *, after: Seq = 0, limit: Limit = 100) -> EmojiPage:
    """The workspace's own emoji, for everybody who is signed in."""
    access.me(tx)
    found = emoji.page(tx, after=after, limit=limit + 1)
    return EmojiPage(emoji=found[:limit], more=len(found) > limit)


def check_name(tx: Tx, *, name: Name) -> str:
    """The name of a new one, by somebody who may add it: before its picture is looked at."""
    access.person(tx)
    if not NAME.fullmatch(name):
        raise Invalid("name", "A name is made of 2 to 32 of a-z, 0-9, “_”, “-” and “+”.")
    if name in by_name():
        raise Conflict(f"“:{name}:” is {by_name()[name]} already: please choose another name.", field="name")
    if emoji.find_name(tx, name) is not None:
        raise Conflict(f"There is a “:{name}:” already: please choose another name.", field="name")
    if emoji.count(tx) >= MOST:
        raise Conflict(f"There are {MOST:,} emoji already: please remove some first.", field="name")
    return name


def sent(tx: Tx, *, name: Name, file: FileId) -> str:
    """The bytes of a file of one's own, which nobody has posted, as the picture of a new one; by their hash."""
    check_name(tx, name=name)
    found = files.unposted(tx, file)
    if found.size > PICTURE_MOST:
        raise TooLarge("The picture of an emoji has at most 256 KB.", field="file")
    return str(found.hash)


def add(tx: Tx, *, name: Name, hash: str) -> Emoji:
    """Let everybody use a picture, whose bytes are held, by a name."""
    tx.lock(WORKSPACE)
    check_name(tx, name=name)
    user = tx.caller.user
    assert user is not None
    seq = tx.take(WORKSPACE)
    row = emoji.add(tx, name=name, hash=hash, by=user, rev=seq)
    tx.change(WORKSPACE, seq, emoji=[row])
    return row


def remove(tx: Tx, *, id: Id) -> Emoji:
    """Take one away: one's own, or as an administrator anybody's. Where it was used, its name stays."""
    me = access.person(tx)
    found = emoji.find(tx, id)
    if found is None:
        raise NotFound("emoji")
    if found.by != me.id and me.role not in access.ADMINS:
        raise Forbidden("Only who added it and administrators can remove an emoji.")
    seq = tx.take(WORKSPACE)
    row = emoji.remove(tx, id, by=found.by, hash=found.hash, rev=seq)
    tx.change(WORKSPACE, seq, emoji=[row])
    if found.by != me.id:
        audit.add(tx, "emoji.remove", f":{found.name}:")
    return row
