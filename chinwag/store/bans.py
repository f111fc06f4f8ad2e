"""Bans: who is kept out of a room, and from which addresses no guest comes in."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, false, insert, select

from chinwag.store.tables import address_bans, members, room_bans
from chinwag.store.tx import Tx

_OF_ROOM = select(room_bans).where(room_bans.c.room == bindparam("room"))
_SOME = select(room_bans.c.user).where(
    room_bans.c.room == bindparam("room"), room_bans.c.user.in_(bindparam("users", expanding=True))
)
_ROOMS = select(members.c.room).where(
    members.c.user == bindparam("user"),
    members.c.deleted == false(),
    members.c.role == "member",
    members.c.room.in_(select(room_bans.c.room)),
)
_PAGE = _OF_ROOM.where(room_bans.c.user > bindparam("after")).order_by(room_bans.c.user).limit(bindparam("most"))
_ADDRESS = select(address_bans).where(address_bans.c.address == bindparam("address"))
_ADDRESSES = (
    select(address_bans)
    .where(address_bans.c.address > bindparam("after"))
    .order_by(address_bans.c.address)
    .limit(bindparam("most"))
)


def page_these(tx: Tx, room: int, users: list[int]) -> list[int]:
    """Those of these users who are banned from a room."""
    return list(tx.read(_SOME, {"room": room, "users": users}).scalars()) if users else []


def page(tx: Tx, room: int, *, after: int, limit: int) -> list[Row[Any]]:
    """A room's bans by user id."""
    return list(tx.read(_PAGE, {"room": room, "after": after, "most": limit}))


def page_rooms(tx: Tx, user: int) -> list[int]:
    """The rooms with bans in which a user is no more than a member."""
    return list(tx.read(_ROOMS, {"user": user}).scalars())


def add(tx: Tx, room: int, user: int) -> None:
    """Keep a user out of a room."""
    tx.write(insert(room_bans), {"room": room, "user": user, "by": tx.caller.user, "at": tx.now})


def remove(tx: Tx, room: int, user: int) -> None:
    """Let a user into a room again."""
    tx.write(delete(room_bans).where(room_bans.c.room == room, room_bans.c.user == user))


def has_address(tx: Tx, address: str) -> bool:
    """Whether an address is kept out."""
    return tx.read(_ADDRESS, {"address": address}).first() is not None


def page_addresses(tx: Tx, *, after: str, limit: int) -> list[Row[Any]]:
    """The addresses that are kept out."""
    return list(tx.read(_ADDRESSES, {"after": after, "most": limit}))


def add_address(tx: Tx, address: str) -> None:
    """Keep an address out."""
    tx.write(insert(address_bans), {"address": address, "by": tx.caller.user, "at": tx.now})


def remove_address(tx: Tx, address: str) -> None:
    """Keep an address out no longer."""
    tx.write(delete(address_bans).where(address_bans.c.address == address))
