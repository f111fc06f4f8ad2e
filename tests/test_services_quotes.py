import pytest
from sqlalchemy import select

from chinwag.errors import Conflict, Forbidden, Invalid, NotFound
from chinwag.store import tables
from chinwag.store.tx import Caller, Tx
from tests.world import Stage, refused


@pytest.fixture
def cast(stage: Stage) -> tuple[Stage, Caller, Caller, Caller, int, int]:
    """Ann and Bob in a private room, Bob and Cleo in another; what Ann said."""
    ann, bob, cleo = stage.add("ann"), stage.add("bob"), stage.add("cleo")
    here = stage.call("rooms.create", ann, name="Here", kind="private", users=[bob.user]).id
    there = stage.call("rooms.create", bob, name="There", kind="private", users=[cleo.user]).id
    said = stage.call("messages.post", ann, room=here, body="**loud** words", nonce="1").id
    return stage, ann, bob, cleo, said, there


Played = tuple[Stage, Caller, Caller, Caller, int, int]


def test_whoever_reads_a_message_passes_it_on_to_those_who_cannot(cast: Played) -> None:
    stage, ann, bob, cleo, said, there = cast
    passed = stage.call("messages.forward", bob, message=said, room=there, body="look", nonce="2")
    assert (passed.room, passed.author, passed.body) == (there, bob.user, "look")
    assert (passed.quote.message, passed.quote.author) == (said, ann.user)
    assert passed.quote.html == "<p><strong>loud</strong> words</p>"
    assert stage.call("messages.page", cleo, room=there).messages == [passed]
    with refused(NotFound, "room"):
        stage.call("messages.page", cleo, room=passed.quote.room)
    with refused(NotFound, "message"):
        stage.call("messages.history", cleo, message=said)


def test_nobody_passes_on_what_they_cannot_read_or_to_where_they_are_not(cast: Played) -> None:
    stage, ann, _, cleo, said, there = cast
    with refused(NotFound, "message"):
        stage.call("messages.forward", cleo, message=said, room=there, nonce="2")
    with refused(NotFound, "room"):
        stage.call("messages.forward", ann, message=said, room=there, nonce="2")


def test_passing_on_twice_with_the_same_nonce_is_passing_on_once(cast: Played) -> None:
    stage, _, bob, _, said, there = cast
    passed = stage.call("messages.forward", bob, message=said, room=there, nonce="2")
    assert stage.call("messages.forward", bob, message=said, room=there, body="again", nonce="2") == passed
    assert stage.call("messages.forward", bob, message=said, room=1, nonce="2") == passed


def test_a_retry_gives_what_it_made_also_when_the_source_is_gone_or_its_room_left(cast: Played) -> None:
    stage, ann, bob, cleo, said, there = cast
    passed = stage.call("messages.forward", bob, message=said, room=there, nonce="2")
    stage.call("rooms.leave", bob, room=passed.quote.room)
    assert stage.call("messages.forward", bob, message=said, room=there, nonce="2") == passed
    stage.call("messages.delete", ann, message=said)
    assert stage.call("messages.forward", bob, message=said, room=there, nonce="2").id == passed.id
    with refused(NotFound, "message"):
        stage.call("messages.forward", cleo, message=said, room=there, nonce="2")
    stage.call("rooms.leave", bob, room=there)
    with refused(NotFound, "room"):
        stage.call("messages.forward", bob, message=said, room=there, nonce="2")


def test_a_blank_comment_is_refused_and_none_is_none(cast: Played) -> None:
    stage, _, bob, _, said, there = cast
    with refused(Invalid, "body"):
        stage.call("messages.forward", bob, message=said, room=there, body=" \n ", nonce="2")
    assert stage.call("messages.forward", bob, message=said, room=there, nonce="2").body == ""


def test_nothing_is_passed_on_to_an_archived_room(cast: Played) -> None:
    stage, _, bob, _, said, there = cast
    stage.call("rooms.archive", bob, room=there, on=True)
    with refused(Conflict, "room"):
        stage.call("messages.forward", bob, message=said, room=there, nonce="2")


def test_what_was_passed_on_without_a_word_is_passed_on_as_it_first_was(cast: Played) -> None:
    stage, _, bob, cleo, said, there = cast
    bare = stage.call("messages.forward", bob, message=said, room=there, nonce="2")
    again = stage.call("messages.forward", cleo, message=bare.id, room=1, nonce="3")
    assert again.quote == bare.quote
    with_words = stage.call("messages.forward", bob, message=said, room=there, body="look", nonce="4")
    assert stage.call("messages.forward", cleo, message=with_words.id, room=1, nonce="5").quote.message == with_words.id


def test_an_edit_leaves_what_was_passed_on_and_a_deletion_empties_it_everywhere(cast: Played) -> None:
    stage, ann, bob, cleo, said, there = cast
    bare = stage.call("messages.forward", bob, message=said, room=there, nonce="2")
    stage.call("messages.forward", cleo, message=bare.id, room=1, body="look", nonce="3")
    stage.call("messages.edit", ann, message=said, body="quiet words")
    assert "loud" in stage.call("messages.page", cleo, room=there).messages[0].quote.html
    stage.told.clear()
    stage.call("messages.delete", ann, message=said)
    for room in (there, 1):
        (kept,) = stage.call("messages.page", cleo, room=room).messages
        assert (kept.quote.message, kept.quote.html) == (said, "")
        (told,) = [one for one in stage.told if one.topic == f"room:{room}"]  # type: ignore[union-attr]
        assert told.messages == [kept]  # type: ignore[union-attr]
    assert "loud" not in stage.act(everything)


def everything(tx: Tx) -> str:
    return str([tx.read(select(table)).all() for table in tables.metadata.sorted_tables])


def test_a_link_shows_its_message_to_those_alone_who_may_read_it(cast: Played) -> None:
    stage, ann, bob, cleo, said, _ = cast
    (row,) = stage.call("messages.page", ann, room=stage.call("messages.pin", ann, message=said, on=True).room).messages
    quote = stage.call("messages.look", bob, room="here", seq=row.seq)
    assert (quote.message, quote.author, quote.html) == (said, ann.user, row.html)
    for by, room, seq in ((cleo, "here", row.seq), (bob, "nowhere", row.seq), (bob, "here", row.seq + 1), (bob, "", 0)):
        with refused(NotFound, "message"):
            stage.call("messages.look", by, room=room, seq=seq)
    stage.call("messages.delete", ann, message=said)
    with refused(NotFound, "message"):
        stage.call("messages.look", bob, room="here", seq=row.seq)


def test_another_cannot_edit_what_one_passed_on(cast: Played) -> None:
    stage, ann, bob, _, said, there = cast
    passed = stage.call("messages.forward", bob, message=said, room=there, body="look", nonce="2")
    stage.call("members.add", bob, room=there, user=ann.user)
    with refused(Forbidden):
        stage.call("messages.edit", ann, message=passed.id, body="mine")
    assert stage.call("messages.edit", bob, message=passed.id, body="look here").quote == passed.quote
