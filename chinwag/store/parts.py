"""What other tables say of a message, kept with it as JSON, so that a page of messages is one look at one table.

Whoever changes one of these tables calls `messages.refresh` in the same transaction; `read` is what it writes.
"""

import msgspec

from chinwag.changes import Parts
from chinwag.store import files, polls, previews, reactions, threads
from chinwag.store.tx import Tx

_decoder = msgspec.json.Decoder(Parts)
_NONE = Parts()


def read(tx: Tx, message: int) -> Parts:
    """The parts of a message, from the tables that hold them."""
    return Parts(
        files=[files.file_of(row) for row in files.page_of_message(tx, message)],
        previews=previews.page(tx, message),
        replies=threads.replies(tx, message),
        poll=polls.find(tx, message),
        reactions=reactions.page(tx, message),
    )


def encoded(parts: Parts) -> str:
    """As they are kept: empty where there are none."""
    return "" if parts == _NONE else msgspec.json.encode(parts).decode()


def decoded(text: str) -> Parts:
    """What was kept."""
    return _decoder.decode(text) if text else _NONE
