"""Drafts, scheduled messages, reminders and statuses: what waits, and what the clock does with it, once."""

import asyncio
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chinwag import alarm, clock
from chinwag.changes import Change, Draft, Scheduled
from chinwag.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from chinwag.services import due, scheduled, sync
from chinwag.store import scheduled as scheduled_store
from chinwag.store.tx import Caller, Tx
from tests.world import Server, Stage, plain, refused, until


class Time:
    """The time, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = clock.now()
        monkeypatch.setattr(clock, "now", lambda: self.at)

    def __call__(self, **later: float) -> datetime:
        """So much later than now."""
        return clock.moment(self.at) + timedelta(**later)

    def passes(self, **more: float) -> None:
        self.at += timedelta(**more) // timedelta(microseconds=1)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


def fire(stage: Stage) -> int:
    """What the clock does at a look; how much was due."""
    found = stage.act(due.find)
    for one in found:
        stage.act(one.act, Caller(user=one.user, absent=True), id=one.id)
    return len(found)


def bodies(stage: Stage, by: Caller, room: int = 1) -> list[str]:
    return [row.body for row in stage.call("messages.page", by, room=room).messages]


def drafts(stage: Stage, by: Caller) -> list[Draft]:
    found: list[Draft] = stage.act(sync.start, by).drafts
    return found


# Drafts


def test_a_draft_is_kept_as_it_was_left_and_comes_whole_at_the_start(stage: Stage) -> None:
    ann = stage.add("ann")
    elsewhere = stage.sign_in(ann.user or 0)
    stage.call("drafts.save", ann, room=1, body="I think \r\n that")
    assert [(one.room, one.thread, one.body) for one in drafts(stage, elsewhere)] == [(1, 0, "I think \n that")]
    stage.call("drafts.save", elsewhere, room=1, body="I know")
    assert [one.body for one in drafts(stage, ann)] == ["I know"]
    assert stage.call("drafts.save", ann, room=1, body="").deleted
    assert drafts(stage, ann) == []


def test_saying_something_ends_the_draft_of_that_place_alone(stage: Stage) -> None:
    ann = stage.add("ann")
    room = stage.call("rooms.create", ann, name="Ops").id
    for one in (1, room):
        stage.call("drafts.save", ann, room=one, body="begun")
    stage.told.clear()
    stage.call("messages.post", ann, room=1, body="said", nonce="1")
    assert [one.room for one in drafts(stage, ann)] == [room]
    assert [one.topic for one in stage.told if isinstance(one, Change)] == ["room:1", f"user:{ann.user}"]
    stage.told.clear()
    stage.call("messages.post", ann, room=1, body="said again", nonce="2")
    assert [one.topic for one in stage.told if isinstance(one, Change)] == ["room:1"]


def test_what_is_no_draft_is_refused_and_the_one_before_stays(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    stage.call("drafts.save", ann, room=1, body="x" * 8_000)
    for body, kind in (("x" * 8_001, TooLarge), ("a\0b", Invalid), ("\ud800", Invalid)):
        with refused(kind, "body"):
            stage.call("drafts.save", ann, room=1, body=body)
    room = stage.call("rooms.create", bob, name="Ops", kind="private").id
    said = stage.call("messages.post", bob, room=room, body="hi", nonce="1").id
    with refused(NotFound, "room"):
        stage.call("drafts.save", ann, room=room, body="hi")
    for caller in (ann, bob):
        with refused(NotFound, "thread"):
            stage.call("drafts.save", caller, room=1, body="hi", thread=said)
    assert len(drafts(stage, ann)[0].body) == 8_000


def test_a_draft_of_a_room_that_one_left_can_be_ended_but_not_changed(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", bob, name="Ops", kind="private", users=[ann.user]).id
    root = stage.call("messages.post", bob, room=room, body="hi", nonce="1").id
    for thread in (None, root):
        stage.call("drafts.save", ann, room=room, body="begun", thread=thread)
    stage.call("rooms.leave", ann, room=room)
    with refused(NotFound, "room"):
        stage.call("drafts.save", ann, room=room, body="more")
    for thread in (None, root):
        assert stage.call("drafts.save", ann, room=room, body="", thread=thread).deleted
    assert drafts(stage, ann) == []
    with refused(NotFound, "room"):
        stage.call("drafts.save", stage.add("cleo"), room=room, body="")


def test_drafts_are_bounded_together(stage: Stage) -> None:
    ann = stage.add("ann")
    roots = [stage.call("messages.post", ann, room=1, body=f"{n}", nonce=f"{n}").id for n in range(17)]
    for root in roots[:16]:
        stage.call("drafts.save", ann, room=1, thread=root, body="x" * 8_000)
    with refused(Conflict, "body"):
        stage.call("drafts.save", ann, room=1, thread=roots[16], body="x")
    stage.call("drafts.save", ann, room=1, thread=roots[0], body="short")
    stage.call("drafts.save", ann, room=1, thread=roots[16], body="x")


# Scheduled messages


def test_a_scheduled_message_is_said_when_it_is_due_and_once(stage: Stage, time: Time) -> None:
    ann = stage.add("ann")
    stage.call("drafts.save", ann, room=1, body="something else")
    stage.call("scheduled.create", ann, room=1, body=" later\n", due_at=time(hours=1))
    time.passes(minutes=59)
    assert (fire(stage), bodies(stage, ann)) == (0, [])
    time.passes(minutes=1)
    found = stage.act(due.find)
    assert (fire(stage), fire(stage)) == (1, 0)
    for one in found:  # another process had found it too
        stage.act(one.act, Caller(user=one.user, absent=True), id=one.id)
    assert bodies(stage, ann) == [" later\n"]
    assert stage.call("scheduled.page", ann).scheduled == []
    assert [one.body for one in drafts(stage, ann)] == ["something else"]


def test_what_is_scheduled_is_shown_as_it_will_look(stage: Stage, time: Time) -> None:
    ann = stage.add("ann")
    made = stage.call("scheduled.create", ann, room=1, body="||hush|| @ann", due_at=time(hours=1))
    assert 'class="spoiler"' in made.html
    assert f'data-mention="user:{ann.user}"' in made.html
    assert "spoiler" in stage.call("scheduled.edit", ann, id=made.id, due_at=time(hours=2)).html
    assert "spoiler" not in stage.call("scheduled.edit", ann, id=made.id, body="loud").html
    stage.told.clear()
    stage.call("scheduled.cancel", ann, id=made.id)
    assert [row.html for one in stage.told if isinstance(one, Change) for row in one.scheduled] == [""]


def test_it_is_said_although_its_author_has_signed_out(stage: Stage, time: Time) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    stage.call("scheduled.create", ann, room=1, body="later", due_at=time(hours=1))
    stage.call("sessions.end", ann)
    time.passes(days=30)
    fire(stage)
    assert bodies(stage, bob) == ["later"]


def problem(stage: Stage, by: Caller) -> str:
    (row,) = stage.call("scheduled.page", by).scheduled
    found: str = row.problem
    return found


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("removed", "You are no longer in this room."),
        ("archived", "This room is archived: nothing new can be said in it."),
        ("read-only", "Only moderators write in this room."),
    ],
)
def test_who_may_not_say_it_any_more_gets_it_back_with_the_reason(
    stage: Stage, time: Time, change: str, words: str
) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Ops", users=[bob.user]).id
    stage.call("scheduled.create", bob, room=room, body="later", due_at=time(hours=1))
    if change == "removed":
        stage.call("members.remove", ann, room=room, user=bob.user)
    elif change == "archived":
        stage.call("rooms.archive", ann, room=room, on=True)
    else:
        stage.call("rooms.edit", ann, room=room, posting="moderators")
    time.passes(hours=2)
    stage.told.clear()
    assert (fire(stage), fire(stage)) == (1, 0)
    assert problem(stage, bob) == words
    (told,) = [one for one in stage.told if isinstance(one, Change)]
    assert (told.topic, [row.problem for row in told.scheduled]) == (f"user:{bob.user}", [words])


def test_one_with_a_problem_is_said_once_it_has_a_new_time(stage: Stage, time: Time) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Ops", users=[bob.user]).id
    made = stage.call("scheduled.create", bob, room=room, body="later", due_at=time(hours=1))
    stage.call("members.remove", ann, room=room, user=bob.user)
    time.passes(hours=2)
    fire(stage)
    with refused(Forbidden, "room"):
        stage.call("scheduled.edit", bob, id=made.id, due_at=time(hours=1))
    stage.call("members.add", ann, room=room, user=bob.user)
    stage.call("scheduled.edit", bob, id=made.id, due_at=time(hours=1), body="at last")
    assert problem(stage, bob) == ""
    time.passes(hours=1)
    fire(stage)
    assert bodies(stage, ann, room) == ["at last"]


def test_in_a_slow_room_it_waits_for_its_turn(stage: Stage, time: Time) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Ops", users=[bob.user]).id
    stage.call("rooms.edit", ann, room=room, slow=60)
    for body in ("one", "two"):
        stage.call("scheduled.create", bob, room=room, body=body, due_at=time(hours=1))
    time.passes(hours=1)
    fire(stage)
    assert bodies(stage, ann, room) == ["one"]
    time.passes(seconds=59)
    assert fire(stage) == 0
    time.passes(seconds=2)
    fire(stage)
    assert bodies(stage, ann, room) == ["one", "two"]


def test_it_is_changed_and_cancelled_by_its_author_alone(stage: Stage, time: Time) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    one, two = (stage.call("scheduled.create", ann, room=1, body=body, due_at=time(hours=1)) for body in ("one", "two"))
    for method in ("edit", "cancel"):
        with refused(NotFound, "message"):
            stage.call(f"scheduled.{method}", bob, id=one.id)
    stage.call("scheduled.edit", ann, id=one.id, body="changed", due_at=time(hours=2))
    stage.call("scheduled.cancel", ann, id=two.id)
    with refused(NotFound, "message"):
        stage.call("scheduled.edit", ann, id=two.id, body="x")
    time.passes(hours=1)
    assert fire(stage) == 0
    time.passes(hours=1)
    fire(stage)
    assert bodies(stage, bob) == ["changed"]


Ask = Callable[[Stage, Caller, datetime], Any]

ASKS: dict[str, tuple[Ask, str]] = {
    "a message": (lambda s, c, at: s.call("scheduled.create", c, room=1, body="x", due_at=at), "due_at"),
    "a reminder": (lambda s, c, at: s.call("reminders.create", c, text="x", due_at=at), "due_at"),
    "a status": (lambda s, c, at: s.call("accounts.status", c, text="x", ends_at=at), "ends_at"),
    "quiet": (lambda s, c, at: s.call("accounts.quiet", c, until=at), "until"),
}


@pytest.mark.parametrize("what", ASKS)
def test_a_moment_is_one_to_come_and_within_a_year(stage: Stage, time: Time, what: str) -> None:
    ann = stage.add("ann")
    ask, field = ASKS[what]
    far = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    for at in (far, time(days=367), time(), time(seconds=-1), datetime(1, 1, 1, tzinfo=UTC)):
        with refused(Invalid, field):
            ask(stage, ann, at)
    ask(stage, ann, time(days=365))


async def test_the_year_9999_and_a_time_without_a_zone_are_refused_over_the_wire_by_name(server: Server) -> None:
    _, token = server.add("ann")
    client = await server.client(token)
    for at in ("9999-12-31T00:00:00Z", "2026-01-01T00:00:00", "tomorrow", "99999-01-01T00:00:00Z", 5):
        answer = await client.ask("reminders.create", text="Tea", due_at=at)
        assert (answer["error"]["code"], answer["error"]["data"]["field"]) == (-32602, "due_at"), at
    await client.close()


def test_a_hundred_wait_and_no_more(stage: Stage, time: Time) -> None:
    ann = stage.add("ann")
    for number in range(100):
        stage.call("scheduled.create", ann, room=1, body=f"{number}", due_at=time(hours=1))
        stage.call("reminders.create", ann, text=f"{number}", due_at=time(hours=1))
    with refused(Conflict):
        stage.call("scheduled.create", ann, room=1, body="more", due_at=time(hours=1))
    with refused(Conflict):
        stage.call("reminders.create", ann, text="more", due_at=time(hours=1))
    time.passes(hours=1)
    assert fire(stage) == 200
    assert bodies(stage, ann) == [f"{number}" for number in range(50, 100)]
    stage.call("scheduled.create", ann, room=1, body="more", due_at=time(hours=1))


def test_what_may_not_be_said_there_now_is_refused_at_once(stage: Stage, time: Time) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Ops", users=[bob.user]).id
    stage.call("rooms.edit", ann, room=room, posting="moderators")
    with refused(Forbidden, "room"):
        stage.call("scheduled.create", bob, room=room, body="later", due_at=time(hours=1))
    for body, kind in (("", Invalid), ("x" * 8_001, TooLarge)):
        with refused(kind, "body"):
            stage.call("scheduled.create", ann, room=room, body=body, due_at=time(hours=1))
    with refused(NotFound, "thread"):
        stage.call("scheduled.create", ann, room=room, body="x", due_at=time(hours=1), thread=999)


# Reminders


def test_a_reminder_is_told_when_it_is_due_and_once(stage: Stage, time: Time) -> None:
    ann = stage.add("ann")
    made = stage.call("reminders.create", ann, text="  Tea ", due_at=time(minutes=20))
    kept = stage.call("reminders.create", ann, text="Milk", due_at=time(minutes=30))
    gone = stage.call("reminders.create", ann, text="Sugar", due_at=time(minutes=20))
    stage.call("reminders.cancel", ann, id=gone.id)
    time.passes(minutes=20)
    stage.told.clear()
    assert (fire(stage), fire(stage)) == (1, 0)
    rows = [row for one in stage.told if isinstance(one, Change) for row in one.reminders]
    assert [(row.id, row.text, row.fired) for row in rows] == [(made.id, "Tea", True)]
    assert stage.call("reminders.page", ann).reminders == [kept]
    assert [(one.kind, one.text, one.message) for one in stage.call("inbox.page", ann).notices] == [
        ("reminder", "Tea", None)
    ]
    with refused(NotFound, "reminder"):
        stage.call("reminders.cancel", ann, id=made.id)


def test_a_reminder_of_a_message_says_nothing_of_it_to_whom_left_its_room(stage: Stage, time: Time) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Ops", kind="private", users=[bob.user]).id
    said = stage.call("messages.post", ann, room=room, body="hi", nonce="1").id
    for caller in (ann, bob):
        stage.call("reminders.create", caller, text="Read it", message=said, due_at=time(hours=1))
    stage.call("rooms.leave", bob, room=room)
    time.passes(hours=1)
    fire(stage)
    (here,), (gone,) = (stage.call("inbox.page", caller, kind="reminder").notices for caller in (ann, bob))
    assert (here.room, here.message, here.text) == (room, said, "Read it")
    assert (gone.room, gone.message, gone.text) == (None, None, "Read it")


def test_a_reminder_of_a_message_that_was_deleted_meanwhile_does_not_lead_to_it(stage: Stage, time: Time) -> None:
    ann = stage.add("ann")
    said = stage.call("messages.post", ann, room=1, body="hi", nonce="1").id
    stage.call("reminders.create", ann, text="Read it", message=said, due_at=time(hours=1))
    stage.call("messages.delete", ann, message=said)
    time.passes(hours=1)
    fire(stage)
    (notice,) = stage.call("inbox.page", ann).notices
    assert (notice.room, notice.message, notice.text) == (None, None, "Read it")


def test_a_reminder_is_of_something_one_may_see(stage: Stage, time: Time) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Ops", kind="private").id
    said = stage.call("messages.post", ann, room=room, body="hi", nonce="1").id
    with refused(NotFound, "message"):
        stage.call("reminders.create", bob, text="", message=said, due_at=time(hours=1))
    with refused(Invalid, "text"):
        stage.call("reminders.create", ann, text=" ", due_at=time(hours=1))
    with refused(TooLarge, "text"):
        stage.call("reminders.create", ann, text="x" * 501, due_at=time(hours=1))
    made = stage.call("reminders.create", ann, text="", message=said, due_at=time(hours=1))
    with refused(NotFound, "reminder"):
        stage.call("reminders.cancel", bob, id=made.id)


# Statuses, and not being disturbed


def test_a_status_and_quiet_end_by_themselves_and_everybody_is_told(stage: Stage, time: Time) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    stage.call("accounts.status", ann, emoji="🌴", text=" By the sea ", ends_at=time(hours=2))
    stage.call("accounts.quiet", ann, until=time(hours=1))
    row = stage.call("users.find", bob, query="ann").users[0]
    assert (row.status.emoji, row.status.text, row.quiet_until) == ("🌴", "By the sea", time(hours=1))
    time.passes(hours=1)
    stage.told.clear()
    assert (fire(stage), fire(stage)) == (1, 0)
    row = stage.call("users.find", bob, query="ann").users[0]
    assert (row.status.text, row.quiet_until) == ("By the sea", None)
    time.passes(hours=1)
    assert (fire(stage), fire(stage)) == (1, 0)
    row = stage.call("users.find", bob, query="ann").users[0]
    assert row.status is None
    topics = [one.topic for one in stage.told if isinstance(one, Change)]
    assert topics == ["workspace", "workspace"]


def test_a_status_is_one_emoji_and_a_short_line(stage: Stage) -> None:
    ann = stage.add("ann")
    for emoji in ("🌴", "🇦🇹", "👩‍👩‍👧", "👍🏽", "1️⃣", ":party_parrot:"):
        assert stage.call("accounts.status", ann, emoji=emoji).status.emoji == emoji
    for emoji in ("🌴🌴", "x", "<b>", "🌴" * 50, ":Party:", "::"):
        with refused(Invalid, "emoji"):
            stage.call("accounts.status", ann, emoji=emoji)
    with refused(TooLarge, "text"):
        stage.call("accounts.status", ann, text="x" * 101)
    with refused(Invalid, "text"):
        stage.call("accounts.status", ann, text="a\u202eb")
    assert stage.call("accounts.status", ann).status is None


# The clock of a running server


@pytest.fixture
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm, "EVERY", 0.02)


@pytest.mark.usefixtures("_often")
async def test_a_server_says_what_is_due_and_everybody_hears_it(any_server: Server, time: Time) -> None:
    _, ann_token = any_server.add("ann")
    _, bob_token = any_server.add("bob")
    ann, bob = await any_server.client(ann_token), await any_server.client(bob_token)
    await asyncio.gather(ann.start(), bob.start())
    made = await ann.call("scheduled.create", room=1, body="later", due_at=plain(time(days=1)))
    await ann.call("reminders.create", text="Tea", due_at=plain(time(days=1)))
    await ann.until(lambda: made["id"] in ann.state["scheduled"])
    time.passes(days=1)
    await bob.until(lambda: bob.bodies(1) == ["later"])
    await ann.until(lambda: not ann.state["scheduled"])
    await ann.until(lambda: [row.get("fired") for row in ann.state["reminders"].values()] == [True])
    await ann.close()
    await bob.close()


@pytest.mark.usefixtures("_often")
async def test_a_scheduled_message_calls_those_who_are_online_when_it_is_said(server: Server, time: Time) -> None:
    (_, ann), (bob, token) = server.add("ann"), server.add("bob")
    await server.rpc(ann, "scheduled.create", room=1, body="@Here: lunch", due_at=plain(time(hours=1)))
    client = await server.client(token)
    await client.start()
    await until(lambda: bob in server.app.rpc.live.presences.online())
    time.passes(hours=1)
    await client.until(lambda: [row["kind"] for row in client.state["notices"].values()] == ["mention"])
    await client.close()


@pytest.mark.logs
@pytest.mark.usefixtures("_often")
async def test_what_cannot_be_done_is_logged_once_and_holds_nothing_else_up(
    server: Server, time: Time, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _, token = server.add("ann")
    for number in (1, 2):
        await server.rpc(token, "scheduled.create", room=1, body=f"{number}", due_at=plain(time(hours=number)))
    say, tried = scheduled.say, []

    def broken(tx: Tx, *, id: int, online: Collection[int]) -> None:
        tried.append(id)
        if len(set(tried)) == 1:
            raise RuntimeError("a mistake of ours")
        say(tx, id=id, online=online)

    monkeypatch.setattr(scheduled, "say", broken)
    time.passes(hours=2)

    def said() -> list[Scheduled]:
        return [row for row in server.stage.act(_all_scheduled) if not row.deleted]

    await until(lambda: len(said()) == 1)
    assert [row.body for row in said()] == ["1"]
    assert caplog.text.count("What is due could not be done") == 1


def _all_scheduled(tx: Tx) -> list[Scheduled]:
    return scheduled_store.page_since(tx, 1, -1)
