"""Previews: which links of a message are looked behind, what is kept of them, and taking one away."""

import html
import re
import unicodedata

import msgspec

from chinwag.changes import Message, room_topic
from chinwag.errors import Forbidden, NotFound
from chinwag.services import access
from chinwag.services.shapes import Id, Seq
from chinwag.store import messages, previews, workspace
from chinwag.store.tx import Tx

MOST = 5
URL_MOST = 2_000

_HREF = re.compile(r'<a [^>]*?href="(https?://[^"]*)"', re.IGNORECASE)


class Found(msgspec.Struct):
    """What is behind a link; without a title nothing is shown of it."""

    url: str
    title: str = ""
    text: str = ""
    site: str = ""
    image: str | None = None
    width: int = 0
    height: int = 0


def links(message: Message, own: str) -> list[str]:
    """The links of a message that may have previews: the first five to other sites, none in code."""
    found = dict.fromkeys(map(html.unescape, _HREF.findall(message.html)))
    own = own.rstrip("/")
    return [url for url in found if len(url) <= URL_MOST and not _is_within(url, own)][:MOST]


def _is_within(url: str, own: str) -> bool:
    return url.lower().startswith(own.lower()) and url[len(own) : len(own) + 1] in ("", "/", "?", "#")


def wanted(tx: Tx, *, message: int, own: str) -> list[str]:
    """The links of a message that are to be looked behind now."""
    found = messages.find(tx, message)
    if found is None or found.deleted or not workspace.settings(tx).previews:
        return []
    tried = previews.page_tried(tx, message)
    return [url for url in links(found, own) if url not in tried]


def keep(tx: Tx, *, message: int, own: str, found: Found) -> None:
    """Add what was found behind a link, if the message still has it and nobody was faster."""
    present = messages.find(tx, message)
    assert present is not None
    topic = room_topic(present.room)
    tx.lock(topic)
    if found.url not in wanted(tx, message=message, own=own):
        return
    values = {
        "url": found.url,
        "title": clean(found.title, 200),
        "text": clean(found.text, 400),
        "site": clean(found.site, 80),
    }
    previews.add(tx, message, **values, image=found.image, width=found.width, height=found.height)
    if values["title"]:
        seq = tx.take(topic)
        tx.change(topic, seq, messages=[messages.refresh(tx, message, rev=seq)])


def clean(text: str, most: int) -> str:
    """A stranger's text as one bounded line without control characters."""
    seen = (one for one in text[: 4 * most] if one.isspace() or unicodedata.category(one) not in ("Cc", "Cf", "Cs"))
    line = " ".join(unicodedata.normalize("NFC", "".join(seen)).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def remove(tx: Tx, *, message: Id, place: Seq) -> Message:
    """Take a preview away from a message of one's own, or as a moderator from anybody's; it does not come back."""
    standing, found = access.changing_message(tx, message, archived=True)
    if found.author != tx.caller.user and (standing.rank < 1 or standing.kind == "direct"):
        raise Forbidden("Only its author and the room's moderators can remove a preview.")
    if place not in [one.place for one in found.previews]:
        raise NotFound("preview")
    seq = tx.take(standing.topic)
    previews.remove(tx, message, place)
    changed = messages.refresh(tx, message, rev=seq)
    tx.change(standing.topic, seq, messages=[changed])
    return changed
