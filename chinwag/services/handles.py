"""Handles: people and groups share one set of them, in which no two look alike."""

from chinwag.errors import Conflict
from chinwag.services.mentions import RESERVED
from chinwag.services.names import skeleton
from chinwag.store import groups, users
from chinwag.store.tx import Tx

_RESERVED = {skeleton(word) for word in RESERVED}


def is_free(tx: Tx, handle: str, *, user: int | None = None, group: int | None = None) -> bool:
    """Whether nobody has this handle or one that looks like it, but for this user or this group."""
    look = skeleton(handle)
    if look in _RESERVED:
        return False
    return users.find_taken(tx, "handle_skeleton", look) in (None, user) and groups.find_taken(tx, look) in (
        None,
        group,
    )


def check_free(tx: Tx, handle: str, *, user: int | None = None, group: int | None = None) -> None:
    """Refuse a handle that is not free."""
    if not is_free(tx, handle, user=user, group=group):
        raise Conflict("Somebody here has this handle, or one that looks like it.", field="handle")
