"""Groups: people who are called together, by one handle. Administrators make them."""

from typing import Annotated

import msgspec

from chinwag.changes import WORKSPACE, Group
from chinwag.errors import Conflict, NotFound
from chinwag.services import access, handles
from chinwag.services.names import clean_handle, clean_name, skeleton
from chinwag.services.shapes import Id
from chinwag.store import audit, groups
from chinwag.store.tx import Tx

MOST = 200
USERS_MOST = 500

People = Annotated[list[Id], msgspec.Meta(max_length=USERS_MOST)]


class Groups(msgspec.Struct):
    """All groups."""

    groups: list[Group]


def page(tx: Tx) -> Groups:
    """All groups; for guests none."""
    return Groups(groups=[] if access.me(tx).kind == "guest" else groups.page_all(tx))


def create(tx: Tx, *, handle: str, name: str, users: People) -> Group:
    """Make a group that these people are called by."""
    access.admin(tx)
    handle, name = clean_handle(handle), clean_name(name)
    handles.check_free(tx, handle)
    wanted = [user.id for user in access.people(tx, users)]
    if groups.count(tx) >= MOST:
        raise Conflict(f"There can be {MOST} groups at most: please remove one first.")
    seq = tx.take(WORKSPACE)
    group = groups.add(tx, handle=handle, handle_skeleton=skeleton(handle), name=name, users=wanted, rev=seq)
    return _tell(tx, seq, group, "groups.create", handle)


def edit(
    tx: Tx, *, group: Id, handle: str | None = None, name: str | None = None, users: People | None = None
) -> Group:
    """Give a group another handle, another name or other people."""
    access.admin(tx)
    present = _find(tx, group)
    handle = present.handle if handle is None else clean_handle(handle)
    name = present.name if name is None else clean_name(name)
    handles.check_free(tx, handle, group=group)
    # Who was banned since may stay: they cannot be named anew.
    wanted = present.users if users is None else [user.id for user in access.people(tx, users)]
    if (handle, name, wanted) == (present.handle, present.name, present.users):
        return present
    seq = tx.take(WORKSPACE)
    values = {"handle": handle, "handle_skeleton": skeleton(handle), "name": name}
    groups.change(tx, group, users=wanted, rev=seq, **values)
    return _tell(tx, seq, group, "groups.edit", handle)


def remove(tx: Tx, *, group: Id) -> None:
    """Take a group away; its handle is free again."""
    access.admin(tx)
    present = _find(tx, group)
    seq = tx.take(WORKSPACE)
    gone = f"~{group}"
    groups.change(tx, group, users=[], deleted=True, handle=gone, handle_skeleton=gone, name="", rev=seq)
    _tell(tx, seq, group, "groups.remove", present.handle)


def _find(tx: Tx, group: int) -> Group:
    found = groups.find(tx, group)
    if found is None:
        raise NotFound("group")
    return found


def _tell(tx: Tx, seq: int, group: int, act: str, handle: str) -> Group:
    row = groups.page_since(tx, seq - 1)[0]
    tx.change(WORKSPACE, seq, groups=[row])
    audit.add(tx, act, handle)
    return row
