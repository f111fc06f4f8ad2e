"""Files come in: announced and sent in pieces, or at once; resumed where they were cut; never held in memory.

`POST /files?room=7` with `Upload-Length` and `Upload-Name` announces one; `PATCH` at its `Location` with
`Upload-Offset` brings bytes, `HEAD` says how far it is, `DELETE` gives it up. `POST /files?room=7&name=…` is all
in one.
"""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
import tornado.web

from chinwag.changes import File
from chinwag.errors import Invalid, Refused, TooLarge, Unauthorized
from chinwag.files import Files, Incoming
from chinwag.services import emoji
from chinwag.web.door import Handler

BODY_SECONDS = 900
"""What a body may take: 25 MB on a bad line. Whatever is cut is resumed."""


@tornado.web.stream_request_body
class Upload(Handler):
    """A request whose body goes to the disk as it comes. What is wrong with it is said once it is over, as whoever is
    cut off while they send hears no answer."""

    async def prepare(self) -> None:
        self.incoming: Incoming | None = None
        self.problem: Exception | None = None
        connection: Any = self.request.connection
        connection.set_max_body_size(max(self.size, self.site.files.quota.file, 1024 * 1024))
        connection.set_body_timeout(BODY_SECONDS)
        await super().prepare()
        await self.let_in()
        if self.caller.user is None:
            raise Unauthorized
        await self.begin()

    async def begin(self) -> None:
        """Before the body: refuse, or open what it goes to."""

    async def data_received(self, chunk: bytes) -> None:
        if self.incoming is None or self.problem is not None:
            return
        try:
            await self.incoming.write(chunk)
        except Refused as refused:
            self.problem = refused

    def over(self) -> None:
        """The body is over: nothing more is written, and what was wrong is said."""
        self._release()
        if self.problem is not None:
            raise self.problem

    def _release(self) -> None:
        if self.incoming is not None:
            self.files.release(self.incoming)

    def on_connection_close(self) -> None:
        self._release()

    def on_finish(self) -> None:
        self._release()

    @property
    def files(self) -> Files:
        return self.site.files

    @property
    def size(self) -> int:
        """The length of the body; 0 where it is not said."""
        return self._number(self.request.headers.get("Content-Length", "0"), "Content-Length")

    def number(self, name: str) -> int:
        """A header's number."""
        return self._number(self.request.headers.get(name, ""), name)

    def _number(self, text: str, name: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 17):
            raise Invalid(name, f"{name} must be a whole number.")
        return int(text)

    def answer_file(self, status: int, file: File) -> None:
        self.set_header("Upload-Offset", str(file.size))
        self.answer(status, msgspec.json.encode(file))


class UploadsHandler(Upload):
    """`POST /files`."""

    async def begin(self) -> None:
        self.site.rpc.limits.take("upload", self.caller.user)
        room = self._number(self.get_query_argument("room", ""), "room")
        announced = "Upload-Length" in self.request.headers
        size = self.number("Upload-Length") if announced else self.size
        name = unquote(self.request.headers.get("Upload-Name", "")) or self.get_query_argument("name", "")
        self.id = await self.files.begin(self.caller, room=room, name=name, size=size)
        if not announced:
            self.incoming = await self.files.receive(self.caller, self.id, 0)

    async def post(self) -> None:
        self.over()
        if self.incoming is not None:
            self.answer_file(201, await self.files.finish(self.caller, self.id))
            return
        self.set_header("Location", f"/files/uploads/{self.id}")
        self.set_header("Upload-Offset", "0")
        self.answer(201, msgspec.json.encode({"id": self.id}))

    def on_connection_close(self) -> None:
        super().on_connection_close()
        if self.incoming is not None:  # nobody knows its id
            self.site.spawn(self.files.give_up(self.caller, self.id))


class UploadHandler(Upload):
    """`/files/uploads/<id>`."""

    async def begin(self) -> None:
        if self.request.method == "PATCH":
            self.incoming = await self.files.receive(self.caller, self.path_args[0], self.number("Upload-Offset"))

    async def patch(self, id: str) -> None:
        self.over()
        if self.incoming is None or self.incoming.offset == self.incoming.upload.size:
            self.answer_file(200, await self.files.finish(self.caller, id))
        else:
            self.set_header("Upload-Offset", str(self.incoming.offset))
            self.set_status(204)

    async def head(self, id: str) -> None:
        here, size = await self.files.progress(self.caller, id)
        self.set_header("Upload-Offset", str(here))
        self.set_header("Upload-Length", str(size))

    async def delete(self, id: str) -> None:
        await self.files.give_up(self.caller, id)
        self.set_status(204)


class PictureUpload(Upload):
    """`POST` with a picture as its body, of which something small is made."""

    async def begin(self) -> None:
        if self.request.method == "POST":
            self.site.rpc.limits.take("upload", self.caller.user)
            self.incoming = await self.files.scratch(self.caller, self.size)

    async def post(self) -> None:
        assert self.incoming is not None
        self.incoming.close()
        if self.problem is not None:
            raise self.problem
        self.answer(200, msgspec.json.encode(await self.take(self.incoming.path)))

    async def take(self, path: Path) -> object:
        """Do with the picture what it was sent for; what is returned is the answer."""
        raise NotImplementedError


class AvatarHandler(PictureUpload):
    """`POST /avatar` shows a picture as one's own, `DELETE /avatar` none."""

    async def take(self, path: Path) -> object:
        return await self.files.set_avatar(self.caller, path)

    async def delete(self) -> None:
        self.answer(200, msgspec.json.encode(await self.files.set_avatar(self.caller, None)))


class EmojiHandler(PictureUpload):
    """`POST /emoji?name=…` lets everybody use a picture by a name."""

    async def begin(self) -> None:
        self.name = self.get_query_argument("name", "")
        await self.site.rpc.read(emoji.check_name, self.caller, name=self.name)
        if self.size > emoji.PICTURE_MOST:
            raise TooLarge("The picture of an emoji has at most 256 KB.", field="file")
        await super().begin()

    async def take(self, path: Path) -> object:
        return await self.files.add_emoji(self.caller, self.name, path)
