"""Files go out: to those who may read them at this moment, in ranges, and never as anything that could run.

What somebody uploaded is shown only where its first bytes said that it is a picture, sound or film; all else is saved.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote

from tornado.iostream import StreamClosedError

from chinwag import kinds
from chinwag.services import files as service
from chinwag.web.door import Handler

SANDBOX = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"


class Sender(Handler):
    """What sending kept bytes has in common."""

    async def prepare(self) -> None:
        await super().prepare()
        await self.let_in()
        self.set_header("Content-Security-Policy", SANDBOX)

    def is_known(self, hash: str) -> bool:
        """Set the `ETag`; whether the caller has these bytes already, which is then the answer."""
        tag = f'"{hash}"'
        self.set_header("ETag", tag)
        known = re.findall(r'\*|"[^"]*"', self.request.headers.get("If-None-Match", ""))
        if tag in known or "*" in known:
            self.set_status(304)
            return True
        return False

    async def send_picture(self, hash: str) -> None:
        """Write all of a small picture of our own making."""
        self.set_header("Content-Type", "image/webp")
        if not self.is_known(hash):
            self.finish(b"" if self.request.method == "HEAD" else await self.site.files.whole(hash))

    async def send(self, hash: str, start: int, end: int) -> None:
        """Write kept bytes as fast as they are taken, for as long as they are: whoever seeks in a film hangs up."""
        self.set_header("Content-Length", str(end - start))
        if self.request.method == "HEAD":
            return
        with suppress(StreamClosedError):
            async for piece in self.site.files.pieces(hash, start, end):
                self.write(piece)
                await self.flush()


class FileHandler(Sender):
    """`/files/<id>/<name>`; `preview` as the name is the preview of one that has one, else the name says nothing."""

    async def get(self, id: str, name: str) -> None:
        file = await self.site.rpc.read(service.readable, self.caller, id=id)
        self.set_header("Cache-Control", "private, no-cache")
        if name == "preview" and file.preview:
            await self.send_picture(file.preview)
            return
        self.set_header("Content-Type", file.type)
        self.set_header("Accept-Ranges", "bytes")
        manner = "attachment" if file.type == kinds.OTHER else "inline"
        self.set_header("Content-Disposition", f"{manner}; filename*=UTF-8''{quote(file.name, safe='')}")
        if self.is_known(file.hash):
            return
        span = self._range(file.hash, file.size)
        if span is None:
            self.set_status(416)
            self.set_header("Content-Range", f"bytes */{file.size}")
            return
        await self.send(file.hash, *span)

    head = get

    def _range(self, hash: str, size: int) -> tuple[int, int] | None:
        """What of the file is wanted (RFC 9110 §14): one range of bytes, or all of it; None where there is no such."""
        text = self.request.headers.get("Range", "")
        found = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", text.replace(" ", ""), re.ASCII)
        if found is None or not any(found.groups()) or self.request.headers.get("If-Range", f'"{hash}"') != f'"{hash}"':
            return 0, size
        first, last = found.groups()
        if first and last and int(last) < int(first):
            return 0, size
        start = int(first) if first else max(0, size - int(last))
        end = min(size, int(last) + 1) if first and last else size
        if start >= end:
            return None
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        return start, end


class BlobHandler(Sender):
    """A small picture by its hash: of a person, an emoji, a link. `door` says who may have it; `kept` that a browser
    need not ask again, as the hash is in the address and the picture is no secret of a room."""

    def initialize(self, door: Callable[..., str], kept: bool = True) -> None:
        self.door = door
        self.kept = kept

    async def get(self, **what: str) -> None:
        numbers = {name: int(value) for name, value in what.items() if name == "user"}
        found = await self.site.rpc.read(self.door, self.caller, **{**what, **numbers})
        self.set_header("Cache-Control", "private, max-age=31536000, immutable" if self.kept else "private, no-cache")
        await self.send_picture(found)

    head = get
