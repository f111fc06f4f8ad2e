"""The people of a run: members of the lobby, each with a token; and how they take their seats in front of a server."""

from dataclasses import dataclass
from pathlib import Path

from bench.flight import answered
from bench.load import Connection, Crowd, WebSocket
from bench.servers import Server, chinwag
from chinwag.services import accounts, tokens
from chinwag.store import workspace
from chinwag.store.engine import connect, open_engine, sqlite_url
from chinwag.store.tx import Tx

START = b'{"jsonrpc":"2.0","id":0,"method":"sync.start","params":{}}'
"""Whoever holds nothing yet takes part."""


@dataclass
class People:
    """A token each, and the room that all of them are in."""

    tokens: list[str]
    room: int


def seat(data: Path, n: int) -> People:
    """Has a server make the database in `data`, and adds `n` people to it, in one transaction."""
    with chinwag(data):
        pass
    with connect(open_engine(sqlite_url(data))) as database, database.begin():
        tx = Tx(database)
        return People([token(tx, number) for number in range(n)], workspace.get(tx).lobby)


def token(tx: Tx, number: int) -> str:
    user = accounts.add(
        tx, handle=f"member{number}", name=None, email=None, role="member", kind="person", password=None
    )
    return tokens.issue(tx, user.id, "bench").token


def sit_down(server: Server, tokens: list[str]) -> Crowd[Connection]:
    """One listening connection a token, one after the other; those who sit already hear the others come."""
    crowd = Crowd[Connection]()
    for secret in tokens:
        newcomer = crowd.add(WebSocket(server.port, secret))
        newcomer.send(START)
        hear_out(crowd, newcomer)
    return crowd


def hear_out(crowd: Crowd[Connection], newcomer: Connection) -> None:
    """Listens until `sync.start` is answered."""
    seated = False

    def heard(connection: Connection, text: bytes) -> None:
        nonlocal seated
        seated = seated or (connection is newcomer and answered(text) == 0)

    crowd.listen(heard, lambda: seated)
