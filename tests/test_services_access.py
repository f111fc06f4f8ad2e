from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chinwag import clock
from chinwag.errors import Conflict, Forbidden, NotFound, Unauthorized
from chinwag.services import access, membership
from chinwag.store import sessions
from chinwag.store.tx import Caller, Tx
from tests.world import Stage, refused

DOORS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "me": (access.me, {}),
    "person": (access.person, {}),
    "admin": (access.admin, {}),
    "room": (access.room, {"room": 1}),
    "open_room": (access.open_room, {"room_id": 1}),
    "posting_room": (access.posting_room, {"room_id": 1}),
    "managed_room": (access.managed_room, {"room_id": 1}),
    "listed_room": (access.listed_room, {"room_id": 1}),
    "message": (access.message, {"message_id": 1}),
    "changing_message": (access.changing_message, {"message_id": 1}),
    "report": (access.report, {"report_id": 1}),
    "people": (access.people, {"ids": [1]}),
    "topic": (access.topic, {"name": "room:1"}),
}


@pytest.fixture
def ann(stage: Stage) -> Caller:
    return stage.add("ann", role="owner")


@pytest.mark.parametrize("door", DOORS)
def test_every_door_is_shut_once_the_session_is_over(stage: Stage, ann: Caller, door: str) -> None:
    function, params = DOORS[door]
    other = stage.add("other")
    said = stage.call("messages.post", ann, room=1, body="hello", nonce="1").id
    stage.call("messages.report", other, message=said, reason="Rude")
    stage.act(function, ann, **params)
    for stranger in (
        Caller(),
        Caller(user=ann.user),
        Caller(session=ann.session),
        replace(ann, session=10_000),
    ):
        with refused(Unauthorized):
            stage.act(function, stranger, **params)
    stage.call("sessions.end", ann)
    with refused(Unauthorized):
        stage.act(function, ann, **params)
    stage.call("users.ban", stage.add("boss", role="owner"), user=other.user)
    with refused(Unauthorized):
        stage.act(function, other, **params)


def test_a_session_that_ended_by_itself_opens_nothing(
    stage: Stage, ann: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.act(_end_at, ann, at=clock.now() + clock.DAY)
    stage.act(access.room, ann, room=1)
    later = clock.now() + clock.DAY
    monkeypatch.setattr(clock, "now", lambda: later)
    for door in ("me", "room"):
        with refused(Unauthorized):
            stage.act(DOORS[door][0], ann, **DOORS[door][1])


def test_a_session_of_somebody_else_opens_nothing(stage: Stage, ann: Caller) -> None:
    # As when SQLite gives its number anew.
    bob = replace(stage.add("bob"), session=ann.session)
    for door in ("me", "room"):
        with refused(Unauthorized):
            stage.act(DOORS[door][0], bob, **DOORS[door][1])


def _end_at(tx: Tx, *, at: int) -> None:
    assert tx.caller.session is not None
    sessions.change_seen(tx, tx.caller.session, ends_at=at)


def test_guests_are_no_persons_and_members_no_administrators(stage: Stage) -> None:
    gus, bob, amy = stage.add("gus", kind="guest", role="guest"), stage.add("bob"), stage.add("amy", role="admin")
    with refused(Forbidden):
        stage.act(access.person, gus)
    for caller in (gus, bob):
        with refused(Forbidden):
            stage.act(access.admin, caller)
    assert stage.act(access.admin, amy).id == amy.user


def test_a_private_room_is_missing_even_for_owners_of_the_workspace_who_are_not_in_it(
    stage: Stage, ann: Caller
) -> None:
    bob = stage.add("bob")
    room = stage.call("rooms.create", bob, name="Ops", kind="private").id
    said = stage.call("messages.post", bob, room=room, body="hello", nonce="1").id
    hidden: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
        "room": (access.room, {"room": room}),
        "listed": (access.listed_room, {"room_id": room}),
        "message": (access.message, {"message_id": said}),
        "topic": (access.topic, {"name": f"room:{room}"}),
    }
    for function, params in hidden.values():
        with pytest.raises(NotFound) as one:
            stage.act(function, ann, **params)
        missing = {key: "room:999" if key == "name" else 999 for key in params}
        with pytest.raises(NotFound) as other:
            stage.act(function, ann, **missing)
        assert one.value.wire() == other.value.wire()


def test_a_standing_has_the_rank_of_the_room_or_of_the_workspace(stage: Stage) -> None:
    owner, mod, bob, amy = stage.add("ann"), stage.add("mod"), stage.add("bob"), stage.add("amy", role="admin")
    room = stage.call("rooms.create", owner, name="Ops", users=[mod.user, bob.user, amy.user]).id
    stage.call("members.role", owner, room=room, user=mod.user, role="moderator")
    ranks = [stage.act(access.room, caller, room=room).rank for caller in (bob, mod, owner, amy)]
    assert ranks == [0, 1, 2, 3]
    for caller, rank in ((bob, 1), (bob, 2), (mod, 2)):
        with refused(Forbidden):
            stage.act(access.managed_room, caller, room_id=room, rank=rank)
    stage.act(access.managed_room, mod, room_id=room)
    stage.act(access.managed_room, amy, room_id=room, rank=2)


def test_an_archived_room_may_be_seen_but_is_not_open(stage: Stage, ann: Caller) -> None:
    room = stage.call("rooms.create", ann, name="Ops").id
    stage.call("rooms.archive", ann, room=room, on=True)
    assert stage.act(access.room, ann, room=room).archived
    with refused(Conflict, "room"):
        stage.act(access.open_room, ann, room_id=room)


def test_nobody_manages_a_direct_conversation(stage: Stage, ann: Caller) -> None:
    room = stage.call("rooms.direct", ann, users=[stage.add("bob").user]).id
    with refused(Conflict, "room"):
        stage.act(access.managed_room, ann, room_id=room)


def test_people_are_all_there_or_none_of_them_is(stage: Stage, ann: Caller) -> None:
    bob, gus = stage.add("bob"), stage.add("gus", kind="guest", role="guest")
    hermit = stage.add("hermit")
    stage.act(membership.put_out, room=1, user=hermit.user)
    found = stage.act(access.people, ann, ids=[bob.user, hermit.user, bob.user])
    assert [user.id for user in found] == [bob.user, hermit.user]
    assert [user.id for user in stage.act(access.people, gus, ids=[gus.user, bob.user])] == [bob.user, gus.user]
    with refused(NotFound, "user"):
        stage.act(access.people, gus, ids=[bob.user, hermit.user])
    with refused(NotFound, "user"):
        stage.act(access.people, ann, ids=[bob.user, 999])
    stage.call("users.ban", ann, user=bob.user)
    with refused(NotFound, "user"):
        stage.act(access.people, ann, ids=[bob.user])


@pytest.mark.parametrize(
    "name",
    [
        "",
        "room:",
        "room:01",
        "room:+1",
        "room:1 ",
        "room:-1",
        "room:①",
        "room:1_0",
        "room:" + "9" * 27,
        "user:",
        "space",
    ],
)
def test_what_is_no_topic_is_not_found(stage: Stage, ann: Caller, name: str) -> None:
    with refused(NotFound, "topic"):
        stage.act(access.topic, ann, name=name)


def test_topics_are_ones_own_the_workspace_but_for_guests_and_ones_rooms(stage: Stage, ann: Caller) -> None:
    gus = stage.add("gus", kind="guest", role="guest")
    for name in ("workspace", "room:1", f"user:{ann.user}"):
        stage.act(access.topic, ann, name=name)
    for name in ("room:1", f"user:{gus.user}"):
        stage.act(access.topic, gus, name=name)
    for caller, name in ((gus, "workspace"), (gus, f"user:{ann.user}"), (ann, f"user:{gus.user}"), (ann, "user:999")):
        with refused(NotFound, "topic"):
            stage.act(access.topic, caller, name=name)


def test_a_deleted_message_is_missing(stage: Stage, ann: Caller) -> None:
    said = stage.call("messages.post", ann, room=1, body="hello", nonce="1").id
    stage.call("messages.delete", ann, message=said)
    with refused(NotFound, "message"):
        stage.act(access.message, ann, message_id=said)


def test_a_member_who_left_is_no_member(stage: Stage, ann: Caller) -> None:
    bob = stage.add("bob")
    room = stage.call("rooms.create", ann, name="Ops", users=[bob.user]).id
    standing = stage.act(access.room, ann, room=room)
    assert stage.act(access.member, ann, standing=standing, user=bob.user).role == "member"
    stage.call("rooms.leave", bob, room=room)
    for user in (bob.user, 999):
        with refused(NotFound, "member"):
            stage.act(access.member, ann, standing=standing, user=user)
