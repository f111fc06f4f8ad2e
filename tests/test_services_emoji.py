import io
from collections.abc import Iterator

import msgspec
import pytest
from PIL import Image

from chinwag.errors import Conflict, Forbidden, Invalid, NotFound
from chinwag.services import emoji
from tests.world import Server, Stage, refused


def picture(kind: str, size: tuple[int, int]) -> bytes:
    """A green one."""
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, kind)
    return out.getvalue()


def test_the_workspace_has_emoji_of_its_own_which_everybody_reacts_with(stage: Stage) -> None:
    ann, gus = stage.add("ann"), stage.add("gus", kind="guest", role="guest")
    stage.told.clear()
    number = stage.emoji(ann, "blob")
    (told,) = stage.told
    assert (told.topic, told.emoji[0].name) == ("workspace", "blob")  # type: ignore[union-attr]
    (listed,) = stage.call("emoji.page", gus).emoji
    assert (listed.id, listed.by, listed.url.startswith("/emoji/")) == (number, ann.user, True)
    message = stage.call("messages.post", gus, room=1, body="hello", nonce="1").id
    changed = stage.call("messages.react", gus, message=message, emoji=":blob:", on=True)
    assert [one.emoji for one in changed.reactions] == [":blob:"]


def test_one_that_is_written_in_a_message_is_its_picture_and_others_stay_as_typed(stage: Stage) -> None:
    ann = stage.add("ann")
    stage.emoji(ann, "blob")
    (row,) = stage.call("emoji.page", ann).emoji
    shown = f'<img class="emoji" src="{row.url}" alt=":blob:">'
    said = stage.call("messages.post", ann, room=1, body="a :blob: at 10:30:45 :none:", nonce="1")
    assert said.html == f"<p>a {shown} at 10:30:45 :none:</p>"
    assert stage.call("messages.render", ann, room=1, body="*:blob:*").html == f"<p><em>{shown}</em></p>"
    assert stage.call("messages.edit", ann, message=said.id, body=":blob:").html == f"<p>{shown}</p>"
    stage.call("emoji.remove", ann, id=row.id)
    assert stage.call("messages.edit", ann, message=said.id, body=":blob: gone").html == "<p>:blob: gone</p>"


def test_a_removed_one_stays_where_it_was_used_and_can_be_taken_back(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    number = stage.emoji(ann, "blob")
    message = stage.call("messages.post", ann, room=1, body="hello", nonce="1").id
    stage.call("messages.react", ann, message=message, emoji=":blob:", on=True)
    stage.call("emoji.remove", ann, id=number)
    assert stage.call("emoji.page", ann).emoji == []
    other = stage.call("messages.post", ann, room=1, body="again", nonce="2").id
    with refused(Invalid, "emoji"):
        stage.call("messages.react", bob, message=other, emoji=":blob:", on=True)
    assert stage.call("messages.react", ann, message=message, emoji=":blob:", on=False).reactions == []
    assert stage.emoji(bob, "blob") != number


def test_who_added_one_and_administrators_remove_it(stage: Stage) -> None:
    ann, bob, amy = stage.add("ann"), stage.add("bob"), stage.add("amy", role="admin")
    first, second = stage.emoji(ann, "first"), stage.emoji(ann, "second")
    with refused(Forbidden):
        stage.call("emoji.remove", bob, id=first)
    stage.call("emoji.remove", ann, id=first)
    stage.call("emoji.remove", amy, id=second)
    entries = stage.call("admin.audit", amy).entries
    assert [(one.by, one.detail) for one in entries if one.act == "emoji.remove"] == [(amy.user, ":second:")]
    with refused(NotFound, "emoji"):
        stage.call("emoji.remove", amy, id=second)


@pytest.mark.parametrize("name", ["", "a", "x" * 33, "Party", "par ty", "pärty", ":blob:", "party\n", "a/b", "<b>"])
def test_a_name_that_is_none_is_refused(stage: Stage, name: str) -> None:
    with refused(Invalid, "name"):
        stage.emoji(stage.add("ann"), name)


def test_a_name_that_is_taken_is_refused(stage: Stage) -> None:
    ann = stage.add("ann")
    stage.emoji(ann, "blob")
    for name in ("blob", "tada", "+1"):
        with refused(Conflict, "name"):
            stage.emoji(ann, name)
    with refused(Forbidden):
        stage.emoji(stage.add("gus", kind="guest", role="guest"), "another")


@pytest.fixture
def few() -> Iterator[None]:
    """There may be three."""
    most, emoji.MOST = emoji.MOST, 3
    yield
    emoji.MOST = most


@pytest.mark.usefixtures("few")
def test_there_are_so_many_and_no_more_and_they_are_read_page_by_page(stage: Stage) -> None:
    ann = stage.add("ann")
    numbers = [stage.emoji(ann, name) for name in ("one", "two", "three")]
    with refused(Conflict, "name"):
        stage.emoji(ann, "four")
    page = stage.call("emoji.page", ann, limit=2)
    assert ([one.id for one in page.emoji], page.more) == (numbers[:2], True)
    page = stage.call("emoji.page", ann, after=numbers[1], limit=2)
    assert ([one.id for one in page.emoji], page.more) == (numbers[2:], False)


async def test_a_picture_is_made_small_and_shown_to_all_who_are_signed_in(server: Server) -> None:
    _, ann = server.add("ann")
    _, bob = server.add("bob")
    answer = await server.fetch("/emoji?name=blob", ann, method="POST", body=picture("PNG", (400, 200)))
    assert answer.code == 200, answer.body
    row = msgspec.json.decode(answer.body)
    shown = await server.fetch(row["url"], bob)
    assert (shown.code, shown.headers["Content-Type"]) == (200, "image/webp")
    assert Image.open(io.BytesIO(shown.body)).size == (128, 64)
    assert (await server.fetch(row["url"])).code == 401
    await server.rpc(ann, "emoji.remove", id=row["id"])
    assert (await server.fetch(row["url"], bob)).code == 404


def moving(frames: int) -> bytes:
    """An animation with words in its metadata."""
    out = io.BytesIO()
    pictures = [Image.new("RGB", (300, 150), (255 * (shade % 2), shade * 2, 0)) for shade in range(frames)]
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=50, loop=0, comment=b"canary")
    return out.getvalue()


async def test_one_that_moves_goes_on_moving_but_not_for_long(server: Server) -> None:
    _, ann = server.add("ann")
    answer = await server.fetch("/emoji?name=dance", ann, method="POST", body=moving(100))
    assert answer.code == 200, answer.body
    body = (await server.fetch(msgspec.json.decode(answer.body)["url"], ann)).body
    shown = Image.open(io.BytesIO(body))
    assert (shown.format, shown.size, getattr(shown, "n_frames", 1)) == ("WEBP", (128, 64), 100)
    assert b"canary" not in body
    answer = await server.fetch("/emoji?name=endless", ann, method="POST", body=moving(101))
    assert (answer.code, b"This animation is too long" in answer.body) == (413, True)


async def test_what_is_no_small_picture_is_refused_in_words(server: Server) -> None:
    _, ann = server.add("ann")
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    for data, code, field in (
        (svg, 400, "file"),
        (b"GIF89a, or so it says", 400, "file"),
        (b"\x89PNG\r\n\x1a\n" * 40_000, 413, "file"),
        (b"", 413, "size"),
    ):
        answer = await server.fetch("/emoji?name=blob", ann, method="POST", body=data)
        error = msgspec.json.decode(answer.body)["error"]
        assert (answer.code, error["data"]["field"]) == (code, field), error
    assert (await server.fetch("/emoji?name=tada", ann, method="POST", body=picture("PNG", (9, 9)))).code == 409
    assert (await server.fetch("/emoji?name=blob", method="POST", body=picture("PNG", (9, 9)))).code == 401
    assert (await server.rpc(ann, "emoji.page"))["emoji"] == []
