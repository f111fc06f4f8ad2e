from sqlalchemy import select

from chinwag.errors import NotFound
from chinwag.store import tables
from chinwag.store.tx import Tx
from tests.world import Stage, refused


def rows(tx: Tx) -> list[str]:
    return list(tx.read(select(tables.edits.c.body)).scalars())


def test_members_read_what_a_message_said_before_with_the_time_it_was_written_at(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    first = stage.call("messages.post", ann, room=1, body="one", nonce="1")
    second = stage.call("messages.edit", ann, message=first.id, body="two")
    stage.call("messages.edit", ann, message=first.id, body="three")
    history = stage.call("messages.history", bob, message=first.id)
    assert [(one.body, one.at) for one in history.edits] == [("two", second.edited_at), ("one", first.at)]
    page = stage.call("messages.history", bob, message=first.id, limit=1)
    assert ([one.body for one in page.edits], page.more) == (["two"], True)
    rest = stage.call("messages.history", bob, message=first.id, before=page.edits[0].id)
    assert ([one.body for one in rest.edits], rest.more) == (["one"], False)


def test_an_edit_that_changes_nothing_is_none(stage: Stage) -> None:
    ann = stage.add("ann")
    said = stage.call("messages.post", ann, room=1, body="one", nonce="1")
    told = len(stage.told)
    assert stage.call("messages.edit", ann, message=said.id, body="one") == said
    assert (len(stage.told), stage.act(rows)) == (told, [])


def test_older_texts_are_gone_with_their_message(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    message = stage.call("messages.post", ann, room=1, body="one", nonce="1").id
    stage.call("messages.edit", ann, message=message, body="two")
    assert stage.act(rows) == ["one"]
    stage.call("messages.delete", ann, message=message)
    assert stage.act(rows) == []
    with refused(NotFound, "message"):
        stage.call("messages.history", bob, message=message)
