import pytest

from chinwag import clock
from chinwag.changes import End
from chinwag.errors import CLOSE_SIGNED_OUT, NotFound, Unauthorized
from chinwag.services import accounts, passwords, sessions, tokens
from chinwag.store.tx import Caller
from tests.world import PASSWORD, Stage, refused


@pytest.fixture
def ann(stage: Stage) -> int:
    """Somebody with a password."""
    named = {"handle": "ann", "name": "Ann", "email": "ann@chat.test"}
    return int(
        stage.act(accounts.add, None, **named, role="member", kind="person", password=passwords.hash(PASSWORD)).id
    )


def sign_in(stage: Stage, login: str = "ann") -> tuple[Caller, str]:
    user = stage.call("sessions.create", login=login, password=PASSWORD)
    assert stage.cookie is not None
    secret = stage.cookie.secret
    known = stage.act(sessions.authenticate, secret=secret, cookie=True)
    assert known.user == user.id
    return Caller(known.user, known.session), secret


def test_people_sign_in_by_address_or_handle_whatever_the_case(stage: Stage, ann: int) -> None:
    for login in ("ann", "@ann", " ANN ", "ann@chat.test", "Ann@Chat.TEST"):
        assert sign_in(stage, login)[0].user == ann


def test_who_is_not_there_and_who_has_another_password_are_refused_alike(stage: Stage, ann: int) -> None:
    stage.add("bot", kind="bot")
    refusals = set()
    for login, password in (
        ("ann", "not my password"),
        ("nobody", PASSWORD),
        ("", ""),
        ("bot", PASSWORD),
        ("ann", PASSWORD + "\0"),
        ("ann", "x" * 1000),
    ):
        with pytest.raises(Unauthorized) as caught:
            stage.call("sessions.create", login=login, password=password)
        refusals.add(str(caught.value.wire()))
    assert len(refusals) == 1


def test_whoever_is_banned_cannot_sign_in_and_is_not_told_why(stage: Stage, ann: int) -> None:
    stage.call("users.ban", stage.add("boss", role="owner"), user=ann)
    with refused(Unauthorized, "password"):
        stage.call("sessions.create", login="ann", password=PASSWORD)
    with refused(Unauthorized, "password"):
        stage.act(sessions.create, login="ann", password=PASSWORD, prepared=ann)


def test_a_secret_counts_only_by_the_way_it_is_made_for(stage: Stage, ann: int) -> None:
    _, cookie = sign_in(stage)
    token = stage.act(tokens.issue, user=ann, label="a script").token
    assert stage.act(sessions.authenticate, secret=token, cookie=False).user == ann
    for secret, by_cookie in (
        (cookie, False),
        (token, True),
        ("", True),
        ("", False),
        ("cws_", True),
        ("cwt_", False),
        (cookie[4:], True),
        (cookie + "x", True),
        ("cws_\ud800", True),
    ):
        with refused(Unauthorized):
            stage.act(sessions.authenticate, secret=secret, cookie=by_cookie)


def test_a_session_ends_when_idle_and_lives_so_long_at_most(
    stage: Stage, ann: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, secret = sign_in(stage)
    began = now = clock.now()

    def at(time: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: time)

    for _ in range(6):
        now += 13 * clock.DAY
        at(now)
        assert stage.act(sessions.authenticate, secret=secret, cookie=True).stale
        stage.act(sessions.touch, caller)
        assert not stage.act(sessions.authenticate, secret=secret, cookie=True).stale
    now += 13 * clock.DAY
    at(now)
    assert now - began > sessions.LONGEST
    with refused(Unauthorized):
        stage.act(sessions.authenticate, secret=secret, cookie=True)


def test_an_idle_session_ends_after_two_weeks(stage: Stage, ann: int, monkeypatch: pytest.MonkeyPatch) -> None:
    caller, secret = sign_in(stage)
    later = clock.now() + sessions.IDLE
    monkeypatch.setattr(clock, "now", lambda: later)
    with refused(Unauthorized):
        stage.act(sessions.authenticate, secret=secret, cookie=True)
    with refused(Unauthorized):
        stage.act(sessions.touch, caller)


def test_one_sees_all_of_ones_sessions_and_nobody_elses(stage: Stage, ann: int) -> None:
    first, _ = sign_in(stage)
    second, _ = sign_in(stage)
    bob = stage.add("bob")
    listed = stage.call("sessions.list", second).sessions
    assert {(row.id, row.current) for row in listed} == {(first.session, False), (second.session, True)}
    assert [row.kind for row in stage.call("sessions.list", bob).sessions] == ["token"]
    assert not any("cws_" in str(row) for row in listed)


def test_one_ends_a_session_elsewhere_or_here(stage: Stage, ann: int) -> None:
    here, _ = sign_in(stage)
    there, secret = sign_in(stage)
    stage.told.clear()
    stage.call("sessions.end", here, session=there.session)
    assert stage.told == [End([there.session or 0], CLOSE_SIGNED_OUT)]
    assert stage.cookie is None
    with refused(Unauthorized):
        stage.act(sessions.authenticate, secret=secret, cookie=True)
    stage.call("sessions.end", here)
    assert (stage.cookie and stage.cookie.secret) == ""
    with refused(Unauthorized):
        stage.call("sessions.end", here)


def test_nobody_ends_anothers_session(stage: Stage, ann: int) -> None:
    hers, secret = sign_in(stage)
    bob = stage.add("bob", role="owner")
    for session in (hers.session, 999):
        with refused(NotFound, "session"):
            stage.call("sessions.end", bob, session=session)
    stage.act(sessions.authenticate, secret=secret, cookie=True)
