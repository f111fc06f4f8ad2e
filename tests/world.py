"""The cast of every test: databases, servers and clients, all real.

*Stage* runs services by calling them, and keeps what listeners were told. *Server* is the whole server on a port of its
own, in this process. *Client* speaks the protocol over a WebSocket, and keeps what it holds by the rules of
`docs/protocol.md`, so that a test can compare it with the database.
"""

import asyncio
import contextlib
import functools
import itertools
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tornado.httpclient
import tornado.websocket
from sqlalchemy import Engine

from chinwag import app
from chinwag.changes import Change, End
from chinwag.config import Config, load
from chinwag.errors import Refused
from chinwag.fetch import Fetcher
from chinwag.rpc import METHODS
from chinwag.services import accounts, emoji, files, search, secrets, sync, tokens
from chinwag.store import blobs, sessions
from chinwag.store.engine import connect
from chinwag.store.tx import Caller, Cookie, Tx

PASSWORD = "correct horse battery"
ROOT = Path(__file__).parent.parent


def settings(folder: Path, **given: Any) -> Config:
    """Settings for a server of a test: a free port, no rate limits."""
    return load({"data": folder, "port": free_port(), "rates": "off", **given}, {})


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def open_database(config: Config) -> Engine:
    """The database of these settings; a new one on SQLite is a copy, as the migrations take 0.1 s for each."""
    file = config.data / "chinwag.db"
    if not config.database and not file.exists():
        app.make_folder(config.data)
        file.write_bytes(_new_database())
        with contextlib.closing(sqlite3.connect(file)) as database, database:
            database.execute("UPDATE workspace SET epoch = ?", [uuid.uuid4().hex])
    return app.open_database(config)


@functools.cache
def _new_database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        app.open_database(load({"data": Path(folder)}, {})).dispose()
        return (Path(folder) / "chinwag.db").read_bytes()


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Look again and again until something is so, where no loop runs."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


def wait_for_port(port: int) -> None:
    """Wait until somebody listens."""
    wait_until(lambda: _is_listening(port))


def _is_listening(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Look again and again until something is so that nobody announces."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.002)


# The state that a holder of topics has: {"messages": {id: row}, "members": {(room, user): row}, …}

State = dict[str, dict[Any, dict[str, Any]]]

KINDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "messages": lambda row: row["id"],
    "members": lambda row: (row["room"], row["user"]),
    "users": lambda row: row["id"],
    "rooms": lambda row: row["id"],
    "mine": lambda row: row["room"],
    "threads": lambda row: row["thread"],
    "notices": lambda row: row["id"],
    "saved": lambda row: row["message"],
    "drafts": lambda row: (row["room"], row.get("thread", 0)),
    "scheduled": lambda row: row["id"],
    "reminders": lambda row: row["id"],
    "groups": lambda row: row["id"],
    "emoji": lambda row: row["id"],
}


def empty_state() -> State:
    """Nothing held."""
    return {kind: {} for kind in KINDS}


def apply(state: State, change: dict[str, Any]) -> None:
    """Take a change's rows in, as any client does: upsert by key, drop at a tombstone."""
    rows = {kind: change.get(kind, []) for kind in KINDS}
    rows["rooms"] = [row for row in rows["rooms"] if not row["gone"]]  # the directory may have it still
    if change.get("room"):
        rows["rooms"] = [*rows["rooms"], change["room"]]
    for kind, key in KINDS.items():
        for row in rows[kind]:
            if row.get("deleted"):
                state[kind].pop(key(row), None)
            else:
                state[kind][key(row)] = row


def plain(value: Any) -> Any:
    """A row, or anything made of rows, as it is on the wire."""
    return msgspec.json.decode(msgspec.json.encode(value))


class Stage:
    """A database on which services are called, as the writer calls them: one transaction each."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.told: list[Change | End] = []
        self.cookie: Cookie | None = None

    def act(self, service: Callable[..., Any], by: Caller | None = None, **params: Any) -> Any:
        """Call a service, commit, and keep what is told."""
        with connect(self.engine) as connection, connection.begin():
            tx = Tx(connection, by or Caller(link="http://chat.test"))
            result = service(tx, **params)
        self.told += tx.outbox
        self.cookie = tx.cookie
        return result

    def call(self, method: str, by: Caller | None = None, /, **params: Any) -> Any:
        """A call that is no live one, by its name: first what is prepared outside the transaction, then the service."""
        call = METHODS[method]
        if call.prepare is not None:
            params = {**params, "prepared": self.act(call.prepare, by, **params)}
        while call.indexed and self.act(search.follow):
            pass
        return self.act(call.function, by, **params)

    def add(self, handle: str, *, role: Any = "member", kind: Any = "person", name: str | None = None) -> Caller:
        """Somebody new, signed in by a token."""
        return self.sign_in(
            self.act(
                accounts.add,
                handle=handle,
                name=name or handle.title(),
                email=None,
                role=role,
                kind=kind,
                password=None,
            ).id
        )

    def sign_in(self, user: int) -> Caller:
        """Another session of a user."""
        made = self.act(tokens.issue, user=user, label="a test")
        return Caller(user, made.id, "127.0.0.1", "a test", "http://chat.test")

    def file(self, by: Caller, room: int, name: str = "a file.txt") -> str:
        """A file that somebody has sent for a room and not posted yet; nobody has its bytes."""
        began = self.act(files.begin, by, room=room, name=name, size=4, quota=files.Quota(10, 0, 0))
        found = secrets.digest(began.id)
        self.act(blobs.hold, hash=found, size=4)
        kept = files.Kept(hash=found, preview=found, type="image/png", size=4, width=2, height=2)
        self.act(files.finish, by, id=began.id, kept=kept)
        return str(began.id)

    def emoji(self, by: Caller, name: str) -> int:
        """One of the workspace's emoji; nobody has its picture's bytes."""
        found = secrets.digest(name)
        self.act(blobs.hold, hash=found, size=4)
        return int(self.act(emoji.add, by, name=name, hash=found).id)

    def state(self, topics: list[str]) -> State:
        """Everything in some topics, read afresh."""
        state = empty_state()
        for topic in topics:
            apply(state, plain(self.act(_whole, topic=topic)))
        return state

    def close(self) -> None:
        """Close the database."""
        self.engine.dispose()


@contextlib.contextmanager
def refused(kind: type[Refused], field: str | None = None) -> Iterator[None]:
    """What happens inside is refused: with this kind of error, which blames this field."""
    with pytest.raises(Refused) as caught:
        yield
    assert (caught.type, caught.value.field) == (kind, field), str(caught.value)


def _whole(tx: Tx, *, topic: str) -> Change:
    change = sync.catch_up(tx, topic, 0, min(sync.FAR, tx.seqs([topic])[topic]))
    change.seq = tx.seqs([topic])[topic]
    return change


class Server:
    """The whole server, in this process."""

    def __init__(self, config: Config, engine: Engine) -> None:
        self.config = config
        self.engine = engine
        self.app: app.App
        self.stage = Stage(engine)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.config.port}"

    def token(self, user: int) -> str:
        """A new API token of a user."""
        made: str = self.stage.act(tokens.issue, user=user, label="a test").token
        return made

    def cookie(self, user: int) -> str:
        """The `Cookie` header of a new browser session of a user."""
        secret = secrets.make("cws")
        self.stage.act(_browser, user=user, hash=secrets.digest(secret))
        return f"chinwag-{self.config.port}={secret}"

    def add(self, handle: str, **options: Any) -> tuple[int, str]:
        """Somebody new: their id and a token."""
        caller = self.stage.add(handle, **options)
        assert caller.user is not None
        return caller.user, self.token(caller.user)

    async def fetch(self, path: str, token: str | None = None, **options: Any) -> tornado.httpclient.HTTPResponse:
        """An HTTP request; it raises nothing for errors."""
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **options.pop("headers", {})}
        if "Cookie" in headers and "Origin" not in headers:
            headers = {"Sec-Fetch-Site": "same-origin", **headers}
        client = tornado.httpclient.AsyncHTTPClient()
        return await client.fetch(self.url + path, raise_error=False, headers=headers, **options)

    async def rpc(self, token: str | None, method: str, /, **params: Any) -> Any:
        """A call over HTTP: its result; its error is raised as `Fault`."""
        body = msgspec.json.encode({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        headers = {"Content-Type": "application/json"}
        response = await self.fetch("/rpc", token, method="POST", body=body, headers=headers)
        return result_of(msgspec.json.decode(response.body))

    async def client(self, token: str | None = None, **options: Any) -> "Client":
        """A connection, not yet started."""
        return await Client.connect(self.url, token, **options)


def _browser(tx: Tx, *, user: int, hash: str) -> int:
    return sessions.add(tx, user=user, kind="browser", hash=hash, label="a test", ends_at=tx.now + 10**12)


class Fault(Exception):
    """The error that a call was answered with."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code = error["code"]
        self.kind = error.get("data", {}).get("kind")
        self.field = error.get("data", {}).get("field")
        self.retry_after = error.get("data", {}).get("retry_after")


def result_of(answer: dict[str, Any]) -> Any:
    """The result of an answer, or its error raised."""
    if "error" in answer:
        raise Fault(answer["error"])
    return answer["result"]


class Client:
    """A client of the protocol: what it holds is in `state` and `held`, every byte it got in `heard`."""

    def __init__(self, socket: tornado.websocket.WebSocketClientConnection) -> None:
        self.socket = socket
        self.state: State = empty_state()
        self.held: dict[str, int] = {}
        self.epoch: str | None = None
        self.me: dict[str, Any] = {}
        self.heard: list[str] = []
        self.notices: list[dict[str, Any]] = []
        self.holes = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._ids = itertools.count(1)
        self._early: list[dict[str, Any]] | None = []
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, url: str, token: str | None = None, *, headers: dict[str, str] | None = None) -> "Client":
        """Connect, signed in by a bearer token or by what `headers` say."""
        sent = {**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        request = tornado.httpclient.HTTPRequest("ws" + url.removeprefix("http") + "/ws", headers=sent)
        return cls(await tornado.websocket.websocket_connect(request))

    async def call(self, method: str, /, **params: Any) -> Any:
        """A call: its result; its error is raised as `Fault`."""
        return result_of(await self.ask(method, **params))

    async def ask(self, method: str, /, **params: Any) -> dict[str, Any]:
        """A call: its whole answer."""
        number = next(self._ids)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        await self.socket.write_message(msgspec.json.encode(request).decode())
        return await asyncio.wait_for(future, 30)

    async def start(
        self, epoch: str | None = None, held: dict[str, int] | None = None, state: State | None = None
    ) -> Any:
        """Sign up for all topics; with what an earlier client held, resume from there."""
        self._early = []
        given = {"epoch": epoch, "topics": held} if epoch else {}
        answer = await self.call("sync.start", **given)
        self.state = state or empty_state()
        for topic in answer["reset"]:
            self._drop(topic)
        self.held = dict(answer["topics"])
        rooms = {int(topic[5:]) for topic in self.held if topic.startswith("room:")}
        self.state["messages"] = {k: row for k, row in self.state["messages"].items() if row["room"] in rooms}
        self.state["members"] = {k: row for k, row in self.state["members"].items() if row["room"] in rooms}
        for change in answer["changes"]:
            self._apply(change)
        apply(self.state, {kind: answer[kind] for kind in ("users", "rooms", "mine", "groups")})
        self.epoch, self.me = answer["epoch"], answer["me"]
        early, self._early = self._early, None
        for change in early:
            self._take(change)
        return answer

    async def until(self, condition: Callable[[], bool], seconds: float = 30) -> None:
        """Wait for news until something is so."""
        async with asyncio.timeout(seconds):
            async with self._news:
                await self._news.wait_for(condition)

    async def has(self, topic: str, seq: int) -> None:
        """Wait until a topic is held at a seq."""
        await self.until(lambda: self.held.get(topic, -1) >= seq)

    async def closed(self, seconds: float = 30) -> int | None:
        """Wait until the server closes, and say its close code."""
        await asyncio.wait_for(asyncio.shield(self._reader), seconds)
        return self.socket.close_code

    def bodies(self, room: int) -> list[str]:
        """What was said in a room, in order, as held here."""
        rows = sorted(
            (row for row in self.state["messages"].values() if row["room"] == room), key=lambda row: row["seq"]
        )
        return [row.get("body", "") for row in rows]

    async def close(self) -> None:
        """Go away."""
        self.socket.close()
        await self._reader

    def cut(self) -> None:
        """Vanish without a word, as a lost network does."""
        self.socket.protocol.stream.close()  # type: ignore[union-attr]

    async def _read(self) -> None:
        while isinstance(text := await self.socket.read_message(), str):
            self.heard.append(text)
            frame = msgspec.json.decode(text)
            async with self._news:
                if "method" not in frame:
                    for one in frame if isinstance(frame, list) else [frame]:
                        if one["id"] in self._waiting:
                            self._waiting.pop(one["id"]).set_result(one)
                elif frame["method"] != "change":
                    self.notices.append(frame)
                elif self._early is None:
                    self._take(frame["params"])
                else:
                    self._early.append(frame["params"])
                self._news.notify_all()
        self.socket.close()  # else Tornado takes it for one that was forgotten

    def _take(self, change: dict[str, Any]) -> None:
        """The rule of `docs/protocol.md`."""
        topic, seq = change["topic"], change["seq"]
        held = self.held.get(topic)
        if held is None or seq <= held:
            return
        if change.get("reset"):
            self._drop(topic)
        elif change.get("since", seq - 1) > held:
            self.holes += 1
            self._later(self._fill(topic, held))
            return
        else:
            self._apply(change)
        self.held[topic] = seq
        for mine in change.get("mine", []):
            self._move(mine, change)

    def _apply(self, change: dict[str, Any]) -> None:
        apply(self.state, change)

    def _move(self, mine: dict[str, Any], change: dict[str, Any]) -> None:
        topic = f"room:{mine['room']}"
        if mine.get("deleted"):
            self._drop(topic)
            self.held.pop(topic, None)
        elif topic not in self.held:
            room = next(row for row in change["rooms"] if row["id"] == mine["room"])
            self.held[topic] = room["seq"]
            self._later(self._fill(topic, room["seq"]))

    async def _fill(self, topic: str, since: int) -> None:
        with contextlib.suppress(Fault):
            change = await self.call("sync.changes", topic=topic, since=since)
            async with self._news:
                self._take(change)
                self._news.notify_all()

    def _later(self, job: Any) -> None:
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _drop(self, topic: str) -> None:
        kind, _, number = topic.partition(":")
        if kind == "room":
            for rows in ("messages", "members"):
                self.state[rows] = {k: row for k, row in self.state[rows].items() if row["room"] != int(number)}


@contextlib.asynccontextmanager
async def serving(config: Config, engine: Engine | None = None) -> AsyncIterator[Server]:
    """A server for the time of a test."""
    engine = engine or open_database(config)
    server = Server(config, engine)
    async with app.running(config, engine, app.listen(config)) as running:
        server.app = running
        running.previews.fetcher = running.pusher.fetcher = Fetcher(look_up=_nowhere)
        yield server


async def _nowhere(_host: str, _port: int) -> list[Any]:
    """No test asks anybody outside."""
    return []


@contextlib.contextmanager
def program(*words: str, env: dict[str, str] | None = None, module: str = "chinwag") -> Iterator[subprocess.Popen[str]]:
    """`chinwag …` as a process of its own, killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env={**os.environ, "CHINWAG_RATES": "off", **(env or {})},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def run(*words: str, input: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`chinwag …` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "chinwag", *words],
        input=input,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
        env={**os.environ, **(env or {})},
    )
