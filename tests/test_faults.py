"""A disk that is full, a database that is locked or stuck, and a server that is asked to stop meanwhile: all of it is
said, nothing is acknowledged that is not kept, reading goes on, and it mends by itself. (What PostgreSQL and the bus do
is in `test_processes.py`.)"""

import asyncio
import contextlib
import itertools
import resource
import signal
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from chinwag import app
from tests import world
from tests.raw import TEXT, Raw, frame, request
from tests.world import Client, Fault, Server, program

KIB = 1024


class House:
    """`chinwag serve` on SQLite as a process of its own, with ann."""

    def __init__(self, process: "subprocess.Popen[str]", server: Server) -> None:
        self.process = process
        self.server = server
        self.ann, self.token = server.add("ann")

    async def said(self, words: str) -> str:
        """Read the log up to a line with these words."""
        assert self.process.stdout is not None
        while words not in (line := await asyncio.to_thread(self.process.stdout.readline)):
            assert line, words
        return line

    def open_files(self) -> int:
        """How many files and connections the server has."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def kept(self) -> list[str]:
        """What the database has of the lobby."""
        with contextlib.closing(sqlite3.connect(self.server.config.data / "chinwag.db")) as database:
            return [row[0] for row in database.execute("SELECT nonce FROM messages WHERE room = 1 ORDER BY seq")]


@contextlib.asynccontextmanager
async def house(data: Path, module: str = "chinwag", env: dict[str, str] | None = None) -> AsyncIterator[House]:
    config = world.settings(data)
    engine = world.open_database(config)
    words = ("serve", "--data", str(data), "--port", str(config.port), "--log", "text")
    with program(*words, module=module, env=env) as process:
        found = House(process, Server(config, engine))
        await found.said("Chinwag serves")
        yield found
    engine.dispose()


async def post(client: Client, nonce: str, body: str = "hello") -> Any:
    """A post, which is answered within the ten seconds that are promised."""
    return await asyncio.wait_for(client.call("messages.post", room=1, body=body, nonce=nonce), 10)


# A full disk


class Disk(Protocol):
    """A place for a data folder that can be too small for it."""

    folder: Path

    def shrink(self, process: int) -> None:
        """Leave the server little more than it has."""

    def grow(self, process: int) -> None:
        """Give it space again."""


class Capped:
    """A folder in which files of a process cannot grow."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def shrink(self, process: int) -> None:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (1_000 * KIB, resource.RLIM_INFINITY))

    def grow(self, process: int) -> None:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class Mounted:
    """A file system in memory: root alone can make one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "chinwag-test", str(folder)])
        if made.returncode:
            pytest.skip("Only root can mount a disk.")

    def shrink(self, process: int) -> None:
        """It is small from the start."""

    def grow(self, process: int) -> None:
        subprocess.run(["mount", "-o", "remount,size=30m", str(self.folder)], check=True)

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@pytest.fixture(params=["capped", pytest.param("mounted", marks=pytest.mark.wide)])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == "capped":
        yield Capped(tmp_path)
        return
    mounted = Mounted(tmp_path / "disk")
    yield mounted
    mounted.close()


async def test_a_full_disk_is_said_reading_goes_on_and_it_mends_by_itself(disk: Disk) -> None:
    async with house(disk.folder / "data") as home:
        client = await home.server.client(home.token)
        await client.start()
        disk.shrink(home.process.pid)
        acknowledged: list[str] = []

        async def go_on() -> None:
            for number in itertools.count():
                await post(client, f"n{number}", "x" * 7_000)
                acknowledged.append(f"n{number}")

        with pytest.raises(Fault) as caught:
            await go_on()
        assert (caught.value.code, caught.value.kind) == (-32007, "unavailable")
        with pytest.raises(Fault, match="database is away"):
            await post(client, "again", "x" * 7_000)
        page = await client.call("messages.page", room=1, limit=1)
        assert page["messages"][0]["nonce"] == acknowledged[-1]
        disk.grow(home.process.pid)
        await post(client, "again")
        assert home.kept() == [*acknowledged, "again"]
        await client.has("room:1", len(acknowledged) + 1)
        assert [row["nonce"] for row in client.state["messages"].values()] == home.kept()
        await client.close()


async def test_a_file_that_fills_the_disk_is_refused_and_leaves_room_for_messages(disk: Disk) -> None:
    async with house(disk.folder / "data") as home:
        disk.shrink(home.process.pid)
        sent = {"method": "POST", "body": b"x" * 5_000_000}
        response = await home.server.fetch("/files?room=1&name=large", home.token, **sent)
        assert (response.code, response.headers["Retry-After"]) == (503, "30")
        assert [one.stat().st_size for one in (disk.folder / "data/uploads").iterdir()] == [0]
        client = await home.server.client(home.token)
        await post(client, "still here")
        disk.grow(home.process.pid)
        assert (await home.server.fetch("/files?room=1&name=large", home.token, **sent)).code == 201
        await client.close()


# A database that somebody else holds


async def test_a_locked_database_is_said_within_ten_seconds_and_reading_goes_on(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        client = await home.server.client(home.token)
        await post(client, "before")
        with contextlib.closing(sqlite3.connect(tmp_path / "data/chinwag.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            first = asyncio.create_task(post(client, "first"))
            assert len((await client.call("accounts.me"))["handle"]) > 1
            behind = await home.server.client(home.token)
            second = asyncio.create_task(post(behind, "second"))
            for waiting in (first, second):
                with pytest.raises(Fault) as caught:
                    await waiting
                assert caught.value.kind == "unavailable"
            reader = await home.server.client(home.token)
            assert len((await reader.call("messages.page", room=1))["messages"]) == 1
            other.execute("ROLLBACK")
        await post(client, "second")
        assert home.kept() == ["before", "second"]
        for one in (client, behind, reader):
            await one.close()


# More connections than there may be


async def test_who_takes_every_connection_keeps_others_from_none_that_they_have(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home, contextlib.AsyncExitStack() as held:
        client = await home.server.client(home.token)
        soft, _ = resource.prlimit(home.process.pid, resource.RLIMIT_NOFILE)
        assert soft == resource.getrlimit(resource.RLIMIT_NOFILE)[1], "as many as the machine lets it have"
        resource.prlimit(home.process.pid, resource.RLIMIT_NOFILE, (home.open_files() + 20, soft))
        for _ in range(40):
            _, writer = await asyncio.open_connection("127.0.0.1", home.server.config.port)
            held.callback(writer.close)
            writer.write(b"GET /hea")
        await home.said("No connection can be taken in just now: Too many open files.")
        for number in range(100):
            await post(client, f"n{number}")
        assert len(home.kept()) == 100
        await held.aclose()
        assert (await home.server.fetch("/health")).code == 200
        await client.close()
        home.process.terminate()
        assert await asyncio.to_thread(home.process.wait, 10) == 0
        assert home.process.stdout is not None
        assert home.process.stdout.read().count("taken in") < 30


# Stopping, whatever holds


async def test_a_stuck_database_does_not_hold_a_server_that_stops(tmp_path: Path) -> None:
    async with house(tmp_path / "data", "tests.stuck_program", {"DRAIN": "0.2", "LAST": "2"}) as home:
        client = await home.server.client(home.token)
        posting = asyncio.create_task(client.ask("messages.post", room=1, body="hello", nonce="n"))
        await client.call("workspace.look")
        home.process.terminate()
        assert await client.closed() == 4001
        assert await asyncio.to_thread(home.process.wait, 10) == 0
        assert not posting.done()
        posting.cancel()
        await client.close()
        assert home.kept() == []
    assert app.DRAIN < app.LAST < 10


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_it_at_once(tmp_path: Path, number: signal.Signals) -> None:
    async with house(tmp_path / "data", "tests.stuck_program") as home:
        client = await home.server.client(home.token)
        posting = asyncio.create_task(client.ask("messages.post", room=1, body="hello", nonce="n"))
        await client.call("workspace.look")
        home.process.send_signal(number)
        await home.said("Stopping.")
        home.process.send_signal(number)
        assert await asyncio.to_thread(home.process.wait, 10) == -number
        posting.cancel()
        await client.close()


async def test_who_never_reads_does_not_hold_a_server_that_stops(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        raw = Raw(*await asyncio.open_connection("127.0.0.1", home.server.config.port, limit=2**12))
        assert await raw.shake(home.server, f"Authorization: Bearer {home.token}") == 101
        raw.writer.transport.pause_reading()  # type: ignore[attr-defined]
        client = await home.server.client(home.token)
        await post(client, "long", "x" * 8_000)
        ask = b"".join(frame(TEXT, request("messages.page", number, room=1)) for number in range(2_000))
        raw.writer.write(ask)
        await client.call("workspace.look")
        home.process.terminate()
        assert await client.closed() == 4001
        assert await asyncio.to_thread(home.process.wait, 10) == 0
        raw.writer.transport.abort()
        await client.close()
