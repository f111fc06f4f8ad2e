"""Which bytes are kept. The bytes themselves are elsewhere; this knows them by their hash.

Whoever brings bytes holds their row (`hold`) before they are written, and names it in a table of theirs within `HOLD`.
Whoever stops naming one says so (`loosen`). What is then named by nobody is removed in two steps, so that nobody can
take up what is just going: `sweep` marks, the bytes are removed, `forget` drops the rows.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, case, delete, exists, func, insert, or_, select, update

from chinwag.clock import SECOND
from chinwag.store.tables import blobs, emoji, files, previews, users
from chinwag.store.tx import Tx

HOLD = 600 * SECOND
AT_ONCE = 50

_NAMED = or_(
    exists().where(files.c.hash == blobs.c.hash),
    exists().where(files.c.preview == blobs.c.hash),
    exists().where(previews.c.image == blobs.c.hash),
    exists().where(emoji.c.hash == blobs.c.hash),
    exists().where(users.c.avatar == blobs.c.hash),
)
"""Every column that names one: who adds another adds it here."""

_THESE = blobs.c.hash.in_(bindparam("hashes", expanding=True))
_HOLD = update(blobs).where(blobs.c.hash == bindparam("the_hash"), blobs.c.gone_at.is_(None))
_KNOWN = select(blobs.c.size).where(blobs.c.hash == bindparam("hash"))
_ADD = insert(blobs)
_DUE = (
    select(blobs.c.hash)
    .where(or_(blobs.c.due_at <= bindparam("now"), blobs.c.gone_at <= bindparam("stale")))
    .limit(AT_ONCE)
)
_DUE_LOCKED = _DUE.with_for_update(skip_locked=True)
_NAMED_OF = select(blobs.c.hash).where(_THESE, _NAMED)
_CHANGE = update(blobs).where(_THESE)
_FORGET = delete(blobs).where(_THESE, blobs.c.gone_at == bindparam("at"))
_ALL = select(func.coalesce(func.sum(blobs.c.size), 0))
_FORGOTTEN = update(blobs).where(blobs.c.due_at.is_(None), blobs.c.gone_at.is_(None), ~_NAMED)


def hold(tx: Tx, hash: str, size: int) -> bool:
    """Keep these bytes for a while, named or not. False: they are just being removed; ask again in a moment."""
    if tx.write(_HOLD.values(due_at=tx.now + HOLD), {"the_hash": hash}).rowcount:
        return True
    if tx.read(_KNOWN, {"hash": hash}).first() is not None:
        return False
    tx.write(_ADD, {"hash": hash, "size": size, "due_at": tx.now + HOLD})
    return True


def loosen(tx: Tx, hashes: Iterable[str | None]) -> None:
    """Something no longer names these: look soon whether anything does. A hold stays."""
    those = sorted({one for one in hashes if one})
    if those:
        due = case((blobs.c.due_at > tx.now, blobs.c.due_at), else_=tx.now)
        tx.write(_CHANGE.values(due_at=due), {"hashes": those})


def is_due(tx: Tx) -> bool:
    """Whether there is anything to sweep."""
    return tx.read(_DUE, _times(tx)).first() is not None


def sweep(tx: Tx) -> list[str]:
    """Mark some that nobody names: their bytes are to be removed, and then they are to be forgotten as of `tx.now`."""
    due = set(tx.read(_DUE_LOCKED, _times(tx)).scalars())
    if not due:
        return []
    named = set(tx.read(_NAMED_OF, {"hashes": sorted(due)}).scalars())
    if named:
        tx.write(_CHANGE.values(due_at=None), {"hashes": sorted(named)})
    gone = sorted(due - named)
    if gone:
        tx.write(_CHANGE.values(due_at=None, gone_at=tx.now), {"hashes": gone})
    return gone


def forget(tx: Tx, hashes: list[str], at: int) -> None:
    """Drop the rows that were marked then: their bytes are gone."""
    tx.write(_FORGET, {"hashes": hashes, "at": at})


def loosen_forgotten(tx: Tx) -> None:
    """Find those that nobody names and nobody loosened."""
    tx.write(_FORGOTTEN.values(due_at=tx.now))


def total(tx: Tx) -> int:
    """How many bytes there are in all."""
    return int(tx.read(_ALL).scalar_one())


def _times(tx: Tx) -> dict[str, int]:
    return {"now": tx.now, "stale": tx.now - HOLD}
