"""The guarded client: what may not be asked is not connected to, and what is asked is bounded."""

import asyncio
import contextlib
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest

from chinwag import fetch
from chinwag.fetch import MOST, CannotFetch, Fetcher, is_public

Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class Host:
    """A real server at 127.0.0.1 that answers by a function of the request's head, and counts who connects."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.asked: list[bytes] = []
        self.connected = 0
        self.looked_up: list[str] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(head)
            await self.handler(head, writer)
        writer.close()

    async def look_up(self, host: str, port: int) -> list[tuple[int, Any]]:
        self.looked_up.append(host)
        return [(socket.AF_INET, ("127.0.0.1", port))]

    def fetcher(self) -> Fetcher:
        """One that reaches this host by any name, and nothing else."""
        return Fetcher(
            look_up=self.look_up, allows=lambda it: it == IPv4Address("127.0.0.1"), ports=frozenset({self.port})
        )

    def url(self, path: str = "/", host: str = "page.test") -> str:
        return f"http://{host}:{self.port}{path}"


@contextlib.asynccontextmanager
async def hosting(handler: Handler) -> AsyncIterator[Host]:
    host = Host(handler)
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    host.port = server.sockets[0].getsockname()[1]
    async with server:
        yield host


def answering(head: str, body: bytes = b"") -> Handler:
    async def handler(_request: bytes, writer: asyncio.StreamWriter) -> None:
        length = f"Content-Length: {len(body)}\r\n"
        writer.write(f"HTTP/1.1 {head}\r\n{length}\r\n".encode() + body)
        await writer.drain()

    return handler


INSIDE = (
    *("127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
    *("64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::1", "2001:0:808:808:0:0:80ff:fffe"),
    *("fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "100::1", "2001:10::1"),
)
OUTSIDE = ("8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_is_not_on_the_open_internet_is_told(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_on_the_open_internet_is_told(address: str) -> None:
    assert is_public(ip_address(address))


SPELLINGS = (
    *("127.0.0.1", "127.1", "127.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001", "0177.0.0.1"),
    *("127.0.0.1.", "127.000.000.001", "127。0。0。1", "①②⑦.⓪.⓪.①", "localhost", "LOCALHOST", "localhost.", "0"),
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[fe80::1%25lo]"),
    *("[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "user@127.0.0.1", "8.8.8.8@127.0.0.1", "127.0.0.1%2f@8.8.8.8"),
    *("127.0.0.1#@8.8.8.8", "127.0.0.1\\@8.8.8.8", "127.0.0.1%00.example.com", "127.0.0.1\t", "ⓛocalhost", ""),
)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_no_spelling_of_ones_own_machine_is_connected_to(spelling: str, scheme: str) -> None:
    async with hosting(answering("200 OK", b"secret")) as host:
        fetcher = Fetcher(ports=frozenset({host.port, 80, 443}))
        for url in (f"{scheme}://{spelling}:{host.port}/", f"{scheme}://{spelling}/"):
            with pytest.raises(CannotFetch):
                await fetcher.fetch(url)
        assert host.connected == 0


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://page.test/", "file:///etc/passwd", "gopher://page.test/", "javascript:alert(1)", "data:text/html,x"),
        *("//page.test/", "page.test", "http://", "http:///x", "http://[::1", "http://a b/", "http://page.test:22/"),
        *(
            "http://page.test:99999/",
            "http://page.test:x/",
            "http://a..b/",
            f"http://{'a' * 64}.test/",
            "http://\r\nx/",
        ),
    ],
)
async def test_what_is_no_address_of_the_web_is_not_even_looked_up(url: str) -> None:
    async with hosting(answering("200 OK")) as host:
        with pytest.raises(CannotFetch):
            await host.fetcher().fetch(url)
        assert (host.looked_up, host.connected) == ([], 0)


async def test_a_name_one_of_whose_addresses_is_inside_is_not_connected_to() -> None:
    async def look_up(_host: str, port: int) -> list[tuple[int, Any]]:
        return [(socket.AF_INET, ("8.8.8.8", port)), (socket.AF_INET, ("127.0.0.1", port))]

    async with hosting(answering("200 OK")) as host:
        with pytest.raises(CannotFetch):
            await Fetcher(look_up=look_up, ports=frozenset({host.port})).fetch(host.url())
        assert host.connected == 0


async def test_a_name_is_looked_up_once_and_what_it_answers_later_counts_for_nothing() -> None:
    answers = ["127.0.0.1", "127.0.0.9"]
    asked = []

    async def look_up(name: str, port: int) -> list[tuple[int, Any]]:
        asked.append(name)
        return [(socket.AF_INET, (answers[len(asked) - 1], port))]

    async with hosting(answering("200 OK", b"page")) as host:
        fetcher = Fetcher(
            look_up=look_up, allows=lambda it: it == ip_address("127.0.0.1"), ports=frozenset({host.port})
        )
        assert (await fetcher.fetch(host.url())).body == b"page"
        assert asked == ["page.test"]
        with pytest.raises(CannotFetch):
            await fetcher.fetch(host.url())
        assert host.connected == 1


async def test_the_request_names_the_host_and_carries_nothing_of_anybody() -> None:
    async with hosting(answering("200 OK\r\nSet-Cookie: a=b\r\nContent-Type: text/html", b"<p>")) as host:
        fetched = await host.fetcher().fetch(host.url("/a b/ü?q=ö#part"))
        assert (fetched.type, fetched.body, fetched.whole) == ("text/html", b"<p>", True)
        first = host.asked[0].decode().lower()
        assert first.startswith("get /a%20b/%c3%bc?q=%c3%b6 http/1.1\r\n")
        assert f"host: page.test:{host.port}\r\n" in first
        for header in ("cookie", "authorization", "referer"):
            assert header not in first


@pytest.mark.parametrize("place", ["http://127.0.0.1:{port}/", "http://169.254.169.254/", "//10.0.0.1/", "file:///x"])
async def test_a_redirect_to_the_inside_is_not_followed(place: str) -> None:
    async with hosting(answering("200 OK")) as host:
        host.handler = answering(f"302 Found\r\nLocation: {place.format(port=host.port)}")

        async def look_up(name: str, port: int) -> list[tuple[int, Any]]:
            return [(socket.AF_INET, ("127.0.0.1" if name == "page.test" else name, port))]

        seen = []

        def allows(address: IPv4Address | IPv6Address) -> bool:
            seen.append(address)
            return len(seen) == 1

        with pytest.raises(CannotFetch):
            await Fetcher(look_up=look_up, allows=allows, ports=frozenset({host.port, 80})).fetch(host.url())
        assert host.connected == 1


async def test_redirects_are_followed_three_times_and_no_more() -> None:
    async def handler(head: bytes, writer: asyncio.StreamWriter) -> None:
        number = int(head.split()[1][1:] or 0)
        await answering(f"301 Moved\r\nLocation: /{number + 1}" if number != 3 else "200 OK", b"end")(head, writer)

    async with hosting(handler) as host:
        assert (await host.fetcher().fetch(host.url("/0"))).url == host.url("/3")
        assert host.connected == 4
        with pytest.raises(CannotFetch, match="too often"):
            await host.fetcher().fetch(host.url("/4"))
        assert host.connected == 8


async def test_an_endless_body_is_read_to_the_limit() -> None:
    async def handler(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with hosting(handler) as host:
        fetched = await host.fetcher().fetch(host.url())
        assert (len(fetched.body), fetched.whole) == (MOST, False)


async def test_a_bomb_is_unpacked_to_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    async with hosting(answering("200 OK\r\nContent-Encoding: gzip", bomb)) as host:
        fetched = await host.fetcher().fetch(host.url())
        assert (len(fetched.body), fetched.whole) == (MOST, False)
        assert (await host.fetcher().fetch(host.url(), most=10)).body == b"\0" * 10


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123"])
async def test_who_answers_too_slowly_is_left(begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "SECONDS", 0.2)
    left = asyncio.Event()

    async def slow(head: bytes, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(TimeoutError):
            writer.write(begun)
            await asyncio.wait_for(left.wait(), 20)

    async with hosting(slow) as host:
        with pytest.raises(CannotFetch, match="too long"):
            await host.fetcher().fetch(host.url())
        left.set()


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"nonsense\r\n\r\n", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", b"SSH-2.0-x\r\n\r\n"),
        *(b"HTTP/1.1 302 Found\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000 + b"\r\n"),
    ],
)
async def test_who_answers_otherwise_than_by_a_page_is_refused(answer: bytes) -> None:
    async def handler(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    async with hosting(handler) as host:
        with pytest.raises(CannotFetch):
            await host.fetcher().fetch(host.url())
