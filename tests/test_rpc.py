"""JSON-RPC 2.0 as its specification has it, over HTTP and over the WebSocket; and every kind of bad input: one clear
error that names the field, and nothing half done."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chinwag.errors import Unauthorized
from chinwag.limits import Limits
from chinwag.rpc import METHODS
from chinwag.services import invites, workspace
from chinwag.store.tx import Caller
from tests.raw import TEXT, frame, request, socket
from tests.world import PASSWORD, Fault, Server, serving, settings, until

Say = Callable[[bytes], Awaitable[Any]]


@pytest.fixture(params=["http", "socket"])
async def say(request: pytest.FixtureRequest, server: Server) -> AsyncIterator[Say]:
    """A way to say something to the server as ann, who owns it, and to hear its answer: None for no answer at all."""
    _, token = server.add("ann", role="owner")
    way = over_http if request.param == "http" else over_socket
    async with way(server, token) as say:
        yield say


@contextlib.asynccontextmanager
async def over_http(server: Server, token: str) -> AsyncIterator[Say]:
    async def say(data: bytes) -> Any:
        headers = {"Content-Type": "application/json"}
        response = await server.fetch("/rpc", token, method="POST", body=data, headers=headers)
        assert (response.code == 204) == (not response.body)
        return msgspec.json.decode(response.body) if response.body else None

    yield say


@contextlib.asynccontextmanager
async def over_socket(server: Server, token: str) -> AsyncIterator[Say]:
    async with socket(server, token) as raw:

        async def say(data: bytes) -> Any:
            # What is about the connection itself waits for all before it.
            await raw.send(frame(TEXT, data) + frame(TEXT, request("presence.here", "the fence", room=1)))
            answer = await raw.answer()
            if isinstance(answer, dict) and answer.get("id") == "the fence":
                return None
            assert (await raw.answer())["id"] == "the fence"
            return answer

        yield say


def error(code: int, id: object = None) -> Callable[[Any], bool]:
    """Whether an answer is this error, in the shape of the specification."""
    return lambda answer: (
        set(answer) == {"jsonrpc", "id", "error"}
        and (answer["jsonrpc"], answer["id"], answer["error"]["code"]) == ("2.0", id, code)
        and isinstance(answer["error"]["message"], str)
    )


def result(found: object, id: object) -> dict[str, Any]:
    """An answer in the shape of the specification."""
    return {"jsonrpc": "2.0", "result": found, "id": id}


NOBODY: dict[str, Any] = {"users": [], "more": False}


# The examples of the specification (jsonrpc.org/specification, section 7), with our calls


async def test_a_call_with_positional_params(say: Say) -> None:
    data = b'{"jsonrpc": "2.0", "method": "users.find", "params": ["zzz", 23], "id": 1}'
    assert await say(data) == result(NOBODY, 1)
    data = b'{"jsonrpc": "2.0", "method": "users.find", "params": [23, "zzz"], "id": 2}'
    assert error(-32602, 2)(await say(data))


async def test_a_call_with_named_params_in_any_order(say: Say) -> None:
    data = b'{"jsonrpc": "2.0", "method": "users.find", "params": {"query": "zzz", "limit": 42}, "id": 3}'
    assert await say(data) == result(NOBODY, 3)
    data = b'{"jsonrpc": "2.0", "method": "users.find", "params": {"limit": 42, "query": "zzz"}, "id": 4}'
    assert await say(data) == result(NOBODY, 4)


async def test_a_notification_is_done_and_not_answered(say: Say, server: Server) -> None:
    post = b'{"jsonrpc": "2.0", "method": "messages.post", "params": {"room": 1, "body": "hey", "nonce": "n"}}'
    assert await say(post) is None
    page = request("messages.page", 5, room=1)
    assert [one["body"] for one in (await say(page))["result"]["messages"]] == ["hey"]


@pytest.mark.parametrize("method", ["foobar", "users.find", "messages.post"])
async def test_a_notification_that_is_refused_is_not_answered_either(say: Say, method: str) -> None:
    assert await say(b'{"jsonrpc": "2.0", "method": "%s"}' % method.encode()) is None


async def test_a_call_of_a_method_that_does_not_exist(say: Say) -> None:
    assert error(-32601, "1")(await say(b'{"jsonrpc": "2.0", "method": "foobar", "id": "1"}'))


async def test_a_call_with_invalid_json(say: Say) -> None:
    assert error(-32700)(await say(b'{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]'))


async def test_a_call_with_an_invalid_request_object(say: Say) -> None:
    assert error(-32600)(await say(b'{"jsonrpc": "2.0", "method": 1, "params": "bar"}'))


async def test_a_batch_with_invalid_json(say: Say) -> None:
    data = b'[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method"]'
    assert error(-32700)(await say(data))


async def test_an_empty_array(say: Say) -> None:
    assert error(-32600)(await say(b"[]"))


async def test_a_batch_that_is_invalid_but_not_empty(say: Say) -> None:
    answer = await say(b"[1]")
    assert len(answer) == 1
    assert error(-32600)(answer[0])


async def test_an_invalid_batch(say: Say) -> None:
    answer = await say(b"[1,2,3]")
    assert [error(-32600)(one) for one in answer] == [True, True, True]


async def test_a_mixed_batch(say: Say) -> None:
    answer = await say(
        b"""[
        {"jsonrpc": "2.0", "method": "users.find", "params": ["zzz", 4], "id": "1"},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
        {"jsonrpc": "2.0", "method": "rooms.browse", "params": ["zzz"], "id": "2"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
        {"jsonrpc": "2.0", "method": "users.find", "params": {"query": "yyy"}, "id": "9"}
    ]"""
    )
    assert answer[0] == result(NOBODY, "1")
    assert answer[1] == result({"rooms": [], "more": False}, "2")
    assert error(-32600)(answer[2])
    assert error(-32601, "5")(answer[3])
    assert answer[4] == result(NOBODY, "9")
    assert len(answer) == 5


async def test_a_batch_of_notifications_alone_is_not_answered(say: Say) -> None:
    data = b'[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},{"jsonrpc": "2.0", "method": "users.find"}]'
    assert await say(data) is None


# Beyond the examples


async def test_an_id_comes_back_as_it_was(say: Say) -> None:
    for number in (1, 0, -1, 2**53, 2**64, 10**30, 1.5, "", "a", "ünïcödé 🎉", "\0", "x" * 1_000, None):
        answer = await say(request("users.find", number, query="zzz"))
        assert answer == result(NOBODY, number)
        assert type(answer["id"]) is type(number)
        assert error(-32601, number)(await say(request("no.such", number)))


async def test_an_id_that_is_none_is_refused(say: Say) -> None:
    for number in (b"true", b"[1]", b'{"a":1}', b"1e999", b"9" * 5_000):
        assert error(-32600)(await say(b'{"jsonrpc":"2.0","method":"workspace.look","id":%s}' % number))


async def test_what_is_no_request_is_refused_under_its_id_where_that_can_be_read(say: Say) -> None:
    for data in (
        b'{"method":"workspace.look","id":1}',
        b'{"jsonrpc":"1.0","method":"workspace.look","id":1}',
        b'{"jsonrpc":2.0,"method":"workspace.look","id":1}',
        b'{"jsonrpc":"2.0","id":1}',
        b'{"jsonrpc":"2.0","method":null,"id":1}',
        b'{"jsonrpc":"2.0","method":["workspace.look"],"id":1}',
        b'{"jsonrpc":"2.0","method":"workspace.look","params":null,"id":1}',
        b'{"jsonrpc":"2.0","method":"workspace.look","params":"{}","id":1}',
        b'{"jsonrpc":"2.0","method":"workspace.look","params":7,"id":1}',
    ):
        assert error(-32600, 1)(await say(data)), data


NO_JSON = [
    b"",
    b" ",
    b"{",
    b"nonsense",
    b"\xef\xbb\xbf{}",
    b'{"jsonrpc":"2.0","method":"workspace.look","id":1}{}',
    b"{'jsonrpc':'2.0'}",
    b'{"jsonrpc":"2.0","method":"workspace.look","id":NaN}',
    b'{"jsonrpc":"2.0","method":"workspace.look","id":01}',
    b'{"jsonrpc":"2.0","method":"workspace\x00.look","id":1}',
    b'{"a":' * 10_000,
    b"[" * 60_000,
    b'{"jsonrpc":"2.0","method":"workspace.look","id":1,"params":' + b"[" * 25_000 + b"]" * 25_000 + b"}",
    b'[{"jsonrpc":"2.0","method":"workspace.look","id":1,"params":' + b'{"a":' * 9_000 + b"1" + b"}" * 9_001 + b"]",
]


@pytest.mark.parametrize("some", [NO_JSON[:9], NO_JSON[9:]], ids=["some", "others"])
async def test_what_is_no_json_or_nested_beyond_reason_is_a_parse_error(say: Say, some: list[bytes]) -> None:
    for data in some:  # in two halves: the tenth would close the WebSocket
        answer = await say(data)
        assert [error(-32700)(one) for one in (answer if isinstance(answer, list) else [answer])] == [True], data[:80]
    assert (await say(request("workspace.look")))["id"] == 1


async def test_white_space_and_further_members_do_no_harm(say: Say) -> None:
    data = b' \n\t{"extra":[{}],"id":1,"params":["zzz"],"method":"users.find","jsonrpc":"2.0"}\r\n '
    assert await say(data) == result(NOBODY, 1)


async def test_of_a_key_that_comes_twice_the_last_counts_and_the_call_runs_once(say: Say) -> None:
    data = b"""{"jsonrpc":"2.0","method":"messages.delete","method":"messages.post","id":1,"id":2,
        "params":{"room":1,"body":"first","nonce":"n","body":"second"}}"""
    answer = await say(data)
    assert (answer["id"], answer["result"]["body"]) == (2, "second")
    assert len((await say(request("messages.page", room=1)))["result"]["messages"]) == 1


async def test_a_batch_has_20_requests_at_most_and_a_longer_one_does_nothing(say: Say) -> None:
    posts = [request("messages.post", n, room=1, body=f"m{n}", nonce=f"n{n}") for n in range(21)]
    assert error(-32600)(await say(b"[" + b",".join(posts) + b"]"))
    assert (await say(request("messages.page", room=1)))["result"]["messages"] == []
    answers = await say(b"[" + b",".join(posts[:20]) + b"]")
    assert [one["result"]["body"] for one in answers] == [f"m{n}" for n in range(20)]


async def test_one_bad_request_of_a_batch_fails_alone(say: Say) -> None:
    posts = [request("messages.post", n, room=1, body=f"m{n}", nonce=f"n{n}") for n in range(5)]
    posts[2] = request("messages.post", 2, room=1, body="", nonce="n2")
    answers = await say(b"[" + b",".join(posts) + b"]")
    assert [("result" in one) for one in answers] == [True, True, False, True, True]
    said = (await say(request("messages.page", room=1)))["result"]["messages"]
    assert [one["body"] for one in said] == ["m0", "m1", "m3", "m4"]


# Bad input

BAD: list[tuple[str, bytes, str, int, str]] = [
    ("messages.post", b'{"room":1,"body":"a\\u0000b","nonce":"n"}', "body", -32602, ""),
    ("messages.post", b'{"room":1,"body":"hello","nonce":"a\\u0000b"}', "nonce", -32602, ""),
    ("messages.post", b'{"room":1,"body":"a\\ud800b","nonce":"n"}', "body", -32602, ""),
    ("messages.post", b'{"room":1,"body":"\\ude00\\ud83d","nonce":"n"}', "body", -32602, ""),
    ("messages.post", b'{"room":1,"body":"hello","nonce":"\\udfff"}', "nonce", -32602, ""),
    ("messages.post", b'{"room":1,"body":"hello","nonce":"n","extra":{"a":[1]}}', "extra", -32602, ""),
    ("messages.post", b'{"room":1,"body":"hello"}', "nonce", -32602, ""),
    ("messages.post", b'{"body":"hello","nonce":"n"}', "room", -32602, ""),
    ("messages.post", b'{"room":"1","body":"hello","nonce":"n"}', "room", -32602, ""),
    ("messages.post", b'{"room":1.0,"body":"hello","nonce":"n"}', "room", -32602, ""),
    ("messages.post", b'{"room":true,"body":"hello","nonce":"n"}', "room", -32602, ""),
    ("messages.post", b'{"room":null,"body":"hello","nonce":"n"}', "room", -32602, ""),
    ("messages.post", b'{"room":0,"body":"hello","nonce":"n"}', "room", -32602, ""),
    ("messages.post", b'{"room":-1,"body":"hello","nonce":"n"}', "room", -32602, ""),
    ("messages.post", b'{"room":9007199254740992,"body":"hello","nonce":"n"}', "room", -32602, ""),
    ("messages.post", b'{"room":18446744073709551617,"body":"hello","nonce":"n"}', "room", -32602, ""),
    ("messages.post", b'{"room":%s,"body":"hello","nonce":"n"}' % (b"9" * 5_000), "room", -32602, ""),
    ("messages.post", b'{"room":1e400,"body":"hello","nonce":"n"}', "room", -32602, ""),
    ("messages.post", b'{"room":9007199254740991,"body":"hello","nonce":"n"}', "room", -32003, "not_found"),
    ("messages.post", b'{"room":1,"body":["hello"],"nonce":"n"}', "body", -32602, ""),
    ("messages.post", b'{"room":1,"body":{"a":{"b":[[]]}},"nonce":"n"}', "body", -32602, ""),
    ("messages.post", b'{"room":1,"body":"","nonce":"n"}', "body", -32602, ""),
    ("messages.post", b'{"room":1,"body":" \\n\\t","nonce":"n"}', "body", -32602, ""),
    ("messages.post", b'{"room":1,"body":"%s","nonce":"n"}' % (b"x" * 8_001), "body", -32005, "too_large"),
    ("messages.post", b'{"room":1,"body":"%s","nonce":"n"}' % (b"x" * 60_000), "body", -32005, "too_large"),
    ("messages.post", b'{"room":1,"body":"hello","nonce":""}', "nonce", -32602, ""),
    ("messages.post", b'{"room":1,"body":"hello","nonce":"%s"}' % (b"n" * 65), "nonce", -32602, ""),
    ("messages.post", b'[1,"hello"]', "nonce", -32602, ""),
    ("messages.post", b'[1,2,"n"]', "body", -32602, ""),
    ("messages.page", b'{"room":1,"limit":101}', "limit", -32602, ""),
    ("messages.page", b'{"room":1,"limit":0}', "limit", -32602, ""),
    ("messages.page", b'{"room":1,"before":-1}', "before", -32602, ""),
    ("messages.page", b'{"room":1,"before":1,"after":1}', "before", -32602, ""),
    ("reads.mark", b'{"room":1,"seq":9007199254740992}', "seq", -32602, ""),
    ("rooms.create", b'{"name":"Ops","users":[1,"2"]}', "users", -32602, ""),
    ("rooms.create", b'{"name":"Ops","users":[[[1]]]}', "users", -32602, ""),
    ("rooms.create", b'{"name":"Ops","users":[%s]}' % b",".join([b"1"] * 101), "users", -32602, ""),
    ("rooms.create", b'{"name":"Ops","kind":"direct"}', "kind", -32602, ""),
    ("rooms.create", b'{"name":"Ops","private":true}', "private", -32602, ""),
    ("rooms.create", b'{"name":"a\\u0000"}', "name", -32602, ""),
    ("rooms.create", b'{"name":"a\\ud800"}', "name", -32602, ""),
    ("rooms.create", b'{"name":"a\\u202eb"}', "name", -32602, ""),
    ("rooms.create", b'{"name":"%s"}' % (b"x" * 65), "name", -32005, "too_large"),
    ("rooms.create", b'{"name":"Ops","topic":"%s"}' % (b"x" * 251), "topic", -32005, "too_large"),
    ("rooms.create", b'{"name":"Ops","slug":"L0bby"}', "slug", -32004, "conflict"),
    ("sync.changes", b'{"topic":"room:1","since":"0"}', "since", -32602, ""),
    ("sync.changes", b'{"topic":"room:01","since":0}', "topic", -32003, "not_found"),
    ("sync.changes", b'{"topic":"everything","since":0}', "topic", -32003, "not_found"),
    ("users.find", b'{"query":"%s"}' % (b"x" * 257), "query", -32602, ""),
    ("users.role", b'{"user":1,"role":"king"}', "role", -32602, ""),
]


async def test_bad_input_is_one_error_that_names_the_field_and_nothing_is_half_done(say: Say, server: Server) -> None:
    before = server.stage.state(["room:1", "user:1", "workspace"])
    for method, params, field, code, kind in BAD:
        answer = await say(b'{"jsonrpc":"2.0","id":7,"method":"%s","params":%s}' % (method.encode(), params))
        case = (method, params[:80], answer)
        assert error(code, 7)(answer), case
        assert answer["error"]["data"]["field"] == field, case
        assert answer["error"]["data"].get("kind", "") == kind, case
        assert len(answer["error"]["message"]) < 300, case
        assert server.stage.state(["room:1", "user:1", "workspace"]) == before, case


async def test_too_many_positional_params_are_told_which_there_are(say: Say) -> None:
    answer = await say(b'{"jsonrpc":"2.0","id":7,"method":"messages.post","params":[1,"hello","n",[],4,true,"me",8]}')
    assert error(-32602, 7)(answer)
    assert "room, body, nonce, files, thread, also, kind" in answer["error"]["message"]


async def test_raw_bytes_that_are_not_utf8_are_a_parse_error(server: Server) -> None:
    _, token = server.add("ann")
    async with over_http(server, token) as say:
        for wrong in (b"\xff", b"\xed\xa0\x80", b"\xc0\x80"):
            params = b'{"room":1,"body":"%s","nonce":"n"}' % wrong
            answer = await say(b'{"jsonrpc":"2.0","id":7,"method":"messages.post","params":%s}' % params)
            assert answer["error"]["code"] == -32700


async def test_every_param_of_every_call_is_named_when_it_is_missing_mistyped_or_too_many(server: Server) -> None:
    _, token = server.add("ann", role="owner")
    async with over_http(server, token) as http, over_socket(server, token) as wire:

        async def field_of(method: str, params: dict[str, Any]) -> str | None:
            say = wire if METHODS[method].over == "socket" else http
            answer = await say(request(method, 7, **params))
            assert error(-32602, 7)(answer), (method, params, answer)
            found: str | None = answer["error"]["data"]["field"]
            return found

        for method, call in METHODS.items():
            fields = msgspec.structs.fields(call.params)
            required = [one.name for one in fields if one.required]
            if required:
                assert await field_of(method, {}) == required[0], method
            for one in fields:
                assert await field_of(method, {one.name: [[{"a": [None]}]]}) == one.name, (method, one.name)
            assert await field_of(method, {"no_such_param": 1}) == "no_such_param"


# Rates


async def test_what_everybody_is_told_of_has_its_rate_by_user(tmp_path: Path) -> None:
    async with serving(settings(tmp_path / "data", rates="on")) as server:
        server.app.rpc.limits = Limits(clock=lambda: 1_000.0)
        (_, ann), (_, bob) = server.add("ann"), server.add("bob")
        message = (await server.rpc(bob, "messages.post", room=1, body="hello", nonce="1"))["id"]
        pins = [("messages.pin", {"message": message, "on": number % 2 == 0}) for number in range(20)]
        changes = [("accounts.status", {"text": "x"}), ("accounts.quiet", {}), ("accounts.edit", {"about": "x"})] * 10
        for calls in (pins, changes):
            for method, params in calls:
                await server.rpc(ann, method, **params)
            for method, params in calls[-3:]:
                with pytest.raises(Fault) as caught:
                    await server.rpc(ann, method, **params)
                assert caught.value.kind == "too_many"
                await server.rpc(bob, method, **params)


async def test_ten_posts_at_once_are_let_through_and_the_next_is_told_when(tmp_path: Path) -> None:
    now = [1_000.0]
    async with serving(settings(tmp_path / "data", rates="on")) as server:
        server.app.rpc.limits = Limits(clock=lambda: now[0])
        ann, bob = server.add("ann")[1], server.add("bob")[1]

        async def post(token: str, nonce: str) -> Any:
            return await server.rpc(token, "messages.post", room=1, body="hello", nonce=nonce)

        for number in range(10):
            await post(ann, f"n{number}")
        with pytest.raises(Fault) as caught:
            await post(ann, "n10")
        assert (caught.value.code, caught.value.kind, caught.value.retry_after) == (-32006, "too_many", 1.0)
        await post(bob, "bob has a bucket of his own")
        now[0] += 0.75
        with pytest.raises(Fault) as caught:
            await post(ann, "n10")
        assert caught.value.retry_after == 0.25
        now[0] += 0.25
        await post(ann, "n10")
        said = (await server.rpc(ann, "messages.page", room=1))["messages"]
        assert [one["nonce"] for one in said if one["author"] == 1] == [f"n{number}" for number in range(11)]


async def test_over_http_the_status_and_a_header_say_when_to_come_again(tmp_path: Path) -> None:
    async with serving(settings(tmp_path / "data", rates="on")) as server:
        server.app.rpc.limits = Limits(clock=lambda: 1_000.0)
        _, token = server.add("ann")
        codes = [(await server.fetch("/chat", token, method="POST", body=f"m{n}")).code for n in range(11)]
        assert codes == [201] * 10 + [429]
        body = request("messages.post", room=1, body="hello", nonce="n")
        headers = {"Content-Type": "application/json"}
        response = await server.fetch("/rpc", token, method="POST", body=body, headers=headers)
        assert (response.code, response.headers["Retry-After"]) == (429, "1")


async def test_a_password_can_be_tried_five_times_and_then_not_even_the_right_one(tmp_path: Path) -> None:
    now = [1_000.0]
    async with serving(settings(tmp_path / "data", rates="on")) as server:
        server.app.rpc.limits = Limits(clock=lambda: now[0])
        secret = server.stage.act(setup_secret)
        await server.rpc(None, "setup.accept", token=secret, name="Ann", email="ann@a.test", password=PASSWORD)
        for written in ("ann", " ANN ", "@ann", "@Ann ", "aNN"):  # it is one account
            assert await outcome(server, written, "wrong") == "unauthorized"
        assert await outcome(server, "ann", PASSWORD) == "too_many"
        now[0] += 15 * 60
        assert await outcome(server, "ann", PASSWORD) == "ok"


async def outcome(server: Server, login: str, password: str) -> str:
    """What came of a sign-in: "ok" or the kind of error."""
    try:
        await server.rpc(None, "sessions.create", login=login, password=password)
    except Fault as fault:
        return str(fault.kind)
    return "ok"


def setup_secret(tx: Any) -> str:
    """The secret of a new set-up link."""
    return str(invites.make_setup_link(tx)).rpartition("#")[2]


async def test_two_passwords_are_hashed_at_once_twenty_wait_and_the_next_is_told_when(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, running, most = threading.Event(), 0, 0

    def slow(_tx: Any, *, login: str, password: str) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        go_on.wait(30)
        running -= 1
        raise Unauthorized

    monkeypatch.setitem(vars(METHODS["sessions.create"]), "prepare", slow)
    sign_in = request("sessions.create", login="ann", password="x")
    tries = [asyncio.create_task(server.app.rpc.answer(sign_in, Caller(address="127.0.0.1"))) for _ in range(22)]
    await until(lambda: server.app.rpc.waiting["hashes"] == 22 and running == 2)
    response = await server.fetch("/rpc", method="POST", body=sign_in, headers={"Content-Type": "application/json"})
    assert (response.code, response.headers["Retry-After"]) == (429, "2")
    assert not any(one.done() for one in tries)
    go_on.set()
    assert [reply.status for reply in await asyncio.gather(*tries)] == [401] * 22
    assert most == 2
    assert await outcome(server, "late", "x") == "unauthorized"


async def test_signing_in_and_up_have_their_rates_by_address(tmp_path: Path) -> None:
    now = [1_000.0]
    async with serving(settings(tmp_path / "data", rates="on", signup=True)) as server:
        server.app.rpc.limits = Limits(clock=lambda: now[0])
        server.stage.act(workspace.change_settings, values={"signup": True})
        found = [await outcome(server, f"u{number}", "x") for number in range(21)]
        assert found == ["unauthorized"] * 20 + ["too_many"]

        async def sign_up(number: int) -> tuple[int, str]:
            person = {"name": f"Ann {number}", "email": f"ann{number}@a.test", "password": PASSWORD}
            headers = {"Content-Type": "application/json"}
            body = request("accounts.signup", **person)
            response = await server.fetch("/rpc", method="POST", body=body, headers=headers)
            return response.code, response.headers.get("Retry-After", "")

        assert [await sign_up(number) for number in range(4)] == [(200, "")] * 3 + [(429, "1200")]
        now[0] += 1_199.5
        assert await sign_up(4) == (429, "1"), "never sooner than it will be let through"
        now[0] += 0.5
        assert await sign_up(4) == (200, "")


async def test_typing_counts_once_in_three_seconds_a_room(tmp_path: Path) -> None:
    now = [1_000.0]
    async with serving(settings(tmp_path / "data", rates="on")) as server:
        server.app.rpc.limits = Limits(clock=lambda: now[0])
        _, token = server.add("ann")
        room = (await server.rpc(token, "rooms.create", name="Ops"))["id"]
        for one in (1, room):
            await server.rpc(token, "presence.typing", room=one)
            with pytest.raises(Fault) as caught:
                await server.rpc(token, "presence.typing", room=one)
            assert caught.value.retry_after == 3
        now[0] += 3
        await server.rpc(token, "presence.typing", room=1)


async def test_a_refused_call_takes_nothing_from_the_bucket(tmp_path: Path) -> None:
    async with serving(settings(tmp_path / "data", rates="on")) as server:
        server.app.rpc.limits = Limits(clock=lambda: 1_000.0)
        _, token = server.add("ann")
        for _ in range(20):
            with pytest.raises(Fault):
                await server.rpc(token, "messages.post", room="one", body="hello", nonce="n")
        posts = (server.rpc(token, "messages.post", room=1, body="hello", nonce=f"n{n}") for n in range(10))
        assert len(await asyncio.gather(*posts)) == 10
