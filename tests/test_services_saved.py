from collections.abc import Iterator

import pytest

from chinwag.errors import Conflict, NotFound
from chinwag.services import saved
from chinwag.store.tx import Caller
from tests.world import Stage, refused


def say(stage: Stage, by: Caller, room: int, *bodies: str) -> list[int]:
    return [stage.call("messages.post", by, room=room, body=body, nonce=f"{room} {body}").id for body in bodies]


def given(stage: Stage, by: Caller, **params: object) -> list[int]:
    """The messages on a page, in its order; each comes with its text."""
    page = stage.call("saved.page", by, **params)
    assert {one.message for one in page.saved} == {one.id for one in page.messages}
    return [one.message for one in page.saved]


@pytest.fixture
def few() -> Iterator[None]:
    """Three may be kept at a time."""
    most, saved.MOST = saved.MOST, 3
    yield
    saved.MOST = most


def test_one_keeps_messages_for_later_and_is_done_with_them(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    one, two, three = say(stage, ann, 1, "one", "two", "three")
    for message in (two, one, three):
        stage.call("saved.set", bob, message=message, on=True)
    assert given(stage, bob) == [three, one, two]
    assert given(stage, bob, limit=1) == [three]
    assert given(stage, bob, before=three) == [one, two]
    stage.call("saved.done", bob, message=one, on=True)
    assert (given(stage, bob), given(stage, bob, done=True)) == ([three, two], [one])
    stage.call("saved.set", bob, message=three, on=False)
    assert [row.message for row in stage.call("saved.marks", bob)] == [one, two]
    assert given(stage, bob) == [two]
    stage.call("saved.set", bob, message=three, on=True)
    assert given(stage, bob) == [three, two]
    assert given(stage, ann) == []


def test_what_is_saved_is_told_to_nobody_else(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    (message,) = say(stage, ann, 1, "one")
    stage.told.clear()
    stage.call("saved.set", bob, message=message, on=True)
    assert [change.topic for change in stage.told] == [f"user:{bob.user}"]  # type: ignore[union-attr]


def test_saved_messages_of_rooms_one_has_left_and_deleted_ones_are_not_given(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Ours", kind="private", users=[bob.user]).id
    here, there, gone = [*say(stage, ann, 1, "here"), *say(stage, ann, room, "there", "gone")]
    for message in (here, there, gone):
        stage.call("saved.set", bob, message=message, on=True)
    stage.call("messages.delete", ann, message=gone)
    assert given(stage, bob) == [there, here]
    stage.call("rooms.leave", bob, room=room)
    assert given(stage, bob) == [here]
    for call in ("saved.set", "saved.done"):
        with refused(NotFound, "message"):
            stage.call(call, bob, message=there, on=True)
    stage.call("members.add", ann, room=room, user=bob.user)
    assert given(stage, bob) == [there, here]


def test_one_lets_go_of_what_was_deleted_and_of_what_is_in_a_room_that_one_left(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Ours", kind="private", users=[bob.user]).id
    gone, there, other = [*say(stage, ann, 1, "gone"), *say(stage, ann, room, "there", "other")]
    for message in (gone, there):
        stage.call("saved.set", bob, message=message, on=True)
    stage.call("messages.delete", ann, message=gone)
    stage.call("rooms.leave", bob, room=room)
    for message in (gone, there):
        assert stage.call("saved.set", bob, message=message, on=False).deleted
    assert stage.call("saved.marks", bob) == []
    with refused(NotFound, "message"):
        stage.call("saved.set", bob, message=other, on=False)


def test_one_is_done_only_with_what_one_keeps(stage: Stage) -> None:
    ann = stage.add("ann")
    (message,) = say(stage, ann, 1, "one")
    with refused(NotFound, "message"):
        stage.call("saved.done", ann, message=message, on=True)
    stage.call("saved.set", ann, message=message, on=True)
    stage.call("saved.set", ann, message=message, on=False)
    with refused(NotFound, "message"):
        stage.call("saved.done", ann, message=message, on=True)


@pytest.mark.usefixtures("few")
def test_one_keeps_so_many_and_then_lets_go_first(stage: Stage) -> None:
    ann = stage.add("ann")
    messages = say(stage, ann, 1, "1", "2", "3", "4")
    for message in messages[:3]:
        stage.call("saved.set", ann, message=message, on=True)
    with refused(Conflict, "message"):
        stage.call("saved.set", ann, message=messages[3], on=True)
    stage.call("saved.set", ann, message=messages[0], on=False)
    stage.call("saved.set", ann, message=messages[3], on=True)
