"""Files in and out, over real HTTP: whole and in pieces, cut and resumed, hostile and broken; who may read them, and
when their bytes are gone."""

import asyncio
import contextlib
import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
import tornado.web
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from tornado.httpclient import HTTPResponse

from chinwag import clock
from chinwag.meters import REQUESTS
from chinwag.services import membership
from chinwag.store import blobs
from tests.raw import dial
from tests.world import Fault, Server, free_port, serving, settings, until

SECRET = b"canary-in-the-metadata"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """A picture with a place and a comment in its metadata, turned on its side."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, SECRET.decode()
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind, exif=exif, **options)
    return out.getvalue()


async def upload(server: Server, token: str, data: bytes, name: str = "a file.txt", room: int = 1) -> HTTPResponse:
    """A file at once."""
    return await server.fetch(f"/files?room={room}&name={quote(name)}", token, method="POST", body=data)


async def sent(server: Server, token: str, data: bytes, name: str = "a file.txt", room: int = 1) -> dict[str, Any]:
    response = await upload(server, token, data, name, room)
    assert response.code == 201, response.body
    file: dict[str, Any] = msgspec.json.decode(response.body)
    return file


async def post(server: Server, token: str, *files: str, room: int = 1, body: str = "") -> Any:
    nonce = f"nonce of {files} {body}"[:64]
    return await server.rpc(token, "messages.post", room=room, body=body, nonce=nonce, files=list(files))


async def begin(server: Server, token: str, size: int, name: str = "a.bin") -> str:
    headers = {"Upload-Length": str(size), "Upload-Name": quote(name)}
    response = await server.fetch("/files?room=1", token, method="POST", body=b"", headers=headers)
    assert response.code == 201, response.body
    return response.headers["Location"]


async def patch(server: Server, token: str, place: str, offset: int | str, data: bytes) -> HTTPResponse:
    return await server.fetch(place, token, method="PATCH", body=data, headers={"Upload-Offset": str(offset)})


def error(response: HTTPResponse) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.json.decode(response.body)["error"]
    return told


def kept(server: Server) -> list[Path]:
    """The files in which bytes are kept."""
    return [path for path in (server.config.data / "files").rglob("*") if path.is_file()]


def on_the_way(server: Server) -> list[Path]:
    return list((server.config.data / "uploads").glob("*"))


async def later(server: Server, monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """What the server sweeps away after a while."""
    now = clock.now() + seconds * clock.SECOND
    monkeypatch.setattr(clock, "now", lambda: now)
    await server.app.files.sweep()


# In and out


async def test_a_file_is_sent_posted_and_read(any_server: Server) -> None:
    _, ann = any_server.add("ann")
    _, bob = any_server.add("bob")
    data = bytes(range(256)) * 5_000
    file = await sent(any_server, ann, data, "Bericht für Zoë.bin")
    assert file == {
        "id": file["id"],
        "name": "Bericht für Zoë.bin",
        "type": "application/octet-stream",
        "size": len(data),
    }
    message = await post(any_server, ann, file["id"])
    assert message["files"] == [file]
    assert (await any_server.rpc(bob, "messages.page", room=1))["messages"][-1]["files"] == [file]
    got = await any_server.fetch(f"/files/{file['id']}/whatever", bob)
    assert (got.code, got.body) == (200, data)
    assert got.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Bericht%20f%C3%BCr%20Zo%C3%AB.bin"
    assert got.headers["Content-Security-Policy"].startswith("sandbox;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert got.headers["Cache-Control"] == "private, no-cache"
    again = await any_server.fetch(f"/files/{file['id']}/x", bob, headers={"If-None-Match": got.headers["ETag"]})
    assert (again.code, again.body) == (304, b"")
    assert on_the_way(any_server) == []


async def test_a_cut_upload_goes_on_where_it_was_cut(any_server: Server) -> None:
    _, ann = any_server.add("ann")
    data = bytes(range(256)) * 4_000
    place = await begin(any_server, ann, len(data), "film.bin")
    async with dial(any_server) as raw:
        head = (
            f"PATCH {place} HTTP/1.1\r\nHost: 127.0.0.1:{any_server.config.port}\r\nAuthorization: Bearer {ann}\r\n"
            f"Upload-Offset: 0\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        await raw.send(head.encode() + data[:300_000])
    async with asyncio.timeout(30):
        while True:
            here = await any_server.fetch(place, ann, method="HEAD")
            if int(here.headers["Upload-Offset"]) == 300_000:
                break
    assert here.headers["Upload-Length"] == str(len(data))
    wrong = await patch(any_server, ann, place, 5, data[5:])
    assert (wrong.code, error(wrong)["data"]) == (409, {"kind": "conflict", "field": "offset"})
    half = await patch(any_server, ann, place, 300_000, data[300_000:500_000])
    assert (half.code, half.headers["Upload-Offset"]) == (204, "500000")
    whole = await patch(any_server, ann, place, 500_000, data[500_000:])
    file = msgspec.json.decode(whole.body)
    assert (whole.code, file["size"], file["name"]) == (200, len(data), "film.bin")
    again = await patch(any_server, ann, place, len(data), b"")
    assert (again.code, msgspec.json.decode(again.body)) == (200, file)
    assert (await any_server.fetch(f"/files/{file['id']}/x", ann)).body == data


async def test_whoever_resumes_ends_a_sender_that_hangs(server: Server) -> None:
    _, ann = server.add("ann")
    place = await begin(server, ann, 10)
    async with dial(server) as raw:
        head = (
            f"PATCH {place} HTTP/1.1\r\nHost: 127.0.0.1:{server.config.port}\r\nAuthorization: Bearer {ann}\r\n"
            "Upload-Offset: 0\r\nContent-Length: 10\r\n\r\n"
        )
        await raw.send(head.encode() + b"01234")
        async with asyncio.timeout(30):
            while (await server.fetch(place, ann, method="HEAD")).headers["Upload-Offset"] != "5":
                pass
        assert (await patch(server, ann, place, 5, b"56789")).code == 200
        await raw.send(b"XXXXX")
        assert await raw.read_head() in (404, 409)
    got = await server.fetch(f"/files/{place.rpartition('/')[2]}/x", ann)
    assert got.body == b"0123456789"


async def test_a_file_is_read_in_ranges(server: Server) -> None:
    _, ann = server.add("ann")
    data = bytes(range(200))
    url = f"/files/{(await sent(server, ann, data))['id']}/x"
    for asked, wanted in {
        "bytes=0-9": (206, data[:10], "bytes 0-9/200"),
        "bytes=190-": (206, data[190:], "bytes 190-199/200"),
        "bytes=-5": (206, data[195:], "bytes 195-199/200"),
        "bytes=100-9999": (206, data[100:], "bytes 100-199/200"),
        "bytes=200-": (416, b"", "bytes */200"),
        "bytes=-0": (416, b"", "bytes */200"),
        "bytes=9-5": (200, data, None),
        "bytes=0-1,4-5": (200, data, None),
        "bytes=-": (200, data, None),
        "lines=1-2": (200, data, None),
        "bytes=" + "9" * 40 + "-": (200, data, None),
    }.items():
        got = await server.fetch(url, ann, headers={"Range": asked})
        assert (got.code, got.body, got.headers.get("Content-Range")) == wanted, asked
    other = await server.fetch(url, ann, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert other.body == data
    head = await server.fetch(url, ann, method="HEAD")
    assert (head.headers["Content-Length"], head.headers["Accept-Ranges"], head.body) == ("200", "bytes", b"")


async def test_whoever_hangs_up_while_they_read_is_no_error(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    _, ann = server.add("ann")
    file = await sent(server, ann, bytes(20_000_000))
    answered = REQUESTS.labels("200")._value.get()
    async with dial(server) as raw:
        host = f"127.0.0.1:{server.config.port}"
        await raw.send(
            f"GET /files/{file['id']}/x HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {ann}\r\n\r\n".encode()
        )
        assert await raw.read_head() == 200
    await until(lambda: REQUESTS.labels("200")._value.get() > answered)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_the_page_of_a_rooms_files_is_the_newest_first_and_goes_on(any_server: Server) -> None:
    _, ann = any_server.add("ann")
    names = [f"{number}.txt" for number in range(5)]
    for name in names:
        await post(any_server, ann, (await sent(any_server, ann, name.encode(), name))["id"])
    await sent(any_server, ann, b"never posted")
    first = await any_server.rpc(ann, "files.page", room=1, limit=3)
    assert ([one["file"]["name"] for one in first["files"]], first["more"]) == (names[:1:-1], True)
    rest = await any_server.rpc(ann, "files.page", room=1, limit=3, before=first["files"][-1]["file"]["id"])
    assert ([one["file"]["name"] for one in rest["files"]], rest["more"]) == (names[1::-1], False)


# Pictures


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
async def test_a_picture_is_made_anew_upright_without_metadata_and_with_a_preview(server: Server, kind: str) -> None:
    _, ann = server.add("ann")
    extra = {"comment": SECRET} if kind == "JPEG" else {}
    data = picture(kind, (1600, 1300), **extra)
    assert SECRET in data
    file = await sent(server, ann, data, "me.jpg")
    assert (file["type"], file["width"], file["height"], file["preview"]) == (f"image/{kind.lower()}", 1300, 1600, True)
    assert file["blur"].startswith("data:image/webp;base64,")
    assert len(file["blur"]) <= 300
    got = await server.fetch(f"/files/{file['id']}/me.jpg", ann)
    assert got.headers["Content-Type"] == file["type"]
    assert got.headers["Content-Disposition"].startswith("inline;")
    assert len(got.body) == file["size"]
    assert SECRET not in got.body
    shown = Image.open(io.BytesIO(got.body))
    assert (shown.size, shown.format, dict(shown.getexif())) == ((1300, 1600), kind, {})
    preview = await server.fetch(f"/files/{file['id']}/preview", ann)
    assert preview.headers["Content-Type"] == "image/webp"
    assert Image.open(io.BytesIO(preview.body)).size == (975, 1200)
    assert SECRET not in preview.body


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
async def test_an_animation_stays_one_and_loses_its_metadata(server: Server, kind: str) -> None:
    _, ann = server.add("ann")
    frames = [Image.new("RGB", (40, 20), (shade, 0, 255 - shade)) for shade in range(0, 250, 50)]
    out = io.BytesIO()
    extra = {"comment": SECRET} if kind == "GIF" else {}
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=70, loop=0, **extra)
    file = await sent(server, ann, out.getvalue(), "moving")
    assert (file["width"], file["height"], "preview" in file) == (40, 20, False)
    got = Image.open(io.BytesIO((await server.fetch(f"/files/{file['id']}/preview", ann)).body))
    assert (got.format, getattr(got, "n_frames", 1)) == (kind, 5)
    assert SECRET not in (await server.fetch(f"/files/{file['id']}/x", ann)).body


def bomb() -> bytes:
    """A PNG of 50,000 × 50,000 whose pixels never come."""
    out = io.BytesIO()
    Image.new("1", (8, 8)).save(out, "PNG")
    data = bytearray(out.getvalue())
    data[16:24] = (50_000).to_bytes(4) * 2
    import zlib

    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4)
    return bytes(data)


def long_film() -> bytes:
    """A small GIF of so many frames that they are 130 megapixels."""
    out = io.BytesIO()
    frames = [Image.new("P", (1100, 1100), shade) for shade in range(110)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], optimize=False)
    return out.getvalue()


REFUSED = {
    "an image bomb": (bomb, 413, "file", "megapixels"),
    "an endless animation": (long_film, 413, "file", "animation"),
    "half a photograph": (lambda: picture("JPEG", (900, 900))[:-3000], 400, "file", "damaged"),
    "half a PNG": (lambda: picture("PNG", (300, 300))[:700], 400, "file", "damaged"),
    "only the first bytes of a picture": (lambda: b"\xff\xd8\xff\xe0" + bytes(100), 400, "file", "damaged"),
    "nothing": (lambda: b"", 400, "size", "empty"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_cannot_be_kept_is_refused_in_words_and_leaves_nothing(server: Server, what: str) -> None:
    _, ann = server.add("ann")
    make, status, field, words = REFUSED[what]
    answer = await upload(server, ann, make(), "picture.png")
    assert (answer.code, error(answer)["data"]["field"] if status != 400 else field) == (status, field), answer.body
    assert words in error(answer)["message"]
    assert (kept(server), on_the_way(server)) == ([], [])


SAVED = {
    "an SVG with a script": ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "a page": ("x.html", b"<!doctype html><script>alert(1)</script>"),
    "a PDF named .png": ("x.png", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    "a page behind the first bytes of a film": ("x.mp4", b"\0\0\0\x18ftyphtml<script>alert(1)</script>"),
    "a picture of a kind that is not shown": ("x.tiff", b"II*\0" + bytes(50)),
    "Matroska": ("x.webm", b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska"),
    "two bytes": ("x.jpg", b"\xff\xd8"),
}


@pytest.mark.parametrize("what", SAVED)
async def test_whatever_could_run_is_only_ever_saved(server: Server, what: str) -> None:
    _, ann = server.add("ann")
    name, data = SAVED[what]
    file = await sent(server, ann, data, name)
    got = await server.fetch(f"/files/{file['id']}/{name}", ann)
    assert got.body == data
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


SHOWN = {
    "video/mp4": b"\0\0\0\x18ftypisom\0\0\2\0",
    "audio/mp4": b"\0\0\0\x18ftypM4A \0\0\2\0",
    "video/webm": b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm",
    "audio/mpeg": b"ID3\4\0",
    "audio/flac": b"fLaC\0\0\0\x22",
    "audio/wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "audio/ogg": b"OggS\0\2" + bytes(22) + b"\x01\x1eOpusHead",
    "video/ogg": b"OggS\0\2" + bytes(22) + b"\x01\x2a\x80theora",
}


@pytest.mark.parametrize("kind", SHOWN)
async def test_sound_and_film_are_shown_by_their_first_bytes(server: Server, kind: str) -> None:
    _, ann = server.add("ann")
    file = await sent(server, ann, SHOWN[kind] + bytes(100), "page.html")
    got = await server.fetch(f"/files/{file['id']}/page.html", ann, headers={"Range": "bytes=0-3"})
    assert (got.code, got.headers["Content-Type"]) == (206, kind)
    assert got.headers["Content-Disposition"].startswith("inline;")


async def test_a_name_is_cleaned_and_never_leads_anywhere(server: Server) -> None:
    _, ann = server.add("ann")
    for name, wanted in {
        "../../etc/passwd": "passwd",
        "C:\\Users\\ann\\a.txt": "a.txt",
        "gpj.\u202eexe": "gpj.exe",
        "a\r\nSet-Cookie: x=1": "a Set-Cookie: x=1",
        "...": "file",
        "": "file",
        "ü" * 300 + ".tar.gz": "ü" * 117 + ".gz",
    }.items():
        place = await begin(server, ann, 1, name)
        file = msgspec.json.decode((await patch(server, ann, place, 0, b"x")).body)
        assert file["name"] == wanted
        assert "Set-Cookie" not in (await server.fetch(f"/files/{file['id']}/x", ann)).headers


# Limits


async def test_what_is_too_large_or_over_the_quota_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    async with serving(settings(tmp_path / "data", file_size=1, files_each=2, files_all=3)) as server:
        _, ann = server.add("ann")
        _, bob = server.add("bob")
        large = await upload(server, ann, bytes(1_000_001))
        assert (large.code, error(large)["message"]) == (413, "A file has at most 1 MB.")
        files = [await sent(server, ann, bytes([number]) * 900_000) for number in (1, 2)]
        over = await upload(server, ann, bytes(900_000))
        assert (over.code, error(over)["data"]["field"]) == (409, "size")
        assert "Your files" in error(over)["message"]
        await sent(server, bob, b"3" * 900_000)
        full = await upload(server, bob, b"4" * 900_000)
        assert (full.code, "administrator" in error(full)["message"]) == (409, True)
        await server.rpc(ann, "files.delete", file=files[0]["id"])
        freed = await upload(server, ann, bytes(900_000))
        assert "administrator" in error(freed)["message"], "her own are no longer too many"


async def test_a_body_that_is_longer_than_announced_is_refused(server: Server) -> None:
    _, ann = server.add("ann")
    place = await begin(server, ann, 10)
    answer = await patch(server, ann, place, 0, bytes(11))
    assert (answer.code, error(answer)["data"]["field"]) == (413, "size")


async def test_no_header_brings_an_upload_down(server: Server) -> None:
    _, ann = server.add("ann")
    for value in ("-1", "1.5", "x", "", "9" * 30, "²"):
        for name in ("Upload-Length", "Upload-Offset", "Content-Length"):
            if name == "Content-Length":
                continue
            place = await begin(server, ann, 5)
            url, method = ("/files?room=1", "POST") if name == "Upload-Length" else (place, "PATCH")
            with contextlib.suppress(UnicodeEncodeError):
                answer = await server.fetch(url, ann, method=method, body=b"", headers={name: value})
                assert answer.code == 400, (name, value, answer.body)
    for room in ("", "x", "-1", "1 OR 1=1", "9" * 30):
        answer = await server.fetch(f"/files?room={quote(room)}&name=x", ann, method="POST", body=b"x")
        assert answer.code in (400, 404)
    assert (await server.fetch("/files?room=999&name=x", ann, method="POST", body=b"x")).code == 404


async def test_only_ones_own_page_may_send_with_a_cookie(server: Server) -> None:
    user, _ = server.add("ann")
    cookie = {"Cookie": server.cookie(user)}
    foreign = {**cookie, "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = await server.fetch("/files?room=1&name=x", method="POST", body=b"x", headers=foreign)
    assert answer.code == 403
    own = {**cookie, "Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    answer = await server.fetch("/files?room=1&name=x", method="POST", body=b"x", headers=own)
    assert answer.code == 201
    url = f"/files/{msgspec.json.decode(answer.body)['id']}/x"
    assert (await server.fetch(url, headers=own)).code == 200
    assert (await server.fetch(url, headers=foreign)).code == 403
    assert (await server.fetch("/files?room=1&name=x", method="POST", body=b"x")).code == 401


# Who may


async def test_an_unposted_file_is_its_uploaders_alone_and_is_posted_once_in_its_room(any_server: Server) -> None:
    _, ann = any_server.add("ann")
    _, bob = any_server.add("bob")
    room = (await any_server.rpc(ann, "rooms.create", name="Another"))["id"]
    file = (await sent(any_server, ann, b"mine"))["id"]
    assert (await any_server.fetch(f"/files/{file}/x", bob)).code == 404
    assert (await any_server.fetch(f"/files/uploads/{file}", bob, method="HEAD")).code == 404
    for token, given_room, field in ((bob, 1, "file"), (ann, room, "file")):
        with pytest.raises(Fault) as caught:
            await post(any_server, token, file, room=given_room, body="mine")
        assert (caught.value.kind, caught.value.field) == ("not_found", field)
    with pytest.raises(Fault) as caught:
        await post(any_server, ann, file, file)
    assert caught.value.field == "files"
    await post(any_server, ann, file)
    with pytest.raises(Fault) as caught:
        await post(any_server, ann, file, body="again")
    assert (caught.value.kind, caught.value.field) == ("conflict", "files")
    assert (await any_server.fetch(f"/files/{file}/x", bob)).code == 200


async def test_whoever_is_removed_reads_no_file_more(server: Server) -> None:
    _, ann = server.add("ann")
    bob, token = server.add("bob")
    room = (await server.rpc(ann, "rooms.create", name="Private", kind="private", users=[bob]))["id"]
    file = (await sent(server, ann, picture(), "me.jpg", room))["id"]
    await post(server, ann, file, room=room)
    for path in ("me.jpg", "preview"):
        assert (await server.fetch(f"/files/{file}/{path}", token)).code == 200
    await server.rpc(ann, "members.remove", room=room, user=bob)
    missing = await server.fetch("/files/nothing/me.jpg", token)
    for path in ("me.jpg", "preview"):
        got = await server.fetch(f"/files/{file}/{path}", token)
        assert (got.code, got.body) == (404, missing.body)


# What is deleted is gone


async def test_a_deleted_messages_bytes_are_gone_unless_another_message_has_them(
    any_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ann = any_server.add("ann")
    first = (await sent(any_server, ann, b"the same", "one"))["id"]
    second = (await sent(any_server, ann, b"the same", "two"))["id"]
    assert len(kept(any_server)) == 1
    messages = [(await post(any_server, ann, file))["id"] for file in (first, second)]
    deleted = await any_server.rpc(ann, "messages.delete", message=messages[0])
    assert deleted["files"] == []
    await later(any_server, monkeypatch, 700)
    assert (await any_server.fetch(f"/files/{first}/x", ann)).code == 404
    assert (await any_server.fetch(f"/files/{second}/x", ann)).body == b"the same"
    await any_server.rpc(ann, "messages.delete", message=messages[1])
    await later(any_server, monkeypatch, 1)
    assert kept(any_server) == []
    assert (await any_server.fetch(f"/files/{second}/x", ann)).code == 404
    await sent(any_server, ann, b"the same")
    assert len(kept(any_server)) == 1


async def test_what_comes_while_the_same_is_being_removed_is_kept(
    any_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ann = any_server.add("ann")
    files = any_server.app.files
    file = (await sent(any_server, ann, b"the same"))["id"]
    await any_server.rpc(ann, "files.delete", file=file)
    now = clock.now() + 700 * clock.SECOND
    monkeypatch.setattr(clock, "now", lambda: now)
    stage = any_server.stage
    (gone,) = stage.act(blobs.sweep)
    coming = asyncio.ensure_future(sent(any_server, ann, b"the same"))
    await asyncio.wait([coming], timeout=0.3)
    assert not coming.done(), "it must wait until the others are removed, else its own would be"
    await files._disk(files._blobs.remove, gone)
    stage.act(blobs.forget, hashes=[gone], at=now)
    again = await coming
    assert (await any_server.fetch(f"/files/{again['id']}/x", ann)).body == b"the same"
    await files.sweep()
    assert len(kept(any_server)) == 1


async def test_a_file_is_deleted_by_its_author_or_a_moderator_alone(any_server: Server) -> None:
    _, ann = any_server.add("ann")
    bob, bobs = any_server.add("bob")
    room = (await any_server.rpc(ann, "rooms.create", name="Ops", kind="private", users=[bob]))["id"]
    files = [(await sent(any_server, ann, str(n).encode(), room=room))["id"] for n in range(2)]
    message = await post(any_server, ann, *files, room=room)
    with pytest.raises(Fault) as caught:
        await any_server.rpc(bobs, "files.delete", file=files[0])
    assert caught.value.kind == "forbidden"
    await any_server.rpc(ann, "files.delete", file=files[0])
    (shown,) = (await any_server.rpc(bobs, "messages.page", room=room))["messages"]
    assert (shown["id"], [file["id"] for file in shown["files"]]) == (message["id"], files[1:])
    await any_server.rpc(ann, "members.role", room=room, user=bob, role="moderator")
    await any_server.rpc(bobs, "files.delete", file=files[1])
    (gone,) = (await any_server.rpc(bobs, "messages.page", room=room))["messages"]
    assert (gone["deleted"], gone["files"]) == (True, [])


async def test_what_nobody_finishes_or_posts_is_given_up_after_a_day(
    any_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ann = any_server.add("ann")
    place = await begin(any_server, ann, 10)
    await patch(any_server, ann, place, 0, b"half")
    file = (await sent(any_server, ann, b"never posted"))["id"]
    any_server.app.files._swept_at = 0.0
    await later(any_server, monkeypatch, 2 * 86_400)
    assert (await any_server.fetch(place, ann, method="HEAD")).code == 404
    assert (await any_server.fetch(f"/files/{file}/x", ann)).code == 404
    assert (kept(any_server), on_the_way(any_server)) == ([], [])


async def test_an_upload_that_is_not_wanted_any_more_leaves_nothing(server: Server) -> None:
    _, ann = server.add("ann")
    place = await begin(server, ann, 10)
    await patch(server, ann, place, 0, b"half")
    assert (await server.fetch(place, ann, method="DELETE")).code == 204
    assert (await server.fetch(place, ann, method="HEAD")).code == 404
    file = await sent(server, ann, b"whole")
    assert (await server.fetch(f"/files/uploads/{file['id']}", ann, method="DELETE")).code == 204
    assert (await server.fetch(f"/files/{file['id']}/x", ann)).code == 404
    assert on_the_way(server) == []


# Pictures of people


async def test_a_picture_of_oneself_is_shown_to_those_who_may_know_one(any_server: Server) -> None:
    user, ann = any_server.add("ann")
    gus, guest = any_server.add("gus", kind="guest", role="guest")
    cleo, _ = any_server.add("cleo")
    shown = await any_server.fetch("/avatar", ann, method="POST", body=picture("JPEG", (600, 400)))
    path = msgspec.json.decode(shown.body)["avatar"]
    assert path.startswith(f"/avatars/{user}/")
    for token in (ann, guest):
        got = await any_server.fetch(path, token)
        assert (got.code, Image.open(io.BytesIO(got.body)).size) == (200, (256, 256))
    assert (await any_server.fetch(path)).code == 401
    assert (await any_server.fetch(path.replace(f"/{user}/", f"/{cleo}/"), ann)).code == 404
    any_server.stage.act(membership.put_out, room=1, user=gus)
    assert (await any_server.fetch(path, guest)).code == 404
    gone = await any_server.fetch("/avatar", ann, method="DELETE")
    assert msgspec.json.decode(gone.body)["avatar"] == ""
    assert (await any_server.fetch(path, ann)).code == 404


async def test_only_a_picture_becomes_one_of_oneself(server: Server) -> None:
    _, ann = server.add("ann")
    for data in (b"", b"<svg/>", bomb(), b"\xff\xd8\xff broken"):
        answer = await server.fetch("/avatar", ann, method="POST", body=data)
        assert answer.code in (400, 413), data[:10]
        assert error(answer)["message"]
    assert (kept(server), on_the_way(server)) == ([], [])


# Whatever bytes come, in whatever pieces


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(min_size=1, max_size=3000),
    cuts=st.lists(st.integers(0, 3000), max_size=4),
    wrong=st.integers(0, 4000),
)
def test_whatever_comes_in_whatever_pieces_is_what_is_read(
    fuzzed: tuple[Server, str, asyncio.AbstractEventLoop], data: bytes, cuts: list[int], wrong: int
) -> None:
    server, ann, loop = fuzzed

    async def story() -> None:
        place = await begin(server, ann, len(data))
        at = 0
        for cut in sorted({min(cut, len(data)) for cut in cuts} | {len(data)}):
            if wrong != at:
                assert (await patch(server, ann, place, wrong, data)).code == 409
            answer = await patch(server, ann, place, at, data[at:cut])
            at = cut
            assert answer.code == (200 if at == len(data) else 204), answer.body
        got = await server.fetch(f"/files/{place.rpartition('/')[2]}/x", ann)
        assert (got.code, got.body) == (200, data)

    loop.run_until_complete(story())


PICTURES = [picture(kind, (40, 30)) for kind in ("JPEG", "PNG", "GIF", "WEBP", "AVIF")]


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    whole=st.sampled_from(PICTURES),
    changes=st.lists(st.tuples(st.integers(0, 5000), st.binary(min_size=1, max_size=8)), max_size=6),
    length=st.integers(1, 5000),
)
def test_whatever_is_done_to_a_picture_it_is_clean_or_refused_in_words(
    fuzzed: tuple[Server, str, asyncio.AbstractEventLoop],
    whole: bytes,
    changes: list[tuple[int, bytes]],
    length: int,
) -> None:
    server, ann, loop = fuzzed
    spoilt = bytearray(whole)
    for at, other in changes:
        spoilt[at % len(whole) : at % len(whole) + len(other)] = other
    data = bytes(spoilt[:length])

    async def story() -> None:
        answer = await upload(server, ann, data, "picture.png")
        if answer.code in (400, 413):
            assert error(answer)["message"]
        else:
            assert answer.code == 201, answer.body
            file = msgspec.json.decode(answer.body)
            got = await server.fetch(f"/files/{file['id']}/x", ann)
            if file["type"].startswith("image/"):
                shown = Image.open(io.BytesIO(got.body))
                shown.load()
                assert (SECRET in got.body, shown.size) == (False, (file["width"], file["height"]))
            else:
                assert (got.body, got.headers["Content-Disposition"][:10]) == (data, "attachment")
        assert on_the_way(server) == []

    loop.run_until_complete(story())


@pytest.fixture
def fuzzed(tmp_path: Path) -> Any:
    """A server on a loop that a test without one runs."""
    loop = asyncio.new_event_loop()
    stack = contextlib.AsyncExitStack()
    server: Server = loop.run_until_complete(stack.enter_async_context(serving(settings(tmp_path / "data"))))
    yield server, server.add("ann")[1], loop
    loop.run_until_complete(stack.aclose())
    loop.close()


# In a bucket


class BucketHandler(tornado.web.RequestHandler):
    """As much of S3 as keeps, reads and removes small objects; who signs is not looked at."""

    def initialize(self, kept: dict[str, bytes]) -> None:
        self.kept = kept

    def put(self, key: str) -> None:
        self.kept[key] = self.request.body
        self.set_header("ETag", '"1"')

    def get(self, key: str) -> None:
        if key not in self.kept:
            raise tornado.web.HTTPError(404)
        data = self.kept[key]
        self.set_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        self.set_header("ETag", '"1"')
        if wanted := self.request.headers.get("Range"):
            first, last = (int(number) for number in wanted.removeprefix("bytes=").split("-"))
            self.set_status(206)
            self.set_header("Content-Range", f"bytes {first}-{min(last, len(data) - 1)}/{len(data)}")
            data = data[first : last + 1]
        self.write(data)

    head = get

    def post(self, _: str) -> None:
        """Remove some."""
        keys = re.findall("<Key>(.+?)</Key>", self.request.body.decode())
        for key in keys:
            del self.kept[key]
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self.write(f"<DeleteResult>{gone}</DeleteResult>")


async def test_a_server_keeps_its_files_in_a_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    objects: dict[str, bytes] = {}
    bucket = tornado.web.Application([(r"/chat/?(.*)", BucketHandler, {"kept": objects})], log_function=lambda _: None)
    port = free_port()
    listening = bucket.listen(port, "127.0.0.1")
    for name, value in {"ENDPOINT": f"http://127.0.0.1:{port}", "ALLOW_HTTP": "true", "REGION": "here"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    async with serving(settings(tmp_path / "data", files="s3://chat")) as server:
        _, ann = server.add("ann")
        data = bytes(range(256)) * 4_000
        first, second = [await sent(server, ann, data) for _ in range(2)]
        assert (list(objects.values()), kept(server)) == ([data], [])
        got = await server.fetch(f"/files/{second['id']}/x", ann, headers={"Range": "bytes=500000-"})
        assert (got.code, got.body) == (206, data[500_000:])
        shown = await sent(server, ann, picture(), "me.jpg")
        assert (await server.fetch(f"/files/{shown['id']}/preview", ann)).code == 200
        for file in (first, second, shown):
            await server.rpc(ann, "files.delete", file=file["id"])
        await later(server, monkeypatch, 700)
        assert objects == {}
    listening.stop()
