"""Pushes: what devices are to be told of, what they were told of, and what is read of it meanwhile.

Who wants to be told is asked when something is said, and again right before it is sent: both times by `_WANTED`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from chinwag.store.tables import (
    blocks,
    devices,
    members,
    messages,
    notices,
    preferences,
    pushes,
    rooms,
    sessions,
    users,
)
from chinwag.store.tx import Tx

AT_ONCE = 500
KEPT = 100
"""So many pushes of a user are in the log."""
LOOKED_BACK = 500
"""So many seqs of a room are looked through for another message, where that which was to be told is not any more."""

_NOW: BindParameter[int] = bindparam("now")
_USERS: BindParameter[int] = bindparam("users", expanding=True)
_UNSENT = pushes.c.state.in_(("waiting", "sending"))

_AWAKE = and_(
    users.c.banned_at.is_(None),
    or_(users.c.quiet_until.is_(None), users.c.quiet_until <= _NOW),
    or_(sessions.c.ends_at.is_(None), sessions.c.ends_at > _NOW),
)
"""Whose device it is may come in, and may be disturbed."""
_CALLED = exists().where(
    notices.c.message == messages.c.id,
    notices.c.user == members.c.user,
    notices.c.kind.in_(("mention", "thread")),
    notices.c.done == false(),
    notices.c.deleted == false(),
)
_IN_ROOM = or_(messages.c.thread.is_(None), messages.c.also)
_UNREAD = and_(
    messages.c.deleted == false(),
    members.c.deleted == false(),
    or_(and_(_IN_ROOM, members.c.read_seq < messages.c.seq), _CALLED),
)
_WANTED = and_(
    _UNREAD,
    _AWAKE,
    members.c.user != messages.c.author,
    members.c.notify != "none",
    or_(members.c.muted_until.is_(None), members.c.muted_until <= _NOW),
    or_(_CALLED, and_(_IN_ROOM, members.c.notify != "mentions")),
    ~exists().where(blocks.c.user == members.c.user, blocks.c.blocked == messages.c.author),
)
_AUTHORS = users.alias()
_OWNERS = devices.join(users, users.c.id == devices.c.user).join(sessions, sessions.c.id == devices.c.session)
_HEARERS = messages.join(members, members.c.room == messages.c.room).join(_OWNERS, devices.c.user == members.c.user)
_DEVICE = (devices.c.id.label("device"), devices.c.user, devices.c.name)

_NEWS = (
    select(*_DEVICE, messages.c.id.label("message"), messages.c.room, messages.c.thread, messages.c.also)
    .select_from(_HEARERS)
    .where(_WANTED, messages.c.id.in_(bindparam("messages", expanding=True)))
    # Said twice, so that of a room's members those are looked at who have a device, and not all.
    .where(members.c.user.in_(select(devices.c.user)))
    .order_by(messages.c.id)
)
_CALLS = _NEWS.where(_CALLED, members.c.user.in_(_USERS))
_MESSAGE = (
    select(
        rooms.c.slug,
        rooms.c.name.label("room_name"),
        rooms.c.kind.label("room_kind"),
        _AUTHORS.c.name.label("author_name"),
        preferences.c.shows_text,
        _CALLED.label("called"),
    )
    .select_from(_HEARERS)
    .join(rooms, rooms.c.id == messages.c.room)
    .join(_AUTHORS, _AUTHORS.c.id == messages.c.author)
    .outerjoin(preferences, preferences.c.user == devices.c.user)
    .where(_WANTED, messages.c.id == bindparam("message"), devices.c.id == bindparam("device"))
)
_BEFORE = (
    select(messages.c.id)
    .select_from(_HEARERS)
    .where(_WANTED, devices.c.id == bindparam("device"))
    .where(messages.c.room == bindparam("room"), messages.c.at >= bindparam("since"))
    .where(messages.c.seq < bindparam("seq"), messages.c.seq >= bindparam("seq") - LOOKED_BACK)
    .where(
        ~exists().where(
            pushes.c.device == devices.c.id,
            pushes.c.tag == bindparam("tag"),
            pushes.c.state == "sent",
            pushes.c.message >= messages.c.id,
        )
    )
    .order_by(messages.c.seq.desc())
    .limit(1)
)
_BEFORE_IN_ROOM = _BEFORE.where(_IN_ROOM)
_BEFORE_IN_THREAD = _BEFORE.where(~_IN_ROOM, messages.c.thread == bindparam("thread"))
_REMINDING = and_(_AWAKE, notices.c.kind == "reminder", notices.c.done == false(), notices.c.deleted == false())
_REMINDERS = (
    select(*_DEVICE, notices.c.id.label("notice"))
    .select_from(notices.join(_OWNERS, devices.c.user == notices.c.user))
    .where(_REMINDING, notices.c.id.in_(bindparam("notices", expanding=True)))
)
_REMINDER = (
    select(notices, preferences.c.shows_text)
    .select_from(notices.join(_OWNERS, devices.c.user == notices.c.user))
    .outerjoin(preferences, preferences.c.user == devices.c.user)
    .where(_REMINDING, notices.c.id == bindparam("notice"), devices.c.id == bindparam("device"))
)
_SHOWN = (
    select(*_DEVICE, devices.c.endpoint, pushes.c.tag)
    .select_from(pushes.join(devices, devices.c.id == pushes.c.device))
    .where(pushes.c.user.in_(_USERS), pushes.c.shown == true())
    .where(
        ~exists()
        .where(messages.c.id == pushes.c.message)
        .where(members.c.room == messages.c.room, members.c.user == pushes.c.user, _UNREAD),
        ~exists().where(notices.c.id == pushes.c.notice, notices.c.done == false(), notices.c.deleted == false()),
    )
)
_WAITING = select(pushes.c.id, pushes.c.device, pushes.c.tag, pushes.c.kind).where(
    pushes.c.device.in_(bindparam("devices", expanding=True)), pushes.c.state == "waiting"
)
_COUNT = select(func.count()).where(pushes.c.state == "waiting")
_DUE = (
    select(pushes.c.id)
    .where(_UNSENT, pushes.c.due_at <= _NOW)
    .order_by(pushes.c.due_at, pushes.c.id)
    .limit(bindparam("most"))
)
_CLAIM = (
    select(pushes, devices.c.endpoint, devices.c.p256dh, devices.c.auth, devices.c.user.label("owner"))
    .outerjoin(devices, devices.c.id == pushes.c.device)
    .where(_UNSENT, pushes.c.due_at <= _NOW)
    .order_by(pushes.c.due_at, pushes.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=pushes)
)
_ONE = select(pushes).where(pushes.c.id == bindparam("id"))
_LOG = (
    select(pushes)
    .where(pushes.c.user == bindparam("user"), pushes.c.id < bindparam("before"), pushes.c.kind != "read")
    .order_by(pushes.c.id.desc())
    .limit(bindparam("most"))
)
_CHANGE = update(pushes).where(pushes.c.id == bindparam("the_id"))
_HIDE = (
    update(pushes)
    .where(pushes.c.device == bindparam("the_device"), pushes.c.shown == true())
    .where(pushes.c.tag.in_(bindparam("tags", expanding=True)))
    .values(shown=False)
)
_REMOVE = delete(pushes).where(pushes.c.id == bindparam("id"))
_OLDEST = (
    select(pushes.c.id)
    .where(pushes.c.user == bindparam("user"))
    .order_by(pushes.c.id.desc())
    .limit(1)
    .offset(KEPT)
    .scalar_subquery()
)
_TRIM = delete(pushes).where(pushes.c.user == bindparam("user"), pushes.c.id <= _OLDEST, ~_UNSENT)


def page_wanted(tx: Tx, said: Sequence[int], called: Sequence[tuple[int, int]]) -> list[Row[Any]]:
    """Which devices are to be told of these new messages, and, of pairs of a user and an older message that calls them
    now, which devices of theirs."""
    found = _sliced(tx, _NEWS, "messages", said)
    pairs = set(called)
    older = {"users": sorted({user for user, _ in pairs}), "messages": sorted({message for _, message in pairs})}
    rows = tx.read(_CALLS, {**older, "now": tx.now}) if pairs else ()
    return found + [row for row in rows if (row.user, row.message) in pairs]


def page_reminded(tx: Tx, notices: Sequence[int]) -> list[Row[Any]]:
    """Which devices are to be told of these reminders."""
    return _sliced(tx, _REMINDERS, "notices", notices)


def page_read(tx: Tx, users: Sequence[int]) -> list[Row[Any]]:
    """What devices of these users may still show though it is read, or not theirs to read any more."""
    return _sliced(tx, _SHOWN, "users", users)


def _sliced(tx: Tx, statement: Select[Any], name: str, ids: Sequence[int]) -> list[Row[Any]]:
    return [row for some in _slices(sorted(set(ids))) for row in tx.read(statement, {name: some, "now": tx.now})]


def _slices(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def page_waiting(tx: Tx, devices: Sequence[int]) -> list[Row[Any]]:
    """What waits to be sent to these devices."""
    return _sliced(tx, _WAITING, "devices", devices)


def count_waiting(tx: Tx) -> int:
    """How much waits to be sent, to all devices."""
    return int(tx.read(_COUNT).scalar_one())


def is_due(tx: Tx) -> bool:
    """Whether anything is to be sent now."""
    return tx.read(_DUE, {"now": tx.now, "most": 1}).first() is not None


def claim(tx: Tx, limit: int, *, until: int) -> list[Row[Any]]:
    """What is to be sent now, with the keys of its device: ours until then, when it is to be sent by anybody again."""
    rows = list(tx.read(_CLAIM, {"now": tx.now, "most": limit}))
    for row in rows:
        change(tx, row.id, state="sending", due_at=until)
    return rows


def find(tx: Tx, id: int) -> Row[Any] | None:
    """A push."""
    return tx.read(_ONE, {"id": id}).first()


def find_message(tx: Tx, device: int, message: int) -> Row[Any] | None:
    """What a device is told of a message, if it still is to be."""
    return tx.read(_MESSAGE, {"device": device, "message": message, "now": tx.now}).first()


def find_before(tx: Tx, push: Any, *, room: int, seq: int, since: int) -> int | None:
    """The last message before a seq, said since a time and not told yet, that a push's device is to be told of by its
    tag."""
    kind, _, number = push.tag.partition(":")
    values = {"device": push.device, "tag": push.tag, "room": room, "seq": seq, "since": since, "now": tx.now}
    if kind == "room":
        return tx.read(_BEFORE_IN_ROOM, values).scalar()
    return tx.read(_BEFORE_IN_THREAD, {**values, "thread": int(number)}).scalar()


def find_reminder(tx: Tx, device: int, notice: int) -> Row[Any] | None:
    """What a device is told of a reminder, if it still is to be."""
    return tx.read(_REMINDER, {"device": device, "notice": notice, "now": tx.now}).first()


def page_log(tx: Tx, user: int, *, before: int, limit: int) -> list[Row[Any]]:
    """What a user's devices were told of, the newest first."""
    return list(tx.read(_LOG, {"user": user, "before": before, "most": limit}))


def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add what is to be sent."""
    given = {"at": tx.now, "tries": 0, "state": "waiting", "problem": "", "shown": False}
    if rows:
        tx.write(insert(pushes), [{"message": None, "notice": None, **given, **row} for row in rows])


def change(tx: Tx, id: int, **values: Any) -> None:
    """Change columns of a push."""
    tx.write(_CHANGE.values(**values), {"the_id": id})


def hide(tx: Tx, device: int, tags: Sequence[str]) -> None:
    """A device shows nothing under these tags any more."""
    tx.write(_HIDE, {"the_device": device, "tags": list(tags)})


def remove(tx: Tx, id: int) -> None:
    """Forget a push."""
    tx.write(_REMOVE, {"id": id})


def trim(tx: Tx, user: int) -> None:
    """Forget a user's oldest pushes that were sent."""
    tx.write(_TRIM, {"user": user})
