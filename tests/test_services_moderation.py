"""Moderation: who may write, how fast, who is kept out, what is reported, and whom one does not want to hear from."""

import pytest

from chinwag import clock
from chinwag.changes import Change
from chinwag.clock import SECOND
from chinwag.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge, TooMany
from chinwag.store.tx import Caller
from tests.world import Stage, refused


def post(stage: Stage, by: Caller, room: int, body: str = "hello") -> int:
    made: int = stage.call("messages.post", by, room=room, body=body, nonce=f"{body}-{clock.now()}").id
    return made


def audited(stage: Stage, admin: Caller) -> list[tuple[str, str]]:
    """The audit log without how the cast came in, the oldest first."""
    entries = stage.call("admin.audit", admin).entries
    return [(entry.act, entry.detail) for entry in reversed(entries) if entry.act != "user add"]


# Who writes, and how fast


def test_in_a_read_only_room_moderators_alone_write(stage: Stage) -> None:
    ann, bob, amy = stage.add("ann"), stage.add("bob"), stage.add("amy", role="admin")
    room = stage.call("rooms.create", ann, name="News", users=[bob.user, amy.user]).id
    said = post(stage, bob, room)
    with refused(Forbidden):
        stage.call("rooms.edit", bob, room=room, posting="moderators")
    assert stage.call("rooms.edit", ann, room=room, posting="moderators").posting == "moderators"
    with refused(Forbidden, "room"):
        post(stage, bob, room)
    with refused(Forbidden, "room"):
        stage.call("polls.create", bob, room=room, question="May I?", options=["Yes", "No"], nonce="poll")
    post(stage, ann, room)
    post(stage, amy, room)
    stage.call("messages.edit", bob, message=said, body="his own stays his")
    stage.call("members.role", ann, room=room, user=bob.user, role="moderator")
    post(stage, bob, room)
    stage.call("rooms.edit", ann, room=room, posting="all")
    assert ("rooms.edit", "#news: posting moderators, slow 0 s") in audited(stage, amy)


def test_in_a_slow_room_members_wait_and_moderators_do_not(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Busy", users=[bob.user]).id
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    post(stage, bob, room, "before it was slow")
    stage.call("rooms.edit", ann, room=room, slow=30)
    said = stage.call("messages.post", bob, room=room, body="one", nonce="one")
    now += 10 * SECOND
    with pytest.raises(TooMany) as caught:
        post(stage, bob, room, "two")
    assert caught.value.retry_after == 20
    assert stage.call("messages.post", bob, room=room, body="one", nonce="one") == said
    post(stage, ann, room, "three")
    post(stage, ann, room, "four")
    now += 20 * SECOND
    post(stage, bob, room, "five")
    stage.call("rooms.edit", ann, room=room, slow=0)
    post(stage, bob, room, "six")


def test_slow_mode_has_bounds_and_a_direct_room_has_none_of_it(stage: Stage) -> None:
    ann, bob = stage.add("ann", role="owner"), stage.add("bob")
    direct = stage.call("rooms.direct", ann, users=[bob.user]).id
    with refused(Conflict, "room"):
        stage.call("rooms.edit", ann, room=direct, slow=30)


def test_where_administrators_alone_make_rooms_others_still_talk_to_each_other(stage: Stage) -> None:
    amy, bob = stage.add("amy", role="admin"), stage.add("bob")
    assert stage.call("admin.settings", amy, creating="admins").creating == "admins"
    with refused(Forbidden):
        stage.call("rooms.create", bob, name="Mine")
    stage.call("rooms.create", amy, name="Ours")
    stage.call("rooms.direct", bob, users=[amy.user])
    with refused(Forbidden):
        stage.call("admin.settings", bob, creating="all")


# Kept out


def test_who_is_banned_from_a_room_is_put_out_and_stays_out(stage: Stage) -> None:
    ann, bob, cleo = stage.add("ann"), stage.add("bob"), stage.add("cleo")
    amy = stage.add("amy", role="admin")
    room = stage.call("rooms.create", ann, name="Open", users=[bob.user, cleo.user]).id
    with refused(Forbidden):
        stage.call("members.ban", cleo, room=room, user=bob.user)
    stage.call("members.ban", ann, room=room, user=bob.user)
    for method in ("messages.page", "messages.pins", "files.page", "members.page"):
        assert stage.call(method, stage.add(f"reader-{method.replace('.', '-')}"), room=room).more is False
        with refused(NotFound, "room"):
            stage.call(method, bob, room=room)
    with refused(NotFound, "room"):
        post(stage, bob, room)
    with refused(Forbidden, "room"):
        stage.call("rooms.join", bob, room=room)
    with refused(Conflict, "user"):
        stage.call("members.add", cleo, room=room, user=bob.user)
    found = stage.call("members.bans", ann, room=room)
    assert [(one.user, one.by) for one in found.bans] == [(bob.user, ann.user)]
    assert [user.handle for user in found.users] == ["ann", "bob"]
    with refused(Forbidden):
        stage.call("members.bans", cleo, room=room)
    stage.call("members.unban", ann, room=room, user=bob.user)
    stage.call("rooms.join", bob, room=room)
    assert stage.call("members.bans", ann, room=room).bans == []
    assert audited(stage, amy) == [("members.ban", "bob from #open"), ("members.unban", "bob from #open")]


def test_a_ban_and_its_end_are_told_to_those_alone_who_moderate_the_room(stage: Stage) -> None:
    ann, bob, cleo, dan = (stage.add(name) for name in ("ann", "bob", "cleo", "dan"))
    amy = stage.add("amy", role="admin")
    room = stage.call("rooms.create", ann, name="Open", users=[bob.user, cleo.user, amy.user]).id
    stage.call("members.role", ann, room=room, user=bob.user, role="moderator")
    for call, count in (("members.ban", 1), ("members.unban", 0)):
        stage.told.clear()
        stage.call(call, ann, room=room, user=dan.user)
        told = {one.topic: one.mine for one in stage.told if isinstance(one, Change)}
        gone = told.pop(f"user:{dan.user}", [])  # who might be reading it
        assert [(row.room, row.deleted) for row in gone] == [(room, True)] * count
        expected = {f"user:{one.user}": [count] for one in (ann, bob, amy)}
        assert {topic: [row.bans for row in rows] for topic, rows in told.items()} == expected


def test_nobody_bans_whoever_is_not_below_them(stage: Stage) -> None:
    ann, bob, cleo = stage.add("ann"), stage.add("bob"), stage.add("cleo")
    amy = stage.add("amy", role="admin")
    room = stage.call("rooms.create", ann, name="Open", users=[bob.user, cleo.user, amy.user]).id
    for user in (bob, cleo):
        stage.call("members.role", ann, room=room, user=user.user, role="moderator")
    for by, user in ((bob, cleo), (bob, ann), (bob, amy), (ann, ann), (ann, amy)):
        with refused(Forbidden):
            stage.call("members.ban", by, room=room, user=user.user)
    with refused(NotFound, "user"):
        stage.call("members.ban", ann, room=room, user=999)
    with refused(Conflict, "room"):
        stage.call("members.ban", amy, room=1, user=bob.user)
    stage.call("members.ban", ann, room=room, user=bob.user)


def test_the_audit_log_does_not_name_a_private_room(stage: Stage) -> None:
    ann, bob, amy = stage.add("ann"), stage.add("bob"), stage.add("amy", role="admin")
    room = stage.call("rooms.create", ann, name="Secret", kind="private", users=[bob.user]).id
    said = post(stage, bob, room)
    stage.call("messages.delete", ann, message=said)
    stage.call("rooms.edit", ann, room=room, slow=5)
    stage.call("members.remove", ann, room=room, user=bob.user)
    stage.call("members.ban", ann, room=room, user=bob.user)
    assert [act for act, _ in audited(stage, amy)] == ["messages.delete", "rooms.edit", "members.remove", "members.ban"]
    assert "secret" not in str(audited(stage, amy)).lower()


def visitor(stage: Stage, name: str, address: str) -> Caller:
    user = stage.call("sessions.guest", Caller(address=address), name=name).id
    return stage.sign_in(user)


def test_a_guest_is_kept_out_by_the_address_that_they_came_from(stage: Stage) -> None:
    amy, bob = stage.add("amy", role="admin"), stage.add("bob")
    stage.call("admin.settings", amy, guests=True, signup=True)
    rowdy = visitor(stage, "Rowdy", "2001:db8:1:2::7")
    stage.call("users.ban", amy, user=rowdy.user, address=True)
    for address in ("2001:db8:1:2::7", "2001:db8:1:2:ffff::1"):
        for method, more in (
            ("sessions.guest", {}),
            ("accounts.signup", {"email": "x@y.zz", "password": "correct horse"}),
        ):
            with refused(Forbidden):
                stage.call(method, Caller(address=address), name="Rowdy again", **more)
    visitor(stage, "Gentle", "2001:db8:1:3::7")
    found = stage.call("admin.addresses", amy).addresses
    assert [(one.address, one.by) for one in found] == [("2001:db8:1:2::/64", amy.user)]
    with refused(Conflict, "address"):
        stage.call("users.ban", amy, user=bob.user, address=True)
    for caller in (bob, visitor(stage, "Curious", "192.0.2.1")):
        for method, given in (("addresses", {}), ("lift", {"address": found[0].address})):
            with refused(Forbidden):
                stage.call(f"admin.{method}", caller, **given)
    with refused(NotFound, "address"):
        stage.call("admin.lift", amy, address="192.0.2.1")
    stage.call("admin.lift", amy, address=found[0].address)
    visitor(stage, "Rowdy again", "2001:db8:1:2::7")
    acts = [act for act, _ in audited(stage, amy)]
    assert acts == ["admin.settings", "users.ban", "users.ban", "admin.lift"]


# Reports


def test_a_report_reaches_the_moderators_of_the_room_and_the_administrators(stage: Stage) -> None:
    ann, bob, cleo, dan = stage.add("ann"), stage.add("bob"), stage.add("cleo"), stage.add("dan")
    amy = stage.add("amy", role="admin")
    room = stage.call("rooms.create", ann, name="Ops", kind="private", users=[bob.user, cleo.user]).id
    said = post(stage, bob, room, "something rude")
    post(stage, bob, room, "something else")
    stage.call("messages.report", cleo, message=said, reason=" It is  rude ")
    found = stage.call("reports.page", ann, room=room)
    assert stage.call("reports.page", amy) == found
    (report,) = found.reports
    assert (report.message.body, report.by, report.reason) == ("something rude", cleo.user, "It is rude")
    assert {user.handle for user in found.users} == {"bob", "cleo"}
    for other in (bob, cleo, dan):
        assert stage.call("reports.page", other).reports == []
        with refused(NotFound, "report"):
            stage.call("reports.done", other, report=report.id)


def test_a_report_that_is_dealt_with_may_take_the_message_along(stage: Stage) -> None:
    ann, bob, cleo = stage.add("ann"), stage.add("bob"), stage.add("cleo")
    amy = stage.add("amy", role="admin")
    room = stage.call("rooms.direct", bob, users=[cleo.user, ann.user]).id
    said = post(stage, bob, room, "something rude")
    for by in (ann, cleo):
        stage.call("messages.report", by, message=said, reason="Rude")
    first, second = stage.call("reports.page", amy).reports
    assert first.id > second.id
    stage.call("reports.done", amy, report=second.id, erase=True)
    assert stage.call("reports.page", amy).reports == []
    gone = stage.call("reports.page", amy, done=True).reports
    assert [(one.message.deleted, one.message.body, one.done_by) for one in gone] == [(True, "", amy.user)] * 2
    assert [row.deleted for row in stage.call("messages.page", cleo, room=room).messages] == [True]
    stage.call("reports.done", amy, report=first.id, erase=True)
    assert audited(stage, amy) == [("reports.done", f"message {said}, deleted")]


def test_one_reports_what_another_said_once_and_says_why(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    said = post(stage, bob, 1)
    for reason, kind in (("", Invalid), (" ", Invalid), ("x" * 501, TooLarge), ("a\u202eb", Invalid)):
        with refused(kind, "reason"):
            stage.call("messages.report", ann, message=said, reason=reason)
    with refused(Invalid, "message"):
        stage.call("messages.report", bob, message=said, reason="Rude")
    stage.call("messages.report", ann, message=said, reason="Rude")
    with refused(Conflict, "message"):
        stage.call("messages.report", ann, message=said, reason="Rude")
    hidden = stage.call("rooms.create", bob, name="Ops", kind="private").id
    with refused(NotFound, "message"):
        stage.call("messages.report", ann, message=post(stage, bob, hidden), reason="Rude")


# Blocks


def test_no_words_pass_between_one_and_whom_one_blocks(stage: Stage) -> None:
    ann, bob, cleo = stage.add("ann"), stage.add("bob"), stage.add("cleo")
    pair = stage.call("rooms.direct", ann, users=[bob.user]).id
    said = post(stage, bob, pair)
    three = stage.call("rooms.direct", ann, users=[bob.user, cleo.user]).id
    assert stage.call("users.block", ann, user=bob.user, on=True).blocked == [bob.user]
    for caller in (ann, bob):
        with refused(Forbidden, "room"):
            post(stage, caller, pair)
        post(stage, caller, three)
        post(stage, caller, 1)
    with refused(Forbidden, "room"):
        stage.call("messages.edit", bob, message=said, body="by a side door")
    assert stage.call("rooms.direct", bob, users=[ann.user]).id == pair
    assert len(stage.call("messages.page", bob, room=pair).messages) == 1
    assert stage.call("users.block", ann, user=bob.user, on=False).blocked == []
    post(stage, bob, pair)


def test_who_is_blocked_starts_no_direct_room(stage: Stage) -> None:
    ann, bob, cleo = stage.add("ann"), stage.add("bob"), stage.add("cleo")
    stage.call("users.block", ann, user=bob.user, on=True)
    for by, users in ((bob, [ann]), (ann, [bob]), (bob, [ann, cleo])):
        with refused(Forbidden, "users"):
            stage.call("rooms.direct", by, users=[user.user for user in users])
    stage.call("rooms.direct", cleo, users=[ann.user, bob.user])


def test_one_blocks_people_that_one_may_know_of_and_not_oneself(stage: Stage) -> None:
    ann, gus = stage.add("ann"), stage.add("gus", kind="guest", role="guest")
    with refused(Conflict, "user"):
        stage.call("users.block", ann, user=ann.user, on=True)
    with refused(NotFound, "user"):
        stage.call("users.block", ann, user=999, on=True)
    stage.call("users.block", gus, user=ann.user, on=True)
    stage.call("users.ban", stage.add("amy", role="admin"), user=ann.user)
    assert stage.call("users.block", gus, user=ann.user, on=False).blocked == []
