"""One's own view of a room: how much one wants to hear of it, and where it stands in one's list."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from chinwag.changes import Mine, Notify
from chinwag.services import access, own
from chinwag.services.moments import clean_time
from chinwag.services.shapes import Id
from chinwag.store import members
from chinwag.store.tx import Tx

Moment = Annotated[datetime, Meta(tz=True)]


def change(
    tx: Tx,
    *,
    room: Id,
    notify: Notify | None = None,
    starred: bool | None = None,
    muted_until: Moment | UnsetType | None = UNSET,
) -> Mine:
    """Set what one hears of a room, whether it stands first, and until when it is muted (null: it is not)."""
    access.room(tx, room)
    me = tx.caller.user
    assert me is not None
    present = members.find_mine(tx, room, me)
    assert present is not None
    values: dict[str, Any] = {"notify": notify, "starred": starred}
    changed = {name: value for name, value in values.items() if value not in (None, getattr(present, name))}
    if muted_until is not UNSET and muted_until != present.muted_until:
        changed["muted_until"] = None if muted_until is None else clean_time(muted_until, field="muted_until")
    if not changed:
        return present
    own.change(tx, [me], lambda revs: members.change(tx, room, me, mine_rev=revs[me], **changed))
    return members.find_mine(tx, room, me) or present
