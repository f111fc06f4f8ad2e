"""Files of messages, and uploads that are on their way."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, false, func, insert, select, tuple_, update

from chinwag.changes import File
from chinwag.store import blobs
from chinwag.store.rooms import READABLE
from chinwag.store.tables import emoji, files, messages, previews, uploads
from chinwag.store.tx import Tx

_UPLOAD = select(uploads).where(uploads.c.id == bindparam("id"))
_ADD_UPLOAD = insert(uploads)
_DROP_UPLOAD = delete(uploads).where(uploads.c.id == bindparam("the_id"))
_OLD = select(uploads.c.id).where(uploads.c.created_at < bindparam("before")).limit(100)
_WAITING = select(func.coalesce(func.sum(uploads.c.size), 0))
_OF_USER = select(func.coalesce(func.sum(files.c.size), 0)).where(files.c.by == bindparam("user"))

_ONE = select(files).where(files.c.id == bindparam("id"))
_SOME = select(files).where(files.c.id.in_(bindparam("ids", expanding=True)))
_COUNT = select(func.count()).select_from(files)
_ADD = insert(files)
_ATTACH = update(files).where(files.c.id == bindparam("the_id"), files.c.message.is_(None))
_OF_MESSAGE = select(files).where(files.c.message == bindparam("message")).order_by(files.c.place)
_DROP = delete(files).where(files.c.id.in_(bindparam("ids", expanding=True)))
_UNPOSTED = select(files).where(files.c.message.is_(None), files.c.created_at < bindparam("before")).limit(100)
_PAGE = (
    select(files, messages.c.seq)
    .join(messages, messages.c.id == files.c.message)
    .where(files.c.room == bindparam("the_room"))
    .where(tuple_(files.c.created_at, files.c.id) < tuple_(bindparam("at"), bindparam("file")))
    .order_by(files.c.created_at.desc(), files.c.id.desc())
    .limit(bindparam("most"))
)
_EMOJI = select(emoji.c.id).where(emoji.c.hash == bindparam("hash"), emoji.c.deleted == false()).limit(1)
_PREVIEW = (
    select(previews.c.message)
    .join(messages, messages.c.id == previews.c.message)
    .where(previews.c.image == bindparam("hash"), previews.c.removed == false(), messages.c.deleted == false())
    .where(messages.c.room.in_(READABLE))
    .limit(1)
)


def file_of(row: Any) -> File:
    """What is told of a file."""
    return File(
        id=row.id,
        name=row.name,
        type=row.type,
        size=row.size,
        width=row.width,
        height=row.height,
        blur=row.blur,
        preview=row.preview is not None,
    )


def find_upload(tx: Tx, id: str) -> Row[Any] | None:
    """An upload on its way."""
    return tx.read(_UPLOAD, {"id": id}).first()


def add_upload(tx: Tx, **values: Any) -> None:
    """Begin an upload."""
    tx.write(_ADD_UPLOAD, {**values, "created_at": tx.now})


def remove_upload(tx: Tx, id: str) -> None:
    """It is done, or given up."""
    tx.write(_DROP_UPLOAD, {"the_id": id})


def page_uploads_before(tx: Tx, before: int) -> list[str]:
    """Uploads begun before a time."""
    return list(tx.read(_OLD, {"before": before}).scalars())


def count_upload_bytes(tx: Tx, user: int | None = None) -> int:
    """How many bytes are announced by uploads on their way: somebody's, or all."""
    statement = _WAITING if user is None else _WAITING.where(uploads.c.user == user)
    return int(tx.read(statement).scalar_one())


def count_bytes(tx: Tx, user: int) -> int:
    """How many bytes somebody's files have."""
    return int(tx.read(_OF_USER, {"user": user}).scalar_one())


def count(tx: Tx) -> int:
    """How many files there are."""
    return int(tx.read(_COUNT, {}).scalar_one())


def find(tx: Tx, id: str) -> Row[Any] | None:
    """A file by id, with all its columns."""
    return tx.read(_ONE, {"id": id}).first()


def page_these(tx: Tx, ids: Sequence[str]) -> list[Row[Any]]:
    """Those of these files that exist."""
    return list(tx.read(_SOME, {"ids": list(ids)})) if ids else []


def page_of_message(tx: Tx, message: int) -> list[Row[Any]]:
    """The files of a message, in order."""
    return list(tx.read(_OF_MESSAGE, {"message": message}))


def page_unposted_before(tx: Tx, before: int) -> list[Row[Any]]:
    """Files that came before a time and that nobody has posted."""
    return list(tx.read(_UNPOSTED, {"before": before}))


def page_of_room(tx: Tx, room: int, *, at: int, file: str, limit: int) -> list[Row[Any]]:
    """Posted files of a room that came before a file, the newest first, each with its message's `seq`."""
    return list(tx.read(_PAGE, {"the_room": room, "at": at, "file": file, "most": limit}))


def add(tx: Tx, **values: Any) -> None:
    """Add a file that is not posted yet."""
    tx.write(_ADD, {**values, "place": 0, "message": None, "created_at": tx.now})


def attach(tx: Tx, message: int, ids: Sequence[str]) -> None:
    """Give unposted files to a message, in this order."""
    for place, one in enumerate(ids):
        tx.write(_ATTACH.values(message=message, place=place), {"the_id": one})


def remove(tx: Tx, rows: Sequence[Row[Any]]) -> None:
    """Remove files; their bytes go once nobody else names them."""
    if rows:
        tx.write(_DROP, {"ids": [row.id for row in rows]})
        blobs.loosen(tx, [one for row in rows for one in (row.hash, row.preview)])


def is_emoji(tx: Tx, hash: str) -> bool:
    """Whether this is the picture of one of the workspace's emoji."""
    return tx.read(_EMOJI, {"hash": hash}).first() is not None


def is_preview_for(tx: Tx, hash: str, user: int) -> bool:
    """Whether this is the picture of a link in a room that a user is in."""
    return tx.read(_PREVIEW, {"hash": hash, "me": user}).first() is not None
