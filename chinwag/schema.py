"""What clients are told of the calls: the OpenRPC document and the client's types (`wire.ts`), made from `METHODS`.

`python -m chinwag.schema` writes `client/src/wire.ts`; a test sees that it is fresh.
"""

import inspect
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from chinwag import __version__, changes
from chinwag.errors import Refused
from chinwag.rpc import METHODS, Call

WIRE = Path(__file__).parent.parent / "client" / "src" / "wire.ts"

_REF = "#/components/schemas/{name}"

_TOLD = (
    changes.User,
    changes.Room,
    changes.Member,
    changes.Message,
    changes.Mine,
    changes.Settings,
    changes.Presence,
    changes.PresenceChange,
    changes.Typing,
    changes.Change,
)


def _components(methods: Mapping[str, Call]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The schemas of results and rows by name, and of each call's params and result."""
    types: list[Any] = [
        *_TOLD,
        *(call.result for call in methods.values()),
        *(call.params for call in methods.values()),
    ]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    results = schemas[len(_TOLD) : len(_TOLD) + len(methods)]
    params = {name: components.pop(call.params.__name__) for name, call in methods.items()}
    return components, params, dict(zip(methods, results, strict=True))


def openrpc(methods: Mapping[str, Call]) -> bytes:
    """The OpenRPC 1.3 document."""
    components, params, results = _components(methods)
    document = {
        "openrpc": "1.3.2",
        "info": {"title": "Chinwag", "version": __version__, "description": "JSON-RPC 2.0 over /ws and POST /rpc."},
        "methods": [_method(name, methods[name], params[name], results[name]) for name in methods],
        "components": {"schemas": components},
    }
    return msgspec.json.encode(document)


def _method(name: str, call: Call, params: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    required = params.get("required", [])
    return {
        "name": name,
        "summary": _summary(call),
        "paramStructure": "either",
        "params": [
            {"name": one, "required": one in required, "schema": schema}
            for one, schema in params.get("properties", {}).items()
        ],
        "result": {"name": "result", "schema": result},
    }


def _summary(call: Call) -> str:
    return (inspect.getdoc(call.function) or "").partition("\n")[0]


_ERROR_DATA = """/** What an error says besides its sentence. */
export interface ErrorData {
  kind?: KINDS
  field?: string
  retry_after?: number
}
""".replace("KINDS", " | ".join(f"'{refused.kind}'" for refused in Refused.__subclasses__() if refused.kind))

_NOTICES = """/** What a connection is told without having asked. */
export interface Notices {
  change: Change
  presence: PresenceChange
  typing: Typing
}
"""


def wire(methods: Mapping[str, Call]) -> str:
    """The TypeScript of every row, result and call."""
    components, params, results = _components(methods)
    lines = ["// Written by `python -m chinwag.schema` from the server's calls and rows: change those, not this.", ""]
    for name in sorted(components):
        says = components[name].get("description", "").partition("\n")[0]
        lines += [f"/** {says} */"] if says else []
        lines += [f"export interface {name} {{", *_properties(components[name], "  "), "}", ""]
    lines += [_ERROR_DATA, _NOTICES, "/** What a client may call. */", "export interface Methods {"]
    for name, call in methods.items():
        lines += [f"  /** {_summary(call)} */"]
        lines += [f"  '{name}': {{", *_params(params[name]), f"    result: {_type(results[name])}", "  }"]
    return "\n".join([*lines, "}", ""])


def _params(schema: dict[str, Any]) -> list[str]:
    properties = _properties(schema, "      ")
    return ["    params: {", *properties, "    }"] if properties else ["    params: Record<string, never>"]


def _properties(schema: dict[str, Any], indent: str) -> Iterable[str]:
    required = schema.get("required", [])
    return [
        f"{indent}{name}{'' if name in required else '?'}: {_type(one)}" for name, one in schema["properties"].items()
    ]


_TYPES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join("null" if one is None else f"'{one}'" for one in schema["enum"])
    if schema.get("type") == "array":
        inner = _type(schema["items"])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if schema.get("type") == "object":
        return f"Record<string, {_type(schema['additionalProperties'])}>"
    return _TYPES[schema["type"]]


if __name__ == "__main__":
    sys.stdout.write(f"{WIRE.name}\n")
    WIRE.write_text(wire(METHODS), encoding="utf-8")
