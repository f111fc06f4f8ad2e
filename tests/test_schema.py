"""What clients are told of the calls: the client's types are those of this server, and every call is described."""

import json
import re

from chinwag.errors import Refused
from chinwag.rpc import METHODS
from chinwag.schema import WIRE, openrpc, wire


def test_the_clients_types_are_fresh() -> None:
    assert WIRE.read_text(encoding="utf-8") == wire(METHODS), "please run python -m chinwag.schema"


def test_the_clients_types_name_every_call_and_every_kind_of_error() -> None:
    text = wire(METHODS)
    assert re.findall(r"^  '([\w.]+)': \{$", text, re.MULTILINE) == list(METHODS)
    for kind in (refused.kind for refused in Refused.__subclasses__() if refused.kind):
        assert f"'{kind}'" in text
    assert set(re.findall(r"\b[A-Z]\w+\b(?=[\[\]]*$)", text, re.MULTILINE)) <= set(re.findall(r"interface (\w+)", text))


def test_the_openrpc_document_lists_every_call_with_its_params() -> None:
    listed = {one["name"]: one for one in json.loads(openrpc(METHODS))["methods"]}
    assert list(listed) == list(METHODS)
    for name, call in METHODS.items():
        assert [one["name"] for one in listed[name]["params"]] == list(call.params.__struct_fields__), name
        assert listed[name]["summary"].endswith((".", ":")) or listed[name]["summary"], name


def test_what_must_be_given_is_told_apart_from_what_need_not() -> None:
    post, page = (
        {one["name"]: one["required"] for one in described["params"]}
        for described in json.loads(openrpc(METHODS))["methods"]
        if described["name"] in ("messages.post", "messages.page")
    )
    assert post == {
        "room": True,
        "body": True,
        "nonce": True,
        "files": False,
        "thread": False,
        "also": False,
        "kind": False,
    }
    places = {"thread": False, "before": False, "after": False, "around": False}
    assert page == {"room": True, **places, "limit": False}
