import pytest

from chinwag import clock
from chinwag.changes import WORKSPACE, Change, End, User
from chinwag.errors import CLOSE_SIGNED_OUT, Conflict, Forbidden, Invalid, NotFound, TooLarge, Unauthorized
from chinwag.services import invites, sessions, sync, workspace
from tests.world import PASSWORD, Stage, refused

NEW = {"name": "Ann", "email": "ann@chat.test", "password": PASSWORD}


def link(stage: Stage) -> str:
    url: str = stage.act(invites.make_setup_link)
    return url.partition("#")[2]


def signed_up(stage: Stage, **given: object) -> User:
    stage.act(workspace.change_settings, values={"signup": True})
    user: User = stage.call("accounts.signup", **{**NEW, **given})
    return user


def test_whoever_has_the_setup_link_becomes_the_owner_of_all_and_of_the_lobby(stage: Stage) -> None:
    ann = stage.call("setup.accept", token=link(stage), **NEW)
    assert (ann.role, ann.kind, ann.handle, ann.name) == ("owner", "person", "ann", "Ann")
    assert stage.cookie is not None
    assert stage.cookie.secret.startswith("cws_")
    by = stage.sign_in(ann.id)
    assert stage.call("accounts.me", by).email == "ann@chat.test"
    lobby = stage.call("rooms.browse", by).rooms[0]
    assert stage.call("members.page", by, room=lobby.id).members[0].role == "owner"


def test_a_setup_link_works_once_and_only_until_the_next_is_made(stage: Stage) -> None:
    older, newer = link(stage), link(stage)
    with refused(Conflict, "token"):
        stage.call("setup.accept", token=older, **NEW)
    stage.call("setup.accept", token=newer, **NEW)
    with refused(Conflict, "token"):
        stage.call("setup.accept", token=newer, **NEW)
    with refused(Conflict, "token"):
        stage.call("setup.accept", token=link(stage), **NEW)


@pytest.mark.parametrize("token", ["", "stp_", "nonsense", "stp_\udcff"])
def test_what_is_no_setup_link_is_not_found(stage: Stage, token: str) -> None:
    link(stage)
    with refused(NotFound, "link"):
        stage.call("setup.accept", token=token, **NEW)


def test_an_invite_is_no_setup_link_and_a_setup_link_is_no_invite(stage: Stage) -> None:
    setup = link(stage)
    with refused(NotFound, "link"):
        stage.call("invites.accept", token=setup, **NEW)
    stage.call("setup.accept", token=setup, **NEW)
    invite = stage.call("invites.create", stage.add("bob")).token
    with refused(Conflict, "token"):
        stage.call("setup.accept", token=invite, **NEW)


def test_a_setup_link_ends_after_a_day(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    token, made = link(stage), clock.now()
    monkeypatch.setattr(clock, "now", lambda: made + clock.DAY)
    with refused(Conflict, "token"):
        stage.call("setup.accept", token=token, **NEW)


def test_nobody_signs_up_unless_the_workspace_lets_them(stage: Stage) -> None:
    with refused(Forbidden):
        stage.call("accounts.signup", **NEW)
    user = signed_up(stage)
    assert (user.role, user.kind) == ("member", "person")


def test_nobody_visits_unless_the_workspace_lets_guests_in(stage: Stage) -> None:
    with refused(Forbidden):
        stage.call("sessions.guest", name="Gus")
    stage.act(workspace.change_settings, values={"guests": True})
    gus = stage.call("sessions.guest", name="Gus")
    assert (gus.role, gus.kind) == ("guest", "guest")
    by = stage.sign_in(gus.id)
    assert stage.call("accounts.me", by).email == ""
    assert stage.act(sync.topics_of, by) == [f"user:{gus.id}", "room:1"]


@pytest.mark.parametrize(
    ("given", "kind", "field"),
    [
        ({"name": " "}, Invalid, "name"),
        ({"name": "A\0nn"}, Invalid, "name"),
        ({"name": "A\ud800nn"}, Invalid, "name"),
        ({"name": "A\u202enn"}, Invalid, "name"),
        ({"name": "A\u200bnn"}, Invalid, "name"),
        ({"name": "A" * 65}, TooLarge, "name"),
        ({"email": "ann"}, Invalid, "email"),
        ({"email": ""}, Invalid, "email"),
        ({"email": "ann@\0chat.test"}, Invalid, "email"),
        ({"password": "short"}, Invalid, "password"),
        ({"password": "NUL\0 in the middle"}, Invalid, "password"),
        ({"password": "a lone surrogate \ud800"}, Invalid, "password"),
        ({"password": "x" * 257}, TooLarge, "password"),
    ],
)
def test_bad_words_at_the_door_are_blamed_and_use_up_no_link(
    stage: Stage, given: dict[str, str], kind: type, field: str
) -> None:
    token = link(stage)
    with refused(kind, field):
        stage.call("setup.accept", token=token, **{**NEW, **given})
    stage.call("setup.accept", token=token, **NEW)


@pytest.mark.parametrize("name", ["Ann", "ANN", " ann ", "Аnn", "Ａｎｎ"])
def test_a_name_that_looks_like_anothers_is_taken(stage: Stage, name: str) -> None:
    signed_up(stage)
    with refused(Conflict, "name"):
        signed_up(stage, name=name, email="other@chat.test")


def test_an_address_is_one_persons_whatever_its_case(stage: Stage) -> None:
    signed_up(stage)
    with refused(Conflict, "email"):
        signed_up(stage, name="Bob", email="ANN@Chat.Test")


def test_a_handle_is_made_of_the_name_and_is_free(stage: Stage) -> None:
    assert signed_up(stage).handle == "ann"
    assert signed_up(stage, name="Ann!", email="b@chat.test").handle == "ann2"
    assert signed_up(stage, name="张伟", email="c@chat.test").handle == "user"
    assert signed_up(stage, name="李娜", email="d@chat.test").handle == "user2"


def test_a_newcomer_is_told_to_the_workspace_and_in_the_lobby(stage: Stage) -> None:
    user = signed_up(stage)
    told = [one for one in stage.told if isinstance(one, Change)]
    assert any(one.topic == WORKSPACE and one.users == [user] for one in told)
    assert any(one.topic == "room:1" and [row.user for row in one.members] == [user.id] for one in told)
    assert any(one.topic == f"user:{user.id}" and [row.room for row in one.mine] == [1] for one in told)


def test_people_change_their_name_and_handle(stage: Stage) -> None:
    ann = stage.add("ann")
    changed = stage.call("accounts.edit", ann, name="Ann Lee", handle="AnnLee")
    assert (changed.name, changed.handle) == ("Ann Lee", "annlee")
    assert stage.call("users.find", ann, query="lee").users[0].name == changed.name


def test_a_change_of_only_the_case_of_ones_own_name_is_no_conflict(stage: Stage) -> None:
    ann = stage.add("ann")
    assert stage.call("accounts.edit", ann, name="ANN").name == "ANN"


@pytest.mark.parametrize(
    ("given", "kind", "field"),
    [
        ({"name": "Bob"}, Conflict, "name"),
        ({"name": "Bоb"}, Conflict, "name"),
        ({"handle": "bob"}, Conflict, "handle"),
        ({"handle": "b ob"}, Invalid, "handle"),
        ({"handle": ""}, Invalid, "handle"),
        ({"name": ""}, Invalid, "name"),
        ({"name": "\u2066Ann"}, Invalid, "name"),
        ({"handle": "x" * 33}, TooLarge, "handle"),
        ({"email": "ann@new.test"}, Invalid, "password"),
    ],
)
def test_a_change_that_cannot_be_is_blamed_and_changes_nothing(
    stage: Stage, given: dict[str, str], kind: type, field: str
) -> None:
    ann = stage.add("ann")
    stage.add("bob")
    before, told = stage.call("accounts.me", ann), len(stage.told)
    with refused(kind, field):
        stage.call("accounts.edit", ann, **given)
    assert stage.call("accounts.me", ann) == before
    assert len(stage.told) == told


def test_a_new_address_needs_the_password_and_is_told_to_nobody(stage: Stage) -> None:
    ann = stage.sign_in(signed_up(stage).id)
    with refused(Unauthorized, "password"):
        stage.call("accounts.edit", ann, email="ann@new.test", password="not my password")
    told = len(stage.told)
    assert stage.call("accounts.edit", ann, email="ann@new.test", password=PASSWORD).email == "ann@new.test"
    assert len(stage.told) == told
    with refused(Unauthorized, "password"):
        stage.call("sessions.create", login="ann@chat.test", password=PASSWORD)
    assert stage.call("sessions.create", login="ann@new.test", password=PASSWORD).id == ann.user


def test_guests_rename_themselves_but_have_no_address(stage: Stage) -> None:
    gus = stage.add("gus", kind="guest", role="guest")
    assert stage.call("accounts.edit", gus, name="Gustav").name == "Gustav"
    with refused(Forbidden):
        stage.call("accounts.edit", gus, email="gus@chat.test")


def test_a_new_name_reaches_guests_in_the_rooms_they_share(stage: Stage) -> None:
    ann, gus = stage.add("ann"), stage.add("gus", kind="guest", role="guest")
    alone = stage.call("rooms.create", ann, name="No guests")
    shared = stage.call("rooms.create", ann, name="With a guest", users=[gus.user])
    stage.told.clear()
    stage.call("accounts.edit", ann, name="Ann Lee")
    told = {one.topic: one.users[0].name for one in stage.told if isinstance(one, Change)}
    assert told == dict.fromkeys(("room:1", f"room:{shared.id}", WORKSPACE), "Ann Lee")
    assert f"room:{alone.id}" not in told


def test_a_new_password_ends_every_session_and_opens_this_one_anew(stage: Stage) -> None:
    user = signed_up(stage)
    here, there = stage.sign_in(user.id), stage.sign_in(user.id)
    with refused(Unauthorized, "old"):
        stage.call("accounts.password", here, old="not the old one", new="a new password")
    with refused(Invalid, "new"):
        stage.call("accounts.password", here, old=PASSWORD, new="short")
    with refused(TooLarge, "new"):
        stage.call("accounts.password", here, old=PASSWORD, new="x" * 257)
    stage.told.clear()
    stage.call("accounts.password", here, old=PASSWORD, new="a new password")
    assert stage.cookie is not None
    ended = [one for one in stage.told if isinstance(one, End)]
    assert {one.code for one in ended} == {CLOSE_SIGNED_OUT}
    assert {here.session, there.session} <= {session for one in ended for session in one.sessions}
    for caller in (here, there):
        with refused(Unauthorized):
            stage.call("accounts.me", caller)
    assert stage.act(sessions.authenticate, secret=stage.cookie.secret, cookie=True).user == user.id
    with refused(Unauthorized, "password"):
        stage.call("sessions.create", login="ann", password=PASSWORD)
    assert stage.call("sessions.create", login="ann", password="a new password") == user


def test_somebody_without_a_password_cannot_be_given_one_by_guessing(stage: Stage) -> None:
    bot = stage.add("bot", kind="bot")
    with refused(Unauthorized, "old"):
        stage.call("accounts.password", bot, old="", new="a new password")
    with refused(Unauthorized, "password"):
        stage.call("sessions.create", login="bot", password="")


def test_whoever_is_not_signed_in_has_no_account(stage: Stage) -> None:
    for method, params in (("me", {}), ("edit", {"name": "X"}), ("password", {"old": "x", "new": "y" * 12})):
        with refused(Unauthorized):
            stage.call(f"accounts.{method}", **params)
