"""Links that let people in: invites and the set-up link, kept by the SHA-256 of their secret."""

from typing import Any

from sqlalchemy import Row, bindparam, false, insert, select, update

from chinwag.store.tables import invites
from chinwag.store.tx import Tx

_BY_HASH = select(invites).where(invites.c.hash == bindparam("hash"), invites.c.kind == bindparam("kind"))
_ONE = select(invites).where(invites.c.id == bindparam("id"), invites.c.kind == "invite")
_ALL = (
    select(invites)
    .where(invites.c.kind == "invite", invites.c.id < bindparam("before"))
    .order_by(invites.c.id.desc())
    .limit(bindparam("most"))
)
_BY = _ALL.where(invites.c.by == bindparam("user"))
_ADD = insert(invites).returning(invites.c.id)
_REVOKE = update(invites).where(invites.c.id == bindparam("the_id")).values(revoked=True)
_REVOKE_SETUP = update(invites).where(invites.c.kind == "setup").values(revoked=True)
_USE = (
    update(invites)
    .where(
        invites.c.id == bindparam("the_id"),
        invites.c.used < invites.c.uses,
        invites.c.revoked == false(),
        invites.c.ends_at > bindparam("now"),
    )
    .values(used=invites.c.used + 1)
)


def find_by_hash(tx: Tx, kind: str, hash: str) -> Row[Any] | None:
    """The link with this secret, whether or not it may still be used."""
    return tx.read(_BY_HASH, {"hash": hash, "kind": kind}).first()


def find(tx: Tx, invite: int) -> Row[Any] | None:
    """An invite by id."""
    return tx.read(_ONE, {"id": invite}).first()


def page(tx: Tx, *, by: int | None, before: int, limit: int) -> list[Row[Any]]:
    """Invites, the newest first; `by` one user, or all."""
    if by is None:
        return list(tx.read(_ALL, {"before": before, "most": limit}))
    return list(tx.read(_BY, {"before": before, "most": limit, "user": by}))


def add(tx: Tx, **values: Any) -> int:
    """Add a link; returns the id."""
    return int(tx.write(_ADD, {"created_at": tx.now, "used": 0, **values}).scalar_one())


def change_used(tx: Tx, invite: int) -> bool:
    """Use a link once; False where that can no longer be. The statement itself decides, so no race can."""
    return tx.write(_USE, {"the_id": invite, "now": tx.now}).rowcount == 1


def change_revoked(tx: Tx, invite: int) -> None:
    """Revoke an invite."""
    tx.write(_REVOKE, {"the_id": invite})


def change_setup_revoked(tx: Tx) -> None:
    """Revoke every set-up link."""
    tx.write(_REVOKE_SETUP)
