from chinwag.changes import End
from chinwag.errors import CLOSE_SIGNED_OUT, Conflict, Forbidden, Invalid, NotFound, TooLarge, Unauthorized
from chinwag.services import sessions, tokens
from tests.world import Stage, refused


def test_a_token_signs_in_as_its_maker_until_it_is_revoked(stage: Stage) -> None:
    ann = stage.add("ann")
    made = stage.call("tokens.create", ann, label=" my  script ")
    assert made.token.startswith("cwt_")
    known = stage.act(sessions.authenticate, secret=made.token, cookie=False)
    assert (known.user, known.session) == (ann.user, made.id)
    assert stage.call("tokens.page", ann).tokens[0].label == "my script"
    stage.told.clear()
    stage.call("tokens.revoke", ann, id=made.id)
    assert stage.told == [End([made.id], CLOSE_SIGNED_OUT)]
    with refused(Unauthorized):
        stage.act(sessions.authenticate, secret=made.token, cookie=False)
    with refused(NotFound, "token"):
        stage.call("tokens.revoke", ann, id=made.id)


def test_nobody_revokes_anothers_token_or_a_browser_as_a_token(stage: Stage) -> None:
    ann, bob = stage.add("ann", role="owner"), stage.add("bob")
    made = stage.call("tokens.create", bob, label="his")
    for token in (made.id, 999, 2**53 - 1):
        with refused(NotFound, "token"):
            stage.call("tokens.revoke", ann, id=token)
    stage.act(sessions.open_session, ann, user=ann.user)
    browser = next(row.id for row in stage.call("sessions.list", ann).sessions if row.kind == "browser")
    with refused(NotFound, "token"):
        stage.call("tokens.revoke", ann, id=browser)


def test_tokens_come_in_pages_newest_first_and_without_their_secrets(stage: Stage) -> None:
    ann = stage.add("ann")
    made = [ann.session, *(stage.call("tokens.create", ann, label=f"{number}").id for number in range(4))]
    first = stage.call("tokens.page", ann, limit=3)
    second = stage.call("tokens.page", ann, limit=3, before=first.tokens[-1].id)
    assert ([row.id for row in first.tokens + second.tokens], first.more, second.more) == (made[::-1], True, False)
    assert "cwt_" not in str(first)
    assert stage.call("tokens.page", stage.add("bob")).more is False


def test_nobody_has_more_tokens_than_there_may_be(stage: Stage) -> None:
    ann = stage.add("ann")
    for number in range(tokens.MOST - 1):
        stage.call("tokens.create", ann, label=f"{number}")
    with refused(Conflict):
        stage.call("tokens.create", ann, label="one more")


def test_a_label_is_a_line_of_text(stage: Stage) -> None:
    ann = stage.add("ann")
    for label, kind in (("a\0", Invalid), ("\ud800", Invalid), ("a\u202eb", Invalid), ("x" * 65, TooLarge)):
        with refused(kind, "label"):
            stage.call("tokens.create", ann, label=label)


def test_guests_and_strangers_have_no_tokens(stage: Stage) -> None:
    gus = stage.add("gus", kind="guest", role="guest")
    for method, params in (("create", {"label": "x"}), ("page", {}), ("revoke", {"id": 1})):
        with refused(Forbidden):
            stage.call(f"tokens.{method}", gus, **params)
        with refused(Unauthorized):
            stage.call(f"tokens.{method}", **params)


def test_the_command_line_makes_a_token_for_a_handle(stage: Stage) -> None:
    ann = stage.add("ann")
    made = stage.act(tokens.issue_to, handle=" @Ann ", label="a script")
    assert stage.act(sessions.authenticate, secret=made.token, cookie=False).user == ann.user
    with refused(NotFound, "user"):
        stage.act(tokens.issue_to, handle="nobody", label="a script")
