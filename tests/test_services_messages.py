import asyncio

import pytest

from chinwag import clock
from chinwag.changes import Message
from chinwag.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge, Unauthorized
from chinwag.store.tx import Caller
from tests.world import Server, Stage, plain, refused

HOUR = 3_600 * clock.SECOND


def say(stage: Stage, by: Caller, room: int, *bodies: str) -> list[int]:
    """Post these; their seqs."""
    return [stage.call("messages.post", by, room=room, body=body, nonce=body).seq for body in bodies]


def bodies(history: object) -> list[str]:
    return [row.body for row in history.messages]  # type: ignore[attr-defined]


def test_a_message_is_kept_rendered_and_told_as_it_was_answered(stage: Stage) -> None:
    ann = stage.add("ann")
    stage.told.clear()
    said = stage.call("messages.post", ann, room=1, body="**hello** \r\n<b>\n ", nonce="n")
    assert (said.body, said.author, said.rev, said.nonce) == ("**hello** \n<b>\n ", ann.user, said.seq, "n")
    assert "<strong>hello</strong>" in said.html
    assert "<b>" not in said.html
    assert [plain(change) for change in stage.told] == [{"topic": "room:1", "seq": said.seq, "messages": [plain(said)]}]
    assert stage.call("messages.page", ann, room=1).messages == [said]


def test_what_is_no_message_is_refused_and_takes_no_seq(stage: Stage) -> None:
    ann = stage.add("ann")
    before = stage.call("messages.post", ann, room=1, body="first", nonce="first").seq
    for body, kind in (
        ("", Invalid),
        (" \n\t ", Invalid),
        ("\u200b\u2060", Invalid),
        ("a\0b", Invalid),
        ("a\ud800b", Invalid),
        ("x" * 8_001, TooLarge),
    ):
        with refused(kind, "body"):
            stage.call("messages.post", ann, room=1, body=body, nonce="bad")
    assert stage.call("messages.post", ann, room=1, body="x" * 8_000, nonce="bad").seq == before + 1


def test_the_same_nonce_again_gives_the_message_that_it_made_and_tells_nothing(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    said = stage.call("messages.post", ann, room=1, body="hello", nonce="n")
    told = len(stage.told)
    assert stage.call("messages.post", stage.sign_in(ann.user or 0), room=1, body="other words", nonce="n") == said
    assert len(stage.told) == told
    assert stage.call("messages.post", bob, room=1, body="his own", nonce="n").id != said.id
    changed = stage.call("messages.edit", ann, message=said.id, body="edited")
    assert stage.call("messages.post", ann, room=1, body="hello", nonce="n") == changed
    gone = stage.call("messages.delete", ann, message=said.id)
    assert stage.call("messages.post", ann, room=1, body="hello", nonce="n") == gone


def test_a_nonce_gives_its_message_whatever_the_room_until_one_may_not_read_that(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", bob, name="Ops", kind="private", users=[ann.user]).id
    say(stage, ann, room, "a secret")
    made = stage.call("messages.page", ann, room=room).messages[0]
    for elsewhere in (1, 99):
        assert stage.call("messages.post", ann, room=elsewhere, body="hello", nonce="a secret") == made
    stage.call("members.remove", bob, room=room, user=ann.user)
    for anywhere in (1, room):
        with refused(NotFound, "room"):
            stage.call("messages.post", ann, room=anywhere, body="a secret", nonce="a secret")


def test_a_retry_succeeds_even_after_the_room_was_archived(stage: Stage) -> None:
    ann = stage.add("ann")
    room = stage.call("rooms.create", ann, name="Ops").id
    said = stage.call("messages.post", ann, room=room, body="hello", nonce="n")
    stage.call("rooms.archive", ann, room=room, on=True)
    assert stage.call("messages.post", ann, room=room, body="hello", nonce="n") == said
    with refused(Conflict, "room"):
        stage.call("messages.post", ann, room=room, body="hello", nonce="another")
    with refused(Conflict, "message"):
        stage.call("messages.edit", ann, message=said.id, body="other")
    assert stage.call("messages.delete", ann, message=said.id).deleted


async def test_one_message_sent_many_times_at_once_is_one_message(any_server: Server) -> None:
    _, token = any_server.add("ann")
    params = {"room": 1, "body": "hello", "nonce": "the same"}
    answers = await asyncio.gather(*(any_server.rpc(token, "messages.post", **params) for _ in range(10)))
    assert len({answer["id"] for answer in answers}) == 1
    page = await any_server.rpc(token, "messages.page", room=1)
    assert len(page["messages"]) == 1


def test_history_comes_in_pages_in_both_directions_and_around(stage: Stage) -> None:
    ann = stage.add("ann")
    seqs = say(stage, ann, 1, *"abcdefghij")

    def page(**params: int) -> tuple[str, bool, bool]:
        history = stage.call("messages.page", ann, room=1, **params)
        return "".join(bodies(history)), history.older, history.newer

    assert page() == ("abcdefghij", False, False)
    assert page(limit=3) == ("hij", True, False)
    assert page(limit=3, before=seqs[7]) == ("efg", True, True)
    assert page(limit=3, before=seqs[2]) == ("ab", False, True)
    assert page(limit=3, after=seqs[2]) == ("def", True, True)
    assert page(limit=3, after=seqs[7]) == ("ij", True, False)
    assert page(limit=3, after=0) == ("abc", False, True)
    assert page(limit=4, around=seqs[5]) == ("defg", True, True)
    assert page(limit=4, around=seqs[0]) == ("ab", False, True)
    assert page(limit=1, around=seqs[5]) == ("f", True, True)
    assert page(limit=100, around=seqs[5]) == ("abcdefghij", False, False)


def test_a_place_that_is_not_there_is_no_error_but_the_nearest_history(stage: Stage) -> None:
    ann = stage.add("ann")
    say(stage, ann, 1, *"abc")
    future = 2**53 - 1
    for params, shown in (
        ({"before": future}, "abc"),
        ({"after": future}, ""),
        ({"around": future}, "abc"),
        ({"before": 0}, ""),
        ({"around": 0}, "abc"),
    ):
        assert "".join(bodies(stage.call("messages.page", ann, room=1, **params))) == shown
    assert stage.call("messages.page", ann, room=1, after=future).older
    assert stage.call("messages.page", ann, room=1, before=0).newer


def test_the_first_message_of_a_time_is_found_wherever_it_is(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Ops").id
    said = []
    for hour in range(20):
        monkeypatch.setattr(clock, "now", lambda now=hour * HOUR: now)
        say(stage, ann, 1, f"elsewhere {hour}")
        said.append(stage.call("messages.post", ann, room=room, body=f"hour {hour}", nonce=f"hour {hour}"))
    root = said[8]
    stage.call("messages.post", ann, room=room, body="in the thread alone", nonce="answer", thread=root.id)
    stage.call("messages.delete", ann, message=said[5].id)

    def first(hour: float) -> str | None:
        at = clock.moment(int(hour * HOUR))
        found: Message | None = stage.call("messages.first", ann, room=room, at=at)
        return found.body if found else None

    expected: dict[float, str | None] = {
        0: "hour 0",
        1: "hour 1",
        3.5: "hour 4",
        4.5: "hour 6",
        5: "hour 6",
        8: "hour 8",
    }
    expected |= {19: "hour 19", 19.1: None}
    assert {hour: first(hour) for hour in expected} == expected
    empty = stage.call("rooms.create", ann, name="Empty").id
    assert stage.call("messages.first", ann, room=empty, at=clock.moment(0)) is None
    closed = stage.call("rooms.create", ann, name="Closed", kind="private").id
    with refused(NotFound, "room"):
        stage.call("messages.first", bob, room=closed, at=clock.moment(0))


def test_only_one_place_can_be_asked_for(stage: Stage) -> None:
    ann = stage.add("ann")
    with refused(Invalid, "before"):
        stage.call("messages.page", ann, room=1, before=3, after=1)


def test_a_page_is_of_one_room_and_has_of_what_was_deleted_an_empty_row(stage: Stage) -> None:
    ann = stage.add("ann")
    room = stage.call("rooms.create", ann, name="Ops").id
    say(stage, ann, room, "there")
    say(stage, ann, 1, "here")
    gone = stage.call("messages.post", ann, room=1, body="gone", nonce="gone")
    stage.call("messages.delete", ann, message=gone.id)
    here, tombstone = stage.call("messages.page", ann, room=1).messages
    assert (here.body, here.deleted) == ("here", False)
    assert tombstone == Message(
        **{name: getattr(gone, name) for name in ("id", "room", "seq", "author", "at", "nonce")},
        rev=gone.seq + 1,
        deleted=True,
    )
    assert stage.call("messages.page", ann, room=1, limit=1).messages == [tombstone]


def test_an_edit_keeps_the_place_and_raises_the_rev(stage: Stage) -> None:
    ann = stage.add("ann")
    said = stage.call("messages.post", ann, room=1, body="helo", nonce="n")
    changed = stage.call("messages.edit", ann, message=said.id, body="*hello*")
    assert (changed.seq, changed.rev, changed.body) == (said.seq, said.seq + 1, "*hello*")
    assert changed.html != said.html
    assert changed.edited_at is not None
    for body, kind in (("", Invalid), ("x\0", Invalid), ("\udfff", Invalid), ("x" * 8_001, TooLarge)):
        with refused(kind, "body"):
            stage.call("messages.edit", ann, message=said.id, body=body)


def test_nobody_edits_what_another_said_and_only_moderators_delete_it(stage: Stage) -> None:
    ann, bob, amy = stage.add("ann"), stage.add("bob"), stage.add("amy", role="admin")
    room = stage.call("rooms.create", ann, name="Ops", users=[bob.user, amy.user]).id
    by_ann = stage.call("messages.post", ann, room=room, body="hello", nonce="1").id
    by_bob = stage.call("messages.post", bob, room=room, body="hello", nonce="1").id
    for caller, message in ((ann, by_bob), (amy, by_bob), (bob, by_ann)):
        with refused(Forbidden):
            stage.call("messages.edit", caller, message=message, body="other words")
    with refused(Forbidden):
        stage.call("messages.delete", bob, message=by_ann)
    stage.call("messages.delete", ann, message=by_bob)
    stage.call("messages.delete", amy, message=by_ann)


def test_not_even_administrators_delete_what_others_said_in_a_direct_conversation(stage: Stage) -> None:
    ann, bob = stage.add("ann", role="owner"), stage.add("bob")
    room = stage.call("rooms.direct", ann, users=[bob.user]).id
    said = stage.call("messages.post", bob, room=room, body="hello", nonce="1").id
    with refused(Forbidden):
        stage.call("messages.delete", ann, message=said)
    stage.call("messages.delete", bob, message=said)


def test_a_deleted_message_leaves_an_empty_row_and_cannot_be_changed_again(stage: Stage) -> None:
    ann = stage.add("ann")
    said = stage.call("messages.post", ann, room=1, body="a secret", nonce="n")
    gone = stage.call("messages.delete", ann, message=said.id)
    assert (gone.body, gone.html, gone.deleted, gone.seq) == ("", "", True, said.seq)
    for method, params in (("edit", {"body": "x"}), ("delete", {})):
        with refused(NotFound, "message"):
            stage.call(f"messages.{method}", ann, message=said.id, **params)


@pytest.mark.parametrize("hidden", ["private", "direct", "left", "missing"])
def test_a_message_that_may_not_be_seen_is_as_one_that_is_not_there(stage: Stage, hidden: str) -> None:
    ann, bob = stage.add("ann", role="owner"), stage.add("bob")
    if hidden == "direct":
        room = stage.call("rooms.direct", bob, users=[stage.add("cleo").user]).id
    else:
        room = stage.call("rooms.create", bob, name="Ops", kind="private", users=[ann.user] * (hidden == "left")).id
    said = stage.call("messages.post", ann if hidden == "left" else bob, room=room, body="a secret", nonce="1")
    if hidden == "left":
        stage.call("rooms.leave", ann, room=room)
    place = {"message": said.id, "room": room} if hidden != "missing" else {"message": 999, "room": 999}
    for method, params in (("edit", {"body": "x"}), ("delete", {})):
        with refused(NotFound, "message"):
            stage.call(f"messages.{method}", ann, message=place["message"], **params)
    for method, params in (("post", {"body": "x", "nonce": "2"}), ("page", {})):
        with refused(NotFound, "room"):
            stage.call(f"messages.{method}", ann, room=place["room"], **params)
    with refused(NotFound, "message"):
        stage.call("reads.unmark", ann, message=place["message"])


def test_strangers_say_and_read_nothing(stage: Stage) -> None:
    said = stage.call("messages.post", stage.add("ann"), room=1, body="hello", nonce="n").id
    for method, params in (
        ("post", {"room": 1, "body": "x", "nonce": "2"}),
        ("page", {"room": 1}),
        ("edit", {"message": said, "body": "x"}),
        ("delete", {"message": said}),
    ):
        with refused(Unauthorized):
            stage.call(f"messages.{method}", **params)
