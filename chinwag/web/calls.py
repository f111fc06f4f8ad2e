"""Calls over HTTP: `POST /rpc`, and `POST /chat`, the shortest way to say something."""

import secrets

import msgspec
import tornado.web

from chinwag.errors import Invalid, TooLarge, Unauthorized
from chinwag.services import rooms
from chinwag.web.door import Handler

BODY = 1024 * 1024


@tornado.web.stream_request_body
class CallHandler(Handler):
    """A handler of calls: too long a body is refused in words. Tornado by itself gives a bare 400 and hangs up."""

    async def prepare(self) -> None:
        await super().prepare()
        self.body = bytearray()
        size = self.request.headers.get("Content-Length", "")
        self.too_large = size.isascii() and size.isdigit() and len(size) < 16 and int(size) > BODY
        if self.too_large:
            # It is read and dropped, for as long as a body may take: who is cut off while they send hears no answer.
            self.request.connection.set_max_body_size(int(size))  # type: ignore[union-attr]

    def data_received(self, chunk: bytes) -> None:
        if not self.too_large:
            self.body += chunk

    async def let_in(self) -> None:
        if self.too_large:
            raise TooLarge(f"A request has at most {BODY:,} bytes.", field="body")
        await super().let_in()


class RpcHandler(CallHandler):
    """JSON-RPC 2.0 over HTTP: one request or a batch."""

    async def post(self) -> None:
        await self.let_in()
        if self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise tornado.web.HTTPError(415)
        reply = await self.site.rpc.answer(bytes(self.body), self.caller)
        self.set_session(reply.cookie)
        if reply.payload is None:
            self.set_status(204)
        else:
            self.answer(reply.status, reply.payload, retry_after=reply.retry_after)


class ChatHandler(CallHandler):
    """`curl -d hello …/chat`: post the body to the lobby, or to `?room=<slug>`."""

    async def post(self) -> None:
        await self.let_in()
        if self.caller.user is None:
            raise Unauthorized
        room = await self.site.rpc.read(rooms.find_slug, self.caller, slug=self.get_query_argument("room", None))
        nonce = self.get_query_argument("nonce", "") or secrets.token_hex(16)
        params = {"room": room, "body": _text(bytes(self.body)), "nonce": nonce}
        done = await self.site.rpc.call("messages.post", msgspec.json.encode(params), self.caller)
        self.answer(201, msgspec.json.encode(done.result))


class OpenRpcHandler(Handler):
    """Every call, described for machines."""

    def initialize(self, document: bytes) -> None:
        self.document = document

    def get(self) -> None:
        self.answer(200, self.document)


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Invalid("body", "The body must be text in UTF-8.") from None
