"""Devices: browsers that are told of what is new by web push, each of one session; and the server's key for it."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from chinwag.store.tables import devices, push_key
from chinwag.store.tx import Tx

_KEY = select(push_key)
_OF_USER = select(devices).where(devices.c.user == bindparam("user")).order_by(devices.c.id)
_ONE = _OF_USER.where(devices.c.id == bindparam("id"))
_OF_SESSION = select(devices).where(devices.c.session == bindparam("session"))
_COUNT = select(func.count()).where(devices.c.user == bindparam("user"))
_CHANGE = update(devices).where(devices.c.id == bindparam("the_id"))
_REMOVE = delete(devices).where(devices.c.id == bindparam("id"))
_REMOVE_ENDPOINT = delete(devices).where(
    devices.c.endpoint == bindparam("endpoint"), devices.c.session != bindparam("session")
)


def find_key(tx: Tx) -> Row[Any] | None:
    """The private key of this server, and whether it sends."""
    return tx.read(_KEY).first()


def put_key(tx: Tx, **values: Any) -> None:
    """Keep the key, or change whether the server sends."""
    statement: Any = insert(push_key) if find_key(tx) is None else update(push_key)
    tx.write(statement.values(id=1, **values))


def page(tx: Tx, user: int) -> list[Row[Any]]:
    """A user's devices, the oldest first."""
    return list(tx.read(_OF_USER, {"user": user}))


def find(tx: Tx, user: int, id: int) -> Row[Any] | None:
    """One of a user's devices."""
    return tx.read(_ONE, {"user": user, "id": id}).first()


def find_session(tx: Tx, session: int) -> Row[Any] | None:
    """The device of a session."""
    return tx.read(_OF_SESSION, {"session": session}).first()


def count(tx: Tx, user: int) -> int:
    """How many devices a user has."""
    return int(tx.read(_COUNT, {"user": user}).scalar_one())


def put(tx: Tx, *, session: int, **values: Any) -> Row[Any]:
    """Make this the device of a session; it is no other session's any more."""
    tx.write(_REMOVE_ENDPOINT, {"endpoint": values["endpoint"], "session": session})
    present = find_session(tx, session)
    if present is None:
        tx.write(insert(devices), {"session": session, "created_at": tx.now, **values})
    else:
        change(tx, present.id, **values)
    return tx.read(_OF_SESSION, {"session": session}).one()


def change(tx: Tx, id: int, **values: Any) -> None:
    """Change columns of a device."""
    tx.write(_CHANGE.values(**values), {"the_id": id})


def remove(tx: Tx, id: int) -> None:
    """Forget a device."""
    tx.write(_REMOVE, {"id": id})
