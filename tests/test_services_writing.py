import pytest
from sqlalchemy import insert

from chinwag.errors import Invalid, TooLarge
from chinwag.store import tables
from chinwag.store.tx import Tx
from tests.world import Stage, refused


def picture(tx: Tx, *, name: str, author: int, hash: str) -> None:
    tx.write(insert(tables.blobs), {"hash": hash, "size": 1})
    tx.write(insert(tables.emoji), {"name": name, "by": author, "hash": hash, "deleted": False, "rev": 1})


def test_a_message_is_looked_at_as_it_will_be(stage: Stage) -> None:
    ann = stage.add("ann")
    stage.act(picture, name="gnu", author=ann.user, hash="a1" * 32)
    body = "**hello** :gnu: :nope: :tada:"
    looked = stage.call("messages.render", ann, room=1, body=body).html
    said = stage.call("messages.post", ann, room=1, body=body, nonce="n")
    assert looked == said.html
    gnu = f'<img class="emoji" src="/emoji/{"a1" * 32}" alt=":gnu:">'
    assert looked == f"<p><strong>hello</strong> {gnu} :nope: 🎉</p>"
    assert stage.call("messages.edit", ann, message=said.id, body=":gnu:").html.startswith("<p><img")
    assert "data-mention" in stage.call("messages.render", ann, room=1, body="hello @ann").html


@pytest.mark.parametrize(("body", "kind"), [(" ", Invalid), ("x" * 8_001, TooLarge), ("a\0", Invalid)])
def test_what_is_no_message_is_not_looked_at(stage: Stage, body: str, kind: type) -> None:
    with refused(kind, "body"):
        stage.call("messages.render", stage.add("ann"), room=1, body=body)


def test_what_one_does_is_said_as_such(stage: Stage) -> None:
    ann = stage.add("ann")
    said = stage.call("messages.post", ann, room=1, body="waves", nonce="n", kind="me")
    assert (said.kind, said.body) == ("me", "waves")
    assert stage.call("messages.edit", ann, message=said.id, body="bows").kind == "me"
    assert stage.call("messages.page", ann, room=1).messages[-1].kind == "me"
