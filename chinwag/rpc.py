"""All that a client may call, on one page, and how a call runs, whatever brought it.

Here services and the hub meet: a call's params are checked, limits asked, and the service run in the writer or a
reader; nothing here knows Tornado or SQL.
"""

import asyncio
import inspect
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from prometheus_client import Counter, Histogram

from chinwag.errors import BadRequest, ParseError, Refused, TooMany, Unauthorized, Unavailable, UnknownMethod
from chinwag.hub import Connection
from chinwag.jsonrpc import (
    Reply,
    batch_of,
    failure,
    id_of,
    joined,
    refusal,
    request_of,
    success,
    unreadable,
    values_of,
)
from chinwag.limits import Limits, address_key
from chinwag.live import Context, Live, here, resume, set_state, start, typing
from chinwag.services import (
    accounts,
    bans,
    devices,
    drafts,
    edits,
    emoji,
    files,
    groups,
    inbox,
    invites,
    members,
    messages,
    mine,
    pins,
    polls,
    preferences,
    previews,
    quotes,
    reactions,
    reads,
    reminders,
    reports,
    rooms,
    saved,
    scheduled,
    search,
    sessions,
    sync,
    threads,
    tokens,
    users,
    workspace,
    writing,
)
from chinwag.store.engine import Readers
from chinwag.store.tx import Caller, Cookie
from chinwag.store.writer import Writer

log = logging.getLogger(__name__)

HASHES = 2
HASHES_WAITING = 20

_CALLS = Counter("chinwag_calls", "Calls answered.", ("method", "outcome"))
_SECONDS = Histogram(
    "chinwag_call_seconds",
    "Time from a call to its answer.",
    ("method",),
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)

Way = Literal["read", "write", "live"]

Key = Callable[[dict[str, Any], Caller], object]
"""What a call is counted by, from its params and its caller; None where it does not count."""


def by_user(_values: dict[str, Any], caller: Caller) -> object:
    return caller.user


def by_user_and_room(values: dict[str, Any], caller: Caller) -> object:
    return caller.user, values["room"]


def by_user_if_a_password_is_tried(values: dict[str, Any], caller: Caller) -> object:
    return None if values["password"] is None else caller.user


def by_address(_values: dict[str, Any], caller: Caller) -> object:
    return address_key(caller.address)


def by_login(values: dict[str, Any], _caller: Caller) -> object:
    return str(values["login"]).strip().casefold().removeprefix("@")


@dataclass(frozen=True)
class Call:
    """One call: the function, where it runs, and what is asked of whoever calls.

    `over` is "http" where the answer sets a cookie, "socket" where it is about the connection; `prepare` runs in the
    hashing threads before a write, and its result is passed on as `prepared`; a function with a parameter `online` is
    given who is online, where its `body` may call them; `rates` name the limit and what it counts by.
    """

    function: Callable[..., Any]
    way: Way
    signed_in: bool = True
    over: Literal["both", "http", "socket"] = "both"
    prepare: Callable[..., Any] | None = None
    rates: tuple[tuple[str, Key], ...] = ()
    params: type[msgspec.Struct] = field(init=False)
    result: Any = field(init=False)
    asks_online: bool = field(init=False)

    def __post_init__(self) -> None:
        signature = inspect.signature(self.function, eval_str=True)
        fields = [_field(one) for one in signature.parameters.values() if one.kind is one.KEYWORD_ONLY]
        name = self.function.__module__.rpartition(".")[2] + "_" + self.function.__name__
        struct = msgspec.defstruct(name, [one for one in fields if one], kw_only=True, forbid_unknown_fields=True)
        object.__setattr__(self, "params", struct)
        object.__setattr__(self, "result", signature.return_annotation)
        object.__setattr__(self, "asks_online", "online" in signature.parameters)


def _field(one: inspect.Parameter) -> Any:
    if one.name in ("prepared", "online"):
        return None
    if one.default is one.empty:
        return (one.name, one.annotation)
    default = msgspec.field(default_factory=list) if one.default == [] else one.default
    return (one.name, one.annotation, default)


def _read(function: Callable[..., Any], **options: Any) -> Call:
    return Call(function, "read", **options)


def _write(function: Callable[..., Any], **options: Any) -> Call:
    return Call(function, "write", **options)


def _live(function: Callable[..., Any], **options: Any) -> Call:
    return Call(function, "live", **options)


def _door(function: Callable[..., Any], **options: Any) -> Call:
    """A call that signs somebody in who is not."""
    return Call(function, "write", signed_in=False, over="http", **options)


_SIGN_UP = (("signup", by_address),)
_SIGN_IN = (("signin_address", by_address), ("signin", by_login))
_OWN_PASSWORD = (("signin", by_user),)
_PROFILE = (("profile", by_user),)

METHODS: dict[str, Call] = {
    "workspace.look": _read(workspace.look, signed_in=False),
    "accounts.setup": _door(accounts.setup, prepare=accounts.hash_password, rates=(("signin_address", by_address),)),
    "accounts.signup": _door(accounts.signup, prepare=accounts.hash_password, rates=_SIGN_UP),
    "accounts.visit": _door(accounts.visit, rates=(("visit", by_address),)),
    "accounts.me": _read(accounts.me),
    "accounts.edit": _write(
        accounts.edit,
        prepare=accounts.check_own_password,
        rates=(*_PROFILE, ("signin", by_user_if_a_password_is_tried)),
    ),
    "accounts.status": _write(accounts.status, rates=_PROFILE),
    "accounts.quiet": _write(accounts.quiet, rates=_PROFILE),
    "accounts.password": _write(accounts.password, over="http", prepare=accounts.prepare_password, rates=_OWN_PASSWORD),
    "sessions.start": _door(sessions.start, prepare=sessions.check_password, rates=_SIGN_IN),
    "sessions.resume": _live(resume, signed_in=False, over="socket"),
    "sessions.list": _read(sessions.list_all),
    "sessions.end": _write(sessions.end),
    "invites.look": _read(invites.look, signed_in=False),
    "invites.accept": _door(accounts.accept, prepare=accounts.hash_password, rates=(("invited", by_address),)),
    "invites.create": _write(invites.create),
    "invites.page": _read(invites.page),
    "invites.revoke": _write(invites.revoke),
    "tokens.create": _write(tokens.create),
    "tokens.page": _read(tokens.page),
    "tokens.revoke": _write(tokens.revoke),
    "sync.start": _live(start, over="socket"),
    "sync.changes": _read(sync.changes),
    "rooms.browse": _read(rooms.browse),
    "rooms.create": _write(rooms.create),
    "rooms.edit": _write(rooms.edit),
    "rooms.archive": _write(rooms.archive),
    "rooms.join": _write(rooms.join),
    "rooms.leave": _write(rooms.leave),
    "rooms.direct": _write(rooms.direct),
    "members.page": _read(members.page),
    "members.add": _write(members.add),
    "members.remove": _write(members.remove),
    "members.role": _write(members.role),
    "members.ban": _write(bans.ban),
    "members.unban": _write(bans.unban),
    "members.bans": _read(bans.page),
    "messages.post": _write(messages.post, rates=(("post", by_user),)),
    "messages.page": _read(messages.page),
    "messages.first": _read(messages.first),
    "messages.edit": _write(messages.edit, rates=(("post", by_user),)),
    "messages.delete": _write(messages.delete),
    "messages.render": _read(writing.look, rates=(("render", by_user),)),
    "polls.create": _write(polls.create, rates=(("post", by_user),)),
    "polls.vote": _write(polls.vote, rates=(("vote", by_user),)),
    "polls.close": _write(polls.close),
    "files.page": _read(files.page),
    "files.delete": _write(files.delete),
    "messages.search": _read(search.find, rates=(("search", by_user),)),
    "messages.history": _read(edits.history),
    "messages.react": _write(reactions.react, rates=(("react", by_user),)),
    "messages.pin": _write(pins.pin, rates=(("react", by_user),)),
    "messages.pins": _read(pins.page),
    "messages.forward": _write(quotes.forward, rates=(("post", by_user),)),
    "messages.look": _read(quotes.look),
    "previews.remove": _write(previews.remove),
    "messages.report": _write(reports.create, rates=(("report", by_user),)),
    "reports.page": _read(reports.page),
    "reports.done": _write(reports.done),
    "drafts.save": _write(drafts.save),
    "scheduled.create": _write(scheduled.create),
    "scheduled.edit": _write(scheduled.edit),
    "scheduled.cancel": _write(scheduled.cancel),
    "scheduled.page": _read(scheduled.page),
    "reminders.create": _write(reminders.create),
    "reminders.cancel": _write(reminders.cancel),
    "reminders.page": _read(reminders.page),
    "reads.mark": _write(reads.mark),
    "reads.unmark": _write(reads.unmark),
    "saved.set": _write(saved.set),
    "saved.done": _write(saved.done),
    "saved.page": _read(saved.page),
    "saved.marks": _read(saved.marks),
    "emoji.page": _read(emoji.page),
    "emoji.remove": _write(emoji.remove),
    "threads.page": _read(threads.page),
    "threads.follow": _write(threads.follow),
    "threads.mark": _write(threads.mark),
    "inbox.page": _read(inbox.page),
    "inbox.mark": _write(inbox.mark),
    "inbox.mark_all": _write(inbox.mark_all),
    "mine.set": _write(mine.change),
    "preferences.set": _write(preferences.change),
    "push.subscribe": _write(devices.subscribe),
    "push.unsubscribe": _write(devices.unsubscribe),
    "push.list": _read(devices.list_all),
    "push.test": _write(devices.test, rates=(("push_test", by_user),)),
    "push.log": _read(devices.log),
    "groups.page": _read(groups.page),
    "groups.create": _write(groups.create),
    "groups.edit": _write(groups.edit),
    "groups.remove": _write(groups.remove),
    "presence.here": _live(here),
    "presence.set": _live(set_state, over="socket"),
    "presence.typing": _live(typing, rates=(("typing", by_user_and_room),)),
    "users.page": _read(users.page),
    "users.find": _read(users.find),
    "users.role": _write(users.role),
    "users.ban": _write(users.ban),
    "users.unban": _write(users.unban),
    "users.block": _write(users.block),
    "users.seen": _read(users.seen),
    "admin.settings": _write(workspace.settings),
    "admin.audit": _read(workspace.audit),
    "admin.addresses": _read(bans.addresses),
    "admin.lift": _write(bans.lift),
}


class Rpc:
    """Runs calls."""

    def __init__(self, readers: Readers, writer: Writer, limits: Limits, live: Live) -> None:
        self.readers = readers
        self.writer = writer
        self.limits = limits
        self.live = live
        self.stopping = False
        self._running = 0
        self._finished = asyncio.Event()
        self._hashing = 0
        self._hashers = ThreadPoolExecutor(HASHES, thread_name_prefix="hasher")

    async def answer(self, data: bytes, caller: Caller, connection: Connection | None = None) -> Reply:
        """The reply to a frame or a body: one request, or a batch of them, run one after another."""
        try:
            batch = batch_of(data)
        except Refused as refused:
            return refusal(refused, bad=1)
        if batch is None:
            return await self._answer_one(data, caller, connection)
        return joined([await self._answer_one(one, _present(caller, connection), connection) for one in batch])

    async def _answer_one(self, data: bytes, caller: Caller, connection: Connection | None) -> Reply:
        try:
            request = request_of(data)
        except ParseError:
            return unreadable(data)
        except Refused as refused:
            return refusal(refused, id=id_of(data), bad=1)
        notification = request.id is msgspec.UNSET
        number = None if notification else request.id
        try:
            result, cookie = await self.call(request.method, bytes(request.params), caller, connection)
        except Refused as refused:
            reply = refusal(refused, id=number)
        except Exception:
            reply = failure(id=number)
        else:
            reply = success(result, id=number, cookie=cookie)
        if notification:
            reply.payload = None
        return reply

    async def call(
        self, method: str, params: bytes, caller: Caller, connection: Connection | None = None
    ) -> tuple[Any, Cookie | None]:
        """Run one call; its params are JSON. Raises `Refused`, or, for a mistake of ours, whatever it was, logged."""
        began = time.perf_counter()
        outcome = "ok"
        self._note_running(1)
        try:
            return await self._run(method, params, caller, connection)
        except Refused as refused:
            outcome = refused.kind or "invalid"
            raise
        except Exception:
            outcome = "error"
            log.exception("The call %s failed.", method)
            raise
        finally:
            self._note_running(-1)
            if method in METHODS:
                _CALLS.labels(method, outcome).inc()
                _SECONDS.labels(method).observe(time.perf_counter() - began)

    async def _run(
        self, method: str, raw: bytes, caller: Caller, connection: Connection | None
    ) -> tuple[Any, Cookie | None]:
        call = METHODS.get(method)
        if call is None:
            raise UnknownMethod(f"There is no call “{method[:64]}”.")
        if self.stopping:
            raise Unavailable("The server restarts: please try again in a moment.")
        if call.signed_in and caller.user is None:
            raise Unauthorized
        _check_way(call, method, connection)
        values = values_of(raw, call.params)
        self._check_rates(call, values, caller)
        if call.way == "live":
            return await call.function(self.live, Context(caller, connection), **values), None
        if call.way == "read":
            return await self.read(call.function, caller, **values), None
        if call.prepare is not None:
            values["prepared"] = await self._prepare(call.prepare, caller, values)
        if call.asks_online and "@here" in values["body"].lower():
            values["online"] = self.live.presences.online()
        done = await self.writer.run(call.function, caller, values, (method, values.get("room")))
        return done.result, done.cookie

    async def read(self, function: Callable[..., Any], caller: Caller, **params: Any) -> Any:
        """A service on a snapshot, in a reader's thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.readers.pool, self.readers.run, function, caller, params)

    async def _prepare(self, function: Callable[..., Any], caller: Caller, values: dict[str, Any]) -> Any:
        if self._hashing >= HASHES + HASHES_WAITING:
            raise TooMany("Many people sign in just now: please try again in a moment.", retry_after=2)
        self._hashing += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._hashers, self.readers.run, function, caller, values)
        finally:
            self._hashing -= 1

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
        """End the hashing threads."""
        self._hashers.shutdown()


def _present(caller: Caller, connection: Connection | None) -> Caller:
    """Whoever calls now: a connection may have signed in earlier in the same batch."""
    if connection is None or connection.session == caller.session:
        return caller
    return Caller(connection.user, connection.session, caller.address, caller.agent, caller.link)


def _check_way(call: Call, method: str, connection: Connection | None) -> None:
    if call.over == "http" and connection is not None:
        raise BadRequest(f"{method} sets a cookie: please call it over POST /rpc.")
    if call.over == "socket" and connection is None:
        raise BadRequest(f"{method} is about a connection: please call it over the WebSocket.")
