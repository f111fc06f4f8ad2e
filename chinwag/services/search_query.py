"""The language of search: what somebody typed, as words and filters. Knows nothing of rooms, people or the database.

apt upgrade      both words, each beginning a word; of scripts without spaces any part
"disk is full"   these words side by side
-word            without it; before a phrase or a filter too
from:ann in:ops before:2026-01-31 after: on: has:link is:pinned
"""

import re
from dataclasses import dataclass, field
from datetime import date

from chinwag.errors import Invalid, TooLarge
from chinwag.store.search import Term
from chinwag.store.words import asked

LONGEST = 256
WORDS = 32
"""So many words, phrases and filters: SQLite cannot be stopped within FTS5, so what it may be asked is bounded."""

HAS = ("link", "file", "image", "code", "reaction")
IS = ("pinned", "saved", "thread")

_PIECE = re.compile(r'(-?)(?:(from|in|before|after|on|has|is):("[^"]*"?|\S*)|"([^"]*)"?|([^\s"]+))', re.IGNORECASE)


@dataclass(slots=True)
class Asked:
    """What was typed. In `filters` are the name, the value, and whether it is to be so or not to be so."""

    words: list[Term] = field(default_factory=list)
    without: list[Term] = field(default_factory=list)
    filters: list[tuple[str, str, bool]] = field(default_factory=list)
    dates: list[tuple[str, date]] = field(default_factory=list)
    plain: str = ""
    """The words alone, where there is nothing else: what a name may begin with."""


def read(query: str) -> Asked:
    """Take a query apart, or say what is wrong with it."""
    if len(query) > LONGEST:
        raise TooLarge(f"A search has at most {LONGEST} characters.", field="query")
    found = Asked()
    for minus, name, value, phrase, word in _PIECE.findall(query):
        if name:
            _read_filter(found, name.lower(), value.strip('"').strip(), wanted=not minus)
        else:
            _read_words(found, phrase or word, prefix=bool(word), wanted=not minus)
    count = len(found.words) + len(found.without) + len(found.filters) + len(found.dates)
    if not count:
        raise Invalid("query", "Please give a word to search for, or a filter such as from: or in:.")
    if count > WORDS:
        raise TooLarge(f"A search has at most {WORDS} words and filters.", field="query")
    if not (found.without or found.filters or found.dates) and '"' not in query:
        found.plain = " ".join(query.split())
    return found


def _read_words(found: Asked, text: str, *, prefix: bool, wanted: bool) -> None:
    words, prefix = asked(text, prefix=prefix)
    if words:
        (found.words if wanted else found.without).append(Term(words, prefix))


def _read_filter(found: Asked, name: str, value: str, *, wanted: bool) -> None:
    shown = f"{name}:{value[:32]}"
    if name in ("before", "after", "on"):
        if not wanted:
            raise Invalid("query", f"“-{shown}”: a date cannot be turned round; please use before: or after:.")
        found.dates.append((name, _date(shown, value)))
        return
    value = value.removeprefix("#" if name == "in" else "@" if name == "from" else "")
    if not value:
        raise Invalid("query", f"“{name}:” needs something after it, such as {_EXAMPLES[name]}.")
    choices = {"has": HAS, "is": IS}.get(name)
    if choices and value.lower() not in choices:
        raise Invalid("query", f"“{shown}”: {name}: is followed by {', '.join(choices[:-1])} or {choices[-1]}.")
    found.filters.append((name, value.lower() if choices else value, wanted))


_EXAMPLES = {"from": "from:ann", "in": "in:lobby", "has": "has:link", "is": "is:pinned"}


def _date(shown: str, value: str) -> date:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            raise ValueError
        day = date.fromisoformat(value)
    except ValueError:
        raise Invalid("query", f"“{shown}” is not a date: please write it as 2026-01-31.") from None
    return min(max(day, date(1971, 1, 1)), date(9998, 12, 31))
