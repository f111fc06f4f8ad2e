"""Mentions: whom a message calls by `@handle`, `@here` and `@room`, and how that is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chinwag.services import markdown
from chinwag.services.access import Standing
from chinwag.services.pictures import named_in
from chinwag.store import groups, users, workspace
from chinwag.store.tx import Tx

MOST = 20
"""So many mentions of a message count; the others stay as typed."""

HERE, ROOM = "here", "room"
RESERVED = (HERE, ROOM)
"""Handles that nobody can have."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said, as it is shown, and whom it calls: `user:3`, `group:2`, `here`, `room`."""

    html: str
    mentions: list[str]


def people(mentions: Iterable[str]) -> list[int]:
    """The users among whom a message calls."""
    return [int(one.removeprefix("user:")) for one in mentions if one.startswith("user:")]


def groups_of(mentions: Iterable[str]) -> list[int]:
    """The groups among whom a message calls."""
    return [int(one.removeprefix("group:")) for one in mentions if one.startswith("group:")]


def read(tx: Tx, standing: Standing, body: str) -> Words:
    """Render a message, and see whom it calls. One without an "@" and ":name:" costs no statement."""
    handles = markdown.mentions(body) if "@" in body else []
    names = _names(tx, standing, handles) if handles else {}
    called = list(dict.fromkeys(names[handle][0] for handle in handles if handle in names))[:MOST]
    shown = {handle: name for handle, name in names.items() if name[0] in called}
    return Words(markdown.render(body, shown, named_in(tx, body)) if body else "", called)


def _names(tx: Tx, standing: Standing, handles: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Whom these handles mean, and the name to show; those that mean nobody, or nobody whom the caller may call, are
    left out. Guests call only the people of the room."""
    people = users.page_called(tx, standing.id, handles)
    names = {row.handle: (f"user:{row.id}", row.name) for row in people if row.inside or not standing.guest}
    if not standing.guest:
        names |= {row.handle: (f"group:{row.id}", row.name) for row in groups.page_called(tx, handles)}
        names |= {word: (word, word) for word in RESERVED if word in handles}
        if ROOM in names and not _may_call_all(tx, standing):
            del names[ROOM]
    return names


def _may_call_all(tx: Tx, standing: Standing) -> bool:
    return standing.kind == "direct" or standing.rank > 0 or workspace.settings(tx).calling == "all"
