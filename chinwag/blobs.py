"""Bytes kept by their SHA-256: in a local folder, or in an S3-compatible bucket. It knows no names, rooms or rights.

Whoever puts bytes here holds their row first (`store/blobs.py`): rows without bytes can be
found, bytes without a row could not.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from chinwag.errors import CannotStart, NeedsExtra

PIECE = 256 * 1024


class Blobs(Protocol):
    """Where bytes are kept. All of it may block: it is for threads."""

    def keep(self, path: Path, hash: str) -> None:
        """Take in a file, which is gone from its place then; once this returns it is on disk. What is there stays."""

    def read(self, hash: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`, or as far as they go, in pieces. Raises `LookupError` where there are
        none of this hash."""

    def remove(self, hash: str) -> None:
        """Keep them no longer; nothing happens where there are none."""


def open_blobs(where: str, folder: Path) -> Blobs:
    """The store of a setting: an `s3://` URL, or nothing, which means the folder."""
    if not where:
        return Folder(folder)
    try:
        from obstore.store import S3Store
    except ImportError:
        raise NeedsExtra("--files s3://…", "s3") from None
    try:
        return Bucket(S3Store.from_url(where))
    except Exception as error:
        raise CannotStart(f"--files: {str(error).strip().partition(chr(10))[0]}") from None


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Folder:
    """`ab/abcdef…` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, path: Path, hash: str) -> None:
        place = self._place(hash)
        if place.exists():
            path.unlink()
            return
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(path)
        path.rename(place)
        for folder in (place.parent, self._folder):
            _sync(folder)

    def read(self, hash: str, start: int, end: int) -> Iterator[bytes]:
        try:
            file = self._place(hash).open("rb")
        except FileNotFoundError:
            raise LookupError(hash) from None
        with file:
            file.seek(start)
            while start < end and (piece := file.read(min(PIECE, end - start))):
                start += len(piece)
                yield piece

    def remove(self, hash: str) -> None:
        self._place(hash).unlink(missing_ok=True)

    def _place(self, hash: str) -> Path:
        return self._folder / hash[:2] / hash


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Bucket:
    """The same names in a bucket; `store` is one of obstore's."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def keep(self, path: Path, hash: str) -> None:
        try:
            self._store.head(_key(hash))
        except FileNotFoundError:
            self._store.put(_key(hash), path)
        path.unlink()

    def read(self, hash: str, start: int, end: int) -> Iterator[bytes]:
        try:
            found = self._store.get(_key(hash), options={"range": (start, end)})
        except FileNotFoundError:
            raise LookupError(hash) from None
        for piece in found.stream(min_chunk_size=PIECE):
            yield bytes(piece)

    def remove(self, hash: str) -> None:
        try:
            self._store.delete(_key(hash))
        except FileNotFoundError:
            pass


def _key(hash: str) -> str:
    return f"{hash[:2]}/{hash}"
