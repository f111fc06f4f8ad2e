"""Files on their way in and out: bytes between the web, the disk, the decoder and where they are kept.

What may be done with which file the services decide; this has the bytes at hand for them. An upload's bytes are in
`uploads/<id>` of the data folder: how many there are is how far it has come.
"""

import asyncio
import fcntl
import logging
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, BinaryIO, Literal, TypeVar

from chinwag import kinds
from chinwag.blobs import Blobs, digest
from chinwag.changes import Emoji, File, User
from chinwag.errors import Conflict, Invalid, NotFound, Refused, TooLarge, TooMany, Unavailable
from chinwag.pictures import Made, Pictures
from chinwag.services import accounts, emoji
from chinwag.services import files as service
from chinwag.services.files import Kept, Quota, Upload
from chinwag.store import blobs as rows
from chinwag.store.tx import Caller, Tx

log = logging.getLogger(__name__)

T = TypeVar("T")

THREADS = 4
AT_ONCE = 10
"""Uploads of one user that come in at the same time."""
AVATAR = 256
EMOJI = 128
SWEEP_EVERY = 20.0
SLOW_SWEEP_EVERY = 3600.0
SWEEPS_MOST = 100
LEFT_BEHIND = 2 * 86_400
HELD_TRIES = 60

Shape = Literal["", "square", "moving"]
"""How a small picture is made: whole, cut to a square, or moving where it moved."""

_NOBODY = Caller()


class Incoming:
    """An upload whose bytes come in, from `offset` on; whoever resumes it ends this one."""

    def __init__(self, upload: Upload, path: Path, file: BinaryIO, caller: Caller, disk: Callable[..., Any]) -> None:
        self.upload = upload
        self.path = path
        self.caller = caller
        self.offset = self._began = file.tell()
        self._file = file
        self._disk = disk

    async def write(self, data: bytes) -> None:
        """Add bytes. Raises what is wrong with them: nothing more can be added then."""
        if self.offset + len(data) > self.upload.size:
            raise TooLarge("This is more than was announced.", field="size")
        if self._file.closed:
            raise Conflict("This upload goes on elsewhere.", field="offset")
        try:
            await self._disk(_write, self._file, data)
        except Unavailable:  # the disk is full: what this request brought makes way for messages
            await self._disk(self._file.truncate, self._began)
            raise
        self.offset += len(data)

    def close(self) -> None:
        """Nothing more comes this way."""
        self._file.close()


class Files:
    """All that moves bytes. `write` and `read` run services in the writer and in readers."""

    def __init__(
        self,
        folder: Path,
        blobs: Blobs,
        quota: Quota,
        write: Callable[..., Any],
        read: Callable[..., Any],
    ) -> None:
        self.quota = quota
        self.read = read
        self._write = write
        self._blobs = blobs
        self._folder = folder
        self._pictures = Pictures(folder)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="files")
        self._incoming: dict[str, Incoming] = {}
        self._finishing: dict[str, asyncio.Task[File]] = {}
        self._swept_at = 0.0

    async def close(self) -> None:
        """Leave what is on its way to be resumed, and end the threads."""
        for incoming in self._incoming.values():
            incoming.close()
        for task in self._finishing.values():
            task.cancel()
        await asyncio.gather(*self._finishing.values(), return_exceptions=True)
        await asyncio.get_running_loop().run_in_executor(None, self._threads.shutdown)

    async def _disk(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run what waits for a disk or a bucket in a thread. One that is full or away is said."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)
        except (LookupError, Refused):
            raise
        except OSError as error:
            log.error("Files cannot be stored: %s", error)
            raise Unavailable("Files cannot be stored just now: please try again later.", retry_after=30) from None

    async def _run(self, function: Callable[..., T], caller: Caller, **params: Any) -> T:
        done = await self._write(function, caller, params)
        return done.result  # type: ignore[no-any-return]

    # Coming in

    async def begin(self, caller: Caller, *, room: int, name: str, size: int) -> str:
        """Announce a file; its id is the upload's and will be the file's."""
        began = await self._run(service.begin, caller, room=room, name=name, size=size, quota=self.quota)
        return began.id

    async def progress(self, caller: Caller, id: str) -> tuple[int, int]:
        """How many bytes of one's own upload are here, and how many there will be."""
        began = await self.read(service.upload, caller, id=id)
        if isinstance(began, File):
            return began.size, began.size
        return await self._disk(self._received, id), began.size

    async def receive(self, caller: Caller, id: str, offset: int) -> Incoming | None:
        """Go on with one's own upload at the offset that it has reached. None: it is a file already."""
        began = await self.read(service.upload, caller, id=id)
        if isinstance(began, File):
            return None
        if id in self._incoming:
            self._incoming.pop(id).close()
        if sum(one.caller.user == caller.user for one in self._incoming.values()) >= AT_ONCE:
            raise TooMany(f"Please send {AT_ONCE} files at once at most.", retry_after=2)
        file = await self._disk(self._open, id)
        if file.tell() != offset:
            here = file.tell()
            file.close()
            raise Conflict(f"This upload has reached {here}: please go on from there.", field="offset")
        incoming = self._incoming[id] = Incoming(began, self._folder / id, file, caller, self._disk)
        return incoming

    def _open(self, id: str) -> BinaryIO:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (self._folder / id).open("ab", buffering=0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # another process has not seen yet that its end was cut
            file.close()
            raise Conflict("This upload goes on elsewhere: please try again in a moment.", field="offset") from None
        return file

    def _received(self, id: str) -> int:
        try:
            return (self._folder / id).stat().st_size
        except FileNotFoundError:
            return 0

    async def scratch(self, caller: Caller, size: int) -> Incoming:
        """Bytes that come in at once, and are gone when they are released."""
        if not 0 < size <= self.quota.file:
            raise TooLarge(f"A picture has 1 byte to {self.quota.file // 1_000_000} MB.", field="size")
        upload = Upload(id="", room=0, name="", size=size)
        name = f"scratch-{token_urlsafe(16)}"
        return Incoming(upload, self._folder / name, await self._disk(self._open, name), caller, self._disk)

    def release(self, incoming: Incoming) -> None:
        """What came is kept for whoever resumes it, unless nobody can."""
        incoming.close()
        if not incoming.upload.id:
            incoming.path.unlink(missing_ok=True)
        elif self._incoming.get(incoming.upload.id) is incoming:
            del self._incoming[incoming.upload.id]

    async def give_up(self, caller: Caller, id: str) -> None:
        """One's own upload, or the file it has become, is not wanted any more."""
        await self._run(service.give_up, caller, id=id)
        if id in self._incoming:
            self._incoming.pop(id).close()
        await self._disk(self._drop, id)

    def _drop(self, id: str) -> None:
        (self._folder / id).unlink(missing_ok=True)

    async def finish(self, caller: Caller, id: str) -> File:
        """All bytes are here: make a file of them. Asked twice, it is done once; whoever goes away meanwhile finds it
        done."""
        if id not in self._finishing:
            task = self._finishing[id] = asyncio.ensure_future(self._finish(caller, id))
            task.add_done_callback(lambda _: self._finishing.pop(id, None))
        return await asyncio.shield(self._finishing[id])

    async def _finish(self, caller: Caller, id: str) -> File:
        began = await self.read(service.upload, caller, id=id)
        if isinstance(began, File):
            return began
        try:
            kept = await self._take(self._folder / id)
        except (Unavailable, TooMany):
            raise
        except Refused:
            await self.give_up(caller, id)
            raise
        file = await self._run(service.finish, caller, id=id, kept=kept)
        await self._disk(self._drop, id)
        return file

    async def _take(self, path: Path) -> Kept:
        """Keep a file's bytes; of a picture only its pixels, in two sizes."""
        kind = await self._disk(_kind, path)
        with self._pictures.place() as place:
            original, preview = place / "original", place / "preview"
            if kind in kinds.PICTURES:
                made = await self._pictures.make(path, place, "file")
            else:
                made = Made()
                await self._disk(os.link, path, original)  # what came stays until all is done
            size = await self._disk(_size, original)
            return Kept(
                hash=await self._keep(original),
                type=kind,
                size=size,
                preview=await self._keep(preview) if preview.exists() else None,
                width=made.width,
                height=made.height,
                blur=made.blur,
            )

    async def _keep(self, path: Path) -> str:
        """Keep bytes, which nobody else then has: their hash, held for as long as it takes to name it in a row."""
        found = await self._disk(digest, path)
        await self._hold(found, await self._disk(_size, path))
        await self._disk(self._blobs.keep, path, found)
        return found

    async def _hold(self, hash: str, size: int) -> None:
        for _ in range(HELD_TRIES):
            if await self._run(rows.hold, _NOBODY, hash=hash, size=size):
                return
            await asyncio.sleep(0.1)  # they are just being removed
        raise Unavailable("This file is just being removed: please try again in a moment.")

    async def put(self, data: bytes) -> str:
        """Keep bytes: their hash, which is to be named in a row within ten minutes."""
        with self._pictures.place() as place:
            path = place / "bytes"
            await self._disk(path.write_bytes, data)
            return await self._keep(path)

    async def picture(self, source: Path | bytes, side: int, shape: Shape = "") -> tuple[str, Made]:
        """Keep a picture, made anew as WebP with no side longer than this: its hash (see `put`) and its measures."""
        with self._pictures.place() as place:
            if isinstance(source, bytes):
                await self._disk((place / "source").write_bytes, source)
                source = place / "source"
            if await self._disk(_kind, source) not in kinds.PICTURES:
                raise Invalid("file", "This is no picture: please choose a PNG, JPEG, GIF, WebP or AVIF.")
            made = await self._pictures.make(source, place, str(side), shape)
            return await self._keep(place / "preview"), made

    async def set_avatar(self, caller: Caller, source: Path | None) -> User:
        """Show this picture of oneself, or none."""
        found = "" if source is None else (await self.picture(source, AVATAR, "square"))[0]
        return await self._run(accounts.picture, caller, hash=found)

    async def add_emoji(self, caller: Caller, name: str, source: Path | bytes) -> Emoji:
        """Let everybody use this picture by a name."""
        found, _ = await self.picture(source, EMOJI, "moving")
        return await self._run(emoji.add, caller, name=name, hash=found)

    async def add_sent_emoji(self, caller: Caller, name: str, hash: str) -> Emoji:
        """The same with a picture that is kept."""
        return await self.add_emoji(caller, name, await self.whole(hash))

    # Going out

    async def pieces(self, hash: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Kept bytes, from `start` up to `end`, a piece at a time. `NotFound` where they are not there."""
        pieces = self._blobs.read(hash, start, end)
        try:
            while (piece := await self._disk(next, pieces, None)) is not None:
                yield piece
        except LookupError:
            raise NotFound("file") from None

    async def whole(self, hash: str) -> bytes:
        """All of what is kept, for what is small."""
        return b"".join([piece async for piece in self.pieces(hash, 0, 2**40)])

    # Going away

    async def sweep(self) -> None:
        """Give up abandoned uploads, and remove bytes that nothing names any more."""
        now = asyncio.get_running_loop().time()
        if now - self._swept_at > SLOW_SWEEP_EVERY or not self._swept_at:
            self._swept_at = now
            await self._sweep_slowly()
        for _ in range(SWEEPS_MOST):
            if not await self.read(rows.is_due, _NOBODY):
                return
            gone, at = await self._run(_swept, _NOBODY)
            for one in gone:
                await self._disk(self._blobs.remove, one)
            await self._run(rows.forget, _NOBODY, hashes=gone, at=at)

    async def _sweep_slowly(self) -> None:
        for old in await self._run(service.give_up_old, _NOBODY):
            await self._disk(self._drop, old)
        await self._disk(_clear, self._folder)
        await self._run(rows.loosen_forgotten, _NOBODY)


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        return kinds.kind_of(file.read(kinds.FIRST))


def _write(file: BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _size(path: Path) -> int:
    return path.stat().st_size


def _clear(folder: Path) -> None:
    """Drop what a server that was killed has left behind."""
    for path in folder.iterdir() if folder.exists() else ():
        if time.time() - path.stat().st_mtime > LEFT_BEHIND:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _swept(tx: Tx) -> tuple[list[str], int]:
    return rows.sweep(tx), tx.now
