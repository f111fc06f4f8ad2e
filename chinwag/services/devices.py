"""One's devices, which are told by their browsers' push services of what is new while one is not here.

A device is a browser's session, and ends with it. What they are told is decided in `pushing.py`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from chinwag.clock import moment, moment_or_none
from chinwag.errors import Conflict, Invalid, NotFound
from chinwag.services import access, webpush
from chinwag.services.shapes import BIGGEST, Id, Limit
from chinwag.store import devices, pushes
from chinwag.store.tx import Tx

DEVICES = 20
"""So many devices may a user have."""

Endpoint = Annotated[str, Meta(max_length=1_000)]
Key = Annotated[str, Meta(max_length=100)]
Kind = Literal["message", "reminder", "test"]


class Device(msgspec.Struct):
    """A browser that is told."""

    id: int
    name: str
    created_at: datetime
    sent_at: datetime | None
    """When its push service last took something for it."""
    current: bool


class Devices(msgspec.Struct):
    """All of one's devices, the oldest first, and the server's public key, which is empty where it sends nothing."""

    devices: list[Device]
    key: str


class Push(msgspec.Struct):
    """What a device was told, or is to be. `problem` says why it was not, or not yet."""

    id: int
    device: str
    kind: Kind
    at: datetime
    state: Literal["waiting", "sending", "sent", "failed"]
    problem: str


class Log(msgspec.Struct):
    """Some of what one's devices were told, the newest first, and whether there is more."""

    pushes: list[Push]
    more: bool


def subscribe(tx: Tx, *, endpoint: Endpoint, p256dh: Key, auth: Key) -> Device:
    """Have the browser that calls told, at the address and with the keys that it got from its push service. It is one
    device as long as its session lasts; to subscribe again gives it another address."""
    me = access.me(tx)
    _check_open(tx)
    _check_endpoint(endpoint)
    _check_key("p256dh", lambda: webpush.check_device(p256dh))
    _check_key("auth", lambda: len(webpush.decode(auth)) == 16)
    assert tx.caller.session is not None
    if devices.find_session(tx, tx.caller.session) is None and devices.count(tx, me.id) >= DEVICES:
        raise Conflict(f"You have {DEVICES} devices already: please remove one first.")
    keys = {"endpoint": endpoint, "p256dh": p256dh, "auth": auth, "name": tx.caller.agent[:200]}
    return _device(tx, devices.put(tx, session=tx.caller.session, user=me.id, **keys))


def _check_open(tx: Tx) -> str:
    key = devices.find_key(tx)
    if key is None or not key.open:
        raise Conflict("This server sends nothing to push services.")
    return str(key.private)


def _check_endpoint(endpoint: str) -> None:
    try:
        parts = urlsplit(endpoint)
        right = parts.scheme == "https" and parts.port in (None, 443) and parts.hostname and "@" not in parts.netloc
    except ValueError:
        right = False
    if not right or not endpoint.isascii() or not endpoint.isprintable():
        raise Invalid("endpoint", "This is no address of a push service.")


def _check_key(field: str, check: Callable[[], bool | None]) -> None:
    try:
        right = check() is not False
    except ValueError:
        right = False
    if not right:
        raise Invalid(field, "This is no key of a browser.")


def _device(tx: Tx, row: Any) -> Device:
    return Device(
        id=row.id,
        name=row.name,
        created_at=moment(row.created_at),
        sent_at=moment_or_none(row.sent_at),
        current=row.session == tx.caller.session,
    )


def unsubscribe(tx: Tx, *, id: Id | None = None) -> None:
    """Do not tell one of one's devices any more, or the one that calls. It is no error if it is not told."""
    devices_own = devices.page(tx, access.me(tx).id)
    for row in devices_own:
        if row.id == id or (id is None and row.session == tx.caller.session):
            devices.remove(tx, row.id)


def list_all(tx: Tx) -> Devices:
    """One's devices."""
    me, key = access.me(tx), devices.find_key(tx)
    public = webpush.public_key(key.private) if key and key.open else ""
    return Devices(devices=[_device(tx, row) for row in devices.page(tx, me.id)], key=public)


def test(tx: Tx, *, id: Id) -> None:
    """Tell one of one's devices that it works."""
    me = access.me(tx)
    _check_open(tx)
    found = devices.find(tx, me.id, id)
    if found is None:
        raise NotFound("device")
    row = {"user": me.id, "device": id, "name": found.name, "kind": "test", "tag": "test", "due_at": tx.now}
    pushes.add(tx, [row])
    pushes.trim(tx, me.id)


def log(tx: Tx, *, before: Id = BIGGEST, limit: Limit = 50) -> Log:
    """What one's devices were told, and what became of it; the last hundred are kept, and nothing of what was said."""
    me = access.me(tx)
    found = pushes.page_log(tx, me.id, before=before, limit=limit + 1)
    return Log(pushes=[_push(row) for row in found[:limit]], more=len(found) > limit)


def _push(row: Any) -> Push:
    problem = row.problem if row.state != "sent" else ""
    return Push(id=row.id, device=row.name, kind=row.kind, at=moment(row.at), state=row.state, problem=problem)
