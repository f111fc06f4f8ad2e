import msgspec
import pytest

from chinwag.changes import WORKSPACE, Room, User
from chinwag.errors import NotFound, Unauthorized
from chinwag.services import membership, sync
from chinwag.store.tx import Caller
from tests.world import Stage, refused


def say(stage: Stage, by: Caller, room: int, count: int) -> None:
    for _ in range(count):
        stage.call("messages.post", by, room=room, body="hello", nonce=f"{len(stage.told)}")


def handles(start: sync.Start) -> list[str]:
    return [user.handle for user in msgspec.json.decode(start.users, type=list[User])]


def test_a_fresh_client_gets_everything_that_it_may_see(stage: Stage) -> None:
    ann, bob, amy = stage.add("ann"), stage.add("bob"), stage.add("amy")
    ops = stage.call("rooms.create", ann, name="Ops", kind="private", users=[bob.user])
    stage.call("rooms.create", amy, name="Hidden", kind="private")
    stage.call("rooms.create", amy, name="Open")
    start = stage.act(sync.start, bob)
    assert start.me.id == bob.user
    assert handles(start) == ["ann", "bob", "amy"]
    assert [room.slug for room in start.rooms] == ["lobby", "ops"]
    assert [mine.room for mine in start.mine] == [1, ops.id]
    assert set(start.topics) == {WORKSPACE, f"user:{bob.user}", "room:1", f"room:{ops.id}"}
    assert start.topics[f"room:{ops.id}"] == next(room.seq for room in start.rooms if room.id == ops.id)
    assert (start.changes, start.reset) == ([], [])


def test_a_client_that_comes_back_gets_what_changed_and_no_more(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    held = stage.act(sync.start, bob)
    say(stage, ann, 1, 2)
    start = stage.act(sync.start, bob, epoch=held.epoch, topics=held.topics)
    (change,) = start.changes
    assert (change.topic, change.since, len(change.messages)) == ("room:1", held.topics["room:1"], 2)
    assert (handles(start), start.reset) == ([], [])
    again = stage.act(sync.start, bob, epoch=start.epoch, topics=start.topics)
    assert (again.changes, handles(again), again.reset) == ([], [], [])


def test_what_cannot_be_brought_is_reset_by_name_and_what_one_may_not_hear_left_out(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Ops", kind="private", users=[bob.user])
    held = stage.act(sync.start, bob)
    stage.call("members.remove", ann, room=room.id, user=bob.user)
    foreign = {f"room:{room.id}": 1, "room:999": 1, f"user:{ann.user}": 1, "nonsense": 1}
    start = stage.act(sync.start, bob, epoch=held.epoch, topics={**foreign, "room:1": 2**53 - 1})
    assert start.reset == ["room:1"]
    assert not foreign.keys() & start.topics.keys()
    assert start.changes == []


def test_another_epoch_resets_everything(stage: Stage) -> None:
    ann = stage.add("ann")
    held = stage.act(sync.start, ann)
    for epoch in (None, "", "another"):
        start = stage.act(sync.start, ann, epoch=epoch, topics=held.topics)
        assert set(start.reset) == set(held.topics)
        assert handles(start) == ["ann"]


def test_so_many_changes_are_brought_and_one_more_is_a_reset(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sync.FAR == 300
    monkeypatch.setattr(sync, "FAR", 5)
    ann = stage.add("ann")
    held = stage.act(sync.start, ann)
    since = held.topics["room:1"]
    say(stage, ann, 1, sync.FAR)
    change = stage.call("sync.changes", ann, topic="room:1", since=since)
    assert (change.reset, len(change.messages)) == (False, sync.FAR)
    say(stage, ann, 1, 1)
    change = stage.call("sync.changes", ann, topic="room:1", since=since)
    assert (change.reset, change.messages, change.seq) == (True, [], since + sync.FAR + 1)
    assert stage.act(sync.start, ann, epoch=held.epoch, topics=held.topics).reset == ["room:1"]


def test_a_seq_from_the_future_is_a_reset(stage: Stage) -> None:
    ann = stage.add("ann")
    for topic in (WORKSPACE, "room:1", f"user:{ann.user}"):
        assert stage.call("sync.changes", ann, topic=topic, since=2**53 - 1).reset


def test_many_edits_come_back_as_one_row_and_a_deletion_as_an_empty_one(stage: Stage) -> None:
    ann = stage.add("ann")
    one, two = (stage.call("messages.post", ann, room=1, body="a secret", nonce=f"{number}") for number in (1, 2))
    for body in "abc":
        stage.call("messages.edit", ann, message=one.id, body=body)
    stage.call("messages.delete", ann, message=two.id)
    rows = stage.call("sync.changes", ann, topic="room:1", since=two.seq).messages
    assert [(row.id, row.body, row.deleted) for row in rows] == [(one.id, "c", False), (two.id, "", True)]


def test_a_guest_knows_the_people_of_their_rooms_alone(stage: Stage) -> None:
    gus, _, hermit = stage.add("gus", kind="guest", role="guest"), stage.add("ann"), stage.add("hermit")
    stage.act(membership.put_out, room=1, user=hermit.user)
    start = stage.act(sync.start, gus)
    assert handles(start) == ["gus", "ann"]
    assert set(start.topics) == {f"user:{gus.user}", "room:1"}
    held = stage.act(sync.start, gus, epoch=start.epoch, topics={**start.topics, WORKSPACE: 1})
    assert held.reset == []
    assert WORKSPACE not in held.topics
    assert handles(held) == ["gus", "ann"]
    with refused(NotFound, "topic"):
        stage.call("sync.changes", gus, topic=WORKSPACE, since=0)


def test_whoever_was_removed_gets_the_tombstone_on_their_own_topic(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Ops", kind="private", users=[bob.user])
    since = stage.act(sync.start, bob).topics[f"user:{bob.user}"]
    stage.call("members.remove", ann, room=room.id, user=bob.user)
    change = stage.call("sync.changes", bob, topic=f"user:{bob.user}", since=since)
    assert [(mine.room, mine.deleted) for mine in change.mine] == [(room.id, True)]
    assert change.rooms == [Room(id=room.id, slug="", name="", kind="private", gone=True)]
    with refused(NotFound, "topic"):
        stage.call("sync.changes", bob, topic=f"room:{room.id}", since=0)


def test_strangers_hold_nothing(stage: Stage) -> None:
    for service in (sync.start, sync.topics_of):
        with refused(Unauthorized):
            stage.act(service)
    with refused(Unauthorized):
        stage.call("sync.changes", topic="room:1", since=0)
