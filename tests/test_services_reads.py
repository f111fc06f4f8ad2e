from chinwag.changes import Change, Mine
from chinwag.errors import NotFound, Unauthorized
from chinwag.store.tx import Caller
from tests.world import Stage, refused


def say(stage: Stage, by: Caller, room: int, count: int) -> list[int]:
    """Post so many; their ids."""
    nonces = [f"{room} {by.user} {len(stage.told)} {number}" for number in range(count)]
    return [stage.call("messages.post", by, room=room, body="hello", nonce=nonce).id for nonce in nonces]


def end_of(stage: Stage, by: Caller, room: int) -> int:
    seq: int = stage.call("messages.page", by, room=room).messages[-1].seq
    return seq


def test_what_others_said_is_unread_until_it_is_marked(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    stage.call("reads.mark", bob, room=1, seq=2**40)
    say(stage, ann, 1, 3)
    say(stage, bob, 1, 1)
    end = end_of(stage, ann, 1)
    mine: Mine = stage.call("reads.mark", bob, room=1, seq=end - 2)
    assert (mine.unread, mine.read_seq, mine.at_seq) == (1, end - 2, end)
    assert stage.call("reads.mark", bob, room=1, seq=end).unread == 0


def test_the_mark_never_goes_back_nor_past_the_end(stage: Stage) -> None:
    ann = stage.add("ann")
    say(stage, ann, 1, 3)
    end = end_of(stage, ann, 1)
    assert stage.call("reads.mark", ann, room=1, seq=2**53 - 1).read_seq == end
    told = len(stage.told)
    for seq in (0, end - 1, end, end + 1):
        assert stage.call("reads.mark", ann, room=1, seq=seq).read_seq == end
    assert len(stage.told) == told


def test_a_mark_is_told_to_ones_own_topic_alone(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    say(stage, ann, 1, 1)
    stage.told.clear()
    mine = stage.call("reads.mark", bob, room=1, seq=end_of(stage, bob, 1))
    (change,) = stage.told
    assert isinstance(change, Change)
    assert (change.topic, change.mine) == (f"user:{bob.user}", [mine])


def test_everything_from_an_unmarked_message_on_is_unread(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    said = say(stage, ann, 1, 4)
    stage.call("reads.mark", bob, room=1, seq=2**40)
    assert stage.call("reads.unmark", bob, message=said[1]).unread == 3
    assert stage.call("reads.unmark", ann, message=said[1]).unread == 0


def test_deleted_messages_are_not_unread(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    said = say(stage, ann, 1, 3)
    stage.call("messages.delete", ann, message=said[2])
    assert stage.call("reads.unmark", bob, message=said[0]).unread == 2
    with refused(NotFound, "message"):
        stage.call("reads.unmark", bob, message=said[2])


def test_nothing_is_marked_in_rooms_that_one_is_not_in(stage: Stage) -> None:
    ann, bob = stage.add("ann", role="owner"), stage.add("bob")
    room = stage.call("rooms.create", bob, name="Ops", kind="private").id
    (said,) = say(stage, bob, room, 1)
    for caller, error in ((ann, NotFound), (Caller(), Unauthorized)):
        with refused(error, "room" if error is NotFound else None):
            stage.call("reads.mark", caller, room=room, seq=1)
        with refused(error, "message" if error is NotFound else None):
            stage.call("reads.unmark", caller, message=said)
    with refused(NotFound, "room"):
        stage.call("reads.mark", bob, room=999, seq=1)


def test_unmarking_what_is_unread_already_marks_nothing_before_it_as_read(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    said = [stage.call("messages.post", ann, room=1, body=f"m{n}", nonce=f"n{n}") for n in range(3)]
    before = stage.call("reads.mark", bob, room=1, seq=0)
    assert stage.call("reads.unmark", bob, message=said[2].id) == before
