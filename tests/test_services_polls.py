import pytest
from sqlalchemy import func, select

from chinwag.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from chinwag.services.names import BODY_MOST
from chinwag.store import tables
from chinwag.store.tx import Caller, Tx
from tests.world import Stage, plain, refused

FOOD = {"question": "What *shall* we eat?", "options": ["Soup", " Cake ", "Both"]}


def ask(stage: Stage, by: Caller, **given: object) -> int:
    number: int = stage.call("polls.create", by, **{"room": 1, "nonce": "poll", **FOOD, **given}).id
    return number


def votes(tx: Tx) -> int:
    return int(tx.read(select(func.count()).select_from(tables.votes)).scalar_one())


def test_a_poll_is_a_message_that_says_the_same_in_words(stage: Stage) -> None:
    ann = stage.add("ann")
    stage.told.clear()
    said = stage.call("polls.create", ann, room=1, nonce="n", many=True, **FOOD)
    assert (said.kind, said.rev, said.author) == ("poll", said.seq, ann.user)
    assert said.body == "What *shall* we eat?\n\n1. Soup\n2. Cake\n3. Both"
    assert plain(said.poll) == {
        "question": "What *shall* we eat?",
        "options": ["Soup", "Cake", "Both"],
        "votes": [[], [], []],
        "many": True,
    }
    assert [plain(one) for one in stage.told] == [{"topic": "room:1", "seq": said.seq, "messages": [plain(said)]}]
    assert stage.call("polls.create", ann, room=1, nonce="n", **FOOD) == said
    assert stage.call("messages.page", ann, room=1).messages == [said]


def test_votes_are_seen_by_all_and_the_last_choice_counts(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    poll = ask(stage, ann)
    stage.call("polls.vote", ann, message=poll, options=[0])
    stage.call("polls.vote", bob, message=poll, options=[0])
    changed = stage.call("polls.vote", ann, message=poll, options=[2])
    assert changed.poll.votes == [[bob.user], [], [ann.user]]
    told = len(stage.told)
    assert stage.call("polls.vote", ann, message=poll, options=[2]) == changed
    assert len(stage.told) == told
    assert stage.call("polls.vote", bob, message=poll, options=[]).poll.votes == [[], [], [ann.user]]
    assert stage.call("messages.page", bob, room=1).messages[-1].poll.votes == [[], [], [ann.user]]


def test_several_answers_are_chosen_only_where_the_poll_says_so(stage: Stage) -> None:
    ann = stage.add("ann")
    one, many = ask(stage, ann), ask(stage, ann, many=True, nonce="many")
    with refused(Invalid, "options"):
        stage.call("polls.vote", ann, message=one, options=[0, 1])
    assert stage.call("polls.vote", ann, message=many, options=[2, 0, 2]).poll.votes == [[ann.user], [], [ann.user]]
    with refused(Invalid, "options"):
        stage.call("polls.vote", ann, message=many, options=[3])


def test_a_poll_is_closed_by_its_author_or_a_moderator_and_then_stays(stage: Stage) -> None:
    ann, bob, cleo = stage.add("ann"), stage.add("bob"), stage.add("cleo")
    room = stage.call("rooms.create", ann, name="Ops", users=[bob.user, cleo.user]).id
    by_ann, by_bob = ask(stage, ann, room=room), ask(stage, bob, room=room)
    with refused(Forbidden):
        stage.call("polls.close", cleo, message=by_bob)
    stage.call("polls.vote", cleo, message=by_bob, options=[1])
    assert stage.call("polls.close", bob, message=by_bob).poll.closed
    assert stage.call("polls.close", ann, message=by_ann).poll.closed
    for method, params in (("polls.vote", {"options": [0]}), ("polls.close", {})):
        with refused(Conflict, "message"):
            stage.call(method, ann, message=by_bob, **params)
    another = ask(stage, bob, room=room, nonce="another")
    assert stage.call("polls.close", ann, message=another).poll.closed
    assert stage.call("messages.page", ann, room=room).messages[1].poll.votes == [[], [cleo.user], []]


def test_nobody_votes_in_an_archived_room_nor_on_what_is_no_poll(stage: Stage) -> None:
    ann = stage.add("ann")
    room = stage.call("rooms.create", ann, name="Ops").id
    poll = ask(stage, ann, room=room)
    said = stage.call("messages.post", ann, room=room, body="hello", nonce="hello").id
    for method, params in (("polls.vote", {"options": [0]}), ("polls.close", {})):
        with refused(NotFound, "poll"):
            stage.call(method, ann, message=said, **params)
    stage.call("rooms.archive", ann, room=room, on=True)
    with refused(Conflict, "message"):
        stage.call("polls.vote", ann, message=poll, options=[0])
    with refused(Conflict, "room"):
        ask(stage, ann, room=room, nonce="new")


@pytest.mark.parametrize(
    ("given", "kind", "field"),
    [
        ({"question": " "}, Invalid, "question"),
        ({"question": "x" * 251}, TooLarge, "question"),
        ({"question": "a\u202eb"}, Invalid, "question"),
        ({"options": ["a", ""]}, Invalid, "options"),
        ({"options": ["a", " A "]}, Invalid, "options"),
        ({"options": ["a", "x" * 101]}, TooLarge, "options"),
        ({"options": ["a", "b\0"]}, Invalid, "options"),
    ],
)
def test_what_is_no_poll_is_refused(stage: Stage, given: dict[str, object], kind: type, field: str) -> None:
    ann = stage.add("ann")
    with refused(kind, field):
        ask(stage, ann, **given)
    assert stage.call("messages.page", ann, room=1).messages == []


def test_the_longest_poll_is_a_message_too(stage: Stage) -> None:
    ann = stage.add("ann")
    poll = ask(stage, ann, question="*" * 250, options=[f"{number}" + "*" * 99 for number in range(10)])
    said = stage.call("messages.page", ann, room=1).messages[-1]
    assert (said.id, len(said.body) < BODY_MOST) == (poll, True)


def test_a_poll_is_not_edited_and_nothing_of_a_deleted_one_is_left(stage: Stage) -> None:
    ann = stage.add("ann")
    poll = ask(stage, ann)
    stage.call("polls.vote", ann, message=poll, options=[0])
    with refused(Conflict, "message"):
        stage.call("messages.edit", ann, message=poll, body="other words")
    assert stage.call("messages.delete", ann, message=poll).poll is None
    assert stage.act(votes) == 0
    with refused(NotFound, "message"):
        stage.call("polls.vote", ann, message=poll, options=[0])
