"""RFC 6455 on a raw socket: the handshake, every kind of frame, the limits of a connection, and how it ends."""

import asyncio
import contextlib
import gc
import socket as sockets
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chinwag.store.batch import Job
from chinwag.store.tx import Caller
from chinwag.web import socket as web_socket
from chinwag.web.socket import Connection
from tests.raw import ACCEPT, BINARY, CLOSE, CONTINUED, PING, PONG, TEXT, Raw, dial, frame, request, socket
from tests.world import Server, serving, settings, until

LOOK = request("workspace.look")


async def healthy(server: Server) -> None:
    """The server is none the worse for what was done to it."""
    async with socket(server) as another:
        assert (await another.call("workspace.look"))["result"]["name"] == "Chinwag"


async def emptied(server: Server) -> None:
    """The server has noticed that nobody is connected any more."""
    await until(lambda: not server.app.site.connections)


def connection_of(server: Server, user: int) -> Connection:
    """The server's end of a user's only connection."""
    (found,) = server.app.hub.of_user(user)
    assert isinstance(found, Connection)
    return found


# The handshake


async def test_the_handshake_answers_with_the_accept_key_of_the_standard_and_agrees_on_no_extension(
    server: Server,
) -> None:
    async with dial(server) as raw:
        offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
        assert await raw.shake(server, offer, "Sec-WebSocket-Protocol: chat") == 101
        assert raw.headers["sec-websocket-accept"] == ACCEPT
        assert (raw.headers["upgrade"].lower(), raw.headers["connection"].lower()) == ("websocket", "upgrade")
        assert "sec-websocket-extensions" not in raw.headers
        assert "sec-websocket-protocol" not in raw.headers
        assert (await raw.call("workspace.look"))["id"] == 1


@pytest.mark.parametrize("version", ["8", "12", "14", "x", ""])
async def test_another_version_is_told_which_one_is_spoken(server: Server, version: str) -> None:
    async with dial(server) as raw:
        assert await raw.shake(server, version=version) == 426
        assert raw.headers["sec-websocket-version"] == "13"


@pytest.mark.parametrize("line", ["Upgrade: ", "Upgrade: h2c", "Connection: close"])
async def test_a_request_that_is_no_upgrade_is_refused(server: Server, line: str) -> None:
    async with dial(server) as raw:
        assert await raw.shake(server, line) == 400


async def test_a_handshake_without_a_key_is_refused(server: Server) -> None:
    async with dial(server) as raw:
        assert await raw.shake(server, key="") == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD", "DELETE", "OPTIONS"])
async def test_only_get_makes_a_websocket(server: Server, method: str) -> None:
    async with dial(server) as raw:
        assert await raw.shake(server, method=method) == 405


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "localhost.evil:{port}"])
async def test_a_host_that_is_not_ours_is_misdirected(server: Server, host: str) -> None:
    name = host.format(port=server.config.port)
    async with dial(server) as raw:
        # The well-known way round a check of one against the other: both are evil, and agree.
        assert await raw.shake(server, f"Host: {name}", f"Origin: http://{name}") == 421


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1:1", "null", "http://127.0.0.1"]
)
async def test_a_page_of_another_origin_is_refused_even_with_a_cookie(server: Server, origin: str) -> None:
    ann, _ = server.add("ann")
    async with dial(server) as raw:
        line = f"Origin: {origin.format(port=server.config.port)}"
        assert await raw.shake(server, line, f"Cookie: {server.cookie(ann)}") == 403


async def test_a_fetch_from_another_site_is_refused_whatever_it_calls_its_origin(server: Server) -> None:
    async with dial(server) as raw:
        assert await raw.shake(server, "Sec-Fetch-Site: cross-site") == 403


async def test_a_cookie_counts_from_our_own_page_and_not_without_an_origin(server: Server) -> None:
    ann, _ = server.add("ann")
    cookie = f"Cookie: {server.cookie(ann)}"
    async with socket(server, None, cookie, f"Origin: {server.url}") as raw:
        assert (await raw.call("accounts.me"))["result"]["id"] == ann
    async with socket(server, None, cookie) as raw:
        assert (await raw.call("accounts.me"))["error"]["data"]["kind"] == "unauthorized"


async def test_a_cookie_of_a_session_that_is_over_is_told_so_by_4501(server: Server) -> None:
    async with socket(server, None, f"Cookie: chinwag-{server.config.port}=cws_gone", f"Origin: {server.url}") as raw:
        assert [one.code for one in await raw.gone()] == [4501]


async def test_a_bearer_token_counts_without_an_origin_and_a_wrong_one_is_401(server: Server) -> None:
    ann, token = server.add("ann")
    async with socket(server, token) as raw:
        assert (await raw.call("accounts.me"))["result"]["id"] == ann
    for wrong in ("cwt_wrong", "", token[:-1], server.cookie(ann).partition("=")[2]):
        async with dial(server) as raw:
            assert await raw.shake(server, f"Authorization: Bearer {wrong}") == 401


# Frames


@pytest.mark.parametrize("padding", [0, 125 - len(LOOK), 126 - len(LOOK), 127 - len(LOOK), 300, 65_000])
async def test_a_frame_of_each_kind_of_length_is_read(server: Server, padding: int) -> None:
    async with socket(server) as raw:
        await raw.send(frame(TEXT, LOOK + b" " * max(padding, 0)))
        assert (await raw.answer())["id"] == 1


async def test_a_frame_that_is_not_masked_ends_the_connection(server: Server) -> None:
    async with socket(server) as raw:
        await raw.send(frame(TEXT, LOOK, masked=False))
        assert [one.code for one in await raw.gone()] == [1002]
    async with socket(server) as raw:
        await raw.call("workspace.look")
        await raw.send(frame(BINARY, LOOK, masked=False))
        assert [one.code for one in await raw.gone()] == [1002]
    await healthy(server)


async def test_a_message_in_fragments_is_one_call_with_control_frames_between(server: Server) -> None:
    async with socket(server) as raw:
        parts = [LOOK[:7], b"", LOOK[7:20], LOOK[20:]]
        await raw.send(frame(TEXT, parts[0], final=False) + frame(PING, b"one"))
        assert await raw.read() == (True, PONG, b"one")
        await raw.send(frame(CONTINUED, parts[1], final=False) + frame(PONG) + frame(CONTINUED, parts[2], final=False))
        await raw.send(frame(PING, b"two") + frame(CONTINUED, parts[3]))
        assert await raw.read() == (True, PONG, b"two")
        assert (await raw.answer())["id"] == 1


async def test_a_character_cut_in_two_by_fragments_is_whole_again(server: Server) -> None:
    _, token = server.add("ann")
    async with socket(server, token) as raw:
        data = request("users.find", query="ä")
        cut = data.index("ä".encode()) + 1
        await raw.send(frame(TEXT, data[:cut], final=False) + frame(CONTINUED, data[cut:]))
        assert (await raw.answer())["result"] == {"users": [], "more": False}


async def test_fragments_without_end_are_bounded_however_small_they_are(server: Server) -> None:
    async with socket(server) as raw:
        await raw.send(frame(TEXT, LOOK[:5], final=False))
        for _ in range(20):
            await raw.send(frame(CONTINUED, b"", final=False) * 1_000)
        await raw.send(frame(CONTINUED, LOOK[5:]))
        assert (await raw.answer())["id"] == 1
        await raw.send(frame(TEXT, b" ", final=False) + frame(CONTINUED, b" " * 1_000, final=False) * 132)
        assert [one.code for one in await raw.gone()] == [1009]


async def test_bytes_that_come_one_by_one_are_a_call(server: Server) -> None:
    async with socket(server) as raw:
        raw.writer.transport.get_extra_info("socket").setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)
        for byte in frame(PING, b"slow") + frame(TEXT, LOOK):
            await raw.send(bytes((byte,)))
        assert await raw.read() == (True, PONG, b"slow")
        assert (await raw.answer())["id"] == 1


@pytest.mark.parametrize("payload", [b"", b"hello", b"\xff\x00" * 62, b"x" * 125])
async def test_a_ping_is_answered_with_its_own_payload(server: Server, payload: bytes) -> None:
    async with socket(server) as raw:
        await raw.send(frame(PING, payload))
        assert await raw.read() == (True, PONG, payload)


async def test_a_pong_that_nobody_asked_for_changes_nothing(server: Server) -> None:
    async with socket(server) as raw:
        await raw.send(frame(PONG, b"unasked"))
        assert (await raw.call("workspace.look"))["id"] == 1


BROKEN = {
    "a ping of 126 bytes": frame(PING, b"x" * 126),
    "a close of 126 bytes": frame(CLOSE, b"\x03\xe8" + b"x" * 124),
    "a ping in fragments": frame(PING, b"x", final=False),
    "RSV1 without an extension": frame(TEXT, LOOK, reserved=4),
    "RSV2": frame(TEXT, LOOK, reserved=2),
    "RSV3 on a ping": frame(PING, b"", reserved=1),
    "opcode 3": frame(3, LOOK),
    "opcode 7": frame(7, LOOK),
    "opcode 11": frame(11),
    "opcode 15": frame(15),
    "a continuation of nothing": frame(CONTINUED, LOOK),
    "a new message within another": frame(TEXT, LOOK[:5], final=False) + frame(TEXT, LOOK),
    "text that is not UTF-8": frame(TEXT, b'{"a":"\xff"}'),
    "a surrogate in UTF-8": frame(TEXT, b'"\xed\xa0\x80"'),
    "an overlong NUL": frame(TEXT, b'"\xc0\x80"'),
    "half a character at the end": frame(TEXT, b'"\xe2\x82'),
    "half a character in fragments": frame(TEXT, b'"\xe2', final=False) + frame(CONTINUED, b'"'),
    "a length with the highest bit": b"\x81\xff" + b"\xff" * 8 + b"mask",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
async def test_what_the_standard_forbids_ends_the_connection_unanswered_and_no_other(
    server: Server, data: bytes
) -> None:
    async with socket(server) as other, socket(server) as raw:
        await raw.send(data + frame(TEXT, LOOK))
        assert [one for one in await raw.gone() if one.opcode == TEXT] == []
        assert (await other.call("workspace.look"))["id"] == 1
    await emptied(server)


@pytest.mark.parametrize(
    "data",
    [frame(TEXT, b" " * 131_073), frame(TEXT, b" " * 80_000, final=False) + frame(CONTINUED, b" " * 51_073)],
    ids=["in one frame", "in fragments"],
)
async def test_more_than_128_kib_closes_with_1009_and_nothing_else_breaks(server: Server, data: bytes) -> None:
    async with socket(server) as other, socket(server) as raw:
        await raw.send(data)
        assert [one.code for one in await raw.gone()] == [1009]
        assert (await other.call("workspace.look"))["id"] == 1


async def test_exactly_128_kib_is_a_call(server: Server) -> None:
    async with socket(server) as raw:
        await raw.send(frame(TEXT, LOOK.ljust(131_072)))
        assert (await raw.answer())["id"] == 1


async def test_a_binary_frame_is_asked_to_be_text_and_counts_as_bad(server: Server) -> None:
    async with socket(server) as raw:
        await raw.send(frame(BINARY, LOOK))
        assert (await raw.answer())["error"] == {"code": -32600, "message": "Please send text frames."}
        assert (await raw.call("workspace.look"))["id"] == 1


async def test_ten_bad_frames_close_with_4500_and_nine_do_not(server: Server) -> None:
    bad = [
        b"",
        b"no JSON",
        b"[]",
        b"1",
        b'{"jsonrpc":"1.0","method":"workspace.look","id":1}',
        b"{}",
        b"[1,2]",
        b"null",
    ]
    async with socket(server) as raw:
        for one in bad:
            await raw.send(frame(TEXT, one))
            await raw.answer()
        assert (await raw.call("workspace.look"))["id"] == 1
        await raw.send(frame(BINARY, b"the tenth, for [1,2] were two"))
        codes = [one.code for one in await raw.gone()]
        assert codes == [None, 4500]


async def test_a_call_that_is_refused_is_no_bad_frame(server: Server) -> None:
    async with socket(server) as raw:
        for number in range(30):
            assert (await raw.call("no.such", number))["error"]["code"] == -32601
            assert (await raw.call("accounts.me", number))["error"]["code"] == -32001


# Closing


@pytest.mark.parametrize("payload", [b"", b"\x03\xe8", b"\x03\xe9going away", b"\x0f\xa0ours"])
async def test_a_close_is_answered_with_its_own_status_and_the_server_hangs_up(server: Server, payload: bytes) -> None:
    async with socket(server) as raw:
        await raw.send(frame(CLOSE, payload) + frame(TEXT, LOOK))
        assert [(one.opcode, one.payload) for one in await raw.gone()] == [(CLOSE, payload[:2])]
    await emptied(server)


@pytest.mark.parametrize("payload", [b"\x03", b"\x03\xe8\xff\xfe", b"\x00\x00", b"\xff\xff"])
async def test_a_close_that_is_not_well_formed_ends_the_connection_all_the_same(server: Server, payload: bytes) -> None:
    async with socket(server) as raw:
        await raw.send(frame(CLOSE, payload))
        await raw.gone()
    await emptied(server)
    await healthy(server)


async def test_a_client_that_vanishes_is_forgotten(server: Server) -> None:
    ann, token = server.add("ann")
    async with socket(server, token) as raw:
        await raw.call("sync.start")
        raw.writer.transport.abort()
    await emptied(server)
    assert server.app.hub.of_user(ann) == ()
    assert server.app.hub.known == {}


async def test_a_client_that_vanishes_in_the_middle_of_a_call_leaves_the_call_done(server: Server) -> None:
    _, token = server.add("ann")
    async with socket(server, token) as raw:
        await raw.send(frame(TEXT, request("messages.post", room=1, body="last words", nonce="n")) + b"\x81")
        raw.writer.close()
    async with asyncio.timeout(30):
        while not (page := await server.rpc(token, "messages.page", room=1))["messages"]:
            pass
    assert [one["body"] for one in page["messages"]] == ["last words"]


async def test_a_connection_that_is_over_is_gone_without_the_garbage_collector(server: Server) -> None:
    _, token = server.add("ann")
    gc.collect()
    gc.disable()
    try:
        async with many(server, 3, token) as three:
            for one in three:
                await one.call("sync.start")
                await one.call("messages.page", room=1)
            await three[0].send(frame(CLOSE))
            await three[1].send(frame(TEXT, b"\xff"))
            for one in three[:2]:
                await one.gone()
        await emptied(server)
        await until(lambda: not server.app.site.closing)
        await until(lambda: not any(isinstance(one, Connection) for one in gc.get_objects()))
    finally:
        gc.enable()


# Who may stay


async def test_who_does_not_sign_in_in_time_is_closed_with_4502(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_socket, "SIGN_IN_SECONDS", 0.05)
    async with socket(server) as raw:
        await raw.send(frame(TEXT, LOOK))
        assert (await raw.gone())[-1].code == 4502
    assert server.app.site.strangers == {}


async def test_who_is_silent_is_pinged_and_stays_for_a_pong_and_goes_without(server: Server) -> None:
    ann, token = server.add("ann")
    async with socket(server, token) as raw:
        await raw.call("sync.start")
        there, now = connection_of(server, ann), asyncio.get_running_loop().time()
        there.look_for_life(now + 20)
        there.look_for_life(now + 26)
        there.look_for_life(now + 44)
        assert (await raw.read()).opcode == PING
        await raw.send(frame(PONG))
        await raw.call("workspace.look")
        now = asyncio.get_running_loop().time()
        there.look_for_life(now + 26)
        assert (await raw.read()).opcode == PING
        there.look_for_life(now + 46)
        assert await raw.gone() == []
    await emptied(server)


async def test_the_dead_are_looked_for_all_the_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_socket, "PING_AFTER", 0.1)
    monkeypatch.setattr(web_socket, "GONE_AFTER", 0.1)
    _, token = server.add("ann")
    async with socket(server, token):
        await emptied(server)


async def test_who_signs_in_by_resume_stays(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_socket, "SIGN_IN_SECONDS", 0.2)
    ann, token = server.add("ann")
    async with socket(server) as raw:
        assert (await raw.call("sync.start"))["error"]["data"]["kind"] == "unauthorized"
        assert (await raw.call("sessions.resume", token="cwt_wrong"))["error"]["data"]["kind"] == "unauthorized"
        assert (await raw.call("sessions.resume", token=token))["result"]["id"] == ann
        assert (await raw.call("sync.start"))["result"]["me"]["id"] == ann
        assert server.app.site.strangers == {}
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(raw.reader.readexactly(1), 0.4)


async def test_a_connection_stays_who_it_is(server: Server) -> None:
    _, ann = server.add("ann")
    bob_id, bob = server.add("bob")
    async with socket(server, bob) as raw:
        assert (await raw.call("sessions.resume", token=ann))["error"]["code"] == -32600
        assert (await raw.call("sessions.resume", token=bob))["result"]["id"] == bob_id
        assert (await raw.call("accounts.me"))["result"]["id"] == bob_id


async def test_who_signs_in_within_a_batch_is_signed_in_for_the_rest_of_it(server: Server) -> None:
    ann, token = server.add("ann")
    async with socket(server) as raw:
        batch = b"[" + request("sessions.resume", 1, token=token) + b"," + request("accounts.me", 2) + b"]"
        await raw.send(frame(TEXT, batch))
        answers = await raw.answer()
        assert [one["id"] for one in answers] == [1, 2]
        assert answers[1]["result"]["id"] == ann


@contextlib.asynccontextmanager
async def many(server: Server, count: int, token: str | None = None) -> AsyncIterator[list[Raw]]:
    """So many connections."""
    async with contextlib.AsyncExitStack() as held:
        yield [await held.enter_async_context(socket(server, token)) for _ in range(count)]


async def test_the_21st_connection_of_a_user_is_closed_with_4504_and_the_others_stay(server: Server) -> None:
    ann, token = server.add("ann")
    _, bob = server.add("bob")
    async with many(server, 20, token) as twenty:
        async with socket(server, token) as raw:
            assert [one.code for one in await raw.gone()] == [4504]
        async with socket(server) as raw:
            await raw.send(frame(TEXT, request("sessions.resume", token=token)))
            assert (await raw.gone())[-1].code == 4504
        async with socket(server, bob) as raw:
            assert "result" in await raw.call("accounts.me")
        for one in twenty:
            assert (await one.call("accounts.me"))["result"]["id"] == ann
        await twenty[0].send(frame(CLOSE))
        await twenty[0].gone()
        async with socket(server, token) as raw:
            assert "result" in await raw.call("accounts.me")


async def test_the_51st_stranger_of_an_address_is_closed_with_4504_and_who_signs_in_is_none(server: Server) -> None:
    _, token = server.add("ann")
    async with many(server, 50) as fifty:
        async with socket(server) as raw:
            assert [one.code for one in await raw.gone()] == [4504]
        async with socket(server, token) as raw:
            assert "result" in await raw.call("accounts.me")
        for one in fifty:
            assert "result" in await one.call("workspace.look")
        assert "result" in await fifty[0].call("sessions.resume", token=token)
        async with socket(server) as raw:
            assert "result" in await raw.call("workspace.look")
    await emptied(server)
    assert server.app.site.strangers == {}


async def test_the_end_of_a_session_closes_its_connections_with_4501(server: Server) -> None:
    ann, token = server.add("ann")
    elsewhere = server.token(ann)
    async with socket(server, token) as raw, socket(server, token) as again, socket(server, elsewhere) as other:
        await raw.call("sync.start")
        (mine,) = [one["id"] for one in (await raw.call("sessions.list"))["result"]["sessions"] if one["current"]]
        await server.rpc(elsewhere, "sessions.end", session=mine)
        for one in (raw, again):
            assert [got.code for got in await one.gone()][-1] == 4501
        assert "result" in await other.call("accounts.me")
    async with dial(server) as late:
        assert await late.shake(server, f"Authorization: Bearer {token}") == 401


async def test_who_signs_out_gets_4501_on_a_connection_and_no_answer_to_what_follows(server: Server) -> None:
    _, token = server.add("ann")
    async with socket(server, token) as raw:
        await server.rpc(token, "sessions.end")
        await raw.send(frame(TEXT, request("accounts.me", 8)))
        got = await raw.gone()
        assert got[-1].code == 4501
        assert not [one for one in got if b'"id":8' in one.payload]


async def test_a_connection_that_is_being_closed_can_do_nothing_more(server: Server) -> None:
    _, token = server.add("ann")
    async with socket(server, token) as raw:
        await raw.send(frame(TEXT, b"bad") * 10)
        await raw.send(frame(TEXT, request("messages.post", room=1, body="too late", nonce="n")))
        assert (await raw.gone())[-1].code == 4500
    assert (await server.rpc(token, "messages.page", room=1))["messages"] == []


# Order, and slow readers


async def test_long_calls_wait_in_the_socket_and_not_in_memory(server: Server) -> None:
    ann, token = server.add("ann")
    held = threading.Event()
    server.app.writer.put(Job(lambda tx: held.wait(30), Caller(), {}, lambda _: None))
    async with socket(server, token) as raw:
        long = frame(TEXT, request("messages.post", 1, room=1, body="x", nonce="n").ljust(100_000))
        sending = asyncio.create_task(raw.send(long * 10))
        connection = connection_of(server, ann)
        await until(lambda: connection._paused)
        assert connection._calls._calls == 3
        held.set()
        assert len([await raw.answer() for _ in range(10)]) == 10
        await sending


async def test_calls_under_way_together_each_see_the_changes_before_them(server: Server) -> None:
    _, token = server.add("ann")
    async with socket(server, token) as raw:
        calls = []
        for number in range(0, 60, 3):
            calls += [
                request("messages.post", number, room=1, body=f"m{number}", nonce=f"n{number}"),
                request("messages.page", number + 1, room=1, limit=1),
                request("no.such", number + 2),
            ]
        await raw.send(b"".join(frame(TEXT, one) for one in calls))
        answers = {one["id"]: one for one in [await raw.answer() for _ in calls]}
        assert set(answers) == set(range(60))
        seqs = [answers[number]["result"]["seq"] for number in range(0, 60, 3)]
        assert seqs == list(range(seqs[0], seqs[0] + 20))
        for number in range(0, 60, 3):
            assert answers[number + 1]["result"]["messages"][-1]["seq"] >= answers[number]["result"]["seq"]
            assert answers[number + 2]["error"]["code"] == -32601


async def test_changes_of_one_connection_are_made_in_the_order_of_the_calls(server: Server) -> None:
    _, token = server.add("ann")
    async with socket(server, token) as raw:
        calls = [request("messages.post", n, room=1, body=f"m{n}", nonce=f"n{n}") for n in range(300)]
        await raw.send(b"".join(frame(TEXT, one) for one in calls))
        answers = {one["id"]: one["result"] for one in [await raw.answer() for _ in calls]}
    assert [answers[n]["body"] for n in range(300)] == [f"m{n}" for n in range(300)]
    assert [answers[n]["seq"] for n in range(300)] == list(range(answers[0]["seq"], answers[0]["seq"] + 300))


async def test_what_is_about_the_connection_waits_for_all_before_it_and_all_after_it_wait(server: Server) -> None:
    ann, token = server.add("ann")
    async with socket(server) as raw:
        calls = [
            request("workspace.look", 1),
            request("sessions.resume", 2, token=token),
            request("accounts.me", 3),
            b"[" + request("messages.post", 4, room=1, body="one", nonce="1") + b"]",
            request("messages.page", 5, room=1),
        ]
        await raw.send(b"".join(frame(TEXT, one) for one in calls))
        first, second, third, fourth, fifth = [await raw.answer() for _ in calls]
    assert (first["id"], second["id"], third["id"], fourth[0]["id"], fifth["id"]) == (1, 2, 3, 4, 5)
    assert third["result"]["id"] == ann
    assert [one["body"] for one in fifth["result"]["messages"]] == ["one"]


async def test_who_calls_faster_than_can_be_answered_has_to_wait_and_loses_nothing(server: Server) -> None:
    ann, token = server.add("ann")
    held = threading.Event()
    server.app.writer.put(Job(lambda tx: held.wait(30), Caller(), {}, lambda _: None))
    async with socket(server, token) as raw:
        await raw.send(b"".join(frame(TEXT, request("saved.marks", n)) for n in range(3)))
        calls = [request("messages.post", n, room=1, body=f"m{n}", nonce=f"n{n}") for n in range(3, 200)]
        await raw.send(b"".join(frame(TEXT, one) for one in calls))
        connection = connection_of(server, ann)
        await until(lambda: connection._paused)
        assert connection._calls._calls == 64
        held.set()
        answers = [await raw.answer() for _ in range(200)]
        assert {one["id"] for one in answers} == set(range(200))
        assert not connection._paused


@contextlib.asynccontextmanager
async def deaf(server: Server, user: int, token: str) -> AsyncIterator[tuple[Raw, Connection]]:
    """Somebody who has started, and then does not read; the kernel keeps little for them."""
    plug = sockets.socket()
    plug.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    plug.connect(("127.0.0.1", server.config.port))
    raw = Raw(*await asyncio.open_connection(sock=plug, limit=2**16))
    assert await raw.shake(server, f"Authorization: Bearer {token}") == 101
    assert "result" in await raw.call("sync.start")
    connection = connection_of(server, user)
    connection._sock.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, 4096)
    raw.writer.transport.pause_reading()  # type: ignore[attr-defined]
    try:
        yield raw, connection
    finally:
        await raw.close()


def waiting(connection: Connection) -> int:
    """Bytes that the server holds for a connection."""
    return sum(map(len, connection._out)) + len(connection._behind or b"")


async def test_who_never_reads_is_closed_with_4008_and_costs_a_mebibyte_at_most(server: Server) -> None:
    ann, ann_token = server.add("ann")
    _, bob_token = server.add("bob")
    bob = await server.client(bob_token)
    async with deaf(server, ann, ann_token) as (raw, connection):
        most = 0
        for number in range(200):
            await bob.call("messages.post", room=1, body="x" * 8_000, nonce=f"n{number}")
            most = max(most, waiting(connection))
            if not server.app.hub.of_user(ann):
                break
        assert 512 * 1024 < most <= 1024 * 1024
        assert [one[0] for one in connection._out] == [0x80 | CLOSE]
        assert connection not in server.app.site.connections
        raw.writer.transport.resume_reading()  # type: ignore[attr-defined]
        got = await raw.gone()
        assert got[-1].code == 4008
        assert [one.opcode for one in got[:-1]] == [TEXT] * (len(got) - 1)
    await bob.close()


async def test_who_never_reads_is_closed_after_2000_small_frames(server: Server) -> None:
    ann, ann_token = server.add("ann")
    _, bob = server.add("bob")
    async with deaf(server, ann, ann_token) as (_, connection):
        for number in range(4):
            await server.rpc(bob, "messages.post", room=1, body="x" * 8_000, nonce=f"big{number}")
        said = 0
        while connection in server.app.site.connections:
            posts = (server.rpc(bob, "messages.post", room=1, body="x", nonce=f"n{n}") for n in range(said, said + 50))
            said += len(await asyncio.gather(*posts))
            assert waiting(connection) < 1024 * 1024
        assert 2_000 <= said <= 2_100
        assert [one[0] for one in connection._out] == [0x80 | CLOSE]


async def test_typing_is_dropped_for_who_is_half_way_to_too_slow_and_messages_are_not(server: Server) -> None:
    ann, ann_token = server.add("ann")
    _, bob_token = server.add("bob")
    bob = await server.client(bob_token)
    async with deaf(server, ann, ann_token) as (raw, connection):
        await bob.call("presence.typing", room=1)
        posted = 0
        while waiting(connection) < 700_000:
            posted += 1
            await bob.call("messages.post", room=1, body="x" * 8_000, nonce=f"n{posted}")
        for _ in range(50):
            await bob.call("presence.typing", room=1)
        await bob.call("messages.post", room=1, body="the end", nonce="end")
        raw.writer.transport.resume_reading()  # type: ignore[attr-defined]
        heard: list[dict[str, Any]] = []
        while not heard or "the end" not in str(heard[-1]):
            heard.append(await raw.answer())
        assert [one["method"] for one in heard].count("typing") == 1
        assert [one["method"] for one in heard].count("change") == posted + 1
    await bob.close()


async def test_who_reads_again_in_time_has_missed_nothing(server: Server) -> None:
    ann, ann_token = server.add("ann")
    _, bob_token = server.add("bob")
    bob = await server.client(bob_token)
    async with deaf(server, ann, ann_token) as (raw, connection):
        posted = 0
        for _ in range(3):
            raw.writer.transport.pause_reading()  # type: ignore[attr-defined]
            first = posted
            while waiting(connection) < 600_000:
                posted += 1
                await bob.call("messages.post", room=1, body=f"{posted} " + "x" * 7_000, nonce=f"n{posted}")
            raw.writer.transport.resume_reading()  # type: ignore[attr-defined]
            bodies: list[str] = []
            while len(bodies) < posted - first:
                change = await raw.answer()
                bodies += [one["body"].split()[0] for one in change["params"].get("messages", [])]
            assert bodies == [str(number) for number in range(first + 1, posted + 1)]
    await bob.close()


async def test_nothing_follows_the_close_of_a_slow_reader_whose_session_ends(server: Server) -> None:
    ann, ann_token = server.add("ann")
    elsewhere = server.token(ann)
    _, bob_token = server.add("bob")
    bob = await server.client(bob_token)
    async with deaf(server, ann, ann_token) as (raw, connection):
        posted = 0
        while waiting(connection) < 500_000:
            posted += 1
            await bob.call("messages.post", room=1, body="x" * 8_000, nonce=f"n{posted}")
        await server.rpc(elsewhere, "sessions.end", session=connection.session)
        raw.writer.transport.resume_reading()  # type: ignore[attr-defined]
        got = await raw.gone()
        assert got[-1].code == 4501
    await bob.close()


async def test_a_flood_of_pings_from_who_reads_no_pong_does_not_grow(server: Server) -> None:
    ann, ann_token = server.add("ann")
    async with deaf(server, ann, ann_token) as (raw, connection):
        for _ in range(200):
            await raw.send(frame(PING, b"x" * 125) * 50)
        assert waiting(connection) < 64 * 1024
    await healthy(server)


# Stopping


async def test_a_server_that_stops_tells_its_connections_to_come_back(tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as held:
        async with serving(settings(tmp_path / "data")) as server:
            _, token = server.add("ann")
            raw = await held.enter_async_context(socket(server, token))
            assert "result" in await raw.call("sync.start")
            last = request("messages.post", 9, room=1, body="in the last moment", nonce="n")
            await raw.send(frame(TEXT, last))
        got = await raw.gone()
        assert got[-1].code == 4001
        assert got[-1].payload[2:] == b"the server restarts, come back"
