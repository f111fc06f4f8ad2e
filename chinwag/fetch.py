"""The one client that asks strangers for something: what people link to is fetched by it, and by nothing else, and it
alone posts to addresses that people gave.

Whoever links decides what is asked, so nothing inside our own network may be reached. A host's name is looked up
once, every address that it has must be a public one, and one of exactly these is connected to; the same again at each
of three redirects. No cookies or credentials are sent. All of it takes at most five seconds and 512 KiB, unpacked.
"""

import asyncio
import re
import socket
import ssl
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

import tornado.http1connection
import tornado.httputil
import tornado.iostream
import tornado.netutil
import tornado.tcpclient

SECONDS = 5.0
MOST = 512 * 1024
REDIRECTS = 3
PORTS = frozenset({80, 443})
AGENT = "Mozilla/5.0 (compatible; Chinwag link preview)"

_MOVED = {301, 302, 303, 307, 308}
_GLOBAL = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")

Address = IPv4Address | IPv6Address
LookUp = Callable[[str, int], Awaitable[list[tuple[int, Any]]]]


class CannotFetch(Exception):
    """It may not be asked for, or it did not answer as it should; the text says why."""


@dataclass(frozen=True)
class Answered:
    """What a post was answered with: the status, and the header `Retry-After`."""

    code: int
    retry_after: str


@dataclass(frozen=True)
class Fetched:
    """What came: from where in the end, of what type (`text/html; charset=…`), the beginning of it, and whether that is
    all."""

    url: str
    type: str
    body: bytes
    whole: bool


def is_public(address: Address) -> bool:
    """Whether an address is on the open Internet, also the one that is wrapped in it."""
    if isinstance(address, IPv4Address):
        return address.is_global and not (address.is_multicast or address.is_reserved)
    if address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    if address.sixtofour:
        return is_public(address.sixtofour)
    if address.teredo:
        return all(map(is_public, address.teredo))
    return address in _GLOBAL and address.is_global


async def look_up(host: str, port: int) -> list[tuple[int, Any]]:
    """The addresses of a host, by the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in found]


class Fetcher:
    """Fetches pages. `allows` and `ports` are what tests let through, `look_up` what they answer names with."""

    def __init__(
        self,
        *,
        look_up: LookUp = look_up,
        allows: Callable[[Address], bool] = is_public,
        ports: frozenset[int] = PORTS,
    ) -> None:
        self._ports = ports
        self._client = tornado.tcpclient.TCPClient(resolver=_Guard(look_up, allows))

    async def fetch(self, url: str, *, most: int = MOST) -> Fetched:
        """What is at an address, at most the first so many bytes. Raises `CannotFetch`."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._follow(url, most)
        except TimeoutError:
            raise CannotFetch("it takes too long") from None

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answered:
        """Post to an address; where it leads on to is not followed, and what it says beside is not read. Raises
        `CannotFetch`."""
        given = {**headers, "Content-Length": str(len(body)), "User-Agent": "Chinwag"}
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self._ask(_checked(url, self._ports), _Request("POST", given, body), 0)
        except TimeoutError:
            raise CannotFetch("it takes too long") from None
        return Answered(answer.code, answer.retry_after)

    async def _follow(self, url: str, most: int) -> Fetched:
        for _ in range(REDIRECTS + 1):
            parts = _checked(url, self._ports)
            answer = await self._ask(parts, _GET, most)
            if answer.code not in _MOVED:
                if answer.code != 200:
                    raise CannotFetch(f"it answers {answer.code}")
                return Fetched(url, answer.type, bytes(answer.body), answer.whole)
            most -= len(answer.body)
            url = urljoin(url, answer.location)
        raise CannotFetch("it leads on too often")

    async def _ask(self, parts: SplitResult, request: "_Request", most: int) -> "_Answer":
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        assert parts.hostname
        try:
            stream = await self._client.connect(
                parts.hostname,
                port,
                ssl_options=ssl.create_default_context() if secure else None,
                max_buffer_size=256 * 1024,
            )
        except (OSError, UnicodeError, tornado.iostream.StreamClosedError) as error:
            raise CannotFetch(f"it cannot be reached: {error}") from None
        answer = _Answer(stream, most)
        try:
            return await _converse(stream, parts, request, answer)
        finally:
            stream.close()


class _Guard(tornado.netutil.Resolver):
    """Looks a name up, and lets its addresses through only if all of them are allowed."""

    def initialize(self, look_up: LookUp, allows: Callable[[Address], bool]) -> None:
        self._look_up = look_up
        self._allows = allows

    @classmethod
    def configurable_base(cls) -> Any:
        return cls

    @classmethod
    def configurable_default(cls) -> Any:
        return cls

    async def resolve(self, host: str, port: int, family: int = 0) -> list[tuple[int, Any]]:
        found = await self._look_up(host, port)
        if not found or not all(self._allows(ip_address(address[0])) for _, address in found):
            raise OSError("not an address on the open Internet")
        return found


def _checked(url: str, ports: frozenset[int]) -> SplitResult:
    """An address that may be asked for, with the host as it is looked up."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        host = host if ":" in host else host.encode("idna").decode()
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        raise CannotFetch("this is no address of the web") from None
    if not host or "@" in parts.netloc or not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", host) or port not in ports:
        raise CannotFetch("this is no address of the web")
    netloc = f"[{host}]" if ":" in host else host
    if parts.port:
        netloc += f":{parts.port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return SplitResult(parts.scheme, netloc, path, quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]"), "")


class _Request(NamedTuple):
    """What is asked, beside where."""

    method: str
    headers: dict[str, str]
    body: bytes = b""


_GET = _Request(
    "GET",
    {"User-Agent": AGENT, "Accept": "text/html,application/json,image/*;q=0.8", "Accept-Encoding": "gzip"},
)


async def _converse(
    stream: tornado.iostream.IOStream, parts: SplitResult, request: _Request, answer: "_Answer"
) -> "_Answer":
    params = tornado.http1connection.HTTP1ConnectionParameters(
        no_keep_alive=True, max_header_size=32 * 1024, max_body_size=2**40, chunk_size=16 * 1024
    )
    connection = tornado.http1connection.HTTP1Connection(stream, True, params)
    headers = tornado.httputil.HTTPHeaders({"Host": parts.netloc, **request.headers, "Connection": "close"})
    path = urlunsplit(("", "", parts.path, parts.query, ""))
    line = tornado.httputil.RequestStartLine(request.method, path, "HTTP/1.1")
    try:
        await connection.write_headers(line, headers, request.body or None)
        connection.finish()
        await connection.read_response(answer)
    except tornado.iostream.StreamClosedError:
        pass  # ours, as we had enough; or theirs, and then there is no answer or not all of it
    if not answer.code:
        raise CannotFetch("it gives no answer")
    return answer


class _Answer(tornado.httputil.HTTPMessageDelegate):
    """What comes back, unpacked, until there is enough of it: then the connection is closed."""

    def __init__(self, stream: tornado.iostream.IOStream, most: int) -> None:
        self._stream = stream
        self._most = most
        self._unpack: Any = None
        self.code = 0
        self.type = self.location = self.retry_after = ""
        self.body = bytearray()
        self.whole = False

    def headers_received(
        self,
        start_line: tornado.httputil.RequestStartLine | tornado.httputil.ResponseStartLine,
        headers: tornado.httputil.HTTPHeaders,
    ) -> None:
        assert isinstance(start_line, tornado.httputil.ResponseStartLine)
        if start_line.code < 200:
            return
        self.code = start_line.code
        self.type = headers.get("Content-Type", "")
        self.location = headers.get("Location", "")
        self.retry_after = headers.get("Retry-After", "")
        encoding = headers.get("Content-Encoding", "").strip().lower()
        if encoding == "gzip":
            self._unpack = zlib.decompressobj(31)
        elif encoding not in ("", "identity") or self.code != 200:
            self._stream.close()

    def data_received(self, chunk: bytes) -> None:
        left = self._most - len(self.body)
        try:
            self.body += self._unpack.decompress(chunk, left + 1) if self._unpack else chunk[: left + 1]
        except zlib.error:
            self._stream.close()
        if len(self.body) > self._most:
            del self.body[self._most :]
            self._stream.close()

    def finish(self) -> None:
        self.whole = len(self.body) < self._most

    def on_connection_close(self) -> None:
        """What has come until then is what there is."""
