"""The contract with clients of others, as one of them sees it: a server in a process of its own, HTTP and WebSocket.

It knows the names and shapes that such clients are written against, and nothing of how they come about.
"""

import contextlib
import http.client
import itertools
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import tornado.httpclient
import tornado.websocket

from tests.test_previews import png
from tests.world import PASSWORD, free_port, program, run, wait_for_port

Row = dict[str, Any]

CALLS = {
    "sync.start": "epoch? topics?",
    "sync.changes": "topic since",
    "sessions.create": "login password",
    "sessions.guest": "name",
    "sessions.resume": "token",
    "sessions.list": "",
    "sessions.end": "session?",
    "rooms.create": "slug? name kind? topic?",
    "rooms.edit": "room",
    "rooms.join": "room",
    "rooms.leave": "room",
    "rooms.archive": "room",
    "rooms.browse": "",
    "rooms.direct": "users",
    "members.page": "room",
    "members.add": "room user",
    "members.remove": "room user",
    "members.role": "room user role",
    "messages.post": "room body nonce thread? files?",
    "messages.page": "room thread? before? after? around? limit?",
    "messages.edit": "message body",
    "messages.delete": "message",
    "messages.react": "message emoji on",
    "messages.pin": "message on",
    "messages.search": "query before? limit?",
    "reads.mark": "room seq",
    "reads.unmark": "message",
    "mine.set": "room notify? starred? muted_until?",
    "drafts.save": "room thread? body",
    "saved.page": "",
    "saved.set": "message on",
    "inbox.page": "kind?",
    "presence.set": "state",
    "presence.typing": "room thread?",
    "presence.here": "room",
    "previews.remove": "message",
    "files.delete": "file",
    "emoji.page": "",
    "emoji.add": "",
    "emoji.remove": "",
    "accounts.me": "",
    "accounts.edit": "",
    "accounts.password": "",
    "users.page": "",
    "users.find": "query",
    "users.ban": "user",
    "users.unban": "user",
    "users.role": "user role",
    "setup.accept": "token name handle? email? password",
    "invites.create": "uses? ends?",
    "invites.page": "",
    "invites.revoke": "",
    "invites.accept": "token name handle? email? password",
    "tokens.create": "",
    "tokens.page": "",
    "tokens.revoke": "",
    "admin.settings": "",
    "admin.audit": "",
    "admin.stats": "",
}
"""The calls and their params; those with a question mark may be left out."""

USER = {"id", "name", "handle", "kind", "role", "avatar", "status", "rev"}
ROOM = {"id", "slug", "name", "kind", "topic", "seq", "members", "archived", "rev"}
MEMBER = {"room", "user", "role", "rev"}
MESSAGE = {
    *("id", "room", "seq", "rev", "author", "nonce", "at", "body", "html", "thread", "replies", "reactions"),
    *("files", "previews", "mentions", "pinned", "edited_at", "deleted"),
}
MINE = {"room", "read_seq", "unread", "mentions", "notify", "starred", "muted_until", "draft", "rev"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

CODES = {
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "too_large": 413,
    "too_many": 429,
    "unavailable": 503,
}

JSON = "application/json"

_numbers = itertools.count(1)


class House:
    """The server, and who is there: `owner`, `ann` and `bob` by their tokens."""

    def __init__(self, port: int, data: Path) -> None:
        self.port = port
        self.data = data
        self.tokens: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(self, method: str, path: str, body: str | bytes | None = None, /, **headers: str) -> tuple[int, Any, Any]:
        """A request: the status, the body, read as JSON where it is, and the headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        data = body.encode() if isinstance(body, str) else body
        connection.request(method, path, data, {name.replace("_", "-"): value for name, value in headers.items()})
        with contextlib.closing(connection):
            response = connection.getresponse()
            said = response.read()
            as_json = response.headers.get("Content-Type", "").startswith("application/json")
            return response.status, json.loads(said) if as_json and said else said, response.headers

    def rpc(self, who: str | None, body: object, /, **headers: str) -> tuple[int, Any]:
        """What `POST /rpc` answers."""
        if who:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        status, answer, _ = self.send("POST", "/rpc", text, Content_Type="application/json", **headers)
        return status, answer

    def call(self, who: str | None, method: str, /, **params: Any) -> Any:
        """The result of a call."""
        status, answer = self.rpc(who, request(method, **params))
        assert status == 200, answer
        return answer["result"]

    def refused(self, who: str | None, method: str, /, **params: Any) -> tuple[int, int, str | None, str | None]:
        """How a call is refused: status, code, kind and field."""
        status, answer = self.rpc(who, request(method, **params))
        data = answer["error"].get("data", {})
        return status, answer["error"]["code"], data.get("kind"), data.get("field")

    def cookie(self, method: str, /, **params: Any) -> str:
        """The cookie that a call sets."""
        status, _, headers = self.send("POST", "/rpc", json.dumps(request(method, **params)), Content_Type=JSON)
        assert status == 200
        return str(headers["Set-Cookie"]).partition(";")[0]

    def token_of(self, method: str, /, **params: Any) -> str:
        """A token of whoever signs in by a call."""
        ours = {"Cookie": self.cookie(method, **params), "Origin": self.url}
        return str(self.rpc(None, request("tokens.create"), **ours)[1]["result"]["token"])

    def let_in(self, name: str) -> str:
        """The token of somebody new, who was invited."""
        invite = self.call("owner", "invites.create")["token"]
        return self.token_of("invites.accept", token=invite, name=name.title(), handle=name, password=PASSWORD)

    def room(self, who: str, kind: str = "private") -> int:
        """A new room."""
        slug = f"r{next(_numbers)}"
        return int(self.call(who, "rooms.create", slug=slug, name=slug, kind=kind)["id"])

    def post(self, who: str, room: int, body: str = "hello", **more: Any) -> Row:
        """A new message."""
        row: Row = self.call(who, "messages.post", **{"room": room, "body": body, "nonce": new_nonce(), **more})
        return row

    def id(self, who: str) -> int:
        """The id of a user."""
        return int(self.call(who, "accounts.me")["id"])


def request(method: str, number: object = 1, /, **params: Any) -> Row:
    """A call as JSON-RPC has it."""
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def new_nonce() -> str:
    return f"nonce {next(_numbers)}"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data, port = tmp_path_factory.mktemp("contract") / "data", free_port()
    with program("serve", "--data", str(data), "--port", str(port), "--guests") as process:
        wait_for_port(port)
        house = House(port, data)
        assert process.stdout is not None
        link = next(line for line in process.stdout if "/setup#" in line)
        given = {"name": "Olga", "handle": "olga", "password": PASSWORD}
        house.tokens["owner"] = house.token_of("setup.accept", token=link.strip().rpartition("#")[2], **given)
        for name in ("ann", "bob", "ben"):
            house.tokens[name] = house.let_in(name)
        house.tokens["gus cookie"] = house.cookie("sessions.guest", name="Gus")
        yield house
        process.terminate()
        process.wait(15)


class Socket:
    """A WebSocket."""

    def __init__(self, connection: tornado.websocket.WebSocketClientConnection) -> None:
        self.connection = connection
        self.told: list[Row] = []

    async def say(self, frame: object) -> Any:
        """The answer to a frame; what comes besides is kept in `told`."""
        await self.connection.write_message(frame if isinstance(frame, str) else json.dumps(frame))
        while isinstance(text := await self.connection.read_message(), str):
            answer = json.loads(text)
            if isinstance(answer, list) or "method" not in answer:
                return answer
            self.told.append(answer)
        return self.connection.close_code

    async def call(self, method: str, /, **params: Any) -> Any:
        """The result of a call."""
        return (await self.say(request(method, **params)))["result"]

    async def hears(self, topic: str, kind: str) -> Row:
        """The next change of a topic with rows of a kind."""
        while True:
            for change in [one["params"] for one in self.told if one["method"] == "change"]:
                if change["topic"] == topic and change.get(kind):
                    self.told.clear()
                    return dict(change)
            text = await self.connection.read_message()
            assert isinstance(text, str), self.connection.close_code
            self.told.append(json.loads(text))


@contextlib.asynccontextmanager
async def socket(house: House, who: str | None = None, **headers: str) -> AsyncIterator[Socket]:
    """A WebSocket, signed in by a token."""
    if who:
        headers["Authorization"] = f"Bearer {house.tokens[who]}"
    url = house.url.replace("http", "ws", 1) + "/ws"
    connection = await tornado.websocket.websocket_connect(tornado.httpclient.HTTPRequest(url, headers=headers))
    try:
        yield Socket(connection)
    finally:
        over = connection.close_code is not None
        connection.close()
        if not over:
            await end_of(connection)


async def end_of(connection: tornado.websocket.WebSocketClientConnection) -> int | None:
    """The code that a WebSocket is closed with."""
    while await connection.read_message() is not None:
        pass
    return connection.close_code


# Names


def test_every_call_is_in_the_document_with_its_params(house: House) -> None:
    status, document, _ = house.send("GET", "/openrpc.json")
    assert status == 200
    found = {one["name"]: {param["name"]: param["required"] for param in one["params"]} for one in document["methods"]}
    for name, params in CALLS.items():
        for param in params.split():
            assert found[name][param.rstrip("?")] is not param.endswith("?"), (name, param)


@pytest.mark.parametrize(
    ("method", "rows"),
    [
        ("sessions.list", "sessions"),
        ("rooms.browse", "rooms"),
        ("members.page", "members"),
        ("messages.page", "messages"),
        ("messages.search", "messages"),
        ("saved.page", "saved"),
        ("inbox.page", "notices"),
        ("emoji.page", "emoji"),
        ("users.page", "users"),
        ("users.find", "users"),
        ("invites.page", "invites"),
        ("tokens.page", "tokens"),
        ("admin.audit", "entries"),
    ],
)
def test_every_list_has_a_limit_and_says_whether_there_is_more(house: House, method: str, rows: str) -> None:
    params: Row = {"room": 1} if method in ("members.page", "messages.page") else {}
    params |= {"query": "a"} if method in ("messages.search", "users.find") else {}
    answer = house.call("owner", method, limit=1, **params)
    assert isinstance(answer[rows], list)
    assert len(answer[rows]) <= 1
    assert isinstance(answer["more"], bool)
    for limit in (0, 101, -1, "1", None, 1.5):
        assert house.refused("owner", method, limit=limit, **params) == (400, -32602, None, "limit")


# Rows


async def test_the_rows_have_what_the_contract_says(house: House) -> None:
    room = house.room("ann")
    async with socket(house, "ann") as ann:
        state = await ann.call("sync.start")
        assert {"epoch", "me", "users", "rooms", "mine", "topics", "changes", "reset"} <= state.keys()
        assert state["me"].keys() >= USER
        assert all(row.keys() >= USER for row in state["users"])
        assert all(row.keys() >= ROOM for row in state["rooms"])
        assert all(row.keys() >= MINE for row in state["mine"])
        root = house.post("ann", room, "root")
        change = await ann.hears(f"room:{room}", "messages")
        assert change["messages"] == [root]
        assert root.keys() >= MESSAGE
        assert (root["seq"], root["thread"], root["deleted"]) == (root["rev"], None, False)
        assert MOMENT.fullmatch(root["at"])
        answer = house.post("ann", room, "answer", thread=root["id"])
        change = await ann.hears(f"room:{room}", "messages")
        assert {row["id"] for row in change["messages"]} == {root["id"], answer["id"]}
        (counted,) = [row for row in change["messages"] if row["id"] == root["id"]]
        assert counted["replies"] == {"count": 1, "last_at": answer["at"], "users": [house.id("ann")]}
        assert (counted["seq"], counted["rev"]) == (root["seq"], answer["seq"])
        reacted = house.call("ann", "messages.react", message=root["id"], emoji="🎉", on=True)
        assert reacted["reactions"] == [{"emoji": "🎉", "users": [house.id("ann")]}]
        added = house.call("ann", "members.add", room=room, user=house.id("bob"))
        assert added.keys() >= MEMBER
        change = await ann.hears(f"room:{room}", "members")
        assert added in change["members"]
        assert change["room"]["members"] == 2
        gone = house.call("ann", "members.remove", room=room, user=house.id("bob"))
        assert (gone["user"], gone["role"]) == (house.id("bob"), None)


async def test_who_is_put_out_of_a_room_hears_that_it_is_gone(house: House) -> None:
    room = house.room("ann")
    house.call("ann", "members.add", room=room, user=house.id("bob"))
    async with socket(house, "bob") as bob:
        await bob.call("sync.start")
        house.call("ann", "members.remove", room=room, user=house.id("bob"))
        change = await bob.hears(f"user:{house.id('bob')}", "rooms")
        assert [(row["id"], row["gone"]) for row in change["rooms"]] == [(room, True)]


async def test_ones_own_view_tells_of_draft_stars_and_reading(house: House) -> None:
    room = house.room("ann")
    me = f"user:{house.id('ann')}"
    async with socket(house, "ann") as ann:
        await ann.call("sync.start")
        house.call("ann", "drafts.save", room=room, body="half a")
        change = await ann.hears(me, "drafts")
        assert [row["draft"] for row in change["mine"]] == ["half a"]
        assert change["drafts"][0]["body"] == "half a"
        house.post("ann", room, "half a word")
        assert [row["draft"] for row in (await ann.hears(me, "mine"))["mine"]] == [""]
        later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        mine = house.call("ann", "mine.set", room=room, notify="none", starred=True, muted_until=later)
        assert (mine["notify"], mine["starred"]) == ("none", True)
        assert MOMENT.fullmatch(mine["muted_until"])


def test_reading_never_goes_back_but_by_unmark(house: House) -> None:
    room = house.room("ann")
    house.call("ann", "members.add", room=room, user=house.id("bob"))
    said = [house.post("ann", room, str(number)) for number in range(3)]
    assert house.call("bob", "reads.mark", room=room, seq=said[2]["seq"])["unread"] == 0
    assert house.call("bob", "reads.mark", room=room, seq=said[0]["seq"])["read_seq"] == said[2]["seq"]
    assert house.call("bob", "reads.unmark", message=said[1]["id"])["unread"] == 2


# Pages


def test_pages_are_in_the_rooms_order_and_leave_their_ends_out(house: House) -> None:
    room = house.room("ann")
    seqs = [house.post("ann", room, str(number))["seq"] for number in range(5)]

    def page(**params: Any) -> tuple[list[int], bool]:
        answer = house.call("ann", "messages.page", room=room, **params)
        return [row["seq"] for row in answer["messages"]], answer["more"]

    assert page(limit=2) == (seqs[3:], True)
    assert page(before=seqs[2], limit=100) == (seqs[:2], False)
    assert page(after=seqs[2], limit=1) == (seqs[3:4], True)
    assert page(around=seqs[2], limit=3) == (seqs[1:4], True)
    for two in ({"before": 1, "after": 1}, {"before": 1, "around": 1}, {"after": 1, "around": 1}):
        assert house.refused("ann", "messages.page", room=room, **two)[:2] == (400, -32602)


def test_a_deleted_message_stays_as_an_empty_row_in_pages_too(house: House) -> None:
    room = house.room("ann")
    first, second = house.post("ann", room, "first"), house.post("ann", room, "secret words")
    gone = house.call("ann", "messages.delete", message=second["id"])
    answer = house.call("ann", "messages.page", room=room)
    assert answer["messages"] == [first, gone]
    assert gone["deleted"] is True
    assert not any(gone.get(kept) for kept in ("body", "html", "files", "previews", "mentions"))
    assert (gone["id"], gone["seq"], gone["rev"]) == (second["id"], second["seq"], second["seq"] + 1)


def test_an_answer_is_in_its_thread_and_not_in_the_room(house: House) -> None:
    room = house.room("ann")
    root = house.post("ann", room, "root")
    answer = house.post("ann", room, "answer", thread=root["id"])
    assert [row["id"] for row in house.call("ann", "messages.page", room=room)["messages"]] == [root["id"]]
    in_thread = house.call("ann", "messages.page", room=room, thread=root["id"])["messages"]
    assert [row["id"] for row in in_thread] == [answer["id"]]


# Posting


@pytest.mark.parametrize("body", ["", " \n\t", "a\0b", "a\ud800b"])
def test_a_body_that_cannot_be_said(house: House, body: str) -> None:
    got = house.refused("ann", "messages.post", room=1, body=body, nonce=new_nonce())
    assert got == (400, -32602, None, "body")


def test_half_a_character_spoils_no_others_of_a_batch(house: House) -> None:
    post = request("messages.post", 1, room=1, body="a\ud800b", nonce=new_nonce())
    status, (refused, done) = house.rpc("ann", [post, request("accounts.me", 2)])
    assert (status, refused["error"]["code"], refused["error"]["data"]) == (200, -32602, {"field": "body"})
    assert (refused["id"], done["id"], done["result"]["handle"]) == (1, 2, "ann")


def test_a_body_is_kept_as_it_was_sent(house: House) -> None:
    room = house.room("ann")
    assert house.post("ann", room, "  a\r\nb\rc\n ")["body"] == "  a\nb\rc\n "
    assert house.post("ann", room, "😀" * 8_000)["body"] == "😀" * 8_000
    long = {"room": room, "body": "x" * 8_001, "nonce": new_nonce()}
    assert house.refused("ann", "messages.post", **long) == (413, -32005, "too_large", "body")


def test_a_nonce_makes_one_message_whatever_comes_with_it(house: House) -> None:
    room, other, nonce = house.room("ann"), house.room("ann"), "n" * 64
    made = house.post("ann", room, "first", nonce=nonce)
    assert house.post("ann", room, "other words", nonce=nonce) == made
    assert house.post("ann", other, "elsewhere", nonce=nonce) == made
    assert house.call("ann", "messages.page", room=other)["messages"] == []
    for wrong in ("", "n" * 65):
        got = house.refused("ann", "messages.post", room=room, body="x", nonce=wrong)
        assert got == (400, -32602, None, "nonce")


def test_a_picture_becomes_an_emoji(house: House) -> None:
    by = {"Authorization": f"Bearer {house.tokens['ann']}"}
    status, file, _ = house.send("POST", "/files?room=1&name=parrot.png", png(40, 40), **by)
    assert status == 201
    made = house.call("ann", "emoji.add", name="teal_square", file=file["id"])
    assert (made["name"], made["by"]) == ("teal_square", house.id("ann"))
    assert house.send("GET", made["url"], **by)[0] == 200
    assert house.call("bob", "emoji.page")["emoji"] == [made]
    assert house.refused("bob", "emoji.add", name="mine", file=file["id"])[2] == "not_found"
    assert house.refused("ann", "emoji.add", name="teal_square", file=file["id"])[2] == "conflict"
    assert house.call("ann", "emoji.remove", id=made["id"])["deleted"] is True


# Who may


def test_a_public_room_is_read_by_everybody_and_written_in_by_its_members(house: House) -> None:
    room = house.room("ann", "public")
    said = house.post("ann", room, f"openly {room}")
    assert house.call("bob", "messages.page", room=room)["messages"] == [said]
    assert house.call("bob", "members.page", room=room)["members"][0]["user"] == house.id("ann")
    assert house.call("bob", "sync.changes", topic=f"room:{room}", since=0)["messages"] == [said]
    assert house.call("bob", "messages.search", query=f"openly {room}")["messages"] == [said]
    post = {"room": room, "body": "me too", "nonce": new_nonce()}
    assert house.refused("bob", "messages.post", **post)[:3] == (403, -32002, "forbidden")
    assert house.call("bob", "rooms.join", room=room).keys() >= ROOM
    assert house.call("bob", "messages.post", **post)["body"] == "me too"
    assert house.call("bob", "rooms.leave", room=room)["id"] == room
    gus = {"Cookie": house.tokens["gus cookie"], "Sec_Fetch_Site": "same-origin"}
    status, answer = house.rpc(None, request("messages.page", room=room), **gus)
    assert (status, answer["error"]["data"]["kind"]) == (404, "not_found")


@pytest.mark.parametrize("who", ["bob", "owner"])
def test_what_one_may_not_see_is_answered_as_what_never_was(house: House, who: str) -> None:
    room = house.room("ann")
    said = house.post("ann", room, "secret words")
    for method, here, nowhere in (
        ("messages.page", {"room": room}, {"room": 10**9}),
        ("members.page", {"room": room}, {"room": 10**9}),
        ("rooms.join", {"room": room}, {"room": 10**9}),
        ("messages.edit", {"message": said["id"], "body": "x"}, {"message": 10**9, "body": "x"}),
        ("messages.delete", {"message": said["id"]}, {"message": 10**9}),
        (
            "messages.react",
            {"message": said["id"], "emoji": "🎉", "on": True},
            {"message": 10**9, "emoji": "🎉", "on": True},
        ),
        ("sync.changes", {"topic": f"room:{room}", "since": 0}, {"topic": f"room:{10**9}", "since": 0}),
    ):
        answers = [house.rpc(who, request(method, **params)) for params in (here, nowhere)]
        assert answers[0] == answers[1], method
        assert (answers[0][0], answers[0][1]["error"]["data"]["kind"]) == (404, "not_found")


async def test_a_public_room_is_heard_by_naming_it_and_a_private_one_is_left_out(house: House) -> None:
    public, private = house.room("ann", "public"), house.room("ann")
    async with socket(house, "bob") as bob:
        state = await bob.call("sync.start", topics={f"room:{public}": 0, f"room:{private}": 0, "nonsense": 3})
        assert f"room:{private}" not in state["topics"]
        assert "nonsense" not in state["topics"]
        assert not {f"room:{private}", "nonsense"} & set(state["reset"])
        assert f"room:{public}" in state["topics"]
        said = house.post("ann", public, "live")
        assert (await bob.hears(f"room:{public}", "messages"))["messages"] == [said]


async def test_a_start_that_does_not_name_the_room_any_more_ends_its_being_heard(house: House) -> None:
    first, second = house.room("ann", "public"), house.room("ann", "public")
    async with socket(house, "bob") as bob:
        await bob.call("sync.start", topics={f"room:{first}": 0})
        state = await bob.call("sync.start", topics={f"room:{second}": 0})
        assert f"room:{first}" not in state["topics"]
        house.post("ann", first, "for nobody here")
        house.post("ann", second, "live")
        while f"room:{second}" not in (heard := [one["params"].get("topic") for one in bob.told]):
            await bob.call("accounts.me")
        assert f"room:{first}" not in heard


# Keeping in step


def test_another_epoch_the_future_and_the_far_past_reset(house: House) -> None:
    room = house.room("ann")
    epoch = house.call("ann", "sync.start")["epoch"]
    topic = f"room:{room}"
    seq = house.post("ann", room)["seq"]
    assert house.call("ann", "sync.start", epoch="another", topics={topic: seq})["reset"] == [topic]
    assert house.call("ann", "sync.start", epoch=epoch, topics={topic: seq + 1})["reset"] == [topic]
    state = house.call("ann", "sync.start", epoch=epoch, topics={topic: seq - 1})
    assert (state["reset"], state["topics"][topic]) == ([], seq)
    (change,) = state["changes"]
    assert (change["topic"], change["seq"], len(change["messages"])) == (topic, seq, 1)
    assert house.call("ann", "sync.changes", topic=topic, since=seq + 5) == {"topic": topic, "seq": seq, "reset": True}
    for _ in range(16):
        batch = [request("messages.post", n, room=room, body="x", nonce=new_nonce()) for n in range(20)]
        assert house.rpc("ann", batch)[0] == 200
    assert house.call("ann", "sync.start", epoch=epoch, topics={topic: seq})["reset"] == [topic]
    assert house.call("ann", "sync.changes", topic=topic, since=seq)["reset"] is True
    change = house.call("ann", "sync.changes", topic=topic, since=seq + 300)
    assert (change["since"], change["seq"]) == (seq + 300, seq + 320)


# The frame


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, -32700),
        ("[]", 400, -32600),
        ('{"jsonrpc":"1.0","id":1,"method":"accounts.me"}', 400, -32600),
        ('{"jsonrpc":"2.0","id":{},"method":"accounts.me"}', 400, -32600),
        ('{"jsonrpc":"2.0","id":[1],"method":"accounts.me"}', 400, -32600),
        ('{"jsonrpc":"2.0","id":true,"method":"accounts.me"}', 400, -32600),
        ('{"jsonrpc":"2.0","id":1,"method":"no.such"}', 404, -32601),
        ('{"jsonrpc":"2.0","id":1,"method":"messages.page","params":{}}', 400, -32602),
    ],
)
def test_a_wrong_request(house: House, body: str, status: int, code: int) -> None:
    got, answer = house.rpc("ann", body)
    assert (got, answer["error"]["code"]) == (status, code)


@pytest.mark.parametrize("number", [1, 1.5, "one", None])
def test_an_id_comes_back(house: House, number: object) -> None:
    assert house.rpc("ann", request("accounts.me", number))[1]["id"] == number


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"body": "x", "nonce": "n"}, "room"),
        ({"room": 1, "nonce": "n"}, "body"),
        ({"room": 1, "body": "x"}, "nonce"),
        ({"room": "1", "body": "x", "nonce": "n"}, "room"),
        ({"room": 1, "body": 7, "nonce": "n"}, "body"),
        ({"room": 1, "body": "x", "nonce": "n", "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_param_is_named(house: House, params: Row, field: str) -> None:
    assert house.refused("ann", "messages.post", **params) == (400, -32602, None, field)


def test_batches(house: House) -> None:
    status, answers = house.rpc("ann", [request("accounts.me", 1), request("no.such", 2)])
    assert (status, [one["id"] for one in answers]) == (200, [1, 2])
    room = house.room("ann")
    many = [request("messages.post", n, room=room, body="x", nonce=new_nonce()) for n in range(21)]
    status, answer = house.rpc("ann", many)
    assert (status, answer["id"], answer["error"]["code"]) == (400, None, -32600)
    assert house.call("ann", "messages.page", room=room)["messages"] == []
    told = {"jsonrpc": "2.0", "method": "accounts.me", "params": {}}
    assert house.rpc("ann", told) == (204, b"")
    assert house.rpc("ann", [told, told]) == (204, b"")


@pytest.mark.parametrize(
    ("who", "method", "params", "kind"),
    [
        (None, "accounts.me", {}, "unauthorized"),
        ("bob", "admin.stats", {}, "forbidden"),
        ("ann", "messages.page", {"room": 10**9}, "not_found"),
        ("ann", "rooms.leave", {"room": 1}, "conflict"),
        ("ann", "messages.post", {"room": 1, "body": "x" * 8_001, "nonce": "long"}, "too_large"),
    ],
)
def test_a_kind_has_its_status(house: House, who: str | None, method: str, params: Row, kind: str) -> None:
    status, code, got, _ = house.refused(who, method, **params)
    assert (status, got) == (CODES[kind], kind)
    assert code <= -32000


# Ways in


def test_the_shortest_bot(house: House) -> None:
    by = {"Authorization": f"Bearer {house.tokens['ann']}"}
    status, said, _ = house.send("POST", "/chat", "hello", **by)
    assert (status, said["body"], said["room"]) == (201, "hello", 1)
    room = house.call("ann", "rooms.create", slug="bots", name="Bots", kind="public")["id"]
    assert house.send("POST", "/chat?room=bots", "beep", **by)[1]["room"] == room
    assert house.send("POST", "/chat", "hello")[0] == 401
    by["Authorization"] = f"Bearer {house.tokens['bob']}"
    assert house.send("POST", "/chat?room=bots", "beep", **by)[0] == 403
    assert house.send("POST", "/chat?room=nowhere", "beep", **by)[0] == 404
    assert house.send("GET", "/health")[0] == 200


def test_a_cookie_counts_from_our_own_page_alone(house: House) -> None:
    invite = house.call("owner", "invites.create")
    assert {"token", "url", "uses", "ends"} <= invite.keys()
    assert invite["url"].endswith(invite["token"])
    assert MOMENT.fullmatch(invite["ends"])
    given = {"token": invite["token"], "name": "Cleo of Paros", "password": PASSWORD}
    assert house.call(None, "invites.accept", **given)["handle"].startswith("cleo")
    login = json.dumps(request("sessions.create", login="cleo.of.paros", password=PASSWORD))
    status, answer, headers = house.send("POST", "/rpc", login, Content_Type=JSON)
    assert (status, answer["result"]["name"]) == (200, "Cleo of Paros")
    cookie = headers["Set-Cookie"].partition(";")[0]
    for page, expected in (
        ({"Origin": house.url}, 200),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
    ):
        assert house.rpc(None, request("accounts.me"), Cookie=cookie, **page)[0] == expected, page
    ours = {"Cookie": cookie, "Origin": house.url}
    sessions = house.rpc(None, request("sessions.list"), **ours)[1]["result"]["sessions"]
    (session,) = [one for one in sessions if one["current"]]
    assert house.rpc(None, request("sessions.end", session=session["id"]), **ours)[0] == 200
    assert house.rpc(None, request("accounts.me"), **ours)[0] == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer cwt_wrong"}, 401),
        ({"Origin": "https://evil.example"}, 403),
    ],
)
async def test_an_upgrade_is_refused(house: House, headers: dict[str, str], status: int) -> None:
    who = "ann" if "Origin" in headers else None
    with pytest.raises(tornado.httpclient.HTTPClientError) as caught:
        async with socket(house, who, **headers):
            pass
    assert caught.value.code == status


async def test_a_socket_is_signed_in_by_its_first_call(house: House) -> None:
    async with socket(house) as stranger:
        for method in ("accounts.me", "sync.start", "sessions.create", "invites.accept"):
            assert (await stranger.say(request(method)))["error"]["data"]["kind"] == "unauthorized"
        assert (await stranger.call("sessions.resume", token=house.tokens["ann"]))["handle"] == "ann"
        assert (await stranger.call("accounts.me"))["handle"] == "ann"


async def test_what_sets_a_cookie_is_for_http_alone(house: House) -> None:
    async with socket(house, "ann") as ann:
        for method in ("sessions.create", "sessions.guest", "sessions.end", "invites.accept", "setup.accept"):
            assert (await ann.say(request(method)))["error"]["code"] == -32601


async def test_the_codes_that_a_socket_closes_with(house: House) -> None:
    async with socket(house, "ann") as clumsy:
        for _ in range(9):
            assert (await clumsy.say("{"))["error"]["code"] == -32700
        await clumsy.say("{")
        assert await end_of(clumsy.connection) == 4500
    async with socket(house, "ann") as large:
        await large.connection.write_message("x" * 200_000)
        assert await end_of(large.connection) == 1009
    token = house.call("bob", "tokens.create")
    house.tokens["another"] = token["token"]
    async with socket(house, "another") as ended:
        await ended.call("accounts.me")
        house.call("bob", "tokens.revoke", id=token["id"])
        assert await end_of(ended.connection) == 4501


async def test_a_banned_user_is_sent_away_for_good(house: House) -> None:
    ben = house.id("ben")
    async with socket(house, "ben") as banned:
        await banned.call("accounts.me")
        house.call("owner", "users.ban", user=ben)
        assert await end_of(banned.connection) == 4503
    house.call("owner", "users.unban", user=ben)
    assert house.call("owner", "users.role", user=ben, role="admin")["role"] == "admin"


def test_too_large_a_body_is_413(house: House) -> None:
    assert house.rpc("ann", b" " * (2 * 1024 * 1024))[0] == 413


# The command line


@pytest.mark.wide
def test_the_command_line(house: House) -> None:
    data = ("--data", str(house.data))
    token = run("token", "create", "bob", *data)
    assert re.fullmatch(r"\S+\n", token.stdout)
    assert run("setup-link", *data).returncode == 1
    assert run("user", "add", "_wrong", *data).returncode == 1
    assert run("user", "add", "zed-1._", "--name", "Zed", "--email", "z@a.test", "--bot", *data).returncode == 0
    assert run("room", "add", "cellar", "--private", "--member", "bob", *data).returncode == 0
    found = house.call("bob", "sync.start")
    (cellar,) = [room for room in found["rooms"] if room["slug"] == "cellar"]
    assert (cellar["kind"], house.call("bob", "members.page", room=cellar["id"])["members"][0]["role"]) == (
        "private",
        "owner",
    )


@pytest.mark.parametrize("toml", ['colour = "red"', "port = true", "port = 99999", "base-url = 'x'"])
def test_wrong_settings_are_wrong_words(tmp_path: Path, toml: str) -> None:
    (tmp_path / "chinwag.toml").write_text(toml)
    ran = run("check", "--config", str(tmp_path / "chinwag.toml"))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.count("\n") == 1
