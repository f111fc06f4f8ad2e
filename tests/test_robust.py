"""Every call with every kind of value that a broken or a wicked client may send: answered in words, never by a failure
of ours. What is tried is made from `METHODS`, so that a new call is tried too.
"""

import contextlib
import typing
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any, Literal

import msgspec
import pytest
from argon2 import PasswordHasher

from chinwag.jsonrpc import BATCH
from chinwag.rpc import METHODS
from chinwag.services import passwords
from tests.raw import TEXT, dial, frame, socket
from tests.world import PASSWORD, Server

Say = Callable[[bytes], Awaitable[Any]]

WRONG = (
    *(b"null", b"true", b"-1", b"0", b"1.5", b"9007199254740991", b"9007199254740992", b"1e400", b"9" * 400),
    *(b'""', b'" "', b'"\\u0000"', b'"a\\u0000b"', b'"\\u202e"', b'"%"', b'"\\""', b'"%s"' % (b"x" * 9_000)),
    *(b"[]", b"{}", b"[null]", b'["\\u0000"]', b'{"\\u0000":1}', b'{"room:1":-1}'),
)
TEXTS = (b'"\\ud800"', b'"%s"' % (b"x" * 1_000_000))
"""Where text may be: half of a surrogate pair, which makes all of a batch unreadable, and what fills a body."""
CODES = {-32700, -32600, -32602, *range(-32006, -32000)}


def likely(name: str, kind: Any) -> Any:
    """A value that a param of this name and type might well have."""
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is Annotated:
        return likely(name, arguments[0])
    if typing.get_origin(kind) is Literal:
        return arguments[0]
    if typing.get_origin(kind) is list:
        return [likely(name, arguments[0])]
    return PASSWORD if name in ("password", "old", "new") else {int: 1, bool: True, str: "x"}.get(kind)


def requests(method: str, values: tuple[bytes, ...], having: str = "") -> list[bytes]:
    """Calls with each wrong value in the place of each param (whose type has this word), the others as right as can be
    guessed."""
    fields = msgspec.structs.fields(METHODS[method].params)
    right = {one.name: msgspec.json.encode(likely(one.name, one.type)) for one in fields if one.required}
    return [
        b'{"jsonrpc":"2.0","id":7,"method":"%s","params":{%s}}'
        % (method.encode(), b",".join(b'"%s":%s' % (n.encode(), v) for n, v in {**right, one.name: value}.items()))
        for one in fields
        for value in values
        if having in str(one.type)
    ]


@contextlib.asynccontextmanager
async def over_http(server: Server, user: int) -> AsyncIterator[Say]:
    """`POST /rpc`, time and again on one connection, signed in anew where a call ended the session."""
    token = server.token(user)
    async with dial(server) as raw:

        async def say(data: bytes) -> Any:
            nonlocal token
            lines = ("POST /rpc HTTP/1.1", f"Host: 127.0.0.1:{server.config.port}", f"Authorization: Bearer {token}")
            head = "\r\n".join((*lines, "Content-Type: application/json", f"Content-Length: {len(data)}", "", ""))
            await raw.send(head.encode() + data)
            await raw.read_head()
            answer = msgspec.json.decode(await raw.reader.readexactly(int(raw.headers["content-length"])))
            if isinstance(answer, dict) and "jsonrpc" not in answer:
                token = server.token(user)
                return await say(data)
            return answer

        yield say


@contextlib.asynccontextmanager
async def over_socket(server: Server, user: int) -> AsyncIterator[Say]:
    """A WebSocket, anew for each frame, as ten bad ones would close it."""

    async def say(data: bytes) -> Any:
        async with socket(server, server.token(user)) as raw:
            await raw.send(frame(TEXT, data))
            while isinstance(answer := await raw.answer(), dict) and "id" not in answer:
                pass  # a change
            return answer

    yield say


def check(data: bytes, answer: Any) -> None:
    """A result, or one error that is no failure of ours, and says which param it is about. What no database can store
    is always refused."""
    if "result" in answer:
        assert b"\\u0000" not in data, (data, answer)
        assert b"\\ud800" not in data, (data, answer)
        return
    case, wrong = (data[:300], answer), answer["error"]
    assert wrong["code"] in CODES, case
    assert 0 < len(wrong["message"]) < 400, case
    assert wrong["code"] != -32602 or (answer["id"] == 7 and wrong["data"]["field"]), case


async def test_every_call_answers_every_wrong_value_in_words(
    any_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    server = any_server
    _, ann = server.add("ann", role="owner")
    await server.rpc(ann, "messages.post", room=1, body="hello", nonce="n")
    bob, _ = server.add("bob", role="owner")
    for method, call in METHODS.items():
        on_socket = call.over == "socket"
        async with (over_socket if on_socket else over_http)(server, bob) as say:
            tries = requests(method, WRONG)
            for batch in (tries[at : at + BATCH] for at in range(0, len(tries), BATCH)):
                for data, answer in zip(batch, await say(b"[" + b",".join(batch) + b"]"), strict=True):
                    check(data, answer)
            for data in requests(method, TEXTS[:1] if on_socket else TEXTS, having="str"):
                check(data, await say(data))


async def test_what_was_sent_is_not_said_again_at_any_length(server: Server) -> None:
    user, _ = server.add("ann")
    async with over_http(server, user) as say:
        for params in (b'{"%s":1}' % (b"x" * 100_000), b'{"room":1,"notify":"%s"}' % (b"x" * 100_000)):
            answer = await say(b'{"jsonrpc":"2.0","id":7,"method":"mine.set","params":%s}' % params)
            assert answer["error"]["code"] == -32602
            assert len(msgspec.json.encode(answer)) < 500
