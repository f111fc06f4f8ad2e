"""Writing: what a message will look like, before it is sent."""

import msgspec

from chinwag.services import access, mentions
from chinwag.services.names import clean_body
from chinwag.services.shapes import Id
from chinwag.store.tx import Tx


class Written(msgspec.Struct):
    """The HTML that a message will have."""

    html: str


def look(tx: Tx, *, room: Id, body: str) -> Written:
    """What a message with this body will look like in a room. Nothing is kept, and nobody is called."""
    standing = access.room(tx, room)
    return Written(html=mentions.read(tx, standing, clean_body(body)).html)
