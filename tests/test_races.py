"""Two calls at once on PostgreSQL, where one waits for the other and finds what that has done."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from chinwag import clock
from chinwag.errors import Conflict, NotFound
from chinwag.rpc import METHODS
from chinwag.services import due
from chinwag.store.engine import connect
from chinwag.store.tx import Caller, Tx
from tests.servers import Postgres
from tests.world import Stage

Call = tuple[str, Caller, dict[str, Any]]


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    url = postgres.database()
    yield url
    postgres.drop(url)


@pytest.fixture
def ann(stage: Stage) -> Caller:
    return stage.add("ann", role="owner")


@pytest.fixture
def bob(stage: Stage) -> Caller:
    return stage.add("bob")


def race(stage: Stage, first: Call, second: Call) -> Any:
    """The first call is done but not committed when the second begins: what the second gives, or what refuses it."""
    given: list[Any] = []

    def follow() -> None:
        method, caller, params = second
        try:
            given.append(stage.call(method, caller, **params))
        except Exception as error:
            given.append(error)

    method, caller, params = first
    thread = threading.Thread(target=follow)
    with connect(stage.engine) as connection, connection.begin():
        METHODS[method].function(Tx(connection, caller), **params)
        thread.start()
        deadline = time.monotonic() + 10
        while thread.is_alive() and not someone_waits(stage) and time.monotonic() < deadline:
            time.sleep(0.01)
    thread.join(20)
    return given[0]


def someone_waits(stage: Stage) -> bool:
    """Whether a transaction waits for another one's lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with connect(stage.engine) as connection, connection.begin():
        return bool(connection.execute(waiting).scalar())


def said(stage: Stage, caller: Caller, body: str, **more: Any) -> int:
    number: int = stage.call("messages.post", caller, room=1, body=body, nonce=f"said {body}", **more).id
    return number


def kept(stage: Stage, words: str) -> bool:
    """Whether these words are anywhere in what was said, as it is or was."""
    look = text("SELECT body || html || parts || quote FROM messages UNION ALL SELECT body FROM edits")
    with connect(stage.engine) as connection, connection.begin():
        return any(words in row for row in connection.execute(look).scalars() if row)


def test_what_is_deleted_while_its_author_edits_it_is_gone(stage: Stage, ann: Caller, bob: Caller) -> None:
    message = said(stage, bob, "The password is tulip")
    edited = race(
        stage,
        ("messages.delete", ann, {"message": message}),
        ("messages.edit", bob, {"message": message, "body": "The password is rose"}),
    )
    assert isinstance(edited, NotFound)
    assert not kept(stage, "password")


def test_an_answer_that_two_delete_at_once_is_counted_down_once(stage: Stage, ann: Caller, bob: Caller) -> None:
    root = said(stage, bob, "Root")
    said(stage, ann, "First", thread=root)
    second = said(stage, ann, "Second", thread=root)
    assert isinstance(
        race(stage, ("messages.delete", ann, {"message": second}), ("messages.delete", ann, {"message": second})),
        NotFound,
    )
    assert stage.call("threads.follow", bob, message=root, on=True).unread == 1


def test_a_report_is_dealt_with_while_the_author_deletes(stage: Stage, ann: Caller, bob: Caller) -> None:
    root = said(stage, ann, "Root")
    said(stage, bob, "First", thread=root)
    rude = said(stage, bob, "Rude", thread=root)
    stage.call("messages.report", ann, message=rude, reason="Rude")
    report = stage.call("reports.page", ann).reports[0].id
    deleted = ("messages.delete", bob, {"message": rude})
    assert race(stage, deleted, ("reports.done", ann, {"report": report, "erase": True})) is None
    assert stage.call("threads.follow", ann, message=root, on=True).unread == 1


def test_nobody_votes_in_a_poll_that_is_being_deleted_or_closed(stage: Stage, ann: Caller, bob: Caller) -> None:
    asked = [
        stage.call("polls.create", ann, room=1, question="Where?", options=["Here", "There"], nonce=str(number)).id
        for number in range(2)
    ]
    votes = [("polls.vote", bob, {"message": message, "options": [0]}) for message in asked]
    assert isinstance(race(stage, ("messages.delete", ann, {"message": asked[0]}), votes[0]), NotFound)
    assert isinstance(race(stage, ("polls.close", ann, {"message": asked[1]}), votes[1]), Conflict)
    with connect(stage.engine) as connection, connection.begin():
        assert connection.execute(text("SELECT count(*) FROM votes")).scalar() == 0


def test_nothing_is_said_after_one_was_put_out_or_the_room_archived(stage: Stage, ann: Caller, bob: Caller) -> None:
    room = stage.call("rooms.create", ann, name="Garden", kind="private", users=[bob.user]).id
    late = ("messages.post", bob, {"room": room, "body": "Late", "nonce": "late"})
    assert isinstance(race(stage, ("members.remove", ann, {"room": room, "user": bob.user}), late), NotFound)
    stage.call("members.add", ann, room=room, user=bob.user)
    assert isinstance(race(stage, ("rooms.archive", ann, {"room": room, "on": True}), late), Conflict)


def test_a_file_is_posted_once(stage: Stage, ann: Caller) -> None:
    file = stage.file(ann, 1)
    posts: list[Call] = [
        ("messages.post", ann, {"room": 1, "body": "", "files": [file], "nonce": nonce}) for nonce in "12"
    ]
    assert isinstance(race(stage, *posts), Conflict)


def test_a_message_whose_files_are_all_removed_at_once_goes_with_them(stage: Stage, ann: Caller, bob: Caller) -> None:
    files = [stage.file(bob, 1, name) for name in ("a.txt", "b.txt")]
    message = stage.call("messages.post", bob, room=1, body="", files=files, nonce="1")
    race(stage, ("files.delete", bob, {"file": files[0]}), ("files.delete", ann, {"file": files[1]}))
    assert message.id not in [one.id for one in stage.call("messages.page", ann, room=1).messages if not one.deleted]


def test_what_is_cancelled_is_not_said(stage: Stage, ann: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    soon, sooner = (clock.moment(clock.now() + wait * clock.SECOND) for wait in (60, 50))
    planned = stage.call("scheduled.create", ann, room=1, body="Never mind", due_at=soon).id
    changed = race(
        stage,
        ("scheduled.cancel", ann, {"id": planned}),
        ("scheduled.edit", ann, {"id": planned, "due_at": sooner}),
    )
    assert isinstance(changed, NotFound)
    later = clock.now() + 70 * clock.SECOND
    monkeypatch.setattr(clock, "now", lambda: later)
    for one in stage.act(due.find):
        stage.act(one.act, Caller(user=one.user, absent=True), id=one.id)
    assert stage.call("messages.page", ann, room=1).messages == []


def test_what_is_passed_on_twice_is_gone_with_the_original(stage: Stage, ann: Caller, bob: Caller) -> None:
    rooms = [stage.call("rooms.create", bob, name=name).id for name in ("Garden", "Shed")]
    message = said(stage, ann, "The password is tulip")
    copy = stage.call("messages.forward", bob, message=message, room=rooms[0], nonce="1").id
    race(
        stage,
        ("messages.forward", bob, {"message": copy, "room": rooms[1], "nonce": "2"}),
        ("messages.delete", ann, {"message": message}),
    )
    assert not kept(stage, "password")
