from datetime import timedelta

import pytest

from chinwag import clock
from chinwag.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized
from chinwag.services import invites
from tests.world import PASSWORD, Stage, refused


def accept(stage: Stage, token: str, name: str) -> int:
    user = stage.call("invites.accept", token=token, name=name, email=f"{name}@chat.test", password=PASSWORD)
    return int(user.id)


def test_an_invite_lets_in_as_many_as_it_says_and_not_one_more(stage: Stage) -> None:
    ann = stage.add("ann")
    made = stage.call("invites.create", ann, uses=2)
    assert made.url == f"http://chat.test/join#{made.token}"
    assert stage.call("invites.look", token=made.token).by == "Ann"
    for name in ("bob", "cleo"):
        user = accept(stage, made.token, name)
        assert stage.cookie is not None
        assert stage.call("accounts.me", stage.sign_in(user)).role == "member"
    with refused(Conflict, "token"):
        accept(stage, made.token, "dora")
    with refused(Conflict, "token"):
        stage.call("invites.look", token=made.token)
    assert [row.used for row in stage.call("invites.page", ann).invites] == [2]


def test_an_invite_that_was_not_taken_is_not_used_up(stage: Stage) -> None:
    token = stage.call("invites.create", stage.add("ann")).token
    with refused(Conflict, "name"):
        accept(stage, token, "ann")
    accept(stage, token, "bob")


def test_a_revoked_invite_and_one_of_a_banned_user_let_nobody_in(stage: Stage) -> None:
    ann, bob = stage.add("ann", role="owner"), stage.add("bob")
    one, other = stage.call("invites.create", ann), stage.call("invites.create", bob)
    stage.call("invites.revoke", ann, id=one.id)
    stage.call("users.ban", ann, user=bob.user)
    for token in (one.token, other.token):
        with refused(Conflict, "token"):
            stage.call("invites.look", token=token)
        with refused(Conflict, "token"):
            accept(stage, token, "cleo")


def test_an_invite_ends_at_its_end(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    made = stage.call("invites.create", stage.add("ann"), ends=clock.moment(clock.now() + 3 * clock.DAY))
    end = int(made.ends.timestamp() * 1_000_000)
    monkeypatch.setattr(clock, "now", lambda: end - clock.SECOND)
    stage.call("invites.look", token=made.token)
    monkeypatch.setattr(clock, "now", lambda: end + clock.SECOND)
    with refused(Conflict, "token"):
        accept(stage, made.token, "bob")


def test_an_invite_that_names_no_end_has_a_week_and_none_is_over_already(stage: Stage) -> None:
    ann, now = stage.add("ann"), clock.moment(clock.now())
    made = stage.call("invites.create", ann)
    assert made.uses == 1
    assert timedelta(days=6, hours=23) < made.ends - now <= timedelta(days=7, hours=1)
    for ends in (now - timedelta(days=1), now + timedelta(days=400)):
        with refused(Invalid, "ends"):
            stage.call("invites.create", ann, ends=ends)


def test_what_is_no_invite_is_not_found(stage: Stage) -> None:
    stage.call("invites.create", stage.add("ann"))
    for token in ("", "inv_", "inv_" + "x" * 43, "cwt_x", "inv_\ud800"):
        with refused(NotFound, "link"):
            stage.call("invites.look", token=token)
        with refused(NotFound, "link"):
            accept(stage, token, "bob")


def test_one_sees_and_revokes_ones_own_invites_and_administrators_all(stage: Stage) -> None:
    ann, bob, cleo = stage.add("ann", role="admin"), stage.add("bob"), stage.add("cleo")
    made = stage.call("invites.create", bob)
    others = stage.call("invites.create", cleo)
    assert [row.id for row in stage.call("invites.page", bob).invites] == [made.id]
    assert [row.id for row in stage.call("invites.page", ann).invites] == [others.id, made.id]
    for invite in (others.id, 999):
        with refused(NotFound, "invite"):
            stage.call("invites.revoke", bob, id=invite)
    stage.call("invites.revoke", bob, id=made.id)
    stage.call("invites.revoke", ann, id=others.id)
    assert all(row.revoked for row in stage.call("invites.page", ann).invites)


def test_invites_come_in_pages_newest_first(stage: Stage) -> None:
    ann = stage.add("ann")
    made = [stage.call("invites.create", ann).id for _ in range(5)]
    first = stage.call("invites.page", ann, limit=3)
    second = stage.call("invites.page", ann, limit=3, before=first.invites[-1].id)
    assert ([row.id for row in first.invites + second.invites], first.more, second.more) == (made[::-1], True, False)


def test_the_setup_link_is_in_no_page_of_invites_and_cannot_be_revoked_as_one(stage: Stage) -> None:
    ann = stage.add("ann", role="owner")
    stage.act(invites.make_setup_link)
    assert stage.call("invites.page", ann).invites == []
    with refused(NotFound, "invite"):
        stage.call("invites.revoke", ann, id=1)


def test_guests_and_strangers_invite_nobody(stage: Stage) -> None:
    gus = stage.add("gus", kind="guest", role="guest")
    for method, params in (("create", {}), ("page", {}), ("revoke", {"id": 1})):
        with refused(Forbidden):
            stage.call(f"invites.{method}", gus, **params)
        with refused(Unauthorized):
            stage.call(f"invites.{method}", **params)


def test_who_invites_is_in_the_audit_log(stage: Stage) -> None:
    ann = stage.add("ann", role="admin")
    made = stage.call("invites.create", ann, uses=3)
    entry = stage.call("admin.audit", ann).entries[0]
    assert (entry.by, entry.act, entry.detail) == (
        ann.user,
        "invites.create",
        f"3 uses, until {made.ends:%Y-%m-%d %H:%M} UTC",
    )
