import asyncio

from chinwag.changes import Change, Room
from chinwag.errors import Conflict, Forbidden, NotFound, Unauthorized
from chinwag.services import membership
from chinwag.store import members, rooms
from chinwag.store.tx import Caller, Tx
from tests.world import Server, Stage, refused


def room_of(stage: Stage, owner: Caller, *others: Caller, private: bool = True, name: str = "Ops") -> int:
    room: Room = stage.call(
        "rooms.create",
        owner,
        name=name,
        kind="private" if private else "public",
        users=[other.user for other in others],
    )
    return room.id


def roles(stage: Stage, by: Caller, room: int) -> dict[int, str]:
    return {row.user: row.role for row in stage.call("members.page", by, room=room).members}


def test_members_come_by_id_in_pages_with_who_they_are(stage: Stage) -> None:
    cast = [stage.add(name) for name in ("ann", "bob", "cleo", "dora")]
    room = room_of(stage, *cast)
    first = stage.call("members.page", cast[0], room=room, limit=3)
    rest = stage.call("members.page", cast[0], room=room, limit=3, after=first.members[-1].user)
    assert [row.user for row in first.members + rest.members] == [one.user for one in cast]
    assert [user.handle for user in first.users + rest.users] == ["ann", "bob", "cleo", "dora"]
    assert (first.more, rest.more) == (True, False)


def test_those_who_left_are_in_no_page(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = room_of(stage, ann, bob)
    stage.call("rooms.leave", bob, room=room)
    assert list(roles(stage, ann, room)) == [ann.user]


def test_any_member_lets_people_into_a_public_room_but_only_moderators_into_a_private_one(stage: Stage) -> None:
    ann, bob, cleo = stage.add("ann"), stage.add("bob"), stage.add("cleo")
    public, private = room_of(stage, ann, bob, private=False, name="Open"), room_of(stage, ann, bob)
    added = stage.call("members.add", bob, room=public, user=cleo.user)
    assert (added.user, added.role) == (cleo.user, "member")
    with refused(Forbidden):
        stage.call("members.add", bob, room=private, user=cleo.user)
    stage.call("members.role", ann, room=private, user=bob.user, role="moderator")
    stage.call("members.add", bob, room=private, user=cleo.user)
    assert roles(stage, cleo, private) == {ann.user: "owner", bob.user: "moderator", cleo.user: "member"}


def test_nobody_is_added_from_outside_nor_twice_nor_who_is_not_there(stage: Stage) -> None:
    ann, bob, cleo = stage.add("ann", role="owner"), stage.add("bob"), stage.add("cleo")
    room = room_of(stage, bob, name="Bobs", private=False)
    for number, kind in ((room, Forbidden), (999, NotFound)):
        with refused(kind, "room"):
            stage.call("members.add", ann, room=number, user=cleo.user)
    with refused(NotFound, "user"):
        stage.call("members.add", bob, room=room, user=999)
    stage.call("users.ban", ann, user=cleo.user)
    with refused(NotFound, "user"):
        stage.call("members.add", bob, room=room, user=cleo.user)
    stage.told.clear()
    assert stage.call("members.add", bob, room=room, user=bob.user).role == "owner"
    assert stage.told == []


def test_only_moderators_let_guests_in_and_guests_let_in_nobody(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    gus, guy = stage.add("gus", kind="guest", role="guest"), stage.add("guy", kind="guest", role="guest")
    room = room_of(stage, ann, bob, private=False)
    with refused(Forbidden):
        stage.call("members.add", bob, room=room, user=gus.user)
    stage.call("members.add", ann, room=room, user=gus.user)
    with refused(Forbidden):
        stage.call("members.add", gus, room=room, user=guy.user)
    with refused(Forbidden):
        stage.call("members.role", ann, room=room, user=gus.user, role="moderator")


def test_nobody_comes_into_an_archived_room_or_a_direct_conversation(stage: Stage) -> None:
    ann, bob, cleo = stage.add("ann"), stage.add("bob"), stage.add("cleo")
    room = room_of(stage, ann)
    stage.call("rooms.archive", ann, room=room, on=True)
    direct = stage.call("rooms.direct", ann, users=[bob.user]).id
    for closed in (room, direct):
        with refused(Conflict, "room"):
            stage.call("members.add", ann, room=closed, user=cleo.user)


def test_only_a_higher_rank_removes_somebody(stage: Stage) -> None:
    ann, mod, bob, amy = stage.add("ann"), stage.add("mod"), stage.add("bob"), stage.add("amy", role="admin")
    room = room_of(stage, ann, mod, bob, amy)
    stage.call("members.role", ann, room=room, user=mod.user, role="moderator")
    for by, whom in ((bob, mod), (bob, bob), (mod, mod), (mod, ann), (ann, ann)):
        with refused(Forbidden):
            stage.call("members.remove", by, room=room, user=whom.user)
    stage.call("members.remove", mod, room=room, user=bob.user)
    stage.call("members.remove", amy, room=room, user=ann.user)
    assert roles(stage, amy, room) == {mod.user: "owner", amy.user: "member"}


def test_whoever_is_removed_sees_the_room_no_more_and_comes_back_with_all_read(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = room_of(stage, ann, bob)
    stage.call("members.remove", ann, room=room, user=bob.user)
    with refused(NotFound, "room"):
        stage.call("members.page", bob, room=room)
    with refused(NotFound, "member"):
        stage.call("members.remove", ann, room=room, user=bob.user)
    said = stage.call("messages.post", ann, room=room, body="while he was away", nonce="1")
    stage.told.clear()
    stage.call("members.add", ann, room=room, user=bob.user)
    mine = next(row for one in stage.told if isinstance(one, Change) for row in one.mine)
    assert mine.unread == 0
    assert mine.read_seq > said.seq


def test_nobody_is_put_out_of_the_lobby_or_of_a_direct_conversation(stage: Stage) -> None:
    ann, bob = stage.add("ann", role="owner"), stage.add("bob")
    direct = stage.call("rooms.direct", ann, users=[bob.user]).id
    for room in (1, direct):
        with refused(Conflict, "room"):
            stage.call("members.remove", ann, room=room, user=bob.user)


def test_a_member_of_another_room_is_no_member_of_this_one(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = room_of(stage, ann)
    room_of(stage, bob, name="Bobs")
    for user in (bob.user, 999):
        with refused(NotFound, "member"):
            stage.call("members.remove", ann, room=room, user=user)
        with refused(NotFound, "member"):
            stage.call("members.role", ann, room=room, user=user, role="moderator")


def test_only_owners_give_roles_and_one_owner_stays(stage: Stage) -> None:
    ann, bob, mod = stage.add("ann"), stage.add("bob"), stage.add("mod")
    room = room_of(stage, ann, bob, mod)
    assert stage.call("members.role", ann, room=room, user=mod.user, role="moderator").role == "moderator"
    for by in (bob, mod):
        with refused(Forbidden):
            stage.call("members.role", by, room=room, user=bob.user, role="owner")
    with refused(Conflict, "role"):
        stage.call("members.role", ann, room=room, user=ann.user, role="member")
    stage.call("members.role", ann, room=room, user=bob.user, role="owner")
    stage.call("members.role", bob, room=room, user=ann.user, role="member")
    assert roles(stage, bob, room) == {ann.user: "member", bob.user: "owner", mod.user: "moderator"}


def test_the_same_role_again_tells_nothing(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = room_of(stage, ann, bob)
    stage.told.clear()
    assert stage.call("members.role", ann, room=room, user=bob.user, role="member").role == "member"
    assert stage.told == []


def test_when_the_last_owner_leaves_the_longest_standing_moderator_or_member_is_next(stage: Stage) -> None:
    ann, bob, cleo, mod = (stage.add(name) for name in ("ann", "bob", "cleo", "mod"))
    room = room_of(stage, ann, bob, cleo, mod)
    stage.call("members.role", ann, room=room, user=mod.user, role="moderator")
    stage.told.clear()
    stage.call("rooms.leave", ann, room=room)
    assert roles(stage, mod, room)[mod.user or 0] == "owner"
    told = {one.topic: one for one in stage.told if isinstance(one, Change)}
    assert [(row.room, row.role) for row in told[f"user:{mod.user}"].mine] == [(room, "owner")]
    stage.call("rooms.leave", mod, room=room)
    assert roles(stage, bob, room) == {bob.user: "owner", cleo.user: "member"}


def test_an_owner_who_leaves_other_owners_behind_has_no_heir(stage: Stage) -> None:
    ann, bob, cleo = stage.add("ann"), stage.add("bob"), stage.add("cleo")
    room = room_of(stage, ann, bob, cleo)
    stage.call("members.role", ann, room=room, user=cleo.user, role="owner")
    stage.call("rooms.leave", ann, room=room)
    assert roles(stage, bob, room) == {bob.user: "member", cleo.user: "owner"}


def test_guests_bots_and_those_who_are_banned_inherit_no_room(stage: Stage) -> None:
    boss, ann, bad, bob = stage.add("boss", role="owner"), stage.add("ann"), stage.add("bad"), stage.add("bob")
    gus, bot = stage.add("gus", role="guest", kind="guest"), stage.add("bot", kind="bot")
    room = room_of(stage, ann, gus, bot, bad, private=False)
    stage.call("members.role", ann, room=room, user=bad.user, role="moderator")
    stage.call("members.add", ann, room=room, user=bob.user)
    stage.call("users.ban", boss, user=bad.user)
    stage.call("rooms.leave", ann, room=room)
    others = {gus.user: "member", bot.user: "member", bad.user: "moderator"}
    assert roles(stage, bob, room) == {**others, bob.user: "owner"}
    stage.call("rooms.leave", bob, room=room)
    assert roles(stage, gus, room) == others
    with refused(Forbidden):
        stage.call("rooms.edit", gus, room=room, name="Mine now")
    stage.call("rooms.join", ann, room=room)
    stage.call("rooms.join", bob, room=room)
    assert roles(stage, bob, room) == {**others, ann.user: "owner", bob.user: "member"}


def test_nobody_is_in_more_rooms_than_there_may_be(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = room_of(stage, ann)
    stage.act(_fill, by=bob, user=bob.user)
    for method, params in (
        ("rooms.create", {"name": "One more"}),
        ("rooms.direct", {"users": [ann.user]}),
        ("rooms.join", {"room": room_of(stage, ann, private=False, name="Open")}),
    ):
        with refused(Conflict):
            stage.call(method, bob, **params)
    with refused(Conflict):
        stage.call("members.add", ann, room=room, user=bob.user)


def _fill(tx: Tx, *, user: int) -> None:
    for number in range(membership.ROOMS_EACH - 1):
        values = {"slug": f"r{number}", "slug_skeleton": f"r{number}", "name": "R", "words": " r", "topic": ""}
        room = rooms.add(tx, **values, kind="private", listed_rev=0)
        members.add(tx, room, user, role="member", rev=0, mine_rev=0)


def test_strangers_see_and_change_no_members(stage: Stage) -> None:
    ann = stage.add("ann")
    for method, params in (
        ("page", {"room": 1}),
        ("add", {"room": 1, "user": ann.user}),
        ("remove", {"room": 1, "user": ann.user}),
        ("role", {"room": 1, "user": ann.user, "role": "member"}),
    ):
        with refused(Unauthorized):
            stage.call(f"members.{method}", **params)


async def test_a_room_counts_its_members_right_whoever_comes_and_goes_at_once(any_server: Server) -> None:
    stage = any_server.stage
    ann, bob = stage.add("ann"), stage.add("bob")
    room = room_of(stage, ann, private=False)
    his, hers = any_server.token(bob.user or 0), any_server.token(ann.user or 0)
    for _ in range(3):
        joined = await asyncio.gather(*(any_server.rpc(his, "rooms.join", room=room) for _ in range(6)))
        assert {one["members"] for one in joined} == {2}
        remove = {"room": room, "user": bob.user}
        gone = [any_server.rpc(hers, "members.remove", **remove) for _ in range(6)]
        await asyncio.gather(*gone, return_exceptions=True)
        (found,) = stage.call("rooms.browse", ann, query="ops").rooms
        assert found.members == 1
