"""How a call runs, whatever brought it: its params are checked, limits asked, and the service run in the writer or a
reader, with no task of its own where it need not wait for anything else. Nothing here knows Tornado or SQL.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import msgspec

from chinwag import meters
from chinwag.errors import BadRequest, Internal, Refused, TooMany, Unauthorized, Unavailable, UnknownMethod
from chinwag.hub import Connection
from chinwag.jsonrpc import Reply, Request, batch_of, joined, read, refusal, success, values_of
from chinwag.limits import Limits
from chinwag.live import Context, Live
from chinwag.rpc import METHODS, Call
from chinwag.store.batch import Done, Job, Outcome
from chinwag.store.readers import Readers
from chinwag.store.tx import Caller
from chinwag.store.writer import Writer, settle

log = logging.getLogger(__name__)

HASHES = 2
HASHES_WAITING = 20

Way = Literal["read", "write", "alone"]
"""How a call goes along with others of its connection: `pipeline.py` says what each means."""

Then = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a frame or a body asks for: one request, or a batch of them."""

    way: Way
    size: int
    """Bytes."""
    request: Request | None = None
    batch: tuple[bytes, ...] = ()


class Dispatcher:
    """Runs calls. `index` brings the index of words up to date."""

    def __init__(
        self,
        readers: Readers,
        writer: Writer,
        limits: Limits,
        live: Live,
        index: Callable[[], Awaitable[None]],
    ) -> None:
        self.readers = readers
        self.writer = writer
        self.limits = limits
        self.live = live
        self._index = index
        self.stopping = False
        self._loop = asyncio.get_running_loop()
        self._running = 0
        self._finished = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._hashing = 0
        self._hashers = ThreadPoolExecutor(HASHES, thread_name_prefix="hasher")

    def ask(self, data: bytes) -> Asked | Reply:
        """What a frame or a body asks for, or why that is nothing."""
        try:
            batch = batch_of(data)
        except Refused as refused:
            return refusal(refused, bad=1)
        return _one(data) if batch is None else Asked("alone", len(data), batch=tuple(batch))

    def run(self, asked: Asked, caller: Caller, connection: Connection | None, then: Callable[[Reply], None]) -> None:
        """Do what is asked; `then` gets the reply, on the loop, perhaps at once."""
        if asked.request is None:
            self._spawn(self._run_batch(asked.batch, caller, connection), partial(_give_reply, then))
        else:
            request = asked.request
            self.begin(request.method, request.params, caller, connection, partial(_reply, request, then))

    async def answer(self, data: bytes, caller: Caller) -> Reply:
        """The reply to a body."""
        return await self._answer(self.ask(data), caller, None)

    async def _answer(self, asked: Asked | Reply, caller: Caller, connection: Connection | None) -> Reply:
        if isinstance(asked, Reply):
            return asked
        replied: asyncio.Future[Reply] = self._loop.create_future()
        self.run(asked, caller, connection, partial(settle, replied))
        return await replied

    async def _run_batch(self, batch: tuple[bytes, ...], caller: Caller, connection: Connection | None) -> Reply:
        """One after another, as a later one may be meant to see what an earlier one did."""
        return joined([await self._answer(_one(one), _present(caller, connection), connection) for one in batch])

    async def call(self, method: str, params: bytes, caller: Caller) -> Done:
        """Run one call. Raises `Refused`."""
        done: asyncio.Future[Done] = self._loop.create_future()
        self.begin(method, msgspec.Raw(params), caller, None, partial(settle, done))
        return await done

    def begin(
        self, method: str, params: msgspec.Raw, caller: Caller, connection: Connection | None, then: Then
    ) -> None:
        """Run one call; `then` gets what came of it, on the loop, perhaps at once."""
        self._note_running(1)
        done = partial(self._done, method, caller, time.perf_counter(), then)
        try:
            self._start(method, bytes(params), caller, connection, done)
        except Exception as error:
            done(error)

    def _start(self, method: str, raw: bytes, caller: Caller, connection: Connection | None, then: Then) -> None:
        call = METHODS.get(method)
        if call is None:
            raise UnknownMethod(f"There is no call “{method[:64]}”.")
        if self.stopping:
            raise Unavailable("The server restarts: please try again in a moment.")
        if call.signed_in and caller.user is None:
            raise Unauthorized
        _check_over(call, method, connection)
        values = values_of(raw, call.params)
        self._check_rates(call, values, caller)
        if call.way == "live":
            self._spawn(call.function(self.live, Context(caller, connection), **values), partial(_give_result, then))
        elif call.indexed:
            self._spawn(self._search(call.function, caller, values), partial(_give_result, then))
        elif call.way == "read":
            self._begin_read(call.function, caller, values).add_done_callback(partial(_give_result, then))
        elif call.prepare is not None:
            self._spawn(self._prepare_and_write(call, caller, values), partial(_give_done, then))
        else:
            if call.asks_online and "@here" in values["body"].lower():
                values["online"] = self.live.presences.online()
            self.writer.put(Job(call.function, caller, values, then, call.names(values, caller)))

    def _done(self, method: str, caller: Caller, began: float, then: Then, outcome: Outcome) -> None:
        """A call is over: count it, and pass on what came of it."""
        self._note_running(-1)
        if isinstance(outcome, Done):
            name = "ok"
        elif isinstance(outcome, Refused):
            name = outcome.kind or "invalid"
        else:
            name, outcome = "error", note_failure(method, caller.user, outcome)
        if method in METHODS:
            meters.calls(method, name).inc()
            meters.call_seconds(method).observe(time.perf_counter() - began)
        then(outcome)

    @property
    def waiting(self) -> dict[str, int]:
        """How many wait for what."""
        return {"writer": self.writer.waiting, "reads": self.readers.waiting, "hashes": self._hashing}

    async def read(self, function: Callable[..., Any], caller: Caller, **params: Any) -> Any:
        """A service on a snapshot, in a reader's thread."""
        return await self._begin_read(function, caller, params)

    def _begin_read(
        self, function: Callable[..., Any], caller: Caller, params: dict[str, Any]
    ) -> "asyncio.Future[Any]":
        return self._loop.run_in_executor(self.readers.pool, self.readers.run, function, caller, params)

    async def _search(self, function: Callable[..., Any], caller: Caller, values: dict[str, Any]) -> Any:
        """What looks into the index finds all that was said before it was asked."""
        await self._index()
        return await self._begin_read(function, caller, values)

    async def _prepare_and_write(self, call: Call, caller: Caller, values: dict[str, Any]) -> Done:
        """Hashing takes long and needs no transaction."""
        if self._hashing >= HASHES + HASHES_WAITING:
            raise TooMany("Many people sign in just now: please try again in a moment.", retry_after=2)
        assert call.prepare is not None
        self._hashing += 1
        try:
            prepared = await self._loop.run_in_executor(self._hashers, self.readers.run, call.prepare, caller, values)
        finally:
            self._hashing -= 1
        return await self.writer.run(call.function, caller, {**values, "prepared": prepared})

    def _spawn(self, job: Coroutine[Any, Any, Any], then: "Callable[[asyncio.Future[Any]], None]") -> None:
        task = self._loop.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(then)

    def _check_rates(self, call: Call, values: dict[str, Any], caller: Caller) -> None:
        for rate, key_of in call.rates:
            key = key_of(values, caller)
            if key is not None:
                self.limits.take(rate, key)

    async def finish(self) -> None:
        """Refuse what is new and wait for what was begun."""
        self.stopping = True
        self._note_running(0)
        await self._finished.wait()

    def _note_running(self, more: int) -> None:
        self._running += more
        if self.stopping and not self._running:
            self._finished.set()

    def close(self) -> None:
        """Give up what still runs, and end the hashing threads."""
        for task in self._tasks:
            task.cancel()
        self._hashers.shutdown()


def note_failure(method: str, user: int | None, error: BaseException) -> Internal:
    """Log a mistake of ours, once; what is returned is all that the caller is told of it."""
    told = Internal()
    who = {"method": method, "user": user, "request": told.request}
    log.error("%s failed, for user %s, request %s.", method, user, told.request, exc_info=error, extra=who)
    return told


def _one(data: bytes) -> Asked | Reply:
    request = read(data)
    if isinstance(request, Reply):
        return request
    call = METHODS.get(request.method)
    return Asked("read" if call is None else _way(call), len(data), request)


def _way(call: Call) -> Way:
    return "alone" if call.way == "live" or call.prepare is not None else call.way


def _reply(request: Request, then: Callable[[Reply], None], outcome: Outcome) -> None:
    notification = request.id is msgspec.UNSET
    number = None if notification else request.id
    if isinstance(outcome, Done):
        reply = success(outcome.result, id=number, cookie=outcome.cookie)
    else:
        assert isinstance(outcome, Refused)
        reply = refusal(outcome, id=number)
    if notification:
        reply.payload = None
    then(reply)


def _give_result(then: Then, future: "asyncio.Future[Any]") -> None:
    then(_error_of(future) or Done(future.result()))


def _give_done(then: Then, future: "asyncio.Future[Done]") -> None:
    then(_error_of(future) or future.result())


def _give_reply(then: Callable[[Reply], None], future: "asyncio.Future[Reply]") -> None:
    error = _error_of(future)
    if error is not None and not isinstance(error, Refused):
        error = note_failure("a batch", None, error)
    then(refusal(error) if error is not None else future.result())


def _error_of(future: "asyncio.Future[Any]") -> Exception | None:
    if future.cancelled():
        return Unavailable("The server restarts: please try again in a moment.")
    error = future.exception()
    return error if isinstance(error, Exception) else None


def _present(caller: Caller, connection: Connection | None) -> Caller:
    """Whoever calls now: a connection may have signed in earlier in the same batch."""
    if connection is None or connection.session == caller.session:
        return caller
    return Caller(connection.user, connection.session, caller.address, caller.agent, caller.link)


def _check_over(call: Call, method: str, connection: Connection | None) -> None:
    if call.over == "http" and connection is not None:
        raise (
            Unauthorized if connection.user is None else UnknownMethod(f"{method} sets a cookie: it is for POST /rpc.")
        )
    if call.over == "socket" and connection is None:
        raise BadRequest(f"{method} is about a connection: please call it over the WebSocket.")
