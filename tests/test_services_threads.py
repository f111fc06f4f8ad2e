"""Threads: answers, what the root says of them, who follows, what is unread."""

import pytest

from chinwag.changes import Change, Message
from chinwag.errors import Conflict, Forbidden, Invalid, NotFound
from chinwag.store.tx import Caller
from tests.world import Stage, plain, refused


class House:
    """Three people in a room, and somebody outside."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ann, self.bob, self.cleo, self.out = (stage.add(name) for name in ("ann", "bob", "cleo", "otto"))
        self.room: int = stage.call("rooms.create", self.ann, name="Ops", users=[self.bob.user, self.cleo.user]).id
        self._posted = 0

    def say(self, by: Caller, body: str = "hello", **options: object) -> Message:
        self._posted += 1
        given = {"room": self.room, "body": body, "nonce": f"n{self._posted}", **options}
        message: Message = self.stage.call("messages.post", by, **given)
        return message

    def root(self, message: int) -> Message:
        root: Message = self.stage.call("messages.page", self.ann, room=self.room, thread=message).root
        return root

    def unread(self, by: Caller) -> dict[int, int]:
        """The unread answers of each thread that somebody follows."""
        found = self.stage.call("threads.page", by).threads
        return {one.thread.thread: one.thread.unread for one in found}

    def kinds(self, by: Caller) -> list[str]:
        """The undone notices of somebody, the newest first."""
        return [one.kind for one in self.stage.call("inbox.page", by, undone=True).notices]


@pytest.fixture
def house(stage: Stage) -> House:
    return House(stage)


def test_an_answer_and_its_root_come_in_one_change_and_carry_its_seq(house: House) -> None:
    root = house.say(house.ann)
    house.stage.told.clear()
    answer = house.say(house.bob, "an answer", thread=root.id)
    told = next(one for one in house.stage.told if isinstance(one, Change) and one.messages)
    assert [(row.id, row.rev) for row in told.messages] == [(answer.id, answer.seq), (root.id, answer.seq)]
    replies = told.messages[1].replies
    assert replies is not None
    assert (replies.count, replies.last_at, replies.users) == (1, answer.at, [house.bob.user])


def test_the_root_names_the_latest_five_who_answered_the_last_first(house: House) -> None:
    root = house.say(house.ann)
    others = [house.stage.add(f"user{number}") for number in range(5)]
    for one in others:
        house.stage.call("members.add", house.ann, room=house.room, user=one.user)
    for by in (house.bob, *others, house.cleo, others[1]):
        house.say(by, thread=root.id)
    replies = house.root(root.id).replies
    assert replies is not None
    expected = [others[1], house.cleo, others[4], others[3], others[2]]
    assert (replies.count, replies.users) == (8, [one.user for one in expected])


def test_an_answer_stands_in_its_thread_and_in_the_room_only_if_it_is_shown_there_too(house: House) -> None:
    root = house.say(house.ann)
    hidden = house.say(house.bob, "hidden", thread=root.id)
    shown = house.say(house.bob, "shown", thread=root.id, also=True)
    page = house.stage.call("messages.page", house.cleo, room=house.room)
    assert [one.id for one in page.messages] == [root.id, shown.id]
    assert page.root is None
    thread = house.stage.call("messages.page", house.cleo, room=house.room, thread=root.id)
    assert [one.id for one in thread.messages] == [hidden.id, shown.id]
    assert (thread.root.id, thread.root.replies.count, thread.follow.following) == (root.id, 2, False)
    mine = house.stage.call("reads.mark", house.cleo, room=house.room, seq=root.seq - 1)
    assert mine.unread == 2  # the root and what is shown too


def test_a_thread_comes_in_pages_as_a_room_does(house: House) -> None:
    root = house.say(house.ann)
    answers = [house.say(house.bob, thread=root.id) for _ in range(5)]
    house.say(house.bob)

    def page(**place: int) -> tuple[list[int], bool, bool]:
        history = house.stage.call("messages.page", house.ann, room=house.room, thread=root.id, limit=2, **place)
        return [answers.index(one) for one in history.messages], history.older, history.newer

    assert page() == ([3, 4], True, False)
    assert page(before=answers[3].seq) == ([1, 2], True, True)
    assert page(after=answers[3].seq) == ([4], True, False)
    assert page(around=answers[2].seq) == ([1, 2], True, True)


def test_only_a_message_of_this_room_that_is_no_answer_can_be_answered(house: House) -> None:
    root = house.say(house.ann)
    answer = house.say(house.bob, thread=root.id)
    elsewhere = house.stage.call("messages.post", house.ann, room=1, body="hello", nonce="elsewhere")
    private = house.stage.call("rooms.create", house.out, name="Private", kind="private").id
    secret = house.stage.call("messages.post", house.out, room=private, body="hello", nonce="secret")
    before = len(house.stage.told)
    for thread, kind in ((answer.id, Invalid), (elsewhere.id, NotFound), (secret.id, NotFound), (2**40, NotFound)):
        with refused(kind, "thread"):
            house.say(house.ann, thread=thread)
        with refused(kind, "thread"):
            house.stage.call("messages.page", house.ann, room=house.room, thread=thread)
    with refused(Invalid, "also"):
        house.say(house.ann, also=True)
    assert len(house.stage.told) == before


def test_a_retry_of_an_answer_counts_it_once(house: House) -> None:
    root = house.say(house.ann)
    given = {"room": house.room, "body": "hello", "nonce": "again", "thread": root.id}
    first = house.stage.call("messages.post", house.bob, **given)
    assert house.stage.call("messages.post", house.bob, **given) == first
    replies = house.root(root.id).replies
    assert replies is not None
    assert replies.count == 1
    assert house.unread(house.ann) == {root.id: 1}


def test_a_deleted_answer_counts_no_more_and_the_last_of_them_leaves_no_trace(house: House) -> None:
    root = house.say(house.ann)
    by_bob, by_cleo = house.say(house.bob, thread=root.id), house.say(house.cleo, thread=root.id)
    house.stage.call("messages.delete", house.cleo, message=by_cleo.id)
    replies = house.root(root.id).replies
    assert replies is not None
    assert (replies.count, replies.users, replies.last_at) == (1, [house.bob.user], by_bob.at)
    assert house.unread(house.ann) == {root.id: 1}
    house.stage.call("messages.delete", house.bob, message=by_bob.id)
    assert house.root(root.id).replies is None
    assert house.unread(house.ann) == {root.id: 0}
    assert house.kinds(house.ann) == []


def test_a_deleted_root_leaves_its_thread_readable_and_open(house: House) -> None:
    root = house.say(house.ann, "a secret")
    answer = house.say(house.bob, "kept", thread=root.id)
    house.stage.call("messages.delete", house.ann, message=root.id)
    later = house.say(house.cleo, "more", thread=root.id)
    thread = house.stage.call("messages.page", house.ann, room=house.room, thread=root.id)
    assert [one.id for one in thread.messages] == [answer.id, later.id]
    assert thread.root.deleted
    assert thread.root.body == ""
    assert house.unread(house.ann) == {root.id: 2}
    listed = house.stage.call("threads.page", house.ann).threads[0]
    assert listed.root.deleted
    assert [one.body for one in listed.answers] == ["kept", "more"]
    assert "a secret" not in str(plain(listed))


def test_nothing_is_answered_in_an_archived_room(house: House) -> None:
    root = house.say(house.ann)
    house.stage.call("rooms.archive", house.ann, room=house.room, on=True)
    with refused(Conflict, "room"):
        house.say(house.bob, thread=root.id)


def test_author_those_who_answer_and_those_called_follow_and_each_hears_once(house: House) -> None:
    root = house.say(house.ann)
    house.say(house.bob, "what do you think, @cleo?", thread=root.id)
    assert house.unread(house.ann) == {root.id: 1}
    assert house.unread(house.bob) == {root.id: 0}
    assert house.unread(house.cleo) == {root.id: 1}
    assert (house.kinds(house.ann), house.kinds(house.bob), house.kinds(house.cleo)) == (["thread"], [], ["mention"])
    house.say(house.cleo, "a lot, @ann", thread=root.id)
    assert house.kinds(house.ann) == ["mention", "thread"]
    assert house.kinds(house.bob) == ["thread"]


def test_whoever_does_not_want_to_follow_hears_no_more_until_they_answer(house: House) -> None:
    root = house.say(house.ann)
    house.say(house.bob, thread=root.id)
    assert not house.stage.call("threads.follow", house.ann, message=root.id, on=False).following
    assert house.unread(house.ann) == {}
    house.say(house.bob, "still @ann", thread=root.id)
    assert house.unread(house.ann) == {}
    assert house.kinds(house.ann) == ["mention", "thread"]
    house.say(house.ann, thread=root.id)
    house.say(house.bob, thread=root.id)
    assert house.unread(house.ann) == {root.id: 1}


def test_following_begins_at_the_present_and_finds_again_what_was_not_read(house: House) -> None:
    root = house.say(house.ann)
    answer = house.say(house.bob, thread=root.id)
    thread = house.stage.call("threads.follow", house.cleo, message=answer.id, on=True)
    assert (thread.thread, thread.following, thread.unread) == (root.id, True, 0)
    house.say(house.bob, thread=root.id)
    house.stage.call("threads.follow", house.cleo, message=root.id, on=False)
    house.say(house.bob, thread=root.id)
    assert house.stage.call("threads.follow", house.cleo, message=root.id, on=True).unread == 2


def test_the_mark_of_a_thread_never_goes_back_nor_past_the_end(house: House) -> None:
    root = house.say(house.ann)
    first, _ = house.say(house.bob, thread=root.id), house.say(house.bob, thread=root.id)
    mark = "threads.mark"
    assert house.stage.call(mark, house.ann, thread=root.id, seq=first.seq).unread == 1
    assert house.kinds(house.ann) == ["thread"]
    assert house.stage.call(mark, house.ann, thread=root.id, seq=0).read_seq == first.seq
    assert house.stage.call(mark, house.ann, thread=root.id, seq=2**50).unread == 0
    assert house.kinds(house.ann) == []
    house.say(house.bob, thread=root.id)
    assert house.unread(house.ann) == {root.id: 1}


def test_threads_are_listed_by_their_last_answer_in_pages_and_those_unread_alone(house: House) -> None:
    roots = [house.say(house.ann).id for _ in range(3)]
    for root in (roots[0], roots[2], roots[1], roots[0]):
        house.say(house.bob, thread=root)
    house.say(house.ann)  # it has no answer: it is no thread yet
    first = house.stage.call("threads.page", house.ann, limit=2)
    assert [one.thread.thread for one in first.threads] == [roots[0], roots[1]]
    assert first.more
    rest = house.stage.call("threads.page", house.ann, limit=2, before=first.threads[-1].last)
    assert [one.thread.thread for one in rest.threads] == [roots[2]]
    assert not rest.more
    house.stage.call("threads.mark", house.ann, thread=roots[1], seq=2**50)
    unread = house.stage.call("threads.page", house.ann, unread=True).threads
    assert [one.thread.thread for one in unread] == [roots[0], roots[2]]


def test_a_thread_of_a_room_that_one_left_is_gone_from_everywhere(house: House) -> None:
    root = house.say(house.ann)
    house.say(house.bob, thread=root.id)
    house.say(house.cleo, thread=root.id)
    house.stage.call("members.remove", house.ann, room=house.room, user=house.bob.user)
    house.stage.told.clear()
    house.say(house.cleo, "not for @bob", thread=root.id)
    assert house.unread(house.bob) == {}
    assert house.kinds(house.bob) == []
    assert f"user:{house.bob.user}" not in {one.topic for one in house.stage.told if isinstance(one, Change)}
    for method, params in (
        ("threads.follow", {"message": root.id, "on": True}),
        ("threads.mark", {"thread": root.id, "seq": 1}),
    ):
        with refused(Forbidden, "room"):
            house.stage.call(method, house.bob, **params)
    house.stage.call("members.add", house.ann, room=house.room, user=house.bob.user)
    assert house.unread(house.bob) == {}


def test_whoever_comes_back_follows_again_once_they_are_answered_called_or_answer(house: House) -> None:
    roots = {by: house.say(by).id for by in (house.bob, house.cleo)}
    declined = house.say(house.bob).id
    for root in (*roots.values(), declined):
        house.say(house.ann, thread=root)
    house.stage.call("threads.follow", house.bob, message=roots[house.cleo], on=True)
    house.stage.call("threads.follow", house.bob, message=declined, on=False)
    house.stage.call("members.remove", house.ann, room=house.room, user=house.bob.user)
    house.stage.call("members.add", house.ann, room=house.room, user=house.bob.user)
    for root in (*roots.values(), declined):
        house.say(house.ann, thread=root)
    assert (house.unread(house.bob), house.kinds(house.bob)) == ({roots[house.bob]: 1}, ["thread"])
    house.say(house.ann, "@bob, here", thread=roots[house.cleo])
    assert house.unread(house.bob) == {roots[house.bob]: 1, roots[house.cleo]: 1}
    house.stage.call("members.remove", house.ann, room=house.room, user=house.bob.user)
    house.stage.call("members.add", house.ann, room=house.room, user=house.bob.user)
    house.say(house.bob, thread=roots[house.cleo])
    assert house.unread(house.bob) == {roots[house.cleo]: 0}


def test_whoever_an_edit_of_an_answer_newly_calls_follows_the_thread_from_there(house: House) -> None:
    root = house.say(house.ann)
    answer = house.say(house.bob, "an answer", thread=root.id)
    house.say(house.ann, thread=root.id)
    house.stage.call("threads.follow", house.ann, message=root.id, on=False)
    house.stage.call("messages.edit", house.bob, message=answer.id, body="an answer, @cleo and @ann")
    assert house.unread(house.cleo) == {root.id: 2}
    assert house.kinds(house.cleo) == ["mention"]
    assert house.unread(house.ann) == {}
    house.say(house.bob, thread=root.id)
    assert (house.unread(house.cleo), house.kinds(house.cleo)) == ({root.id: 3}, ["thread", "mention"])
