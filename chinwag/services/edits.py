"""Edits: what a message said before, for whoever may read it."""

from datetime import datetime
from typing import Annotated

import msgspec

from chinwag.clock import moment
from chinwag.services import access
from chinwag.services.shapes import BIGGEST, Id
from chinwag.store import edits
from chinwag.store.tx import Tx

Few = Annotated[int, msgspec.Meta(ge=1, le=20)]


class Edit(msgspec.Struct):
    """An older text, and when it was written."""

    id: int
    at: datetime
    body: str


class Edits(msgspec.Struct):
    """Older texts of a message, the newest first, and whether there is more."""

    edits: list[Edit]
    more: bool


def history(tx: Tx, *, message: Id, before: Id = BIGGEST, limit: Few = 20) -> Edits:
    """What a message said before it was edited."""
    access.readable_message(tx, message)
    found = edits.page(tx, message, before=before, limit=limit + 1)
    kept = [Edit(id=row.id, at=moment(row.at), body=row.body) for row in found[:limit]]
    return Edits(edits=kept, more=len(found) > limit)
