"""Devices, and what they are told: what the levels, keywords, mutes, blocks and not being disturbed leave of what is
unread and may be read, asked when it is said and again before it is sent."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from chinwag import clock
from chinwag.changes import Change
from chinwag.clock import SECOND
from chinwag.errors import Conflict, Invalid, NotFound
from chinwag.services import devices, membership, pushing, reminders, webpush
from chinwag.services.pushing import Job, News, Outcome
from chinwag.store.tx import Caller
from tests.push_service import Browser
from tests.world import Stage, refused

LOBBY = 1
HOST = "https://fcm.googleapis.com/push"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many seconds pass."""
    at = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: at[0])

    def pass_by(seconds: float) -> None:
        at[0] += int(seconds * SECOND)

    return pass_by


@pytest.fixture
def house(stage: Stage) -> Stage:
    """A server that sends."""
    stage.act(pushing.open_up, on=True, fresh=webpush.make_key())
    return stage


def device(stage: Stage, by: Caller, endpoint: str = "") -> Any:
    """The browser of a session is told from now on."""
    browser = Browser()
    address = endpoint or f"{HOST}/{by.session}"
    return stage.call("push.subscribe", by, endpoint=address, p256dh=browser.p256dh, auth=browser.auth)


def say(stage: Stage, by: Caller, body: str, room: int = LOBBY, **more: Any) -> Any:
    return stage.call("messages.post", by, room=room, body=body, nonce=f"{room}{body}", **more)


def hear(stage: Stage, *online: int) -> list[Job]:
    """What the server sends for all that was told since it last looked, once it is due."""
    news = News()
    for change in stage.told:
        if isinstance(change, Change):
            news.take(change)
    stage.told = []
    rows = stage.act(pushing.find, news=news)
    if rows:
        stage.act(pushing.queue, rows=rows)
    return due(stage, *online)


def due(stage: Stage, *online: int) -> list[Job]:
    jobs: list[Job] = stage.act(pushing.claim, online=online, limit=100)
    return jobs


def told(job: Job) -> dict[str, Any]:
    """What a push says."""
    said: dict[str, Any] = json.loads(job.payload)
    return said


def settle(stage: Stage, job: Job, code: int = 201, retry_after: int | None = None) -> None:
    stage.act(pushing.settle, id=job.id, closes=job.closes, outcome=Outcome(code, retry_after))


def log(stage: Stage, by: Caller) -> list[tuple[str, str]]:
    """The kinds and states of one's log."""
    return [(row.kind, row.state) for row in stage.call("push.log", by).pushes]


# Devices


def test_a_device_is_a_session_and_gets_another_address_when_it_subscribes_again(house: Stage) -> None:
    ann = house.add("ann")
    first = device(house, ann)
    again = device(house, ann, f"{HOST}/another")
    assert (first.id, again.current) == (again.id, True)
    elsewhere = house.sign_in(ann.user or 0)
    other = device(house, elsewhere)
    listed = house.call("push.list", ann)
    assert [(one.id, one.current) for one in listed.devices] == [(first.id, True), (other.id, False)]
    assert listed.key
    house.call("push.unsubscribe", ann, id=other.id)
    house.call("push.unsubscribe", ann)
    house.call("push.unsubscribe", ann)
    assert house.call("push.list", ann).devices == []


def test_a_browser_at_which_somebody_else_signs_in_is_no_longer_the_first_ones(house: Stage) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann, f"{HOST}/shared")
    device(house, bob, f"{HOST}/shared")
    assert house.call("push.list", ann).devices == []
    assert len(house.call("push.list", bob).devices) == 1


def test_a_session_that_ends_takes_its_device_with_it_and_leaves_the_log(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    say(house, bob, "hello")
    hear(house)
    now(3)
    settle(house, due(house)[0])
    elsewhere = house.sign_in(ann.user or 0)
    say(house, bob, "again")
    hear(house)
    house.call("sessions.end", elsewhere, session=ann.session)
    now(3)
    assert due(house) == []
    assert house.call("push.list", elsewhere).devices == []
    assert log(house, elsewhere) == [("message", "sent")]


def test_a_session_that_has_run_out_and_somebody_who_is_banned_are_told_nothing(house: Stage, now: Any) -> None:
    olga, ann, bob, cleo = (house.add(name, role=role) for name, role in ROLES)
    for one in (ann, cleo):
        device(house, one)
    say(house, bob, "hello")
    hear(house)
    house.call("users.ban", olga, user=ann.user)
    now(3)
    assert len(due(house)) == 1
    say(house, bob, "again")
    hear(house)
    now(3)
    assert [one.endpoint for one in due(house)] == [f"{HOST}/{cleo.session}"]


ROLES = (("olga", "owner"), ("ann", "member"), ("bob", "member"), ("cleo", "member"))


WRONG = (
    ("endpoint", "http://fcm.googleapis.com/x"),
    ("endpoint", "https://fcm.googleapis.com:8443/x"),
    ("endpoint", "https://me@fcm.googleapis.com/x"),
    ("endpoint", "https://fcm.googleapis.com:x/"),
    ("endpoint", "https://bücher.example/x"),
    ("endpoint", "https://a.example/x\r\nX: y"),
    ("endpoint", "/push"),
    ("p256dh", "BCVxsr7N"),
    ("p256dh", "not base64"),
    ("auth", "AAAA"),
    ("auth", "ü"),
)


def test_what_is_no_subscription_is_refused_by_its_field(house: Stage) -> None:
    ann, browser = house.add("ann"), Browser()
    for field, wrong in WRONG:
        given = {"endpoint": f"{HOST}/1", "p256dh": browser.p256dh, "auth": browser.auth, field: wrong}
        with refused(Invalid, field):
            house.call("push.subscribe", ann, **given)


def test_nobody_has_more_than_so_many_devices(house: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "DEVICES", 2)
    ann = house.add("ann")
    sessions = [ann, *(house.sign_in(ann.user or 0) for _ in range(2))]
    for session in sessions[:2]:
        device(house, session)
    with refused(Conflict):
        device(house, sessions[2])
    device(house, ann, f"{HOST}/another")


def test_a_server_that_is_told_not_to_sends_nothing_and_says_so(house: Stage) -> None:
    ann = house.add("ann")
    mine = device(house, ann)
    key = house.call("push.list", ann).key
    house.act(pushing.open_up, on=False, fresh=webpush.make_key())
    assert house.call("push.list", ann).key == ""
    with refused(Conflict):
        device(house, ann)
    with refused(Conflict):
        house.call("push.test", ann, id=mine.id)
    house.act(pushing.open_up, on=True, fresh=webpush.make_key())
    assert house.call("push.list", ann).key == key, "the key is made once"


def test_nobody_tests_or_removes_the_devices_of_others(house: Stage) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    mine = device(house, ann)
    with refused(NotFound, "device"):
        house.call("push.test", bob, id=mine.id)
    house.call("push.unsubscribe", bob, id=mine.id)
    assert len(house.call("push.list", ann).devices) == 1
    assert house.call("push.log", bob).pushes == []


# Who is told


def test_of_what_is_said_everybody_with_a_device_is_told_but_the_author(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    for one in (ann, bob):
        device(house, one)
    said = say(house, bob, "hello **there**")
    assert hear(house) == [], "not before it had time to be read"
    now(3)
    (job,) = due(house)
    assert told(job) == {
        "kind": "message",
        "tag": "room:1",
        "closes": [],
        "path": f"/rooms/lobby/{said.seq}",
        "by": "Bob",
        "room": "#Lobby",
        "seq": said.seq,
        "at": clock.stamp(said.at) // 1000,
    }
    assert (job.endpoint, job.urgency) == (f"{HOST}/{ann.session}", "normal")
    assert due(house) == [], "it is on its way"


def test_the_text_is_told_to_those_alone_who_want_it(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    house.call("preferences.set", ann, shows_text=True)
    say(house, bob, "See ||the *end* of it|| :tada:\n\n> quoted\n\n`code` & <b>")
    hear(house)
    now(3)
    (job,) = due(house)
    assert told(job)["text"] == "See ▒▒▒▒ 🎉 quoted code & <b>"
    file = house.file(bob, LOBBY, "plan.png")
    house.call("messages.post", bob, room=LOBBY, body="", nonce="a file", files=[file])
    hear(house)
    now(3)
    assert told(due(house)[0])["text"] == "plan.png"
    say(house, bob, "x" * 4_000)
    hear(house)
    now(3)
    (job,) = due(house)
    assert len(told(job)["text"]) == pushing.TEXT


def test_the_longest_that_is_told_fits(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob", name="ب" * 64)
    device(house, ann)
    house.call("preferences.set", ann, shows_text=True)
    room = house.call("rooms.create", bob, name="語" * 64, users=[ann.user])
    hear(house)
    say(house, bob, "\\" * 2_000 + "𝒳" * 2_000, room=room.id)
    hear(house)
    now(3)
    (job,) = due(house)
    assert len(job.payload) <= webpush.MOST - pushing.CLOSES * 30


Setting = Callable[[Stage, Caller, Caller], Any]
NOBODY_TOLD: dict[str, Setting] = {
    "of nothing": lambda stage, ann, _: stage.call("mine.set", ann, room=LOBBY, notify="none"),
    "of mentions": lambda stage, ann, _: stage.call("mine.set", ann, room=LOBBY, notify="mentions"),
    "muted": lambda stage, ann, _: stage.call("mine.set", ann, room=LOBBY, muted_until=later()),
    "not disturbed": lambda stage, ann, _: stage.call("accounts.quiet", ann, until=later()),
    "a blocked author": lambda stage, ann, bob: stage.call("users.block", ann, user=bob.user, on=True),
    "no longer in the room": lambda stage, ann, _: stage.act(membership.put_out, room=LOBBY, user=ann.user),
    "signed out": lambda stage, ann, _: stage.call("sessions.end", ann),
    "turned off": lambda stage, ann, _: stage.call("push.unsubscribe", ann),
}


def later() -> Any:
    return clock.moment(clock.now() + clock.DAY)


@pytest.mark.parametrize("when", ["before it is said", "after it is said"])
def test_whoever_does_not_want_it_or_may_not_have_it_is_told_nothing(house: Stage, now: Any, when: str) -> None:
    bob, bystander = house.add("bob"), house.add("bystander")
    device(house, bystander)
    for number, setting in enumerate(NOBODY_TOLD):
        ann = house.add(f"ann{number}")
        device(house, ann)
        if when == "before it is said":
            NOBODY_TOLD[setting](house, ann, bob)
        say(house, bob, setting)
        hear(house)
        if when == "after it is said":
            NOBODY_TOLD[setting](house, ann, bob)
        now(3)
        assert f"{HOST}/{bystander.session}" in (told := [one.endpoint for one in due(house)])
        assert f"{HOST}/{ann.session}" not in told, setting
        house.call("push.unsubscribe", ann) if setting != "signed out" else None


def test_whoever_is_called_is_told_at_the_level_of_mentions_and_by_a_keyword(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    house.call("mine.set", ann, room=LOBBY, notify="mentions")
    house.call("preferences.set", ann, keywords=["tulips"])
    for body in ("hello @ann", "Tulips are out"):
        say(house, bob, body)
        hear(house)
        now(3)
        (job,) = due(house)
        assert job.urgency == "high"
    house.call("mine.set", ann, room=LOBBY, notify="none")
    say(house, bob, "again, @ann")
    hear(house)
    now(3)
    assert due(house) == []


def test_an_edit_tells_those_alone_whom_it_calls_now(house: Stage, now: Any) -> None:
    ann, bob, cleo = house.add("ann"), house.add("bob"), house.add("cleo")
    said = say(house, bob, "hello")
    for one in (ann, cleo):
        device(house, one)
    house.told = []
    house.call("messages.edit", bob, message=said.id, body="hello @ann")
    hear(house)
    now(3)
    assert [one.endpoint for one in due(house)] == [f"{HOST}/{ann.session}"]


def test_an_answer_is_told_to_the_followers_of_its_thread_and_leads_there(house: Stage, now: Any) -> None:
    ann, bob, cleo = house.add("ann"), house.add("bob"), house.add("cleo")
    root = say(house, ann, "a question")
    house.told = []
    for one in (ann, cleo):
        device(house, one)
    answer = say(house, bob, "an answer", thread=root.id)
    hear(house)
    now(3)
    (job,) = due(house)
    assert job.endpoint == f"{HOST}/{ann.session}"
    assert (told(job)["tag"], told(job)["path"]) == (
        f"thread:{root.id}",
        f"/rooms/lobby?panel=thread:{root.id}&at={answer.seq}",
    )


def test_a_direct_message_is_told_without_a_room_and_at_once(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    room = house.call("rooms.direct", bob, users=[ann.user])
    device(house, ann)
    hear(house)
    say(house, bob, "psst", room=room.id)
    hear(house)
    now(3)
    (job,) = due(house)
    assert "room" not in told(job)
    assert job.urgency == "high"


def test_a_reminder_is_told_with_its_text_to_those_alone_who_want_it(house: Stage, now: Any) -> None:
    ann = house.add("ann")
    device(house, ann)
    for shows in (False, True):
        house.call("preferences.set", ann, shows_text=shows)
        made = house.call("reminders.create", ann, text="Water", due_at=clock.moment(clock.now() + 60 * SECOND))
        now(61)
        house.act(reminders.remind, Caller(user=ann.user, absent=True), id=made.id)
        hear(house)
        now(3)
        (job,) = due(house)
        assert (told(job)["kind"], told(job).get("text")) == ("reminder", "Water" if shows else None)


def test_whoever_is_here_is_told_once_they_have_gone_without_reading(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    assert ann.user is not None
    say(house, bob, "hello")
    hear(house, ann.user)
    now(3)
    assert due(house, ann.user) == []
    now(30)
    assert due(house, ann.user) == []
    now(30)
    assert len(due(house)) == 1


def test_what_was_read_meanwhile_and_what_is_long_ago_is_not_told(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    assert ann.user is not None
    said = say(house, bob, "hello")
    hear(house, ann.user)
    now(3)
    house.call("reads.mark", ann, room=LOBBY, seq=said.seq)
    assert due(house) == []
    say(house, bob, "again")
    hear(house, ann.user)
    for _ in range(40):
        now(20)
        assert due(house, ann.user) == []
    assert due(house) == []


def test_of_many_messages_of_a_room_the_last_is_told_once(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    for number in range(5):
        say(house, bob, f"number {number}")
    hear(house)
    last = say(house, bob, "the last")
    hear(house)
    now(3)
    (job,) = due(house)
    assert told(job)["path"].endswith(f"/{last.seq}")


def test_where_the_last_is_deleted_the_last_before_it_is_told_that_was_not_yet(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    call, again = say(house, bob, "hello @ann"), say(house, bob, "again")
    hear(house)
    house.call("messages.delete", bob, message=again.id)
    hear(house)
    now(3)
    (job,) = due(house)
    assert (told(job)["path"], job.urgency) == (f"/rooms/lobby/{call.seq}", "high")
    settle(house, job)
    gone = say(house, bob, "never mind")
    hear(house)
    house.call("messages.delete", bob, message=gone.id)
    now(3)
    assert due(house) == [], "it was told"
    house.call("reads.mark", ann, room=LOBBY, seq=call.seq)
    hear(house)
    now(3)
    assert told(due(house)[0])["closes"] == ["room:1"]


def test_an_answer_that_is_deleted_gives_way_to_those_of_its_thread_alone(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    root = say(house, ann, "a question")
    house.told = []
    device(house, ann)
    answer = say(house, bob, "an answer", thread=root.id)
    hear(house)
    said = say(house, bob, "something else")
    hear(house)
    gone = say(house, bob, "another", thread=root.id)
    hear(house)
    house.call("messages.delete", bob, message=gone.id)
    now(3)
    places = {told(job)["tag"]: told(job)["seq"] for job in due(house)}
    assert places == {"room:1": said.seq, f"thread:{root.id}": answer.seq}


def test_what_is_long_ago_is_not_told_in_place_of_what_was_deleted(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    say(house, bob, "hello")
    house.told = []
    now(3_600)
    device(house, ann)
    gone = say(house, bob, "again")
    hear(house)
    house.call("messages.delete", bob, message=gone.id)
    now(3)
    assert due(house) == []


def test_no_more_waits_than_there_is_space_for(house: Stage, now: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "WAITING", 3)
    bob = house.add("bob")
    for number in range(5):
        device(house, house.add(f"friend{number}"))
    say(house, bob, "hello")
    hear(house)
    now(3)
    assert len(due(house)) == 3


# What becomes of it


def sent_once(house: Stage, now: Any) -> tuple[Caller, Caller, Any]:
    """Somebody's device shows a message of somebody else."""
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    said = say(house, bob, "hello")
    hear(house)
    now(3)
    settle(house, due(house)[0])
    return ann, bob, said


def test_what_was_sent_is_in_the_log_and_at_the_device_without_what_was_said(house: Stage, now: Any) -> None:
    ann, _, _ = sent_once(house, now)
    assert log(house, ann) == [("message", "sent")]
    assert house.call("push.list", ann).devices[0].sent_at == clock.moment(clock.now())
    assert b"hello" not in msgspec.json.encode(house.call("push.log", ann))


def test_a_service_that_is_busy_is_asked_again_when_it_says_and_later_each_time(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    say(house, bob, "hello")
    hear(house)
    now(3)
    settle(house, due(house)[0], 429, retry_after=100)
    now(99)
    assert due(house) == []
    now(2)
    waits = []
    for code in (500, 503, 0):
        settle(house, due(house)[0], code)
        waits.append(0)
        while not house.act(pushing.is_due):
            now(1)
            waits[-1] += 1
    assert waits == [20, 80, 320]
    assert log(house, ann) == [("message", "waiting")]
    for _ in range(2):
        settle(house, due(house)[0], 502)
        now(3_600)
    assert due(house) == []
    assert log(house, ann) == [("message", "failed")]
    assert house.call("push.log", ann).pushes[0].problem == "The push service answered 502."


@pytest.mark.parametrize("code", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_the_log_says_so(house: Stage, now: Any, code: int) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    say(house, bob, "hello")
    hear(house)
    now(3)
    settle(house, due(house)[0], code)
    assert house.call("push.list", ann).devices == []
    assert log(house, ann) == [("message", "failed")]


@pytest.mark.parametrize("code", [400, 403, 413])
def test_what_is_refused_is_not_tried_again(house: Stage, now: Any, code: int) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    say(house, bob, "hello")
    hear(house)
    now(3)
    settle(house, due(house)[0], code)
    now(10_000)
    assert due(house) == []
    assert len(house.call("push.list", ann).devices) == 1


def test_what_was_being_sent_when_the_server_was_killed_is_sent_again(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    say(house, bob, "hello")
    hear(house)
    now(3)
    assert len(due(house)) == 1
    now(59)
    assert due(house) == []
    now(2)
    assert len(due(house)) == 1


def test_what_is_said_while_one_is_on_its_way_is_told_too(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    say(house, bob, "hello")
    hear(house)
    now(3)
    (first,) = due(house)
    say(house, bob, "again")
    hear(house)
    settle(house, first)
    now(3)
    assert len(due(house)) == 1
    assert ann.user


def test_what_is_read_elsewhere_goes_from_the_device_by_a_push_of_its_own(house: Stage, now: Any) -> None:
    ann, _, said = sent_once(house, now)
    house.call("reads.mark", ann, room=LOBBY, seq=said.seq)
    hear(house)
    now(3)
    (job,) = due(house, ann.user or 0)
    assert (told(job)["kind"], told(job)["closes"]) == ("read", ["room:1"])
    settle(house, job)
    assert log(house, ann) == [("message", "sent")], "it is nothing that one was told"
    hear(house)
    now(3)
    assert due(house) == [], "once"


@pytest.mark.parametrize("host", ["fcm.googleapis.com", "web.push.apple.com"])
def test_what_is_read_while_more_of_it_waits_goes_from_a_device_that_bears_silence(
    house: Stage, now: Any, host: str
) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann, f"https://{host}/1")
    say(house, bob, "hello")
    hear(house)
    now(3)
    settle(house, due(house)[0])
    more = say(house, bob, "again")
    hear(house)
    house.call("reads.mark", ann, room=LOBBY, seq=more.seq)
    hear(house)
    now(3)
    jobs = due(house, ann.user or 0)
    silent = [("read", "room:1", ["room:1"])] if "google" in host else []
    assert [(told(job)["kind"], told(job)["tag"], told(job)["closes"]) for job in jobs] == silent
    for job in jobs:
        settle(house, job)
    assert log(house, ann) == [("message", "sent")]
    now(60)
    assert due(house) == []


def test_what_is_read_before_it_was_handed_over_takes_its_place(house: Stage, now: Any) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann)
    said = say(house, bob, "hello")
    hear(house)
    now(3)
    (first,) = due(house)
    settle(house, first)
    house.call("reads.mark", ann, room=LOBBY, seq=said.seq)
    hear(house)
    now(3)
    (second,) = due(house)
    assert first.topic == second.topic
    assert len(urlsafe_b64decode(first.topic)) == 24


def test_whoever_is_put_out_of_a_room_is_shown_nothing_of_it_any_more(house: Stage, now: Any) -> None:
    ann, _, _ = sent_once(house, now)
    house.act(membership.put_out, room=LOBBY, user=ann.user)
    hear(house)
    now(3)
    (job,) = due(house)
    assert told(job)["closes"] == ["room:1"]


@pytest.mark.parametrize("host", ["updates.push.services.mozilla.com", "web.push.apple.com", "evilgoogleapis.com"])
def test_a_browser_that_bears_no_silent_push_takes_away_with_the_next_that_shows(
    house: Stage, now: Any, host: str
) -> None:
    ann, bob = house.add("ann"), house.add("bob")
    device(house, ann, f"https://{host}/1")
    room = house.call("rooms.create", bob, name="Garden", users=[ann.user]).id
    hear(house)
    said = say(house, bob, "hello")
    hear(house)
    now(3)
    settle(house, due(house)[0])
    house.call("reads.mark", ann, room=LOBBY, seq=said.seq)
    hear(house)
    now(3)
    assert due(house) == []
    say(house, bob, "tulips", room=room)
    hear(house)
    now(3)
    (job,) = due(house)
    assert (told(job)["tag"], told(job)["closes"]) == (f"room:{room}", ["room:1"])
    settle(house, job)
    say(house, bob, "roses", room=room)
    hear(house)
    now(3)
    assert told(due(house)[0])["closes"] == []


def test_a_test_is_sent_at_once_to_the_device_that_is_tested(house: Stage) -> None:
    ann = house.add("ann")
    mine, other = device(house, ann), device(house, house.sign_in(ann.user or 0))
    house.call("push.test", ann, id=other.id)
    (job,) = due(house, ann.user or 0)
    assert (told(job)["kind"], job.endpoint.rpartition("/")[0]) == ("test", HOST)
    settle(house, job)
    assert [row.sent_at is None for row in house.call("push.list", ann).devices] == [True, False]
    assert (mine.id, log(house, ann)) == (mine.id, [("test", "sent")])


def test_the_log_keeps_the_last_hundred_and_is_read_by_pages(house: Stage) -> None:
    ann = house.add("ann")
    mine = device(house, ann)
    for _ in range(130):
        house.call("push.test", ann, id=mine.id)
        (job,) = due(house)
        settle(house, job)
    first = house.call("push.log", ann, limit=60)
    assert (len(first.pushes), first.more) == (60, True)
    rest = house.call("push.log", ann, before=first.pushes[-1].id, limit=60)
    assert (len(rest.pushes), rest.more) == (40, False)
