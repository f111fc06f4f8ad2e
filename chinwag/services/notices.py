"""Notices: telling people, in their inboxes, what concerns them.

Whoever is called directly hears of it whatever they have set for the room; a room that one has muted, or of which one
wants to hear nothing, says nothing else. Whom one has blocked tells one nothing.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from chinwag.changes import Message, NoticeKind
from chinwag.services import own
from chinwag.services.access import Standing
from chinwag.services.mentions import HERE, ROOM, groups_of, people
from chinwag.store import groups, members, notices, preferences
from chinwag.store.tx import Tx

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]"
)
"""Scripts that are written without spaces, or with endings on their words."""


def tell(
    tx: Tx,
    users: Iterable[int],
    *,
    kind: NoticeKind,
    room: int | None = None,
    message: int | None = None,
    by: int | None = None,
    text: str = "",
) -> None:
    """Put a notice in the inboxes of these users, and tell them. Whoever calls this knows that they may read the
    message. An inbox that is full takes nothing more."""
    wanted = with_space(tx, users)
    given: dict[str, Any] = {"kind": kind, "room": room, "message": message, "by": by}
    own.change(tx, wanted, lambda revs: notices.add(tx, revs, texts=dict.fromkeys(revs, text), **given))


def withdraw(tx: Tx, *, kind: NoticeKind, message: int, by: int, text: str = "") -> None:
    """Take back the notices that somebody gave cause for, as if nothing had been."""
    _remove(tx, notices.page_about(tx, message, kind=kind, by=by, text=text))


def said(tx: Tx, standing: Standing, message: Message, *, new: Collection[str], online: Collection[int]) -> None:
    """Tell whoever a new or edited message calls by `new` (some of its mentions), and whoever wants to hear of its
    words; each once: whom an answer told before it called them, it tells by the call instead. A thread's followers hear
    of an answer by `services.threads`."""
    called = whom(tx, standing, message, new=new, online=online)
    if not called:
        return
    answered = notices.page_about(tx, message.id, kind="thread") if message.edited_at else []

    def write(revs: own.Revs) -> None:
        if instead := [row.id for row in answered if row.user in revs]:
            notices.remove(tx, instead)
        mention(tx, revs, message, called)

    own.change(tx, called, write)


def mention(tx: Tx, revs: own.Revs, message: Message, called: Mapping[int, str]) -> None:
    """Add the notices of those who are called, within `own.change`."""
    now = {user: rev for user, rev in revs.items() if user in called}
    given: dict[str, Any] = {"room": message.room, "message": message.id, "by": message.author}
    notices.add(tx, now, kind="mention", texts=called, **given)
    members.stamp_mine(tx, list(now), [message.room])


def add_answer(tx: Tx, revs: own.Revs, answer: Message) -> None:
    """Add the notices of those who hear of an answer, within `own.change`."""
    notices.add(tx, revs, kind="thread", room=answer.room, message=answer.id, by=answer.author, texts={})


def whom(
    tx: Tx, standing: Standing, message: Message, *, new: Collection[str], online: Collection[int]
) -> dict[int, str]:
    """Who is to hear of a message that they are called by, with the keyword that did it, or nothing."""
    direct, heard = set(people(new)), _heard_words(tx, standing, message)
    loose = groups.page_users(tx, groups_of(new))
    loose |= set(heard) | (set(online) if HERE in new else set())
    if not (direct or loose or ROOM in new):
        return {}
    wanted = None if ROOM in new else direct | loose
    rows = members.page_callable(tx, standing.id, by=message.author, users=wanted)
    called = [row.user for row in rows if row.user in direct or not is_quiet(row, tx.now)]
    known = {row.user for row in notices.page_about(tx, message.id, kind="mention")} if message.edited_at else set()
    fresh = with_space(tx, set(called) - known)
    return {user: "" if user in direct else heard.get(user, "") for user in fresh}


def is_quiet(row: Any, now: int) -> bool:
    """Whether a member wants to hear nothing of a room just now."""
    return row.notify == "none" or (row.muted_until or 0) > now


def forget(tx: Tx, message: Message) -> None:
    """A message is gone: what tells of it goes too."""
    _remove(tx, notices.page_about(tx, message.id))


def _remove(tx: Tx, rows: Collection[Any]) -> None:
    def write(revs: own.Revs) -> None:
        mine = [row for row in rows if row.user in revs]
        notices.remove(tx, [row.id for row in mine])
        rooms = {row.room for row in mine if row.kind == "mention"}
        members.stamp_mine(tx, [row.user for row in mine if row.kind == "mention"], sorted(rooms))

    own.change(tx, {row.user for row in rows}, write)


def with_space(tx: Tx, users: Iterable[int]) -> list[int]:
    """Those of these users whose inboxes are not full."""
    wanted = sorted(set(users))
    undone = notices.count(tx, wanted) if wanted else {}
    return [user for user in wanted if undone.get(user, 0) < notices.UNDONE_MOST]


def _heard_words(tx: Tx, standing: Standing, message: Message) -> dict[int, str]:
    """Who has a keyword that is in a message, and which."""
    if not standing.listened:
        return {}
    text = folded(message.body)
    words = set(text.split())
    found = {}
    for user, keywords in preferences.page_keywords(tx, standing.id).items():
        keyword = next((one for one in keywords if _is_in(folded(one), text, words)), None)
        if keyword is not None:
            found[user] = keyword
    return found


def folded(text: str) -> str:
    """Its words in small letters, a space before and after each."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _is_in(keyword: str, text: str, words: Collection[str]) -> bool:
    bare = keyword.strip()
    if _UNSPACED.search(bare):
        return bare in text
    return keyword in text if " " in bare else bare in words
