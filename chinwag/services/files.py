"""Files: announced, come in, posted, read, removed. It knows their rows, not their bytes."""

from datetime import datetime
from secrets import token_urlsafe
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from chinwag.changes import File
from chinwag.clock import DAY, moment
from chinwag.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from chinwag.services import access
from chinwag.services.erasing import erase
from chinwag.services.names import clean_file_name
from chinwag.services.shapes import Id, Limit
from chinwag.store import blobs, files, messages, users
from chinwag.store.tx import Tx

EACH_MESSAGE = 10
KEPT_UNPOSTED = DAY

FileId = Annotated[str, Meta(max_length=32, pattern="^[A-Za-z0-9_-]+$")]
FileIds = Annotated[list[FileId], Meta(max_length=EACH_MESSAGE)]


class Quota(msgspec.Struct, frozen=True):
    """Bytes that one file, one user's files and all files may have; 0 is without end."""

    file: int
    each: int
    all: int


class Upload(msgspec.Struct):
    """A file on its way: what was announced of it."""

    id: str
    room: int
    name: str
    size: int


class Kept(msgspec.Struct, kw_only=True):
    """What became of an upload's bytes."""

    hash: str
    type: str
    size: int
    preview: str | None = None
    width: int = 0
    height: int = 0
    blur: str = ""


class Readable(msgspec.Struct):
    """A file that the caller may read, and where its bytes are."""

    name: str
    type: str
    size: int
    hash: str
    preview: str | None


class Posted(msgspec.Struct):
    """A file of a room: who posted it, when, and in which message (its `seq` is its place in the room)."""

    file: File
    message: int
    seq: int
    by: int
    at: datetime


class Files(msgspec.Struct):
    """Some files of a room, the newest first, and whether there are more."""

    files: list[Posted]
    more: bool


def begin(tx: Tx, *, room: int, name: str, size: int, quota: Quota) -> Upload:
    """Announce a file for a room that one may post in."""
    standing = access.open_room(tx, room)
    if size < 1:
        raise Invalid("size", "This file is empty.")
    if size > quota.file:
        raise TooLarge(f"A file has at most {_mega(quota.file)}.", field="size")
    user = access.me(tx).id
    if quota.each and files.count_bytes(tx, user) + files.count_upload_bytes(tx, user) + size > quota.each:
        raise Conflict(f"Your files may have {_mega(quota.each)} together: please delete some.", field="size")
    if quota.all and blobs.total(tx) + files.count_upload_bytes(tx) + size > quota.all:
        raise Conflict("There is no room for more files here: please tell an administrator.", field="size")
    upload = Upload(id=token_urlsafe(16), room=standing.id, name=clean_file_name(name), size=size)
    files.add_upload(tx, id=upload.id, user=user, room=upload.room, name=upload.name, size=size)
    return upload


def _mega(size: int) -> str:
    return f"{size // 1_000_000:,} MB"


def upload(tx: Tx, *, id: str) -> Upload | File:
    """One's own upload, or the file that it has become."""
    me = access.me(tx)
    found = files.find_upload(tx, id)
    if found is not None and found.user == me.id:
        access.room(tx, found.room)
        return Upload(id=id, room=found.room, name=found.name, size=found.size)
    file = files.find(tx, id)
    if file is None or file.by != me.id or file.message is not None:
        raise NotFound("upload")
    access.room(tx, file.room)
    return files.file_of(file)


def finish(tx: Tx, *, id: str, kept: Kept) -> File:
    """All of an upload has come, and its bytes are kept: it is a file now, for its uploader to post."""
    began = upload(tx, id=id)
    if isinstance(began, File):
        return began
    access.open_room(tx, began.room)
    values = {name: getattr(kept, name) for name in Kept.__struct_fields__}
    files.add(tx, id=id, room=began.room, by=access.me(tx).id, name=began.name, **values)
    files.remove_upload(tx, id)
    file = files.find(tx, id)
    return files.file_of(file)


def give_up(tx: Tx, *, id: str) -> None:
    """One's own upload is not wanted any more."""
    if isinstance(upload(tx, id=id), Upload):
        files.remove_upload(tx, id)
    else:
        delete(tx, file=id)


def check_attachable(tx: Tx, room: int, ids: list[str]) -> None:
    """These are one's own files for this room, which nobody has posted yet."""
    found = {row.id: row for row in files.page_these(tx, ids)}
    for one in ids:
        row = found.get(one)
        if row is None or row.room != room or row.by != tx.caller.user:
            raise NotFound("file")
        if row.message is not None:
            raise Conflict("This file was posted already.", field="files")
    if len(set(ids)) < len(ids):
        raise Invalid("files", "Each file can be posted once.")


def unposted(tx: Tx, id: str) -> Any:
    """A file of one's own that nobody has posted."""
    _, row = access.file(tx, id)
    if row.message is not None or row.by != tx.caller.user:
        raise NotFound("file")
    return row


def page(tx: Tx, *, room: Id, before: FileId | None = None, limit: Limit = 50) -> Files:
    """Files of a room, the newest first; `before` is one of them."""
    access.readable_room(tx, room)
    at, last = 2**62, ""
    if before is not None:
        row = files.find(tx, before)
        if row is None or row.room != room:
            raise NotFound("file")
        at, last = row.created_at, row.id
    found = files.page_of_room(tx, room, at=at, file=last, limit=limit + 1)
    posted = [
        Posted(file=files.file_of(row), message=row.message, seq=row.seq, by=row.by, at=moment(row.created_at))
        for row in found[:limit]
    ]
    return Files(files=posted, more=len(found) > limit)


def delete(tx: Tx, *, file: FileId) -> None:
    """Remove a file of one's own, or as a moderator anybody's. A message that said nothing else goes with it."""
    standing, _ = access.file(tx, file)
    tx.lock(standing.topic)
    standing, row = access.file(tx, file)
    if row.by != tx.caller.user and (standing.rank < 1 or standing.kind == "direct"):
        raise Forbidden("Only its author and the room's moderators can delete a file.")
    if row.message is None:
        files.remove(tx, [row])
        return
    message = messages.find(tx, row.message)
    assert message is not None
    if not (message.body or message.quote or len(message.files) > 1):
        erase(tx, message)
        return
    seq = tx.take(standing.topic)
    files.remove(tx, [row])
    changed = messages.refresh(tx, message.id, rev=seq)
    tx.change(standing.topic, seq, messages=[changed])


def readable(tx: Tx, *, id: str) -> Readable:
    """A file that one may read: of a room that one may read; before it is posted, one's own alone."""
    _, row = access.readable_file(tx, id)
    return Readable(name=row.name, type=row.type, size=row.size, hash=row.hash, preview=row.preview)


def readable_avatar(tx: Tx, *, user: int, hash: str) -> str:
    """The picture of somebody whom one may know."""
    if access.known(tx, user).avatar != users.avatar_path(user, hash):
        raise NotFound("picture")
    return hash


def readable_emoji(tx: Tx, *, hash: str) -> str:
    """The picture of one of the workspace's emoji."""
    access.me(tx)
    if not files.is_emoji(tx, hash):
        raise NotFound("picture")
    return hash


def readable_preview(tx: Tx, *, hash: str) -> str:
    """The picture of a link in a room that one may read."""
    if not files.is_preview_for(tx, hash, access.me(tx).id):
        raise NotFound("picture")
    return hash


def give_up_old(tx: Tx) -> list[str]:
    """Give up uploads that nobody has finished within a day, whose ids are returned, and files that nobody posted."""
    before = tx.now - KEPT_UNPOSTED
    old = files.page_uploads_before(tx, before)
    for one in old:
        files.remove_upload(tx, one)
    files.remove(tx, files.page_unposted_before(tx, before))
    return old
