"""All that a client may call, on one page: the function, where it runs, and what is asked of whoever calls.

Here services and the hub meet. How a call runs is `dispatch.py`'s.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from chinwag.changes import room_topic, user_topic
from chinwag.limits import address_key
from chinwag.live import add_emoji, here, resume, set_state, start, typing
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
from chinwag.store.tx import Caller

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

    `over` is "http" where the answer sets or clears a cookie, "socket" where it is about the connection; `prepare` runs
    in the hashing threads before a write, and its result is passed on as `prepared`; a function with a parameter
    `online` is given who is online, where its `body` may call them; `rates` name the limit and what it counts by;
    `indexed` is what looks into the index of words; `own` is what changes nothing but what is the caller's own.
    """

    function: Callable[..., Any]
    way: Way
    signed_in: bool = True
    over: Literal["both", "http", "socket"] = "both"
    prepare: Callable[..., Any] | None = None
    rates: tuple[tuple[str, Key], ...] = ()
    indexed: bool = False
    own: bool = False
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

    def names(self, values: dict[str, Any], caller: Caller) -> tuple[str, ...]:
        """The topics that a call with these params is about to lock, as far as they say so."""
        if self.own:
            return (user_topic(caller.user),) if caller.user else ()
        if "message" in values:
            return (f"message:{values['message']}",)
        return (room_topic(values["room"]),) if "room" in values else ()


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
    "accounts.signup": _door(accounts.signup, prepare=accounts.hash_password, rates=_SIGN_UP),
    "accounts.me": _read(accounts.me),
    "accounts.edit": _write(
        accounts.edit,
        prepare=accounts.check_own_password,
        rates=(*_PROFILE, ("signin", by_user_if_a_password_is_tried)),
    ),
    "accounts.status": _write(accounts.status, rates=_PROFILE),
    "accounts.quiet": _write(accounts.quiet, rates=_PROFILE),
    "accounts.password": _write(accounts.password, over="http", prepare=accounts.prepare_password, rates=_OWN_PASSWORD),
    "sessions.create": _door(sessions.create, prepare=sessions.check_password, rates=_SIGN_IN),
    "sessions.guest": _door(accounts.visit, rates=(("visit", by_address),)),
    "sessions.resume": _live(resume, signed_in=False, over="socket"),
    "sessions.list": _read(sessions.list_all),
    "sessions.end": _write(sessions.end, over="http"),
    "setup.accept": _door(accounts.setup, prepare=accounts.hash_password, rates=(("signin_address", by_address),)),
    "invites.look": _read(invites.look, signed_in=False),
    "invites.accept": _door(accounts.accept, prepare=accounts.hash_password, rates=(("invited", by_address),)),
    "invites.create": _write(invites.create),
    "invites.page": _read(invites.page),
    "invites.revoke": _write(invites.revoke),
    "tokens.create": _write(tokens.create),
    "tokens.page": _read(tokens.page),
    "tokens.revoke": _write(tokens.revoke),
    "sync.start": _live(start),
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
    "messages.search": _read(search.find, indexed=True, rates=(("search", by_user),)),
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
    "drafts.save": _write(drafts.save, own=True),
    "scheduled.create": _write(scheduled.create, own=True),
    "scheduled.edit": _write(scheduled.edit, own=True),
    "scheduled.cancel": _write(scheduled.cancel, own=True),
    "scheduled.page": _read(scheduled.page),
    "reminders.create": _write(reminders.create, own=True),
    "reminders.cancel": _write(reminders.cancel, own=True),
    "reminders.page": _read(reminders.page),
    "reads.mark": _write(reads.mark, own=True),
    "reads.unmark": _write(reads.unmark, own=True),
    "saved.set": _write(saved.set, own=True),
    "saved.done": _write(saved.done, own=True),
    "saved.page": _read(saved.page),
    "saved.marks": _read(saved.marks),
    "emoji.page": _read(emoji.page),
    "emoji.add": _live(add_emoji, rates=(("upload", by_user),)),
    "emoji.remove": _write(emoji.remove),
    "threads.page": _read(threads.page),
    "threads.follow": _write(threads.follow, own=True),
    "threads.mark": _write(threads.mark, own=True),
    "inbox.page": _read(inbox.page),
    "inbox.mark": _write(inbox.mark, own=True),
    "inbox.mark_all": _write(inbox.mark_all, own=True),
    "mine.set": _write(mine.change, own=True),
    "preferences.set": _write(preferences.change, own=True),
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
    "admin.stats": _read(workspace.stats),
    "admin.addresses": _read(bans.addresses),
    "admin.lift": _write(bans.lift),
}
