"""Every error that is told to somebody, and the codes it is told with.

    ChinwagError
    ├── CannotStart              told to the operator in one line; exit status 1
    │   └── WrongSettings        a setting is unknown or wrong; names it; exit status 2
    └── Refused                  told to a caller: code, kind, HTTP status, a sentence
        ├── ParseError           the frame is not JSON                     −32700
        ├── BadRequest           the frame is no request                   −32600
        ├── UnknownMethod                                                  −32601
        ├── Invalid              a parameter is wrong; names the field     −32602
        ├── Unauthorized         nobody is signed in                       −32001
        ├── Forbidden            may be seen, may not be done              −32002
        ├── NotFound             is not there, or may not be seen          −32003
        ├── Conflict             taken, used up, archived                  −32004
        ├── TooLarge             over a limit of size                      −32005
        ├── TooMany              over a limit of rate; says when again     −32006
        ├── Unavailable          stopping, or the database is away         −32007
        └── Internal             a mistake of ours, which is in the log    −32603

Services raise them; `rpc.py` and `web/` turn them into one shape; nobody else catches them.
"""

import secrets
from typing import Any


class ChinwagError(Exception):
    """The root of what Chinwag raises on purpose."""


class CannotStart(ChinwagError):
    """The program cannot do what its command line asked; the text is one line for the operator."""


class NeedsExtra(CannotStart):
    """A setting needs a library that comes with chinwag only where it is asked for."""

    def __init__(self, setting: str, extra: str) -> None:
        super().__init__(f"{setting} needs one more library: pip install 'chinwag[{extra}]'.")


class WrongSettings(CannotStart):
    """A setting is unknown or has a value that makes no sense; the text names it."""


class Refused(ChinwagError):
    """A caller's request is refused; `str(error)` is a sentence fit to show to a person."""

    code = -32000
    kind = ""
    status = 400

    def __init__(self, message: str, *, field: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.retry_after = retry_after

    def wire(self) -> dict[str, Any]:
        """The error object of JSON-RPC 2.0."""
        data: dict[str, Any] = {"kind": self.kind} if self.kind else {}
        if self.field is not None:
            data["field"] = self.field
        if self.retry_after is not None:
            data["retry_after"] = round(self.retry_after, 2)
        error: dict[str, Any] = {"code": self.code, "message": str(self)}
        return {**error, "data": data} if data else error


class ParseError(Refused):
    code = -32700

    def __init__(self, message: str = "This is not JSON.") -> None:
        super().__init__(message)


class BadRequest(Refused):
    code = -32600


class UnknownMethod(Refused):
    code, status = -32601, 404


class Invalid(Refused):
    """`Invalid("name", "A name is needed.")`: the parameter and what is wrong with it."""

    code = -32602

    def __init__(self, field: str | None, message: str) -> None:
        super().__init__(message, field=field)


class Unauthorized(Refused):
    code, kind, status = -32001, "unauthorized", 401

    def __init__(self, message: str = "Please sign in.", *, field: str | None = None) -> None:
        super().__init__(message, field=field)


class Forbidden(Refused):
    code, kind, status = -32002, "forbidden", 403


class NotFound(Refused):
    """`NotFound("room")`: the same words whether it is missing or hidden."""

    code, kind, status = -32003, "not_found", 404

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what}.", field=what)


class Conflict(Refused):
    code, kind, status = -32004, "conflict", 409


class TooLarge(Refused):
    code, kind, status = -32005, "too_large", 413


class TooMany(Refused):
    code, kind, status = -32006, "too_many", 429

    def __init__(self, message: str = "Too many at once: please wait a moment.", *, retry_after: float) -> None:
        super().__init__(message, retry_after=retry_after)


class Unavailable(Refused):
    code, kind, status = -32007, "unavailable", 503

    def __init__(self, message: str = "The server is not available just now.", *, retry_after: float = 1) -> None:
        super().__init__(message, retry_after=retry_after)


class Internal(Refused):
    """A mistake of ours: the caller is told nothing but the number under which the log has it."""

    code, status = -32603, 500

    def __init__(self) -> None:
        super().__init__("Something went wrong on the server.")
        self.request = secrets.token_hex(4)

    def wire(self) -> dict[str, Any]:
        return {**super().wire(), "data": {"request": self.request}}


CLOSE_RESTART = 4001
CLOSE_SLOW = 4008
CLOSE_BAD_FRAMES = 4500
CLOSE_SIGNED_OUT = 4501
CLOSE_SIGN_IN_TIMEOUT = 4502
CLOSE_BANNED = 4503
CLOSE_TOO_MANY = 4504
