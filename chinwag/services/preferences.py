"""Preferences: what one sets for oneself on all one's devices."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chinwag.changes import Preferences, user_topic
from chinwag.errors import Invalid
from chinwag.services import access
from chinwag.services.names import clean_line
from chinwag.services.notices import folded
from chinwag.store import preferences, rooms
from chinwag.store.tx import Tx

KEYWORD_MOST = 64

Keywords = Annotated[list[str], Meta(max_length=20)]


def change(
    tx: Tx, *, keywords: Keywords | None = None, shows_seen: bool | None = None, shows_text: bool | None = None
) -> Preferences:
    """Set the words that one wants to hear of wherever they are said, whether others see when one was last here, and
    whether notifications that are pushed hold what was said."""
    me = access.me(tx)
    present = preferences.get(tx, me.id)
    wanted = msgspec.structs.replace(
        present,
        keywords=present.keywords if keywords is None else _clean(keywords),
        shows_seen=present.shows_seen if shows_seen is None else shows_seen,
        shows_text=present.shows_text if shows_text is None else shows_text,
    )
    if wanted == present:
        return present
    topic = user_topic(me.id)
    seq = tx.take(topic)
    if wanted.keywords:
        rooms.listen(tx, me.id)
    changed = preferences.put(tx, me.id, wanted, rev=seq)
    tx.change(topic, seq, preferences=changed)
    return changed


def _clean(keywords: list[str]) -> list[str]:
    """Lines of at least one word, each once whatever their case."""
    lines = [clean_line(one, KEYWORD_MOST, field="keywords") for one in keywords]
    if not all(folded(line).strip() for line in lines):
        raise Invalid("keywords", "A keyword needs a letter or a digit.")
    first: dict[str, str] = {}
    for line in lines:
        first.setdefault(folded(line), line)
    return list(first.values())
