"""The bus of several processes, over Redis or Valkey.

Durable changes go over one bounded Redis Stream, read on from where it was cut; presence and typing over pub/sub.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from chinwag.bus import Listener, bring, cancel
from chinwag.changes import End
from chinwag.hub import Told

log = logging.getLogger(__name__)

STREAM = "chinwag:changes"
WHISPERS = "chinwag:whispers"
LENGTH = 20_000
"""About so many changes are kept for processes that were cut off."""
BATCH = 500
WAITING = 50_000
"""So many changes wait for a Redis that is away; older ones are dropped, as every process then reads the database."""
BLOCK = 0.25
"""Seconds that Redis holds a read back for while there is nothing to tell."""
PAUSE = 0.5

_encode = msgspec.msgpack.Encoder().encode
_decode_told = msgspec.msgpack.Decoder(Told).decode
_decode_end = msgspec.msgpack.Decoder(End).decode

Job = Callable[[Redis], Awaitable[None]]


class RedisBus:
    """The bus of several processes that share a Redis or Valkey.

    `heard` gets what others whisper; `greet` is called whenever this process begins to hear them, as what they
    whispered before is lost.
    """

    def __init__(
        self,
        url: str,
        listener: Listener,
        *,
        heard: Callable[[bytes], None],
        greet: Callable[[], None],
    ) -> None:
        self.process = secrets.token_hex(8)
        self._url = url
        self._listener = listener
        self._heard = heard
        self._greet = greet
        self._away: set[Job] = set()
        self._news: asyncio.Queue[bytes] = asyncio.Queue()
        self._sending: list[bytes] = []
        self._whispers: asyncio.Queue[bytes] = asyncio.Queue(1_000)
        self._last = "$"
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        jobs = (self._send, self._send_whispers, self._read, self._read_whispers)
        self._tasks = [asyncio.create_task(self._keep(job)) for job in jobs]

    def publish(self, news: Told | End) -> None:
        bring(self._listener, news)
        if self._news.qsize() >= WAITING:
            self._news.get_nowait()
            self._news.task_done()
        self._news.put_nowait((b"c" if isinstance(news, Told) else b"e") + _encode(news))

    def whisper(self, payload: bytes) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._whispers.put_nowait(self.process.encode() + payload)

    async def stop(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._news.join()
        for task in self._tasks:
            await cancel(task)

    # Each job has a connection of its own, closed with it: a command cancelled half-way hands its reply to the next.

    async def _keep(self, job: Job) -> None:
        while True:
            try:
                async with self._connect() as redis:
                    await redis.ping()
                    self._back(job)
                    await job(redis)
            except (RedisError, OSError, TimeoutError) as error:
                if not self._away:
                    log.warning("Redis is away (%s): changes are read from the database meanwhile.", error)
                self._away.add(job)
            except Exception:
                log.exception("The bus could not take something in.")
            await asyncio.sleep(PAUSE)

    def _connect(self) -> Redis:
        return Redis.from_url(
            self._url, protocol=2, socket_connect_timeout=2, socket_timeout=5, retry=Retry(NoBackoff(), 0)
        )

    def _back(self, job: Job) -> None:
        if job in self._away:
            self._away.discard(job)
            if not self._away:
                log.info("Redis is back.")

    async def _send(self, redis: Redis) -> None:
        while True:
            if not self._sending:  # else the last ones are sent again: hubs drop what they know
                self._sending = [await self._news.get()]
            while not self._news.empty() and len(self._sending) < BATCH:
                self._sending.append(self._news.get_nowait())
            pipe = redis.pipeline(transaction=False)
            for entry in self._sending:
                pipe.xadd(STREAM, {"p": self.process, "n": entry}, maxlen=LENGTH, approximate=True)
            await pipe.execute()
            for _ in self._sending:
                self._news.task_done()
            self._sending = []

    async def _send_whispers(self, redis: Redis) -> None:
        while True:
            await redis.publish(WHISPERS, await self._whispers.get())

    async def _read(self, redis: Redis) -> None:
        if self._last == "$":
            newest: Any = await redis.xrevrange(STREAM, count=1)
            self._last = newest[0][0].decode() if newest else "0"
        while True:
            answer: Any = await redis.xread({STREAM: self._last}, count=BATCH, block=int(BLOCK * 1_000))
            for _, entries in answer or ():
                for number, fields in entries:
                    self._last = number.decode()
                    if fields[b"p"].decode() != self.process:
                        self._take(fields[b"n"])

    def _take(self, entry: bytes) -> None:
        bring(self._listener, _decode_told(entry[1:]) if entry[:1] == b"c" else _decode_end(entry[1:]))

    async def _read_whispers(self, redis: Redis) -> None:
        channel: PubSub = redis.pubsub()
        async with channel:
            await channel.subscribe(WHISPERS)
            while True:
                message = await channel.get_message(timeout=1.0)
                if message is None:
                    continue
                if message["type"] == "subscribe":
                    self._greet()
                elif not message["data"].startswith(self.process.encode()):
                    self._heard(message["data"][len(self.process) :])
