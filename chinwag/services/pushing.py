"""What is pushed to whom: found at the commit, asked again before it is sent, and settled after. `push.py` sends.

What is told is what the levels of rooms, keywords, mutes, blocks and not being disturbed leave, of what is still unread
and may still be read. Whoever is here is not told.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from chinwag.changes import WORKSPACE, Change
from chinwag.clock import SECOND, moment, stamp
from chinwag.services import plain
from chinwag.store import devices, messages, pushes
from chinwag.store.tx import Tx

WAITING = 10_000
"""So much may wait to be sent; what comes after is found in the inbox and its room alone."""
WAIT = 2 * SECOND
"""What is read in this time is not sent, and of several messages in it the last is."""
AGAIN = 20 * SECOND
HOLD = 600 * SECOND
"""What came while somebody was here, who did not read it, they are told of when they have gone: this long, and it is
looked this often whether they have."""
LEASE = 60 * SECOND
LASTS = 86_400
"""Seconds that a push service keeps what it cannot hand over."""
TRIES = 6
SLOWEST = 3_600
TEXT = 240
CLOSES = 50

SILENT = re.compile(r"(?:^|\.)(?:googleapis\.com|notify\.windows\.com)$")
"""Push services whose browsers bear a push that shows nothing, and only takes away what was read: see decision 0016."""


class News:
    """What was committed: new messages, whom older messages call now, reminders, and who may have read something."""

    def __init__(self) -> None:
        self.said: set[int] = set()
        self.called: set[tuple[int, int]] = set()
        self.reminded: set[int] = set()
        self.moved: set[int] = set()

    def __len__(self) -> int:
        return len(self.said) + len(self.called) + len(self.reminded) + len(self.moved)

    def take(self, change: Change) -> None:
        """Take in what is told of a commit."""
        kind, _, number = change.topic.partition(":")
        if kind == "room":
            self.said.update(row.id for row in change.messages if row.rev == row.seq and not row.deleted)
        elif kind == "user":
            self._take_own(int(number), change)

    def _take_own(self, user: int, change: Change) -> None:
        if change.mine or change.threads or any(row.done for row in change.notices):
            self.moved.add(user)
        for row in change.notices:
            if not row.done and row.kind == "reminder":
                self.reminded.add(row.id)
            elif not row.done and row.kind in ("mention", "thread") and row.message is not None:
                self.called.add((user, row.message))


class Job(msgspec.Struct, frozen=True):
    """A push that is ready: to be encrypted for a device, and sent. `closes` are the tags of what it takes away."""

    id: int
    endpoint: str
    p256dh: str
    auth: str
    payload: bytes
    topic: str
    urgency: str
    closes: list[str]


class Outcome(msgspec.Struct, frozen=True):
    """What a push service answered, and in how many seconds it wants to be asked again. Code 0 is no answer."""

    code: int
    retry_after: int | None = None


def open_up(tx: Tx, *, on: bool, fresh: str) -> str:
    """The private key of this server: the fresh one at its first start. Several processes share it."""
    tx.lock(WORKSPACE)
    present = devices.find_key(tx)
    private = present.private if present else fresh
    if present is None or present.open != on:
        devices.put_key(tx, private=private, open=on)
    return private


def find(tx: Tx, *, news: News) -> list[dict[str, Any]]:
    """What is to be sent because of some news, as rows for `queue`. Nothing is the usual answer."""
    older = [pair for pair in news.called if pair[1] not in news.said]
    found = [
        _row(row, "message", f"room:{row.room}" if _in_room(row) else f"thread:{row.thread}", message=row.message)
        for row in pushes.page_wanted(tx, list(news.said), older)
    ]
    reminded = pushes.page_reminded(tx, list(news.reminded))
    found += [_row(row, "reminder", f"reminder:{row.notice}", notice=row.notice) for row in reminded]
    read = [row for row in pushes.page_read(tx, list(news.moved)) if _bears_silence(row)]
    return found + [_row(row, "read", row.tag) for row in read]


def _row(row: Any, kind: str, tag: str, **about: int) -> dict[str, Any]:
    return {"user": row.user, "device": row.device, "name": row.name, "kind": kind, "tag": tag, **about}


def _bears_silence(row: Any) -> bool:
    return SILENT.search(urlsplit(row.endpoint).netloc) is not None


def _in_room(row: Any) -> bool:
    return row.thread is None or row.also


def queue(tx: Tx, *, rows: list[dict[str, Any]]) -> None:
    """Let these be sent soon. A device has one push of a tag waiting, of the latest; what was read gives way to it."""
    space = WAITING - pushes.count_waiting(tx)
    latest = {(row["device"], row["tag"]): row for row in sorted(rows, key=lambda row: row["kind"] != "read")}
    waiting = {(row.device, row.tag): row for row in pushes.page_waiting(tx, [device for device, _ in latest])}
    new = []
    for key, row in latest.items():
        present = waiting.get(key)
        if present is None:
            new.append({**row, "due_at": tx.now + WAIT})
        elif row["kind"] != "read":
            pushes.change(tx, present.id, kind=row["kind"], message=row.get("message"), at=tx.now)
    pushes.add(tx, new[: max(0, space)])


def is_due(tx: Tx) -> bool:
    """Whether anything is to be sent now."""
    return pushes.is_due(tx)


def claim(tx: Tx, *, online: Collection[int], limit: int) -> list[Job]:
    """What is to be sent now, to be settled within a minute. Whoever is online is not told yet; what is read, or not to
    be read any more, is dropped, and goes from the device if it bears silence and shows it still."""
    jobs = []
    for row in pushes.claim(tx, limit, until=tx.now + LEASE):
        job = None if row.endpoint is None else _MAKERS[row.kind](tx, row)
        here = row.owner in online and row.kind in ("message", "reminder")
        if job is None and (silent := _silent(tx, row)) is not None:
            jobs.append(silent)
        elif job is None or (here and tx.now - row.at >= HOLD):
            pushes.remove(tx, row.id)
        elif here:
            pushes.change(tx, row.id, state="waiting", due_at=tx.now + AGAIN)
        else:
            jobs.append(job)
    return jobs


def _silent(tx: Tx, row: Any) -> Job | None:
    """Of a message that is not to be told any more, what takes away those before it."""
    if row.kind != "message" or row.endpoint is None or not _bears_silence(row):
        return None
    job = _read(tx, row)
    if job is not None:
        pushes.change(tx, row.id, kind="read")
    return job


def _message(tx: Tx, row: Any) -> Job | None:
    """Of the message that waits or, if that is not to be told any more, of the last before it that is."""
    found, said = pushes.find_message(tx, row.device, row.message), messages.find(tx, row.message)
    if found is None and said is not None:
        before = pushes.find_before(tx, row, room=said.room, seq=said.seq, since=row.at - HOLD)
        if before is None:
            return None
        pushes.change(tx, row.id, message=before)
        found, said = pushes.find_message(tx, row.device, before), messages.find(tx, before)
    if found is None or said is None:
        return None
    slug, direct = quote(found.slug, safe=""), found.room_kind == "direct"
    place = f"/{said.seq}" if _in_room(said) else f"?panel=thread:{said.thread}&at={said.seq}"
    told: dict[str, Any] = {"path": f"/rooms/{slug}{place}", "by": found.author_name, "seq": said.seq}
    told["at"] = _milliseconds(said.at)
    if not direct:
        told["room"] = found.room_name if found.room_kind == "private" else f"#{found.room_name}"
    if found.shows_text:
        told["text"] = plain.words(said.html, TEXT) or ", ".join(file.name for file in said.files)[:TEXT]
    return _made(tx, row, "message", told, urgency="high" if found.called or direct else "normal")


def _reminder(tx: Tx, row: Any) -> Job | None:
    found = pushes.find_reminder(tx, row.device, row.notice)
    if found is None:
        return None
    told: dict[str, Any] = {"path": "/inbox/reminders", "at": _milliseconds(moment(found.at))}
    told |= {"text": found.text[:TEXT]} if found.shows_text else {}
    return _made(tx, row, "reminder", told, urgency="high")


def _test(tx: Tx, row: Any) -> Job:
    return _made(tx, row, "test", {"path": "/settings/notifications"}, urgency="high")


def _read(tx: Tx, row: Any) -> Job | None:
    job = _made(tx, row, "read", {}, urgency="normal")
    return job if row.tag in job.closes else None


_MAKERS: dict[str, Callable[[Tx, Any], Job | None]] = {
    "message": _message,
    "reminder": _reminder,
    "test": _test,
    "read": _read,
}


def _made(tx: Tx, row: Any, kind: str, told: dict[str, Any], *, urgency: str) -> Job:
    read = {one.tag for one in pushes.page_read(tx, [row.user]) if one.device == row.device}
    closes = sorted(read if kind == "read" else read - {row.tag})[:CLOSES]
    payload = {"kind": kind, "tag": row.tag, "closes": closes, **told}
    topic = urlsafe_b64encode(sha256(f"{row.auth}{row.tag}".encode()).digest())[:32].decode()
    keys = {"endpoint": row.endpoint, "p256dh": row.p256dh, "auth": row.auth}
    return Job(id=row.id, payload=msgspec.json.encode(payload), topic=topic, urgency=urgency, closes=closes, **keys)


def _milliseconds(at: datetime) -> int:
    return stamp(at) // 1000


def settle(tx: Tx, *, id: int, closes: list[str], outcome: Outcome) -> None:
    """A push was sent, and this is what became of it."""
    row = pushes.find(tx, id)
    if row is None:
        return
    if 200 <= outcome.code < 300:
        _settle_sent(tx, row, closes)
    elif outcome.code in (404, 410):
        pushes.change(tx, id, state="failed", problem="This browser takes no more notifications.")
        if row.device is not None:
            devices.remove(tx, row.device)
    elif _may_try_again(tx, row, outcome):
        pushes.change(
            tx, id, state="waiting", tries=row.tries + 1, problem=_problem(outcome), due_at=_next(tx, row, outcome)
        )
    else:
        pushes.change(tx, id, state="failed", problem=_problem(outcome))
    pushes.trim(tx, row.user)


def _settle_sent(tx: Tx, row: Any, closes: list[str]) -> None:
    if row.device is not None:
        devices.change(tx, row.device, sent_at=tx.now)
        pushes.hide(tx, row.device, [row.tag, *closes])
    if row.kind == "read":
        pushes.remove(tx, row.id)
    else:
        pushes.change(tx, row.id, state="sent", shown=row.kind != "test")


def _may_try_again(tx: Tx, row: Any, outcome: Outcome) -> bool:
    passes = outcome.code in (0, 429) or outcome.code >= 500
    return passes and row.tries + 1 < TRIES and tx.now - row.at < LASTS * SECOND


def _problem(outcome: Outcome) -> str:
    if not outcome.code:
        return "The push service could not be reached."
    return f"The push service answered {outcome.code}."


def _next(tx: Tx, row: Any, outcome: Outcome) -> int:
    """Each time four times later, or when the push service says."""
    wait = 5 * 4**row.tries if outcome.retry_after is None else outcome.retry_after
    return int(tx.now + min(max(wait, 1), SLOWEST) * SECOND)
