from chinwag.changes import WORKSPACE, Change, Room
from chinwag.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge, Unauthorized
from chinwag.services import rooms
from chinwag.store.tx import Caller
from tests.world import Stage, refused


def create(stage: Stage, by: Caller, name: str, **given: object) -> Room:
    room: Room = stage.call("rooms.create", by, name=name, **given)
    return room


def slugs(stage: Stage, by: Caller, **given: object) -> list[str]:
    return [room.slug for room in stage.call("rooms.browse", by, **given).rooms]


def test_whoever_makes_a_room_owns_it_and_brings_others_in(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = create(stage, ann, "Öl & Gas", topic=" What  burns ", users=[bob.user])
    assert (room.slug, room.topic, room.kind, room.members) == ("öl-gas", "What burns", "public", 2)
    roles = {row.user: row.role for row in stage.call("members.page", bob, room=room.id).members}
    assert roles == {ann.user: "owner", bob.user: "member"}


def test_what_cannot_be_a_room_is_blamed(stage: Stage) -> None:
    ann = stage.add("ann")
    for given, kind, field in (
        ({"name": ""}, Invalid, "name"),
        ({"name": "a\0b"}, Invalid, "name"),
        ({"name": "a\ud800b"}, Invalid, "name"),
        ({"name": "a\u202eb"}, Invalid, "name"),
        ({"name": "x" * 65}, TooLarge, "name"),
        ({"name": "ok", "topic": "x" * 251}, TooLarge, "topic"),
        ({"name": "ok", "topic": "a\u2066b"}, Invalid, "topic"),
        ({"name": "ok", "topic": "a\0b"}, Invalid, "topic"),
        ({"name": "ok", "slug": "not a slug"}, Invalid, "slug"),
        ({"name": "ok", "slug": "a\ud800b"}, Invalid, "slug"),
        ({"name": "ok", "slug": "x" * 65}, TooLarge, "slug"),
        ({"name": "ok", "slug": "lobby"}, Conflict, "slug"),
        ({"name": "ok", "slug": "1obby"}, Conflict, "slug"),
        ({"name": "ok", "slug": "~1-2"}, Invalid, "slug"),
        ({"name": "ok", "users": [999]}, NotFound, "user"),
    ):
        with refused(kind, field):
            create(stage, ann, **given)
    assert slugs(stage, ann) == ["lobby"]


def test_rooms_of_one_name_get_addresses_of_their_own(stage: Stage) -> None:
    ann = stage.add("ann")
    assert [create(stage, ann, "Ops").slug for _ in range(3)] == ["ops", "ops-2", "ops-3"]


def test_a_private_room_is_told_to_its_members_alone(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    stage.told.clear()
    room = create(stage, ann, "Ops", kind="private", users=[bob.user])
    topics = {one.topic for one in stage.told if isinstance(one, Change)}
    assert topics == {f"room:{room.id}", f"user:{ann.user}", f"user:{bob.user}"}
    assert slugs(stage, stage.add("amy", role="owner")) == ["lobby"]


def test_the_directory_has_public_rooms_by_address_in_pages(stage: Stage) -> None:
    ann = stage.add("ann")
    for name in ("Bravo team", "Alpha", "Charlie 100%"):
        create(stage, ann, name)
    create(stage, ann, "Hidden", kind="private")
    first = stage.call("rooms.browse", ann, limit=2)
    assert ([room.slug for room in first.rooms], first.more) == (["alpha", "bravo-team"], True)
    assert slugs(stage, ann, after="bravo-team") == ["charlie-100", "lobby"]
    assert slugs(stage, ann, query="TEAM") == ["bravo-team"]
    assert slugs(stage, ann, query="100%") == ["charlie-100"]
    for query in ("eam", "%", "_", "\\", "hidden", "x" * 300):
        assert slugs(stage, ann, query=query) == []


def test_guests_browse_join_and_make_nothing(stage: Stage) -> None:
    ann, gus = stage.add("ann"), stage.add("gus", kind="guest", role="guest")
    room = create(stage, ann, "Ops")
    assert slugs(stage, gus) == []
    with refused(NotFound, "room"):
        stage.call("rooms.join", gus, room=room.id)
    with refused(Forbidden):
        create(stage, gus, "Mine")


def test_people_join_public_rooms_and_no_others(stage: Stage) -> None:
    ann, bob, amy = stage.add("ann"), stage.add("bob"), stage.add("amy", role="owner")
    public, private = create(stage, ann, "Open"), create(stage, ann, "Shut", kind="private")
    direct = stage.call("rooms.direct", ann, users=[bob.user])
    assert stage.call("rooms.join", bob, room=public.id).members == 2
    assert stage.call("rooms.join", bob, room=public.id).members == 2
    for room in (private.id, direct.id, 999):
        with refused(NotFound, "room"):
            stage.call("rooms.join", amy, room=room)
    stage.call("rooms.archive", ann, room=public.id, on=True)
    with refused(Conflict, "room"):
        stage.call("rooms.join", amy, room=public.id)


def test_people_leave_rooms_but_for_the_lobby_and_direct_ones(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = create(stage, ann, "Ops", users=[bob.user])
    stage.call("rooms.leave", bob, room=room.id)
    with refused(Forbidden, "room"):
        stage.call("rooms.leave", bob, room=room.id)
    for kept in (1, stage.call("rooms.direct", ann, users=[bob.user]).id):
        with refused(Conflict, "room"):
            stage.call("rooms.leave", ann, room=kept)


def test_moderators_rename_a_room_and_its_old_address_is_free(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = create(stage, ann, "Ops", users=[bob.user])
    with refused(Forbidden):
        stage.call("rooms.edit", bob, room=room.id, name="Mine")
    stage.told.clear()
    changed = stage.call("rooms.edit", ann, room=room.id, name="Work", slug="work", topic="")
    assert (changed.name, changed.slug, changed.topic) == ("Work", "work", "")
    assert {one.topic for one in stage.told if isinstance(one, Change)} == {WORKSPACE, f"room:{room.id}"}
    assert slugs(stage, ann, query="ops") == []
    assert create(stage, bob, "Ops").slug == "ops"
    for given, kind, field in (
        ({"slug": "ops"}, Conflict, "slug"),
        ({"slug": "Ops"}, Conflict, "slug"),
        ({"slug": ""}, Invalid, "slug"),
        ({"name": ""}, Invalid, "name"),
        ({"name": "a\u200bb"}, Invalid, "name"),
        ({"topic": "x" * 251}, TooLarge, "topic"),
    ):
        with refused(kind, field):
            stage.call("rooms.edit", ann, room=room.id, **given)


def test_the_lobby_keeps_its_address_and_stays_open(stage: Stage) -> None:
    ann = stage.add("ann", role="owner")
    assert stage.call("rooms.edit", ann, room=1, name="Foyer").slug == "lobby"
    with refused(Conflict, "slug"):
        stage.call("rooms.edit", ann, room=1, slug="foyer")
    with refused(Conflict, "room"):
        stage.call("rooms.archive", ann, room=1, on=True)


def test_only_owners_archive_and_open_again(stage: Stage) -> None:
    ann, mod = stage.add("ann"), stage.add("mod")
    room = create(stage, ann, "Ops", users=[mod.user])
    stage.call("members.role", ann, room=room.id, user=mod.user, role="moderator")
    with refused(Forbidden):
        stage.call("rooms.archive", mod, room=room.id, on=True)
    assert stage.call("rooms.archive", ann, room=room.id, on=True).archived
    assert (slugs(stage, ann), slugs(stage, ann, archived=True)) == (["lobby"], ["ops"])
    assert not stage.call("rooms.archive", ann, room=room.id, on=False).archived
    stage.call("messages.post", mod, room=room.id, body="open again", nonce="1")


def test_a_direct_conversation_is_one_of_exactly_these_people(stage: Stage) -> None:
    ann, bob, cleo = stage.add("ann"), stage.add("bob"), stage.add("cleo")
    one = stage.call("rooms.direct", ann, users=[bob.user])
    assert one.users == [ann.user, bob.user]
    for by, users in ((bob, [ann.user]), (ann, [bob.user, bob.user, ann.user])):
        assert stage.call("rooms.direct", by, users=users).id == one.id
    assert stage.call("rooms.direct", cleo, users=[ann.user, bob.user]).id != one.id
    assert stage.call("rooms.direct", ann, users=[]).users == [ann.user]
    assert slugs(stage, ann) == ["lobby"]
    for method, params in (("edit", {"name": "Ours"}), ("archive", {"on": True})):
        with refused(Conflict, "room"):
            stage.call(f"rooms.{method}", ann, room=one.id, **params)


def test_a_direct_conversation_has_its_bounds(stage: Stage) -> None:
    ann = stage.add("ann", role="owner")
    others = [stage.add(f"user{number}").user for number in range(rooms.DIRECT + 1)]
    stage.call("rooms.direct", ann, users=others[: rooms.DIRECT])
    with refused(Invalid, "users"):
        stage.call("rooms.direct", ann, users=others)
    stage.call("users.ban", ann, user=others[0])
    for users in (others[:1], [999]):
        with refused(NotFound, "user"):
            stage.call("rooms.direct", ann, users=users)


def test_a_room_is_found_by_its_address_by_its_members_alone(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = create(stage, ann, "Ops")
    assert stage.act(rooms.find_slug, ann, slug="ops") == room.id
    assert stage.act(rooms.find_slug, bob, slug=None) == 1
    create(stage, ann, "Closed", kind="private")
    for slug, kind in (("ops", Forbidden), ("closed", NotFound), ("nowhere", NotFound), ("", NotFound)):
        with refused(kind, "room"):
            stage.act(rooms.find_slug, bob, slug=slug)


def test_the_command_line_makes_a_room_whose_first_member_owns_it(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.act(rooms.add, slug="ops", name=None, private=True, handles=["@Ann", "bob"])
    roles = {row.user: row.role for row in stage.call("members.page", bob, room=room.id).members}
    assert roles == {ann.user: "owner", bob.user: "member"}
    with refused(NotFound, "user as @nobody"):
        stage.act(rooms.add, slug="other", name=None, private=True, handles=["nobody"])


def test_strangers_find_and_change_no_rooms(stage: Stage) -> None:
    for method, params in (
        ("browse", {}),
        ("create", {"name": "X"}),
        ("edit", {"room": 1}),
        ("archive", {"room": 1, "on": True}),
        ("join", {"room": 1}),
        ("leave", {"room": 1}),
        ("direct", {"users": []}),
    ):
        with refused(Unauthorized):
            stage.call(f"rooms.{method}", **params)


def test_whoever_enters_a_room_that_everybody_left_owns_it(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Ops").id
    stage.call("rooms.leave", ann, room=room)
    stage.call("rooms.join", bob, room=room)
    assert stage.call("members.page", bob, room=room).members[0].role == "owner"


def test_a_room_may_be_called_direct_something(stage: Stage) -> None:
    assert stage.call("rooms.create", stage.add("ann"), name="Direct sales").slug == "direct-sales"
