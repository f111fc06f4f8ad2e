import pytest

from chinwag import clock
from chinwag.changes import End
from chinwag.errors import CLOSE_BANNED, CLOSE_RESTART, CLOSE_SIGNED_OUT, Conflict, Forbidden, NotFound, Unauthorized
from chinwag.services import membership, sessions
from chinwag.services import users as users_service
from chinwag.store.tx import Caller
from tests.world import Stage, refused


def found(stage: Stage, by: Caller, query: str, **given: int) -> list[str]:
    return [user.handle for user in stage.call("users.find", by, query=query, **given).users]


def test_people_are_found_by_the_beginning_of_a_word_of_their_name_or_by_handle(stage: Stage) -> None:
    ann = stage.add("ann", name="Ann Lee")
    stage.add("bob_1", name="Bob O'Lee-Smith 100%")
    stage.add("zoe", name="ZOË Straße")
    for query, handles in (
        ("lee", ["ann"]),
        (" Ann ", ["ann"]),
        ("@bob", ["bob_1"]),
        ("zoë", ["zoe"]),
        ("STRASSE", ["zoe"]),
        ("100%", ["bob_1"]),
        ("ee", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("", []),
        (" ", []),
        ("@", []),
    ):
        assert found(stage, ann, query) == handles, query
    assert len(found(stage, ann, "bob", limit=1)) == 1


def test_guests_find_and_page_the_people_of_their_rooms_alone(stage: Stage) -> None:
    gus, ann, hermit = stage.add("gus", kind="guest", role="guest"), stage.add("ann"), stage.add("hermit")
    stage.act(membership.put_out, room=1, user=hermit.user)
    assert (found(stage, gus, "hermit"), found(stage, gus, "ann")) == ([], ["ann"])
    assert [user.id for user in stage.call("users.page", gus).users] == [gus.user, ann.user]
    assert found(stage, ann, "hermit") == ["hermit"]
    with refused(NotFound, "user"):
        stage.call("rooms.direct", gus, users=[hermit.user])


def test_everyone_is_in_pages_by_id(stage: Stage) -> None:
    cast = [stage.add(name) for name in ("ann", "bob", "cleo")]
    first = stage.call("users.page", cast[0], limit=2)
    second = stage.call("users.page", cast[0], limit=2, after=first.users[-1].id)
    assert [user.id for user in first.users + second.users] == [one.user for one in cast]
    assert (first.more, second.more) == (True, False)


def test_whoever_is_banned_is_out_at_once_and_found_no_more_but_keeps_their_row(stage: Stage) -> None:
    ann, bob = stage.add("ann", role="admin"), stage.add("bob")
    again = stage.sign_in(bob.user or 0)
    stage.told.clear()
    assert stage.call("users.ban", ann, user=bob.user).banned
    (end,) = [one for one in stage.told if isinstance(one, End)]
    assert (set(end.sessions), end.code) == ({bob.session, again.session}, CLOSE_BANNED)
    for caller in (bob, again):
        with refused(Unauthorized):
            stage.call("accounts.me", caller)
    assert found(stage, ann, "bob") == []
    assert [user.banned for user in stage.call("users.page", ann).users] == [False, True]
    told = len(stage.told)
    assert stage.call("users.ban", ann, user=bob.user).banned
    assert len(stage.told) == told
    assert not stage.call("users.unban", ann, user=bob.user).banned
    with refused(Unauthorized):
        stage.call("accounts.me", bob)
    stage.call("accounts.me", stage.sign_in(bob.user or 0))


def test_administrators_act_upon_members_and_owners_upon_all_but_nobody_bans_themselves(stage: Stage) -> None:
    ann, amy, bob = stage.add("ann", role="owner"), stage.add("amy", role="admin"), stage.add("bob")
    other = stage.add("other", role="admin")
    for call, params in (("users.ban", {}), ("users.unban", {}), ("users.role", {"role": "member"})):
        with refused(Forbidden):
            stage.call(call, bob, user=amy.user, **params)
        for whom in (ann, other, amy):
            with refused(Forbidden):
                stage.call(call, amy, user=whom.user, **params)
        with refused(NotFound, "user"):
            stage.call(call, ann, user=999, **params)
        with refused(Unauthorized):
            stage.call(call, user=bob.user, **params)
    for call in ("users.ban", "users.unban"):
        with refused(Conflict, "user"):
            stage.call(call, ann, user=ann.user)
    stage.call("users.ban", ann, user=amy.user)


def test_nobody_gives_more_rights_than_they_have(stage: Stage) -> None:
    ann, amy, bob = stage.add("ann", role="owner"), stage.add("amy", role="admin"), stage.add("bob")
    with refused(Forbidden):
        stage.call("users.role", amy, user=bob.user, role="owner")
    assert stage.call("users.role", amy, user=bob.user, role="admin").role == "admin"
    assert stage.call("users.role", ann, user=bob.user, role="owner").role == "owner"


def test_guests_stay_guests_and_the_last_owner_stays_owner(stage: Stage) -> None:
    ann, bob = stage.add("ann", role="owner"), stage.add("bob")
    gus = stage.add("gus", kind="guest", role="guest")
    for user, role in ((gus.user, "member"), (bob.user, "guest")):
        with refused(Conflict, "role"):
            stage.call("users.role", ann, user=user, role=role)
    with refused(Conflict, "role"):
        stage.call("users.role", ann, user=ann.user, role="admin")
    stage.call("users.role", ann, user=bob.user, role="owner")
    assert stage.call("users.role", ann, user=ann.user, role="member").role == "member"


def test_another_role_signs_browsers_out_and_lets_tokens_come_back(stage: Stage) -> None:
    ann, bob = stage.add("ann", role="owner"), stage.add("bob")
    stage.act(sessions.open_session, bob, user=bob.user)
    browser = next(row.id for row in stage.call("sessions.list", bob).sessions if row.kind == "browser")
    stage.told.clear()
    stage.call("users.role", ann, user=bob.user, role="admin")
    ends = [one for one in stage.told if isinstance(one, End)]
    assert ends == [End([browser], CLOSE_SIGNED_OUT), End([bob.session or 0], CLOSE_RESTART)]
    assert stage.call("accounts.me", bob).role == "admin"
    told = len(stage.told)
    stage.call("users.role", ann, user=bob.user, role="admin")
    assert len(stage.told) == told


def test_what_administrators_do_is_in_the_audit_log(stage: Stage) -> None:
    ann, bob = stage.add("ann", role="owner"), stage.add("bob")
    stage.call("users.role", ann, user=bob.user, role="admin")
    stage.call("users.ban", ann, user=bob.user)
    stage.call("users.unban", ann, user=bob.user)
    acts = [(entry.by, entry.act, entry.detail) for entry in stage.call("admin.audit", ann, limit=3).entries]
    assert acts == [
        (ann.user, "users.unban", "bob"),
        (ann.user, "users.ban", "bob"),
        (ann.user, "users.role", "bob: member to admin"),
    ]


def test_when_somebody_was_last_here_is_known_only_of_those_who_show_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob, gus = stage.add("ann"), stage.add("bob"), stage.add("gus", kind="guest", role="guest")
    monkeypatch.setattr(clock, "now", lambda: 1_800_000_123_456_789)
    stage.call("preferences.set", bob, shows_seen=True)
    stage.told.clear()
    stage.act(users_service.went, gone=[ann.user, bob.user])
    assert stage.told == []
    assert stage.call("users.seen", ann, user=bob.user).at == clock.moment(1_800_000_000_000_000)
    assert stage.call("users.seen", bob, user=ann.user).at is None
    stage.call("preferences.set", bob, shows_seen=False)
    assert stage.call("users.seen", ann, user=bob.user).at is None
    stage.act(membership.put_out, room=1, user=bob.user)
    with refused(NotFound, "user"):
        stage.call("users.seen", gus, user=bob.user)
