"""Previews: what is behind the links of a message. A link that was tried keeps its row, also where nothing was found or
it was removed, so that it is not tried again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from chinwag.changes import Preview
from chinwag.store import blobs
from chinwag.store.tables import previews
from chinwag.store.tx import Tx

_OF_MESSAGE = select(previews).where(previews.c.message == bindparam("message")).order_by(previews.c.place)
_ADD = insert(previews)
_REMOVE = update(previews).where(
    previews.c.message == bindparam("the_message"), previews.c.place == bindparam("the_place")
)
_DROP = delete(previews).where(
    previews.c.message == bindparam("the_message"), previews.c.place.in_(bindparam("places", expanding=True))
)


def _rows(tx: Tx, message: int) -> Sequence[Any]:
    return tx.read(_OF_MESSAGE, {"message": message}).all()


def page(tx: Tx, message: int) -> list[Preview]:
    """Those that are shown."""
    return [
        Preview(
            place=row.place,
            url=row.url,
            title=row.title,
            text=row.text,
            site=row.site,
            image=f"/previews/{row.image}" if row.image else "",
            width=row.width,
            height=row.height,
        )
        for row in _rows(tx, message)
        if row.title and not row.removed
    ]


def page_tried(tx: Tx, message: int) -> list[str]:
    """The links that were tried, whatever came of it."""
    return [row.url for row in _rows(tx, message)]


def add(tx: Tx, message: int, **values: Any) -> None:
    """What was found behind a link."""
    place = max((row.place for row in _rows(tx, message)), default=-1) + 1
    tx.write(_ADD, {"message": message, "place": place, "removed": False, **values})


def remove(tx: Tx, message: int, place: int) -> None:
    """Show one no longer, and keep nothing of it but that."""
    blobs.loosen(tx, [row.image for row in _rows(tx, message) if row.place == place])
    nothing = {"removed": True, "title": "", "text": "", "site": "", "image": None, "width": 0, "height": 0}
    tx.write(_REMOVE.values(**nothing), {"the_message": message, "the_place": place})


def keep_only(tx: Tx, message: int, urls: Sequence[str]) -> None:
    """Forget those of other links; one that was removed stays so, should its link come back."""
    gone = [row for row in _rows(tx, message) if row.url not in urls and not (urls and row.removed)]
    if gone:
        tx.write(_DROP, {"the_message": message, "places": [row.place for row in gone]})
        blobs.loosen(tx, [row.image for row in gone])
