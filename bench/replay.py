"""Real conversation, said again by its authors over the API, and read back whole.

`python -m bench.replay FILE.jsonl.gz [--day DAY] [--room NAME] [--first N] [--kill N] [--postgresql]`, a line being
`{room, day, author, body}`: all of the file, one day's or one room's lines, or the first so many. All go to one room.
Each author is a user who says their own lines; the next line is said once the one before is acknowledged, so that the
room's order is the file's. With `--kill` the server is killed so many times, with a post under way, and started again;
whoever gets no answer tries again with the same nonce.
"""

import argparse
import gzip
import http.client
import itertools
import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.load import HOST
from bench.servers import Server, chinwag
from chinwag.services import accounts, rooms, tokens
from chinwag.store.engine import connect, open_engine, sqlite_url
from chinwag.store.tx import Tx
from tests.servers import Postgres

PATIENCE = 60.0
"""Seconds in which a line must be acknowledged, whatever happens to the server meanwhile."""


@dataclass(frozen=True)
class Line:
    author: str
    body: str
    nonce: str


def read_lines(path: Path, first: int | None = None, **wanted: str | None) -> list[Line]:
    """The lines in their order, as the server is to keep them; blank ones, which nobody can say, are left out."""
    asked = {name: value for name, value in wanted.items() if value is not None}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found = (one for one in map(json.loads, file) if one["body"].strip() and asked.items() <= one.items())
        return [
            Line(one["author"], one["body"], f"line:{number}")
            for number, one in enumerate(itertools.islice(found, first))
        ]


def invite(database: str, authors: list[str]) -> tuple[dict[str, str], int]:
    """Make the authors users, and a private room for them: a token each, and the room."""
    engine = open_engine(database)
    with connect(engine) as connection, connection.begin():
        tx = Tx(connection)
        handles = {author: f"author{number}" for number, author in enumerate(authors)}
        for handle in handles.values():
            accounts.add(tx, handle=handle, name=None, email=None, role="member", kind="person", password=None)
        room = rooms.add(tx, slug="replay", name=None, private=True, handles=list(handles.values()))
        found = {author: tokens.issue_to(tx, handle=handle, label="replay").token for author, handle in handles.items()}
    engine.dispose()
    return found, room.id


class Speaker:
    """Somebody with a connection of their own to `/rpc`, which is made anew whenever it breaks."""

    def __init__(self, play: "Play", token: str) -> None:
        self._play = play
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._line: http.client.HTTPConnection | None = None
        self._port = 0

    def call(self, method: str, **params: Any) -> Any:
        """A call that is tried until it is answered."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                answer = self._ask(body)
            except (OSError, http.client.HTTPException):
                self.close()
                self._play.retries += 1
                time.sleep(0.01)
                continue
            if answer.get("error", {}).get("data", {}).get("kind") != "unavailable":
                return answer["result"]
        raise TimeoutError(f"{method} was not answered within {PATIENCE:.0f} s")

    def _ask(self, body: str) -> Any:
        if self._line is None or self._port != self._play.server.port:
            self.close()
            self._port = self._play.server.port
            self._line = http.client.HTTPConnection(HOST, self._port, timeout=10)
        self._line.request("POST", "/rpc", body, self._headers)
        return json.loads(self._line.getresponse().read())

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


@dataclass
class Play:
    """A run: the server as it is now, and what was seen."""

    data: Path
    flags: list[str]
    kills: int
    server: Server = field(init=False)
    said: int = 0
    killed: int = 0
    retries: int = 0
    waits: list[float] = field(default_factory=list)

    @contextmanager
    def killing(self, lines: int) -> Iterator[None]:
        """The server runs; a thread kills it at `kills` moments spread over the lines, each a little way into one."""
        with ExitStack() as stack:
            self.server = stack.enter_context(chinwag(self.data, *self.flags))
            over = threading.Event()
            thread = threading.Thread(target=self._kill, args=(stack, lines, over))
            thread.start()
            try:
                yield
            finally:
                over.set()
                thread.join()

    def _kill(self, stack: ExitStack, lines: int, over: threading.Event) -> None:
        for number in range(1, self.kills + 1):
            while self.said < lines * number // (self.kills + 1) and not over.is_set():
                time.sleep(0.001)
            if over.is_set():
                return
            time.sleep(random.random() * 0.01)
            self.server.process.kill()
            self.server.process.wait()
            self.killed += 1
            self.server = stack.enter_context(chinwag(self.data, *self.flags))

    def say(self, lines: list[Line], speakers: dict[str, Speaker], room: int) -> None:
        """Each line by its author, in the file's order."""
        for line in lines:
            began = time.perf_counter()
            speakers[line.author].call("messages.post", room=room, body=line.body, nonce=line.nonce)
            self.waits.append(time.perf_counter() - began)
            self.said += 1


def read_back(reader: Speaker, room: int) -> list[dict[str, Any]]:
    """The whole room, by pages from its end."""
    found: list[dict[str, Any]] = []
    place: dict[str, int] = {}
    while True:
        page = reader.call("messages.page", room=room, limit=100, **place)
        found = page["messages"] + found
        if not page["older"]:
            return found
        place = {"before": found[0]["seq"]}


def compare(lines: list[Line], found: list[dict[str, Any]], ids: dict[str, int]) -> list[str]:
    """What is not as it was said: nothing, it is hoped."""
    wanted = [(ids[line.author], line.nonce, line.body) for line in lines]
    got = [(row["author"], row["nonce"], row["body"]) for row in found]
    faults = [f"{len(set(wanted) - set(got))} lost"] if set(wanted) - set(got) else []
    faults += [f"{len(got) - len(set(got))} doubled"] if len(got) > len(set(got)) else []
    faults += [f"{len(set(got) - set(wanted))} never said"] if set(got) - set(wanted) else []
    seqs = [row["seq"] for row in found]
    faults += ["seq has holes"] if seqs != list(range(seqs[0], seqs[0] + len(seqs))) else []
    return faults or ([] if wanted == got else ["the order is another"])


def main() -> None:
    """Replay, compare, print."""
    parser = argparse.ArgumentParser(prog="bench.replay", description="Replay a conversation.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--day", help="the lines of this day alone")
    parser.add_argument("--room", help="the lines of this room alone")
    parser.add_argument("--first", type=int, metavar="N", help="the first N of them")
    parser.add_argument("--kill", type=int, default=0, metavar="N", help="kill the server N times in the middle")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL in place of SQLite")
    given = parser.parse_args()
    lines = read_lines(given.file, given.first, day=given.day, room=given.room)
    if not lines:
        sys.exit("Nothing was said there and then.")
    with TemporaryDirectory() as folder, ExitStack() as stack:
        database = ""
        if given.postgresql:
            postgres = Postgres()
            stack.callback(postgres.close)
            database = postgres.database()
        sys.exit(replay(Path(folder), lines, given.kill, database))


def replay(data: Path, lines: list[Line], kills: int, database: str = "") -> str | None:
    """Say the lines and read them back; what is wrong, if anything is."""
    flags = ["--database", database] if database else []
    with chinwag(data, *flags):
        pass  # it makes the database
    keys, room = invite(database or sqlite_url(data), sorted({line.author for line in lines}))
    play = Play(data, flags, kills)
    with play.killing(len(lines)):
        speakers = {author: Speaker(play, token) for author, token in keys.items()}
        began = time.perf_counter()
        play.say(lines, speakers, room)
        took = time.perf_counter() - began
        ids = {author: speaker.call("accounts.me")["id"] for author, speaker in speakers.items()}
        found = read_back(next(iter(speakers.values())), room)
        for speaker in speakers.values():
            speaker.close()
    faults = compare(lines, found, ids)
    waits = sorted(play.waits)
    print(f"{len(lines)} lines by {len(keys)} authors in {took:.1f} s, {len(lines) / took:.0f} a second, one at a time")
    print(f"answered in {waits[len(waits) // 2] * 1000:.1f} ms (median), {waits[-1] * 1000:.0f} ms (longest)")
    print(f"killed {play.killed} times; {play.retries} calls tried again")
    print(f"read back: {len(found)} messages; " + (", ".join(faults) or "whole, in order, once"))
    return ", ".join(faults) or None


if __name__ == "__main__":
    main()
