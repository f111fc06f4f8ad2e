from chinwag.errors import Forbidden, NotFound
from tests.world import Stage, refused


def test_what_is_pinned_is_found_again_the_newest_first_page_by_page(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    said = [stage.call("messages.post", ann, room=1, body=f"{n}", nonce=f"{n}") for n in range(4)]
    for one in (said[2], said[0], said[3]):
        assert stage.call("messages.pin", bob, message=one.id, on=True).pinned
    first = stage.call("messages.pins", bob, room=1, limit=2)
    assert ([one.id for one in first.messages], first.more) == ([said[3].id, said[2].id], True)
    rest = stage.call("messages.pins", bob, room=1, before=first.messages[-1].seq)
    assert ([one.id for one in rest.messages], rest.more) == ([said[0].id], False)
    assert not stage.call("messages.pin", ann, message=said[2].id, on=False).pinned
    stage.call("messages.delete", ann, message=said[0].id)
    assert [one.id for one in stage.call("messages.pins", bob, room=1).messages] == [said[3].id]


def test_guests_pin_nothing_but_see_what_is_pinned(stage: Stage) -> None:
    ann, gus = stage.add("ann"), stage.add("gus", kind="guest", role="guest")
    room = stage.call("rooms.create", ann, name="Ours", kind="private", users=[gus.user]).id
    message = stage.call("messages.post", gus, room=room, body="hello", nonce="1").id
    with refused(Forbidden):
        stage.call("messages.pin", gus, message=message, on=True)
    stage.call("messages.pin", ann, message=message, on=True)
    assert [one.id for one in stage.call("messages.pins", gus, room=room).messages] == [message]
    with refused(NotFound, "room"):
        stage.call("messages.pins", stage.add("bob"), room=room)
