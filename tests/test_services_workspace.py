from chinwag.changes import WORKSPACE, Change
from chinwag.errors import Forbidden, Invalid, TooLarge, Unauthorized
from chinwag.services import workspace
from tests.world import Stage, plain, refused


def test_the_door_says_whether_there_is_an_owner_and_who_may_come_in(stage: Stage) -> None:
    assert plain(stage.call("workspace.look")) == {"name": "Chinwag", "guests": False, "signup": False, "ready": False}
    ann = stage.add("ann", role="owner")
    stage.call("admin.settings", ann, name=" Our  chat ", guests=True)
    assert plain(stage.call("workspace.look")) == {"name": "Our chat", "guests": True, "signup": False, "ready": True}


def test_a_setting_that_changes_is_told_once_and_one_that_does_not_is_not(stage: Stage) -> None:
    ann = stage.add("ann", role="admin")
    stage.told.clear()
    changed = stage.call("admin.settings", ann, signup=True)
    (change,) = stage.told
    assert isinstance(change, Change)
    assert (change.topic, change.settings, changed.rev) == (WORKSPACE, changed, change.seq)
    for given in ({}, {"signup": True}, {"name": "Chinwag"}, {"guests": False}):
        assert stage.call("admin.settings", ann, **given) == changed
    assert len(stage.told) == 1


def test_what_cannot_be_a_workspaces_name_is_blamed(stage: Stage) -> None:
    ann = stage.add("ann", role="owner")
    for name, kind in (("", Invalid), (" ", Invalid), ("a\0b", Invalid), ("a\u202eb", Invalid), ("x" * 65, TooLarge)):
        with refused(kind, "name"):
            stage.call("admin.settings", ann, name=name)
    assert stage.call("workspace.look").name == "Chinwag"


def test_only_administrators_change_settings_and_read_the_audit_log(stage: Stage) -> None:
    bob, gus = stage.add("bob"), stage.add("gus", kind="guest", role="guest")
    for call in ("admin.settings", "admin.audit"):
        for caller in (bob, gus):
            with refused(Forbidden):
                stage.call(call, caller)
        with refused(Unauthorized):
            stage.call(call)


def test_the_audit_log_comes_in_pages_newest_first(stage: Stage) -> None:
    ann = stage.add("ann", role="owner")
    for name in ("One", "Two", "Three"):
        stage.call("admin.settings", ann, name=name)
    first = stage.call("admin.audit", ann, limit=2)
    second = stage.call("admin.audit", ann, limit=2, before=first.entries[-1].id)
    details = [entry.detail for entry in first.entries + second.entries]
    assert details == ["name: Three", "name: Two", "name: One", "ann as owner"]
    assert [entry.by for entry in second.entries] == [ann.user, None]
    assert (first.more, second.more) == (True, False)


def test_a_database_is_filled_once(stage: Stage) -> None:
    before = stage.state([WORKSPACE, "room:1"])
    stage.act(workspace.fill)
    assert stage.state([WORKSPACE, "room:1"]) == before
    assert [room["slug"] for room in before["rooms"].values()] == ["lobby"]
