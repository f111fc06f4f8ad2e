"""The server over HTTP: statuses, headers, cookies, other sites, `POST /chat`, the client's files, health, metrics."""

import asyncio
import contextlib
import gzip
import json
import logging
import re
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tornado.httpclient
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from chinwag import __version__, app, logs
from chinwag.errors import Unavailable
from chinwag.push import Pusher
from chinwag.rpc import METHODS
from chinwag.services import files as file_service
from chinwag.services import invites, workspace
from chinwag.store.batch import Job
from chinwag.store.tx import Caller, Tx
from chinwag.web import files, routes
from chinwag.web import health as web_health
from chinwag.web.calls import CallHandler
from tests.raw import Raw, dial, request
from tests.world import (
    PASSWORD,
    Fault,
    Server,
    free_port,
    open_database,
    program,
    serving,
    settings,
    until,
    wait_for_port,
)

JSON = {"Content-Type": "application/json"}
HEADERS = {
    "Content-Security-Policy": re.compile(r"default-src 'none'; script-src 'self';.*frame-ancestors 'none'"),
    "X-Content-Type-Options": re.compile("nosniff"),
    "Referrer-Policy": re.compile("no-referrer"),
    "Cross-Origin-Opener-Policy": re.compile("same-origin"),
    "Cross-Origin-Resource-Policy": re.compile("same-origin"),
}

Response = tornado.httpclient.HTTPResponse


async def rpc(server: Server, method: str, token: str | None = None, /, **options: Any) -> Response:
    """A call over HTTP: its whole response. `headers` are further ones."""
    headers = {**JSON, **options.pop("headers", {})}
    return await server.fetch("/rpc", token, method="POST", body=request(method, **options), headers=headers)


def set_up(tx: Tx) -> str:
    """The secret of a set-up link."""
    return invites.make_setup_link(tx).rpartition("#")[2]


def open_doors(tx: Tx) -> object:
    """Let guests in, and people sign up."""
    return workspace.change_settings(tx, {"guests": True, "signup": True})


async def owner(server: Server, **options: Any) -> Response:
    """The first owner signs up: the response, with the cookie."""
    secret = server.stage.act(set_up)
    return await rpc(server, "setup.accept", token=secret, name="Ann", email="ann@a.test", password=PASSWORD, **options)


def cookie_of(response: Response) -> tuple[str, str, set[str]]:
    """The name, the value and the attributes of the one cookie that a response sets."""
    (line,) = response.headers.get_list("Set-Cookie")
    pair, *attributes = line.split("; ")
    name, _, value = pair.partition("=")
    return name, value, set(attributes)


def expires(response: Response) -> datetime:
    """When the one cookie that a response sets ends."""
    (ends,) = (one.partition("=")[2] for one in cookie_of(response)[2] if one.startswith("expires="))
    return parsedate_to_datetime(ends)


# Statuses


async def test_the_status_says_what_the_error_says(server: Server) -> None:
    ann, token = server.add("ann")
    _, bob = server.add("bob", role="owner")
    room = (await server.rpc(bob, "rooms.create", name="Secret", kind="private"))["id"]
    post = {"room": 1, "body": "hello", "nonce": "n"}
    assert (await rpc(server, "messages.post", token, **post)).code == 200
    assert (await rpc(server, "no.such", token)).code == 404
    assert (await rpc(server, "messages.post", token)).code == 400
    assert (await rpc(server, "accounts.me")).code == 401
    assert (await rpc(server, "admin.audit", token)).code == 403
    assert (await rpc(server, "messages.page", token, room=room)).code == 404
    assert (await rpc(server, "messages.page", token, room=99)).code == 404
    assert (await rpc(server, "rooms.leave", token, room=1)).code == 409
    assert (await rpc(server, "messages.post", token, **post | {"body": "x" * 8_001, "nonce": "long"})).code == 413
    assert (await server.fetch("/rpc", token, method="POST", body=b"no JSON", headers=JSON)).code == 400
    batch = b"[" + request("accounts.me") + b"," + request("no.such") + b"]"
    assert (await server.fetch("/rpc", token, method="POST", body=batch, headers=JSON)).code == 200
    assert ann == 1


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"]
)
async def test_only_json_is_taken_as_calls(server: Server, kind: str) -> None:
    response = await server.fetch("/rpc", method="POST", body=request("workspace.look"), headers={"Content-Type": kind})
    assert response.code == 415
    assert "Content-Type: application/json" in json.loads(response.body)["error"]["message"]


async def test_the_charset_of_json_does_no_harm(server: Server) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    response = await server.fetch("/rpc", method="POST", body=request("workspace.look"), headers=headers)
    assert response.code == 200


async def test_other_methods_are_405_and_other_addresses_404(server: Server) -> None:
    assert (await server.fetch("/rpc")).code == 405
    assert (await server.fetch("/chat")).code == 405
    assert (await server.fetch("/rpc", method="PUT", body=b"{}")).code == 405
    assert (await server.fetch("/health", method="DELETE")).code == 405
    assert (await server.fetch("/somewhere", method="POST", body=b"")).code in (404, 405)


async def test_a_call_about_a_connection_says_to_use_one(server: Server) -> None:
    _, token = server.add("ann")
    response = await rpc(server, "presence.set", token, state="away")
    assert (response.code, "WebSocket" in json.loads(response.body)["error"]["message"]) == (400, True)


# Cookies


async def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_do_not_get(server: Server) -> None:
    name, value, attributes = cookie_of(await owner(server))
    assert name == f"chinwag-{server.config.port}"
    assert re.fullmatch(r"cws_[\w-]{43}", value)
    assert attributes == {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=7776000"}
    me = await rpc(server, "accounts.me", headers={"Cookie": f"{name}={value}"})
    assert json.loads(me.body)["result"]["email"] == "ann@a.test"


async def test_under_https_the_cookie_is_secure_and_of_this_host_alone(tmp_path: Path) -> None:
    async with serving(settings(tmp_path / "data", base_url="https://chat.example.org")) as server:
        headers = {"Host": "chat.example.org", "Origin": "https://chat.example.org"}
        response = await owner(server, headers=headers)
        name, _, attributes = cookie_of(response)
        assert name == "__Host-chinwag"
        assert attributes == {"HttpOnly", "SameSite=Lax", "Path=/", "Secure", "Max-Age=7776000"}
        assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert (await rpc(server, "workspace.look", headers={"Host": "chat.example.org"})).code == 200
        assert (await rpc(server, "workspace.look", headers={"Origin": "http://chat.example.org"})).code == 403


async def test_signing_out_clears_the_cookie_and_ends_the_session(server: Server) -> None:
    name, value, _ = cookie_of(await owner(server))
    held = {"Cookie": f"{name}={value}"}
    response = await rpc(server, "sessions.end", headers=held)
    assert cookie_of(response)[:2] == (name, '""')
    assert expires(response) < datetime.now(UTC)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= cookie_of(response)[2]
    assert (await rpc(server, "accounts.me", headers=held)).code == 401


async def test_a_new_password_renews_the_cookie_and_ends_every_other_session(server: Server) -> None:
    name, value, _ = cookie_of(await owner(server))
    elsewhere = cookie_of(await rpc(server, "sessions.create", login="ann", password=PASSWORD))[1]
    token = server.token(1)
    held = {"Cookie": f"{name}={value}"}
    response = await rpc(server, "accounts.password", old=PASSWORD, new="another good one", headers=held)
    assert response.code == 200
    renewed = cookie_of(response)[1]
    for secret, code in ((value, 401), (elsewhere, 401), (renewed, 200)):
        assert (await rpc(server, "accounts.me", headers={"Cookie": f"{name}={secret}"})).code == code
    assert (await rpc(server, "accounts.me", token)).code == 401
    assert (await rpc(server, "sessions.create", login="ann", password=PASSWORD)).code == 401
    assert (await rpc(server, "sessions.create", login="ann@a.test", password="another good one")).code == 200


async def test_a_refused_sign_in_sets_no_cookie(server: Server) -> None:
    await owner(server)
    response = await rpc(server, "sessions.create", login="ann", password="wrong")
    assert (response.code, response.headers.get_list("Set-Cookie")) == (401, [])


async def test_a_cookie_is_no_token_and_a_token_no_cookie(server: Server) -> None:
    name, value, _ = cookie_of(await owner(server))
    token = server.token(1)
    assert (await rpc(server, "accounts.me", value)).code == 401
    assert (await rpc(server, "accounts.me", headers={"Cookie": f"{name}={token}"})).code == 401
    for empty in ("", "cws_", "cws"):
        assert (await rpc(server, "accounts.me", headers={"Cookie": f"{name}={empty}"})).code == 401
    assert (await rpc(server, "accounts.me", headers={"Authorization": "Bearer "})).code == 401


async def test_a_bearer_token_goes_before_a_cookie_and_a_wrong_one_is_not_made_up_for_by_it(server: Server) -> None:
    name, value, _ = cookie_of(await owner(server))
    bob, token = server.add("bob")
    held = {"Cookie": f"{name}={value}"}
    me = await rpc(server, "accounts.me", token, headers=held)
    assert json.loads(me.body)["result"]["id"] == bob
    assert (await rpc(server, "accounts.me", "cwt_wrong", headers=held)).code == 401


# Other sites


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    ],
    ids=str,
)
async def test_another_sites_page_can_do_nothing_with_ones_cookie(server: Server, headers: dict[str, str]) -> None:
    ann, _ = server.add("ann")
    held = {"Cookie": server.cookie(ann), **headers}
    assert (await rpc(server, "accounts.me", headers=held)).code == 403
    assert (await server.fetch("/chat", method="POST", body="hello", headers=held)).code == 403
    assert server.stage.state(["room:1"])["messages"] == {}


async def test_our_own_page_is_let_in_and_a_script_with_a_cookie_has_to_say_that_it_is(server: Server) -> None:
    ann, _ = server.add("ann")
    held = {"Cookie": server.cookie(ann)}
    own = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    for said in (own, {"Origin": server.url}, {"Sec-Fetch-Site": "same-origin"}):
        assert (await rpc(server, "accounts.me", headers={**held, **said})).code == 200
    for said in ({"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": ""}):
        assert (await rpc(server, "accounts.me", headers={**held, **said})).code == 403
        assert (await server.fetch("/chat", method="POST", body="hello", headers={**held, **said})).code == 403


async def test_no_get_changes_anything_or_answers_a_call(server: Server) -> None:
    ann, _ = server.add("ann")
    before = server.stage.state(["room:1", "user:1", "workspace"])
    for path in ("/rpc", "/chat", "/rpc?method=messages.post", "/chat?room=lobby&body=hello"):
        assert (await server.fetch(path, headers={"Cookie": server.cookie(ann)})).code == 405
    assert server.stage.state(["room:1", "user:1", "workspace"]) == before


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1:{port}.evil.example", ""])
async def test_a_host_that_is_not_ours_is_misdirected_at_every_address(server: Server, host: str) -> None:
    for path in ("/", "/health", "/metrics", "/openrpc.json", "/rpc"):
        headers = {"Host": host.format(port=server.config.port)}
        assert (await server.fetch(path, headers=headers)).code in ((421,) if host else (400, 421))


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
async def test_each_name_of_this_machine_is_answered_to(server: Server, name: str) -> None:
    assert (await server.fetch("/health", headers={"Host": f"{name}:{server.config.port}"})).code == 200


async def test_a_request_without_a_host_is_refused(server: Server) -> None:
    async with dial(server) as raw:
        await raw.send(b"GET /health HTTP/1.0\r\n\r\n")
        assert await raw.read_head() in (400, 421)


@pytest.mark.parametrize(
    ("line", "hosts", "status"),
    [
        ("GET /health HTTP/1.1", ("evil.example", "{own}"), 400),
        ("GET /health HTTP/1.1", ("{own}", "evil.example"), 400),
        ("GET /health HTTP/1.1", ("{own}, evil.example",), 400),
        ("GET http://evil.example/health HTTP/1.1", ("{own}",), 404),
        ("GET http://evil.example/health HTTP/1.1", ("evil.example",), 421),
    ],
)
async def test_no_second_name_gets_past_the_first(
    server: Server, line: str, hosts: tuple[str, ...], status: int
) -> None:
    async with dial(server) as raw:
        own = f"127.0.0.1:{server.config.port}"
        await raw.send("\r\n".join((line, *(f"Host: {one.format(own=own)}" for one in hosts), "", "")).encode())
        assert await raw.read_head() == status


async def test_what_a_stranger_says_was_forwarded_changes_nothing(server: Server) -> None:
    said = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example;proto=https",
    }
    response = await owner(server, headers=said)
    assert "Secure" not in cookie_of(response)[2]
    held = {**said, "Cookie": "=".join(cookie_of(response)[:2])}
    invite = await rpc(server, "invites.create", headers=held)
    assert json.loads(invite.body)["result"]["url"].startswith(server.config.link)


# POST /chat


async def test_the_shortest_bot(server: Server) -> None:
    ann, token = server.add("ann")
    response = await server.fetch("/chat", token, method="POST", body="hello **there**")
    said = json.loads(response.body)
    assert (response.code, response.headers["Content-Type"]) == (201, "application/json")
    assert (said["room"], said["author"], said["body"]) == (1, ann, "hello **there**")
    assert said == server.stage.state(["room:1"])["messages"][said["id"]]


async def test_chat_posts_to_a_room_by_its_slug_and_to_no_unknown_or_foreign_one(server: Server) -> None:
    _, ann = server.add("ann")
    _, bob = server.add("bob")
    room = await server.rpc(bob, "rooms.create", name="Secret Plans", kind="private")

    async def say(token: str, query: str) -> tuple[int, Any]:
        response = await server.fetch(f"/chat?{query}", token, method="POST", body="hello")
        return response.code, json.loads(response.body)

    code, said = await say(bob, "room=secret-plans")
    assert (code, said["room"]) == (201, room["id"])
    assert (await say(ann, "room=lobby"))[0] == 201
    foreign, unknown = await say(ann, "room=secret-plans"), await say(ann, "room=no-such-room")
    assert foreign[0] == 404
    assert foreign == unknown
    assert (await say(ann, "room="))[0] == 404
    assert (await say(ann, "room=%00"))[0] in (400, 404)
    assert (await say(ann, "room=%FF"))[0] in (400, 404)


async def test_chat_refuses_what_cannot_be_said_and_says_which_part(server: Server) -> None:
    _, token = server.add("ann")
    for body, code, field in (
        (b"x" * 9_000, 413, "body"),
        (b"", 400, "body"),
        (b" \n ", 400, "body"),
        (b"caf\xe9", 400, "body"),
        (b"a\0b", 400, "body"),
        (b"\xed\xa0\x80", 400, "body"),
    ):
        response = await server.fetch("/chat", token, method="POST", body=body)
        assert (response.code, json.loads(response.body)["error"]["data"]["field"]) == (code, field), body[:20]
    response = await server.fetch(f"/chat?nonce={'n' * 65}", token, method="POST", body="hello")
    assert (response.code, json.loads(response.body)["error"]["data"]["field"]) == (400, "nonce")
    assert (await server.fetch("/chat", method="POST", body="hello")).code == 401
    assert (await server.fetch("/chat", "cwt_wrong", method="POST", body="hello")).code == 401
    assert server.stage.state(["room:1"])["messages"] == {}


async def test_chat_with_a_nonce_posts_once_and_without_one_each_time(server: Server) -> None:
    _, token = server.add("ann")
    ids = [
        json.loads((await server.fetch(f"/chat{query}", token, method="POST", body="hello")).body)["id"]
        for query in ("?nonce=one", "?nonce=one", "", "")
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


# Sizes


async def test_a_body_of_a_mebibyte_is_read_and_a_longer_one_is_not(server: Server) -> None:
    _, token = server.add("ann")
    for size, codes in ((1024 * 1024, (200,)), (1024 * 1024 + 1, (413,)), (50 * 1024 * 1024, (413,))):
        body = request("workspace.look").ljust(size)
        response = await server.fetch("/rpc", token, method="POST", body=body, headers=JSON)
        assert response.code in codes, size
    assert (await server.fetch("/chat", token, method="POST", body=b"x" * (1024 * 1024 + 1))).code == 413


async def test_of_a_body_that_is_too_long_nothing_is_kept(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []
    receive = CallHandler.data_received

    def watch(handler: CallHandler, chunk: bytes) -> None:
        receive(handler, chunk)
        kept.append(len(handler.body))

    monkeypatch.setattr(CallHandler, "data_received", watch)
    assert (await server.fetch("/chat", method="POST", body=b"x" * 5_000_000)).code == 413
    assert not any(kept)


async def refused_or_gone(raw: Raw, parts: Iterable[bytes]) -> None:
    """Send; the server answers with a refusal, or hangs up in the middle."""
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        for part in parts:
            await raw.send(part)
        await raw.read_head()
        assert await raw.reader.read() == b""
    assert raw.status in (0, 400, 413, 431)


async def test_a_body_in_chunks_is_no_way_round_that(server: Server) -> None:
    async with dial(server) as raw:
        head = f"POST /rpc HTTP/1.1\r\nHost: 127.0.0.1:{server.config.port}\r\nTransfer-Encoding: chunked\r\n"
        await raw.send(head.encode() + b"Content-Type: application/json\r\n\r\n")
        await refused_or_gone(raw, [b"10000\r\n" + b" " * 65_536 + b"\r\n"] * 200)
    assert (await server.fetch("/health")).code == 200


async def test_a_request_that_comes_byte_by_byte_is_a_request(server: Server) -> None:
    body = request("workspace.look")
    head = f"POST /rpc HTTP/1.1\r\nHost: 127.0.0.1:{server.config.port}\r\nContent-Type: application/json\r\n"
    async with dial(server) as raw:
        for byte in f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body:
            await raw.send(bytes((byte,)))
        assert await raw.read_head() == 200
        answer = json.loads(await raw.reader.readexactly(int(raw.headers["content-length"])))
    assert answer["result"]["name"] == "Chinwag"


async def test_headers_of_16_kib_are_read_and_longer_ones_are_not(server: Server) -> None:
    assert (await server.fetch("/health", headers={"X-Long": "x" * 15_000})).code == 200
    async with dial(server) as raw:
        head = f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{server.config.port}\r\nX-Long: {'x' * 17_000}\r\n\r\n"
        await refused_or_gone(raw, [head.encode()])
    assert (await server.fetch("/health")).code == 200


@pytest.mark.parametrize("size", ["-1", "1e3", "5, 6", "9" * 30, "9" * 5_000, "\N{SUPERSCRIPT TWO}"])
async def test_a_content_length_that_is_none_is_refused_without_a_word_in_the_log(server: Server, size: str) -> None:
    async with dial(server) as raw:
        head = f"POST /chat HTTP/1.1\r\nHost: 127.0.0.1:{server.config.port}\r\nContent-Length: {size}\r\n\r\n"
        await refused_or_gone(raw, [head.encode("latin-1")])
    assert (await server.fetch("/health")).code == 200


# The client's files


@pytest.fixture
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server with a client of three files, as Vite's build leaves them, beside a file that is nobody's business."""
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("a secret")
    for name, text in (("index.html", "<!doctype html>page"), ("assets/app-x.js", "code()"), ("icon.svg", "<svg/>")):
        (folder / name).write_text(text)
    for code, packed in (("br", b"brotli"), ("gz", gzip.compress(b"gzipped"))):
        (folder / f"assets/app-x.js.{code}").write_bytes(packed)
        (folder / f"index.html.{code}").write_bytes(packed)
    monkeypatch.setattr(routes, "STATIC", folder)
    async with serving(settings(tmp_path / "data")) as server:
        yield server


@pytest.mark.parametrize(
    ("accepted", "code", "body"),
    [
        ("br, gzip", "br", b"brotli"),
        ("gzip, deflate, br, zstd", "br", b"brotli"),
        ("gzip", "gzip", b"gzipped"),
        ("identity", None, b"code()"),
        ("", None, b"code()"),
        ("br;q=0, gzip", "gzip", b"gzipped"),
        ("gzip;q=0", None, b"code()"),
        ("brotli", None, b"code()"),
    ],
)
async def test_a_file_comes_as_small_as_the_browser_can_read_it(
    site: Server, accepted: str, code: str | None, body: bytes
) -> None:
    headers = {"Accept-Encoding": accepted}
    response = await site.fetch("/assets/app-x.js", headers=headers, decompress_response=False)
    found = gzip.decompress(response.body) if code == "gzip" else response.body
    assert (response.code, response.headers.get("Content-Encoding"), found) == (200, code, body)
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"


async def test_hashed_files_are_kept_for_ever_and_the_page_never(site: Server) -> None:
    asset = await site.fetch("/assets/app-x.js", headers={"Accept-Encoding": "identity"})
    assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for path in ("/", "/index.html", "/icon.svg", "/rooms/lobby", "/setup"):
        assert (await site.fetch(path)).headers["Cache-Control"] == "no-cache", path


async def test_the_page_is_not_sent_again_to_who_has_it(site: Server) -> None:
    first = await site.fetch("/")
    assert first.code == 200
    again = await site.fetch("/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.code, again.body) == (304, b"")
    assert (await site.fetch("/icon.svg", headers={"If-None-Match": first.headers["ETag"]})).code == 200


async def test_an_address_of_the_clients_router_is_the_page_and_a_missing_file_is_404(site: Server) -> None:
    for path in ("/", "/rooms/lobby", "/people", "/setup", "/rooms/7/"):
        response = await site.fetch(path)
        assert (response.code, response.body) == (200, b"gzipped"), path
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    for path in ("/assets/gone-y.js", "/assets/", "/assets/nothing", "/robots.txt", "/.env", "/.git/config.ini"):
        response = await site.fetch(path)
        assert (response.code, json.loads(response.body)["error"]["data"]["kind"]) == (404, "not_found"), path


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%5c..%5csecret.txt",
        "//secret.txt",
        "/assets/app-x.js%00.txt",
        "/assets/app-x.js.br",
    ],
)
async def test_no_path_leads_out_of_the_clients_folder(site: Server, path: str) -> None:
    async with dial(site) as raw:
        await raw.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.config.port}\r\n\r\n".encode())
        assert await raw.read_head() == 404
        assert b"a secret" not in await raw.reader.readexactly(int(raw.headers["content-length"]))


async def test_head_says_what_get_would(site: Server) -> None:
    for path in ("/", "/assets/app-x.js", "/icon.svg"):
        got = await site.fetch(path, decompress_response=False)
        head = await site.fetch(path, method="HEAD", decompress_response=False)
        assert head.body == b""
        for name in ("Content-Type", "Content-Length", "Cache-Control", "ETag", "Vary"):
            assert head.headers[name] == got.headers[name], (path, name)


def test_without_a_built_client_the_page_says_how_to_build_it(tmp_path: Path) -> None:
    assert b"make setup" in files.load(tmp_path)["/index.html"].plain


# Headers


async def test_every_answer_has_the_security_headers_errors_too(server: Server) -> None:
    _, token = server.add("ann")
    answers = [
        await server.fetch("/"),
        await server.fetch("/health"),
        await server.fetch("/metrics"),
        await server.fetch("/openrpc.json"),
        await server.fetch("/assets/gone.js"),
        await server.fetch("/rpc"),
        await server.fetch("/ws"),
        await server.fetch("/", headers={"Host": "evil.example"}),
        await server.fetch("/chat", token, method="POST", body="hello"),
        await server.fetch("/chat", method="POST", body="hello"),
        await server.fetch("/rpc", method="POST", body="{}", headers=JSON),
        await server.fetch("/rpc", method="POST", body="{}", headers={**JSON, "Origin": "https://evil.example"}),
        await server.fetch("/nowhere", method="POST", body=""),
        await rpc(server, "accounts.me", token),
    ]
    assert {one.code for one in answers} >= {200, 201, 400, 401, 403, 404, 405, 421}
    for one in answers:
        for name, wanted in HEADERS.items():
            assert wanted.match(one.headers.get(name, "")), (one.effective_url, one.code, name)
        assert "Server" not in one.headers
        assert "Strict-Transport-Security" not in one.headers


async def test_answers_with_what_is_ones_own_are_kept_by_nobody(server: Server) -> None:
    _, token = server.add("ann")
    for one in (
        await rpc(server, "accounts.me", token),
        await rpc(server, "accounts.me"),
        await server.fetch("/chat", token, method="POST", body="hello"),
        await server.fetch("/chat", "cwt_wrong", method="POST", body="hello"),
        await server.fetch("/health"),
    ):
        assert one.headers["Cache-Control"] == "no-store"


async def test_an_error_is_json_of_one_shape_whatever_it_is_of(server: Server) -> None:
    for response in (
        await server.fetch("/rpc"),
        await server.fetch("/assets/gone.js"),
        await server.fetch("/", headers={"Host": "evil.example"}),
        await server.fetch("/rpc", method="POST", body="{}", headers={**JSON, "Sec-Fetch-Site": "cross-site"}),
        await server.fetch("/chat", method="POST", body=""),
    ):
        assert response.headers["Content-Type"] == "application/json", response.effective_url
        wrong = json.loads(response.body)["error"]
        assert isinstance(wrong["code"], int)
        assert wrong["message"].endswith(".")


# Health, metrics, OpenRPC


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HT",
        b"POST /rpc HTTP/1.1\r\nHost: %b\r\nContent-Length: 9\r\nContent-Type: application/json\r\n\r\n{",
    ],
    ids=["nothing", "half a head", "half a body"],
)
async def test_who_does_not_finish_a_request_is_hung_up_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(app, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr(app, "BODY_SECONDS", 0.1)
    async with serving(settings(tmp_path / "data")) as server, dial(server) as raw:
        await raw.send(said.replace(b"%b", f"127.0.0.1:{server.config.port}".encode()))
        async with asyncio.timeout(30):
            assert await raw.reader.read() == b""


async def health(server: Server) -> tuple[int, str]:
    """The status of `/health`, and what it says."""
    response = await server.fetch("/health")
    return response.code, json.loads(response.body)["status"]


async def test_health_says_ok_and_which_version(server: Server) -> None:
    response = await server.fetch("/health")
    assert (response.code, response.headers["Cache-Control"]) == (200, "no-store")
    assert json.loads(response.body) == {"status": "ok", "version": __version__}


async def test_health_takes_no_traffic_before_all_has_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, start = asyncio.Event(), asyncio.Event(), Pusher.start

    async def late(pusher: Pusher, *, on: bool) -> None:
        begun.set()
        await go_on.wait()
        await start(pusher, on=on)

    monkeypatch.setattr(Pusher, "start", late)
    config = settings(tmp_path / "data")
    starting = app.App(config, open_database(config))
    task = asyncio.create_task(starting.start(app.listen(config)))
    await begun.wait()
    server = Server(config, starting._engine)
    assert await health(server) == (503, "starting")
    go_on.set()
    await task
    assert await health(server) == (200, "ok")
    await starting.stop()


@pytest.mark.parametrize("how", ["away", "stuck"])
async def test_health_takes_no_traffic_without_its_database_and_takes_it_again(
    server: Server, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    stuck, asked = threading.Event(), []

    def broken(_tx: Tx) -> None:
        asked.append(how)
        if how == "stuck":
            stuck.wait(30)
        raise Unavailable("The database is away just now.")

    with monkeypatch.context() as broke:
        broke.setattr(workspace, "look", broken)
        broke.setattr(web_health, "PATIENCE", 0.05)
        for _ in range(10):
            assert await health(server) == (503, "database away")
    assert len(asked) == (1 if how == "stuck" else 10), "one question at a time"
    stuck.set()
    looking = server.app.site.looking
    assert looking is not None
    await asyncio.wait({looking})
    assert await health(server) == (200, "ok")


async def test_a_server_that_stops_says_so_and_takes_nothing_new(tmp_path: Path) -> None:
    async with serving(settings(tmp_path / "data")) as server:
        _, token = server.add("ann")
        await server.app.rpc.finish()
        response = await server.fetch("/health")
        assert (response.code, json.loads(response.body)["status"]) == (503, "stopping")
        response = await rpc(server, "messages.post", token, room=1, body="hello", nonce="n")
        assert response.code == 503
        assert json.loads(response.body)["error"]["data"] == {"kind": "unavailable", "retry_after": 1}
        assert response.headers["Retry-After"] == "1"
        assert (await server.fetch("/chat", token, method="POST", body="hello")).code == 503
        assert server.stage.state(["room:1"])["messages"] == {}
        async with dial(server) as raw:
            assert await raw.shake(server) == 503


async def metrics(server: Server) -> dict[str, float]:
    """Every sample of `/metrics`, by its name and labels: `chinwag_calls_total{method="accounts.me",outcome="ok"}`."""
    text = (await server.fetch("/metrics")).body.decode()
    return {
        name: float(value) for name, _, value in (one.rpartition(" ") for one in text.splitlines() if one[0] != "#")
    }


async def test_metrics_keep_the_rules_of_prometheus_text(server: Server) -> None:
    _, token = server.add("ann")
    await rpc(server, "accounts.me", token)
    response = await server.fetch("/metrics")
    assert response.headers["Content-Type"].startswith("text/plain; version=")
    assert response.headers["Cache-Control"] == "no-store"
    text = response.body.decode()
    families = {one.name: one for one in text_string_to_metric_families(text)}
    ours = {name for name in families if name.startswith("chinwag_")}
    for name in ours:
        family = families[name]
        assert family.documentation.endswith(".")
        assert f"# HELP {name}" in text
        assert re.search(rf"^# TYPE {name}(_total)? {family.type}$", text, re.MULTILINE)
        if family.type == "histogram":
            check_histogram(family)
    kinds = {families[name].type for name in ours}
    assert kinds == {"counter", "gauge", "histogram"}
    assert families["process_resident_memory_bytes"].samples[0].value > 1_000_000


def check_histogram(family: Metric) -> None:
    """Buckets count all that is at most so much, the last of them everything."""
    by_labels: dict[str, list[tuple[float, float]]] = {}
    counts = {str(one.labels): one.value for one in family.samples if one.name.endswith("_count")}
    for one in family.samples:
        if one.name.endswith("_bucket"):
            rest = {name: value for name, value in one.labels.items() if name != "le"}
            by_labels.setdefault(str(rest), []).append((float(one.labels["le"]), one.value))
    assert set(by_labels) == set(counts)
    for labels, buckets in by_labels.items():
        assert buckets == sorted(buckets)
        assert [value for _, value in buckets] == sorted(value for _, value in buckets)
        assert buckets[-1] == (float("inf"), counts[labels])


async def test_metrics_count_what_was_done(server: Server) -> None:
    _, token = server.add("ann")
    clients = [await server.client(token) for _ in range(3)]
    for client in clients:
        await client.start()
    before = await metrics(server)
    for number in range(5):
        await clients[0].call("messages.post", room=1, body="hello", nonce=f"n{number}")
    with pytest.raises(Fault):
        await clients[0].call("messages.post", room=1, body="", nonce="n")
    with pytest.raises(Fault, match="no call"):
        await clients[0].call("no.such.thing")
    await clients[0].call("messages.page", room=1)
    for client in clients:
        await client.has("room:1", 6)
    after = await metrics(server)

    def more(name: str) -> float:
        return after[name] - before.get(name, 0)

    post = 'method="messages.post"'
    assert after["chinwag_connections"] == 3
    assert more(f'chinwag_calls_total{{{post},outcome="ok"}}') == 5
    assert more(f'chinwag_calls_total{{{post},outcome="invalid"}}') == 1
    assert more(f"chinwag_call_seconds_count{{{post}}}") == 6
    assert more("chinwag_deliveries_total") == 15
    assert more("chinwag_fan_out_seconds_count") == 5
    assert more("chinwag_commit_seconds_count") >= 5
    assert more("chinwag_read_seconds_count") >= 1
    assert more('chinwag_requests_total{status="200"}') == 1
    assert more("chinwag_holes_repaired_total") == 0
    for queue in ("writer", "reads", "hashes", "sockets"):
        assert after[f'chinwag_waiting{{queue="{queue}"}}'] == 0
    assert not [name for name in after if "no.such.thing" in name]
    for client in clients:
        await client.close()


async def test_metrics_show_what_waits_and_holes_that_were_repaired(server: Server) -> None:
    _, token = server.add("ann")
    client = await server.client(token)
    await client.start()
    before = await metrics(server)
    held = threading.Event()
    server.app.writer.put(Job(lambda tx: held.wait(30), Caller(), {}, lambda _: None))
    posts = [asyncio.create_task(client.call("messages.post", room=1, body="hello", nonce=f"n{n}")) for n in range(7)]
    await until(lambda: server.app.writer.waiting == 7)
    assert (await metrics(server))['chinwag_waiting{queue="writer"}'] == 7
    held.set()
    await asyncio.gather(*posts)
    server.stage.call("messages.post", server.stage.sign_in(1), room=1, body="beside", nonce="beside")
    await client.until(lambda: "beside" in client.bodies(1))
    found = await metrics(server)
    assert found["chinwag_holes_repaired_total"] > before["chinwag_holes_repaired_total"]
    assert found["chinwag_loop_lag_seconds_count"] >= before["chinwag_loop_lag_seconds_count"]
    await client.close()


async def test_metrics_are_for_private_addresses_alone(tmp_path: Path) -> None:
    async with serving(settings(tmp_path / "data", proxies="127.0.0.1")) as server:
        assert (await server.fetch("/metrics", headers={"X-Forwarded-For": "10.0.0.7"})).code == 200
        assert (await server.fetch("/metrics", headers={"X-Forwarded-For": "8.8.8.8"})).code == 404


async def test_the_openrpc_document_keeps_the_rules_of_its_meta_schema(server: Server) -> None:
    document = json.loads((await server.fetch("/openrpc.json")).body)
    assert set(document) <= {"openrpc", "info", "servers", "methods", "components", "externalDocs"}
    assert re.fullmatch(r"1\.[0-3]\.\d+", document["openrpc"])
    assert {"title", "version"} <= set(document["info"])
    assert [one["name"] for one in document["methods"]] == list(METHODS)
    for method in document["methods"]:
        assert {"name", "params", "result"} <= set(method)
        assert set(method) <= {"name", "summary", "description", "paramStructure", "params", "result", "errors", "tags"}
        assert method["paramStructure"] in ("by-name", "by-position", "either")
        assert method["summary"], method["name"]
        for one in [*method["params"], method["result"]]:
            assert {"name", "schema"} <= set(one)
            assert set(one) <= {"name", "summary", "description", "required", "schema", "deprecated"}
        names = [one["name"] for one in method["params"]]
        assert len(set(names)) == len(names)
    schemas = document["components"]["schemas"]
    assert all(re.fullmatch(r"[\w.-]+", name) for name in schemas)
    for reference in re.findall(r'"\$ref": ?"([^"]+)"', json.dumps(document)):
        assert reference.removeprefix("#/components/schemas/") in schemas


# Who is it from


async def seen_address(server: Server, forwarded: str) -> str:
    """The address that a caller with this X-Forwarded-For is taken to come from."""
    before = set(server.app.site.strangers)
    headers = {"X-Forwarded-For": forwarded, "X-Real-IP": "9.9.9.9"} if forwarded else {}
    client = await server.client(headers=headers)
    await client.call("workspace.look")
    (found,) = set(server.app.site.strangers) - before
    await client.close()
    return found


async def test_what_a_client_says_of_its_address_is_not_believed(server: Server) -> None:
    assert await seen_address(server, "1.2.3.4") == "127.0.0.1"


@pytest.mark.parametrize(
    ("forwarded", "seen"),
    [
        ("", "127.0.0.1"),
        ("1.2.3.4", "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4, 10.0.0.7", "1.2.3.4"),
        ("2001:db8::1", "2001:db8::1"),
        ("10.0.0.7", "127.0.0.1"),
        ("nonsense", "127.0.0.1"),
        (" 1.2.3.4 ,", "1.2.3.4"),
    ],
)
async def test_a_proxy_that_is_believed_says_where_a_client_comes_from(
    tmp_path: Path, forwarded: str, seen: str
) -> None:
    async with serving(settings(tmp_path / "data", proxies="127.0.0.1, 10.0.0.0/8")) as server:
        assert await seen_address(server, forwarded) == seen


async def test_a_proxy_that_is_not_on_the_list_is_not_believed(tmp_path: Path) -> None:
    async with serving(settings(tmp_path / "data", proxies="10.0.0.0/8")) as server:
        assert await seen_address(server, "1.2.3.4") == "127.0.0.1"


# Logs


async def test_no_secret_is_in_any_log_line(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("chinwag", "tornado.general", "tornado.application", "tornado.access", "sqlalchemy.engine"):
        caplog.set_level(logging.DEBUG, logger=name)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    secret = server.stage.act(set_up)
    signed_in = await rpc(server, "setup.accept", token=secret, name="Ann", email="ann@a.test", password=PASSWORD)
    name, value, _ = cookie_of(signed_in)
    held = {"Cookie": f"{name}={value}"}
    token = json.loads((await rpc(server, "tokens.create", label="bot", headers=held)).body)["result"]["token"]
    invite = json.loads((await rpc(server, "invites.create", headers=held)).body)["result"]["token"]
    await rpc(server, "sessions.create", login="ann", password="a wrong secret")
    await rpc(server, "invites.look", token=invite)
    await server.fetch("/chat", token, method="POST", body="hello")
    await server.fetch("/chat", token + "x", method="POST", body="hello")
    client = await server.client()
    await client.call("sessions.resume", token=token)
    await client.close()
    for hidden in (secret, value, token, invite, PASSWORD, "a wrong secret"):
        assert hidden not in caplog.text


@pytest.mark.logs
async def test_a_mistake_of_ours_is_logged_with_the_calls_name_and_told_to_nobody(
    server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = server.add("ann")

    def broken(tx: Tx) -> None:
        raise RuntimeError("the inside of things")

    monkeypatch.setitem(vars(METHODS["accounts.me"]), "function", broken)
    response = await rpc(server, "accounts.me", token)
    assert response.code == 500
    failed = json.loads(response.body)["error"]
    number = failed["data"]["request"]
    told = {"code": -32603, "message": "Something went wrong on the server.", "data": {"request": number}}
    assert failed == told
    (record,) = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert record.getMessage() == f"accounts.me failed, for user 1, request {number}."
    line = json.loads(logs.JsonFormatter().format(record))
    assert (line["level"], line["method"], line["user"], line["request"]) == ("error", "accounts.me", 1, number)
    assert "the inside of things" in line["error"]
    assert token not in caplog.text


@pytest.mark.logs
async def test_a_mistake_of_ours_is_logged_once_wherever_it_happens_and_without_the_address(
    server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = server.add("ann")

    def broken(*_given: Any, **_params: Any) -> None:
        raise RuntimeError("the inside of things")

    monkeypatch.setitem(vars(METHODS["messages.post"]), "function", broken)
    monkeypatch.setattr(file_service, "readable", broken)
    for path, options in (
        ("/chat?room=lobby", {"method": "POST", "body": "hello"}),
        ("/files/a-secret/name", {}),
    ):
        caplog.clear()
        response = await server.fetch(path, token, **options)
        assert response.code == 500
        failed = json.loads(response.body)["error"]
        assert (failed["code"], set(failed["data"])) == (-32603, {"request"})
        assert b"inside" not in response.body
        (record,) = [one for one in caplog.records if one.levelno >= logging.ERROR]
        assert f"user 1, request {failed['data']['request']}." in record.getMessage()
        assert "a-secret" not in caplog.text
        assert "hello" not in caplog.text


@pytest.mark.parametrize("style", ["text", "json"])
async def test_logs_are_lines_for_people_or_an_object_each(tmp_path: Path, style: str) -> None:
    words = ("--data", str(tmp_path / "data"), "--port", str(free_port()), "--log", style)
    with program("serve", *words) as process:
        assert process.stdout is not None
        assert "serves" in await asyncio.to_thread(process.stdout.readline)
        process.terminate()
        *_, last = (await asyncio.to_thread(process.stdout.read)).splitlines()
    if style == "text":
        assert re.fullmatch(r"\d\d:\d\d:\d\d I Stopping\.", last)
    else:
        line = json.loads(last)
        assert datetime.fromisoformat(line.pop("at")).tzinfo is not None
        assert line == {"level": "info", "logger": "chinwag.app", "message": "Stopping."}


# Stopping, as a process


async def test_sigterm_finishes_what_was_accepted_and_leaves_with_0(tmp_path: Path) -> None:
    port = free_port()
    data = tmp_path / "data"
    with program("serve", "--data", str(data), "--port", str(port), "--log", "json") as process:
        await asyncio.to_thread(wait_for_port, port)
        config = settings(data, port=port)
        engine = open_database(config)
        server = Server(config, engine)
        _, token = server.add("ann")
        client = await server.client(token)
        await client.start()
        posts = [
            asyncio.create_task(client.call("messages.post", room=1, body=f"m{n}", nonce=f"n{n}")) for n in range(50)
        ]
        await client.until(lambda: any(post.done() for post in posts))
        process.terminate()
        assert await client.closed() == 4001
        await client.close()
        assert await asyncio.to_thread(process.wait, 10) == 0
        answered = [post.result()["body"] for post in posts if post.done() and not post.exception()]
        for post in posts:
            post.cancel()
        await asyncio.gather(*posts, return_exceptions=True)
        stored = [one["body"] for one in server.stage.state(["room:1"])["messages"].values()]
        assert set(answered) <= set(stored)
        assert len(set(stored)) == len(stored)
        engine.dispose()
        assert process.stdout is not None
        lines = [line for line in process.stdout.read().splitlines() if line.startswith("{")]
        assert "Stopping." in [msgspec.json.decode(line)["message"] for line in lines]


async def test_a_request_to_a_kept_connection_is_refused_while_the_server_stops(server: Server) -> None:
    async with dial(server) as raw:
        assert isinstance(raw, Raw)
        head = f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{server.config.port}\r\n\r\n".encode()
        await raw.send(head)
        assert await raw.read_head() == 200
        await raw.reader.readexactly(int(raw.headers["content-length"]))
        await server.app.rpc.finish()
        await raw.send(head)
        assert await raw.read_head() == 503
