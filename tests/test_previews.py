"""Link previews: what is fetched after a post, for whom, and how it goes away."""

import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from PIL import Image

from chinwag.errors import Forbidden, NotFound
from chinwag.services import previews
from chinwag.services.previews import Found, clean
from chinwag.store.previews import page_tried
from chinwag.store.tx import Tx
from tests.test_fetch import Host, answering, hosting
from tests.world import Client, Fault, Server, Stage, refused, until


def png(width: int = 900, height: int = 600) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


async def site(head: bytes, writer: Any) -> None:
    """A page at every address, and a picture."""
    path = head.split()[1].decode()
    if path == "/picture.png":
        await answering("200 OK\r\nContent-Type: image/png", png())(head, writer)
    elif path == "/nothing":
        await answering("404 Not Found")(head, writer)
    else:
        meta = '<meta property="og:image" content="/picture.png">' if path == "/pictured" else ""
        page = f'<title>Page {path}</title><meta name="description" content="About {path}">{meta}'
        await answering("200 OK\r\nContent-Type: text/html", page.encode())(head, writer)


@pytest.fixture
async def host(any_server: Server) -> AsyncIterator[Host]:
    async with hosting(site) as host:
        any_server.app.previews.fetcher = host.fetcher()
        yield host


async def started(server: Server, handle: str = "ann") -> Client:
    _, token = server.add(handle)
    client = await server.client(token)
    await client.start()
    return client


async def previewed(client: Client, message: int, count: int) -> list[dict[str, Any]]:
    """The previews of a message, once it has so many."""
    await client.until(lambda: len(client.state["messages"].get(message, {}).get("previews", [])) == count)
    shown: list[dict[str, Any]] = client.state["messages"][message].get("previews", [])
    return shown


async def test_a_link_gets_its_title_text_and_a_picture_from_our_own_server(any_server: Server, host: Host) -> None:
    client = await started(any_server)
    body = f"see {host.url('/pictured')} and {host.url('/nothing')} and {host.url('/other')}"
    said = await client.call("messages.post", room=1, body=body, nonce="1")
    assert said["previews"] == []
    first, second = await previewed(client, said["id"], 2)
    assert (first["url"], first["title"], first["text"]) == (
        host.url("/pictured"),
        "Page /pictured",
        "About /pictured",
    )
    assert (first["site"], first["width"], first["height"]) == ("page.test", 480, 320)
    assert second["title"] == "Page /other"
    assert "image" not in second
    picture = await any_server.fetch(first["image"], any_server.token(said["author"]))
    assert picture.headers["Content-Type"] == "image/webp"
    assert Image.open(io.BytesIO(picture.body)).size == (480, 320)
    assert (await any_server.fetch(first["image"])).code == 401
    await client.close()


async def test_only_members_of_the_room_get_a_previews_picture(any_server: Server, host: Host) -> None:
    client = await started(any_server)
    room = (await client.call("rooms.create", name="Own", kind="private"))["id"]
    said = await client.call("messages.post", room=room, body=host.url("/pictured"), nonce="1")
    (shown,) = await previewed(client, said["id"], 1)
    _, outsider = any_server.add("bob")
    missing = await any_server.fetch(f"/previews/{'0' * 64}", outsider)
    refusal = await any_server.fetch(shown["image"], outsider)
    assert (refusal.code, refusal.body) == (missing.code, missing.body) == (404, missing.body)
    await client.close()


async def test_an_edit_fetches_only_new_links_and_drops_those_of_links_that_are_gone(
    any_server: Server, host: Host
) -> None:
    client = await started(any_server)
    said = await client.call("messages.post", room=1, body=f"{host.url('/a')} {host.url('/b')}", nonce="1")
    await previewed(client, said["id"], 2)
    edited = await client.call("messages.edit", message=said["id"], body=f"{host.url('/b')} {host.url('/c')}")
    assert [one["title"] for one in edited["previews"]] == ["Page /b"]
    shown = await previewed(client, said["id"], 2)
    assert [one["title"] for one in shown] == ["Page /b", "Page /c"]
    assert [head.split()[1] for head in host.asked] == [b"/a", b"/b", b"/c"]
    await client.close()


async def test_a_preview_that_was_removed_stays_so(any_server: Server, host: Host) -> None:
    client = await started(any_server)
    said = await client.call("messages.post", room=1, body=f"{host.url('/a')} {host.url('/b')}", nonce="1")
    first, _ = await previewed(client, said["id"], 2)
    removed = await client.call("previews.remove", message=said["id"], place=first["place"])
    assert [one["title"] for one in removed["previews"]] == ["Page /b"]
    with pytest.raises(Fault):
        await client.call("previews.remove", message=said["id"], place=first["place"])
    body = f"again {host.url('/a')} {host.url('/b')} {host.url('/c')}"
    await client.call("messages.edit", message=said["id"], body=body)
    shown = await previewed(client, said["id"], 2)
    assert [one["title"] for one in shown] == ["Page /b", "Page /c"]
    await client.close()


async def test_what_is_changed_between_the_last_look_and_its_end_is_looked_at_again(
    any_server: Server, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await started(any_server)
    read = any_server.app.previews._read
    edits = [host.url("/b")]

    async def then_edit(*words: Any, message: int, **more: Any) -> Any:
        urls = await read(*words, message=message, **more)
        if not urls and edits:
            await client.call("messages.edit", message=message, body=edits.pop())
        return urls

    monkeypatch.setattr(any_server.app.previews, "_read", then_edit)
    said = await client.call("messages.post", room=1, body=host.url("/a"), nonce="1")
    await client.until(
        lambda: "Page /b" in [one["title"] for one in client.state["messages"].get(said["id"], {}).get("previews", [])]
    )
    await client.close()


async def test_nothing_is_fetched_where_previews_are_off(any_server: Server, host: Host) -> None:
    _, owner = any_server.add("olga", role="owner")
    await any_server.rpc(owner, "admin.settings", previews=False)
    client = await started(any_server)
    said = await client.call("messages.post", room=1, body=host.url("/a"), nonce="1")
    await any_server.rpc(owner, "admin.settings", previews=True)
    later = await client.call("messages.post", room=1, body=host.url("/b"), nonce="2")
    await previewed(client, later["id"], 1)
    assert [head.split()[1] for head in host.asked] == [b"/b"]
    assert client.state["messages"][said["id"]]["previews"] == []
    await client.close()


async def test_what_leads_inside_is_neither_reached_nor_shown(any_server: Server, host: Host) -> None:
    client = await started(any_server)
    reached = host.fetcher()
    any_server.app.previews.fetcher = type(reached)(ports=frozenset({host.port, 80, 443}))
    inside = [f"http://127.0.0.1:{host.port}/", f"http://localhost:{host.port}/", f"http://0x7f.1:{host.port}/"]
    said = await client.call("messages.post", room=1, body=" ".join(inside), nonce="1")
    await until(lambda: any_server.stage.act(_tried, message=said["id"]) == inside)
    assert host.connected == 0
    assert client.state["messages"][said["id"]]["previews"] == []
    await client.close()


def _tried(tx: Tx, *, message: int) -> list[str]:
    return page_tried(tx, message)


# The services


def keep(stage: Stage, message: int, url: str, title: str = "A page") -> None:
    stage.act(previews.keep, message=message, own="http://chat.test", found=Found(url, title))


def test_links_that_get_previews_are_five_and_none_to_ourselves_or_in_code(stage: Stage) -> None:
    ann = stage.add("ann")
    links = " ".join(f"https://page.test/{number}?a=1&b=2" for number in range(7))
    body = f"http://chat.test/rooms/lobby `https://code.test` mailto:a@b.test http://chat.tester/ {links}"
    said = stage.call("messages.post", ann, room=1, body=body, nonce="1")
    wanted = ["http://chat.tester/", *(f"https://page.test/{number}?a=1&b=2" for number in range(4))]
    assert stage.act(previews.wanted, message=said.id, own="http://chat.test") == wanted


def test_a_preview_of_a_message_that_changed_meanwhile_is_dropped(stage: Stage) -> None:
    ann = stage.add("ann")
    said = stage.call("messages.post", ann, room=1, body="https://page.test/", nonce="1")
    stage.call("messages.edit", ann, message=said.id, body="nothing")
    stage.told.clear()
    keep(stage, said.id, "https://page.test/")
    other = stage.call("messages.post", ann, room=1, body="https://page.test/", nonce="2")
    stage.call("messages.delete", ann, message=other.id)
    told = len(stage.told)
    keep(stage, other.id, "https://page.test/")
    assert len(stage.told) == told
    again = stage.call("messages.post", ann, room=1, body="https://page.test/", nonce="3")
    keep(stage, again.id, "https://page.test/")
    keep(stage, again.id, "https://page.test/", "twice")
    page = stage.call("messages.page", ann, room=1).messages
    assert [one.title for one in page[-1].previews] == ["A page"]


def test_only_the_author_and_moderators_remove_a_preview(stage: Stage) -> None:
    ann, bob, eve = stage.add("ann"), stage.add("bob"), stage.add("eve")
    room = stage.call("rooms.create", ann, name="Own", kind="private", users=[bob.user]).id
    said = stage.call("messages.post", ann, room=room, body="https://page.test/", nonce="1")
    keep(stage, said.id, "https://page.test/")
    with refused(Forbidden):
        stage.call("previews.remove", bob, message=said.id, place=0)
    with refused(NotFound, "message"):
        stage.call("previews.remove", eve, message=said.id, place=0)
    with refused(NotFound, "preview"):
        stage.call("previews.remove", ann, message=said.id, place=1)
    assert stage.call("previews.remove", ann, message=said.id, place=0).previews == []


def test_a_strangers_text_is_one_bounded_line() -> None:
    assert clean(" a\n\tb\u202e\x00 c ", 10) == "a b c"
    assert clean("x" * 100, 10) == "x" * 9 + "…"
