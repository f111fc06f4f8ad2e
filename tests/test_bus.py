"""The bus: what one process says, the others hear, in order, whatever happens to Redis meanwhile, or they ask again."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from chinwag.bus import MemoryBus
from chinwag.bus_redis import LENGTH, STREAM, RedisBus
from chinwag.changes import Change, End
from chinwag.hub import Told, told
from tests.servers import Valkey
from tests.world import until


class Process:
    """A process as the bus sees it: a hub that keeps what it is told."""

    def __init__(self, url: str) -> None:
        self.seqs: list[int] = []
        self.ended: list[int] = []
        self.whispers: list[bytes] = []
        self.greetings = 0
        self.bus = RedisBus(url, self, heard=self.whispers.append, greet=self._greet)

    def tell(self, change: Told) -> None:
        self.seqs.append(change.seq)

    def end(self, end: End) -> None:
        self.ended += end.sessions

    def _greet(self) -> None:
        self.greetings += 1

    def say(self, *seqs: int) -> None:
        for seq in seqs:
            self.bus.publish(change(seq))


def change(seq: int) -> Told:
    return told(Change(topic="room:7", seq=seq))


@contextlib.asynccontextmanager
async def listening(url: str) -> AsyncIterator[Process]:
    process = Process(url)
    await process.bus.start()
    try:
        await until(lambda: process.greetings > 0)
        yield process
    finally:
        await process.bus.stop()


@pytest.fixture
async def two(valkey: Valkey) -> AsyncIterator[tuple[Process, Process]]:
    async with listening(valkey.url) as one, listening(valkey.url) as other:
        await until(lambda: one.bus._last != "$" and other.bus._last != "$")
        yield one, other


async def test_what_one_process_says_its_own_hub_hears_at_once_and_the_other_in_order(
    two: tuple[Process, Process],
) -> None:
    one, other = two
    one.say(*range(1, 2_001))
    assert one.seqs == list(range(1, 2_001))
    await until(lambda: len(other.seqs) >= 2_000)
    assert other.seqs == list(range(1, 2_001))
    other.say(2_001)
    await until(lambda: one.seqs[-1] == 2_001)
    assert len(one.seqs) == 2_001


async def test_the_end_of_a_session_and_whispers_cross_too(two: tuple[Process, Process]) -> None:
    one, other = two
    one.bus.publish(End([5, 6], 4501))
    one.bus.whisper(b"somebody types")
    await until(lambda: other.ended != [] and other.whispers != [])
    assert (one.ended, other.ended) == ([5, 6], [5, 6])
    assert (one.whispers, other.whispers) == ([], [b"somebody types"])


@pytest.mark.logs
async def test_what_is_said_while_redis_is_away_is_told_when_it_is_back(
    two: tuple[Process, Process], valkey: Valkey
) -> None:
    one, other = two
    valkey.kill()
    one.say(1, 2, 3)
    await until(lambda: bool(one.bus._away) and bool(other.bus._away))
    valkey.start()
    one.say(4)
    await until(lambda: other.seqs[-1:] == [4])
    assert [seq for seq in other.seqs if seq in (1, 2, 3)] == [1, 2, 3]


@pytest.mark.logs
async def test_a_process_whose_redis_comes_back_greets_again(two: tuple[Process, Process], valkey: Valkey) -> None:
    one, _ = two
    valkey.kill()
    await until(lambda: bool(one.bus._away))
    greetings = one.greetings
    valkey.start()
    await until(lambda: one.greetings > greetings)
    await until(lambda: not one.bus._away)


async def test_a_redis_that_is_emptied_loses_nothing_that_is_said_after(
    two: tuple[Process, Process], valkey: Valkey
) -> None:
    one, other = two
    one.say(1)
    await until(lambda: other.seqs == [1])
    async with Redis.from_url(valkey.url) as redis:
        await redis.flushall()
    one.say(2)
    await until(lambda: other.seqs == [1, 2])


@pytest.mark.logs
async def test_what_is_no_change_is_passed_over(two: tuple[Process, Process], valkey: Valkey) -> None:
    one, other = two
    async with Redis.from_url(valkey.url) as redis:
        await redis.xadd(STREAM, {"p": "somebody", "n": b"c\xff\x00"})
        await redis.xadd(STREAM, {"strange": b"words"})
    one.say(1)
    await until(lambda: other.seqs == [1])


async def test_the_stream_is_bounded(two: tuple[Process, Process], valkey: Valkey) -> None:
    one, other = two
    one.say(*range(25_000))
    await until(lambda: len(other.seqs) == 25_000, seconds=30)
    async with Redis.from_url(valkey.url) as redis:
        assert await redis.xlen(STREAM) <= LENGTH * 1.1


async def test_a_process_that_stops_sends_what_waits_first(valkey: Valkey) -> None:
    async with listening(valkey.url) as other:
        await until(lambda: other.bus._last != "$")
        async with listening(valkey.url) as one:
            one.say(*range(1_500))
        await until(lambda: len(other.seqs) == 1_500)


async def test_a_process_stops_even_if_a_command_to_redis_drops_the_cancellation(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def deaf(_redis: Redis) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(1_000)
        await asyncio.sleep(1_000)

    process = Process(valkey.url)
    monkeypatch.setattr(process.bus, "_send_whispers", deaf)
    await process.bus.start()
    await until(lambda: process.greetings > 0)
    async with asyncio.timeout(30):
        await process.bus.stop()


@pytest.mark.logs
async def test_a_process_without_its_redis_talks_to_itself_and_stops_in_time() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        alone = Process(f"redis://127.0.0.1:{nobody.getsockname()[1]}")
        await alone.bus.start()
        alone.say(1)
        assert alone.seqs == [1]
        async with asyncio.timeout(30):
            await alone.bus.stop()


def test_a_process_that_is_alone_tells_itself() -> None:
    process = Process("redis://nowhere")
    MemoryBus(process).publish(change(1))
    assert process.seqs == [1]
