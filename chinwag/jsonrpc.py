"""JSON-RPC 2.0 as bytes: requests and params read, replies written. It knows no calls and runs nothing.

https://www.jsonrpc.org/specification
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from chinwag.errors import BadRequest, Invalid, ParseError, Refused
from chinwag.store.tx import Cookie

BATCH = 20
NAMED = 64
SAID = 200
"""Characters of a param's name, and of what is wrong with it: what was sent is not said again at any length."""


class Request(msgspec.Struct):
    """A request of JSON-RPC 2.0; without an id it is a notification and gets no answer."""

    jsonrpc: str
    method: str
    params: msgspec.Raw = msgspec.Raw(b"{}")
    id: int | float | str | msgspec.UnsetType | None = msgspec.UNSET


class _Id(msgspec.Struct):
    id: int | float | str | None = None


@dataclass(slots=True)
class Reply:
    """What to send back: nothing after notifications alone. `status` is HTTP's; `bad` counts what was no request."""

    payload: bytes | None
    status: int = 200
    cookie: Cookie | None = None
    retry_after: float | None = None
    bad: int = 0


_encode = msgspec.json.Encoder().encode
_decode_request = msgspec.json.Decoder(Request).decode
_decode_id = msgspec.json.Decoder(_Id).decode
_decode_batch = msgspec.json.Decoder(list[msgspec.Raw]).decode

_NO_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for it; the last for what is nested a thousand deep."""


def batch_of(data: bytes) -> list[bytes] | None:
    """The requests of a batch; None for what is one request. Raises `ParseError` or `BadRequest`."""
    if data.lstrip()[:1] != b"[":
        return None
    try:
        batch: Sequence[bytes | msgspec.Raw] = _decode_batch(data)
    except _NO_JSON:
        batch = _batch_with_halves(data)
    if not 0 < len(batch) <= BATCH:
        raise BadRequest(f"A batch has between 1 and {BATCH} requests.")
    return [bytes(one) for one in batch]


def _batch_with_halves(data: bytes) -> list[bytes]:
    """The requests of a batch that msgspec takes for no JSON: one may have half of a surrogate pair (see `_unreadable`)
    in it, and the others are none the worse for that."""
    try:
        return [json.dumps(one).encode() for one in json.loads(data)]
    except (ValueError, RecursionError):
        raise ParseError from None


def joined(replies: list[Reply]) -> Reply:
    """The reply to a batch."""
    payloads = [reply.payload for reply in replies if reply.payload is not None]
    cookies = [reply.cookie for reply in replies if reply.cookie]
    return Reply(
        b"[" + b",".join(payloads) + b"]" if payloads else None,
        cookie=cookies[-1] if cookies else None,
        bad=sum(reply.bad for reply in replies),
    )


def _request_of(data: bytes) -> Request:
    try:
        request = _decode_request(data)
    except msgspec.ValidationError as error:
        raise BadRequest(f"This is no request of JSON-RPC 2.0: {error}.") from None
    except _NO_JSON:
        raise ParseError from None
    if request.jsonrpc != "2.0":
        raise BadRequest('This is no request of JSON-RPC 2.0: "jsonrpc" must be "2.0".')
    if bytes(request.params).lstrip()[:1] not in (b"{", b"["):
        raise BadRequest("This is no request of JSON-RPC 2.0: params are an object or an array.")
    return request


def read(data: bytes) -> Request | Reply:
    """The request that a frame, a body or one of a batch is, or the refusal of what is none."""
    try:
        return _request_of(data)
    except ParseError:
        return _unreadable(data)
    except Refused as refused:
        return refusal(refused, id=_id_of(data), bad=1)


def _id_of(data: bytes) -> int | float | str | None:
    """Of what is no request, where it can be made out."""
    try:
        return _decode_id(data).id
    except _NO_JSON:
        return None


def _unreadable(data: bytes) -> Reply:
    """The refusal of what msgspec takes for no JSON. Half of a surrogate pair is JSON, and browsers send it where an
    emoji was cut in two: whoever waits for an answer to that is told which param it is in."""
    try:
        request = json.loads(data)
    except (ValueError, RecursionError):
        return refusal(ParseError(), bad=1)
    params = request.get("params") if isinstance(request, dict) else None
    for name, value in params.items() if isinstance(params, dict) else ():
        if isinstance(value, str) and _SURROGATE.search(value):
            refused = Invalid(name, "Half of a surrogate pair cannot be stored.")
            return refusal(refused, id=_id_of(_ESCAPED.sub(rb"\\ufffd", data)))
    return refusal(ParseError(), bad=1)


def refusal(refused: Refused, *, id: object = None, bad: int = 0) -> Reply:
    """The reply that refuses."""
    payload = _encode({"jsonrpc": "2.0", "id": id, "error": refused.wire()})
    return Reply(payload, refused.status, retry_after=refused.retry_after, bad=bad)


def success(result: object, *, id: object, cookie: Cookie | None = None) -> Reply:
    """The reply with a result."""
    return Reply(_encode({"jsonrpc": "2.0", "id": id, "result": result}), cookie=cookie)


def values_of(raw: bytes, shape: type[msgspec.Struct]) -> dict[str, Any]:
    """A call's params, decoded and checked; by name, or by position in the order of `shape`."""
    try:
        if raw.lstrip()[:1] == b"[":
            raw = _by_name(shape, msgspec.json.decode(raw, type=list[msgspec.Raw]))
        params = msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None
    except _NO_JSON:
        raise ParseError from None
    values = msgspec.structs.asdict(params)
    if b"\\u0000" in raw:
        _refuse_nul(values)
    return values


def _by_name(shape: type[msgspec.Struct], positional: list[msgspec.Raw]) -> bytes:
    names = shape.__struct_fields__
    if len(positional) > len(names):
        raise Invalid(None, f"There are {len(names)} params at most: {', '.join(names)}.")
    return _encode(dict(zip(names, positional, strict=False)))


_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_QUOTED = re.compile(r"`([^`]+)`")
_FIELD = re.compile(r"field `([^`]+)`")
_PATH = re.compile(r" - at `\$\.?([^`]*)`$")


def _invalid(text: str) -> Invalid:
    """What msgspec says, with the field it is about."""
    path = _PATH.search(text)
    name = _FIELD.search(text)
    where = name.group(1) if name else re.split(r"[\[.]", path.group(1))[0] if path else ""
    words = _QUOTED.sub(r"“\1”", _PATH.sub("", text))
    return Invalid(where[:NAMED] or None, words[:SAID] + ".")


def _refuse_nul(values: dict[str, Any]) -> None:
    for name, value in values.items():
        if any("\0" in text for text in _texts(value)):
            raise Invalid(name, "A NUL character cannot be stored.")


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value:
            yield from _texts(one)
