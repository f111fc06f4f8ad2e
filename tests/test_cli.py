"""The command line as processes of its own: what each command does, prints and leaves with, also beside a server."""

import asyncio
import json
import sqlite3
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chinwag import __version__
from chinwag.config import SETTINGS
from chinwag.services import search
from tests.world import PASSWORD, Server, free_port, program, run, wait_for_port

Ran = subprocess.CompletedProcess[str]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder, not yet there."""
    return tmp_path / "data"


def done(ran: Ran) -> str:
    """What a command that did its work printed."""
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    return ran.stdout


def failed(ran: Ran, status: int = 1) -> str:
    """The one line on standard error of a command that could not do its work."""
    assert (ran.returncode, ran.stdout) == (status, ""), (ran.stdout, ran.stderr)
    assert ran.stderr.count("\n") == 1, ran.stderr
    assert ran.stderr.startswith("chinwag: ")
    return ran.stderr.removeprefix("chinwag: ").strip()


def lines(process: "subprocess.Popen[str]", until: str) -> str:
    """What a program prints up to a line that has these words."""
    assert process.stdout is not None
    found = ""
    while until not in found:
        line = process.stdout.readline()
        assert line, found
        found += line
    return found


def ask(port: int, method: str, bearer: str | None = None, /, **params: Any) -> Any:
    """A call over HTTP to a server of another process."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    request = urllib.request.Request(f"http://127.0.0.1:{port}/rpc", body, headers)
    try:
        with urllib.request.urlopen(request) as response:  # noqa: S310
            return json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)


# Words


def test_version_and_help_are_told_on_standard_output() -> None:
    assert done(run("--version")) == f"chinwag {__version__}\n"
    helped = done(run("--help"))
    for command in ("serve", "setup-link", "user", "token", "room", "check"):
        assert command in helped
    assert "--guests" in done(run("serve", "--help"))


@pytest.mark.parametrize(
    "words",
    [
        "nonsense",
        "user",
        "user add",
        "user add ann bob",
        "user add ann --role king",
        "token create",
        "room add",
        "serve --port http",
        "serve --no-such-flag",
        "--no-such-flag",
        "check extra",
    ],
)
def test_wrong_words_leave_with_2_and_say_how_it_goes(words: str, tmp_path: Path) -> None:
    ran = run(*words.split())
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("usage: chinwag")
    assert "error: " in ran.stderr.splitlines()[-1]


# Serving


def test_chinwag_alone_serves_and_prints_the_link_for_the_first_administrator(data: Path) -> None:
    port = free_port()
    with program("--data", str(data), "--port", str(port)) as process:
        said = lines(process, "/setup#")
        assert f"Chinwag serves http://localhost:{port}" in said
        secret = said.rpartition("#")[2].strip()
        owner = {"name": "Ann", "email": "ann@a.test", "password": PASSWORD}
        assert ask(port, "workspace.look")["result"] == {
            "name": "Chinwag",
            "guests": False,
            "signup": False,
            "ready": False,
        }
        assert ask(port, "setup.accept", token=secret, **owner)["result"]["role"] == "owner"
        assert ask(port, "setup.accept", token=secret, **owner)["error"]["data"]["kind"] == "conflict"
        assert ask(port, "workspace.look")["result"]["ready"] is True
        process.terminate()
        assert process.wait(15) == 0
    assert (data.stat().st_mode & 0o777) == 0o700
    with program("serve", "--data", str(data), "--port", str(port)) as process:
        said = lines(process, "serves")
        wait_for_port(port)
        process.terminate()
        assert process.stdout is not None
        assert "#" not in said + process.stdout.read()
        assert process.wait(15) == 0


def test_guests_are_let_in_by_a_flag_which_is_kept_and_said(data: Path) -> None:
    port = free_port()
    words = ("serve", "--data", str(data), "--port", str(port))
    with program(*words, "--guests") as process:
        assert "guests" in lines(process, "Note: guests")
        assert ask(port, "sessions.guest", name="Gil")["result"]["kind"] == "guest"
    with program(*words) as process:
        lines(process, "serves")
        assert ask(port, "workspace.look")["result"]["guests"] is True
    with program(*words, "--no-guests") as process:
        lines(process, "serves")
        assert ask(port, "sessions.guest", name="Gus")["error"]["data"]["kind"] == "forbidden"


def test_a_port_in_use_is_said_in_one_line(data: Path) -> None:
    port = free_port()
    with program("--data", str(data), "--port", str(port)) as process:
        lines(process, "serves")
        said = failed(run("serve", "--data", f"{data}-2", "--port", str(port)))
    assert str(port) in said
    assert "in use" in said


def test_a_data_folder_in_use_by_another_server_is_said_and_free_again_when_that_is_killed(data: Path) -> None:
    with program("--data", str(data), "--port", str(free_port())) as process:
        lines(process, "serves")
        assert str(data) in failed(run("serve", "--data", str(data), "--port", str(free_port())))
    port = free_port()
    with program("--data", str(data), "--port", str(port)) as process:
        lines(process, "serves")


@pytest.mark.parametrize("command", [["serve"], ["setup-link"], ["user", "add", "ann"]], ids=" ".join)
def test_a_data_folder_that_cannot_be_written_to_is_said(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("in its place")
    for folder in (tmp_path / "file", tmp_path / "file/below", Path("/proc/chinwag")):
        said = failed(run(*command, "--data", str(folder)))
        assert str(folder) in said
        assert said.startswith("The data folder")
    assert (tmp_path / "file").read_text() == "in its place"


def test_a_host_that_cannot_be_listened_at_is_said(data: Path) -> None:
    for host in ("203.0.113.1", "no.such.host.invalid"):
        assert host in failed(run("serve", "--data", str(data), "--host", host, "--port", str(free_port())))


def test_a_database_that_is_newer_than_the_program_is_refused_and_left_as_it_is(data: Path) -> None:
    done(run("user", "add", "ann", "--data", str(data)))
    with sqlite3.connect(data / "chinwag.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    for command in (["serve", "--port", str(free_port())], ["user", "add", "bob"]):
        said = failed(run(*command, "--data", str(data)))
        assert "newer (9999) than this program" in said
    with sqlite3.connect(data / "chinwag.db") as database:
        assert [row[0] for row in database.execute("SELECT handle FROM users")] == ["ann"]
    database.close()


def test_a_file_that_is_no_database_is_said(data: Path) -> None:
    data.mkdir()
    (data / "chinwag.db").write_bytes(b"this is no database, " * 1_000)
    assert "cannot be opened" in failed(run("serve", "--data", str(data), "--port", str(free_port())))


@pytest.mark.parametrize(
    ("url", "status", "names"),
    [
        ("mysql://db/chat", 2, "--database"),
        ("postgresql://ann:secret@[::1/chat", 2, "--database"),
        ("postgresql://ann:secret@127.0.0.1:port/chat", 2, "--database"),
        ("postgresql://ann:secret@127.0.0.1:1/chat", 1, "database cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_reached_is_said_without_its_password(
    url: str, status: int, names: str, data: Path
) -> None:
    said = failed(run("serve", "--database", url, "--data", str(data), "--port", str(free_port())), status)
    assert names in said
    assert "secret" not in said
    assert not data.exists()


def test_settings_that_are_wrong_stop_every_command_with_one_line_and_2(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("prot = 80")
    for command in (["serve"], ["check"], ["setup-link"], ["user", "add", "ann"], ["room", "add", "ops"]):
        said = failed(run(*command, "--config", str(tmp_path / "bad.toml"), "--data", str(tmp_path / "data")), 2)
        assert "there is no setting “prot”; did you mean “port”?" in said
    assert not (tmp_path / "data").exists()
    said = failed(run("check", env={"CHINWAG_PORT": "http"}), 2)
    assert said == "CHINWAG_PORT must be a whole number, not “http”."
    assert "--rates" in failed(run("check", "--rates", "maybe"), 2)
    (tmp_path / "bad.toml").write_text("port: 80")
    assert "not TOML" in failed(run("check", "--config", str(tmp_path / "bad.toml")), 2)
    assert "gone.toml" in failed(run("check", "--config", str(tmp_path / "gone.toml")), 2)


# chinwag check


def test_check_prints_every_setting_in_force_and_touches_nothing(data: Path) -> None:
    said = done(run("check", "--data", str(data), "--port", "9000"))
    assert [line.partition(" = ")[0] for line in said.splitlines()] == [setting.name for setting in SETTINGS]
    assert f'data = "{data}"\n' in said
    assert "port = 9000\n" in said
    assert not data.exists()


def test_a_flag_goes_before_a_variable_and_a_variable_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "chinwag.toml").write_text('port = 1111\nhost = "10.0.0.1"\nlog = "text"\n')
    env = {"CHINWAG_CONFIG": str(tmp_path / "chinwag.toml"), "CHINWAG_PORT": "2222", "CHINWAG_HOST": "10.0.0.2"}
    said = done(run("check", "--port", "3333", env=env)).splitlines()
    assert {"port = 3333", 'host = "10.0.0.2"', 'log = "text"'} <= set(said)


def test_check_says_what_is_weakened_and_hides_passwords(data: Path) -> None:
    flags = ("--guests", "--signup", "--host", "0.0.0.0", "--redis", "redis://:secret@cache")  # noqa: S104
    said = done(run("check", *flags, "--database", "postgresql://ann:secret@db/chat", env={"CHINWAG_RATES": "off"}))
    weakened = [line for line in said.splitlines() if line.startswith("WEAKENED ")]
    assert len(weakened) == 4
    assert any("rates" in line and "off" in line for line in weakened)
    assert "secret" not in said
    assert "WEAKENED" not in done(run("check", env={"CHINWAG_RATES": "on"}))


def test_what_check_prints_is_a_file_of_settings(tmp_path: Path) -> None:
    said = done(run("check", "--port", "9000", "--base-url", "https://chat.example.org"))
    (tmp_path / "chinwag.toml").write_text(said)
    assert done(run("check", "--config", str(tmp_path / "chinwag.toml"))) == said


# People, tokens, rooms


def test_setup_link_prints_a_link_and_the_one_before_no_longer_works(data: Path) -> None:
    port = free_port()
    with program("--data", str(data), "--port", str(port)) as process:
        first = lines(process, "/setup#").rpartition("#")[2].strip()
        link = done(run("setup-link", "--data", str(data), "--port", str(port)))
        assert link.startswith(f"http://localhost:{port}/setup#stp_")
        owner = {"name": "Ann", "email": "ann@a.test", "password": PASSWORD}
        assert ask(port, "setup.accept", token=first, **owner)["error"]["data"]["kind"] == "conflict"
        assert "result" in ask(port, "setup.accept", token=link.rpartition("#")[2].strip(), **owner)
    assert "owner already" in failed(run("setup-link", "--data", str(data)))
    elsewhere = run("setup-link", "--data", f"{data}-2", "--base-url", "https://chat.example.org")
    assert done(elsewhere).startswith("https://chat.example.org/setup#")


def test_a_user_with_a_password_from_standard_input_can_sign_in(data: Path) -> None:
    port = free_port()
    words = ("user", "add", "ann", "--name", "Ann Ash", "--email", "ann@a.test", "--role", "admin", "--password-stdin")
    said = done(run(*words, "--data", str(data), input=f"{PASSWORD}\n"))
    assert said == "@ann (Ann Ash) is user 1.\n"
    with program("--data", str(data), "--port", str(port)) as process:
        lines(process, "serves")
        for login in ("ann", "ann@a.test"):
            user = ask(port, "sessions.create", login=login, password=PASSWORD)["result"]
            assert (user["id"], user["name"], user["role"]) == (1, "Ann Ash", "admin")


def test_a_bot_signs_in_by_the_token_that_is_printed_alone(data: Path) -> None:
    done(run("user", "add", "robo", "--bot", "--data", str(data)))
    printed = done(run("token", "create", "@Robo", "--data", str(data)))
    assert printed.count("\n") == 1
    assert printed.startswith("cwt_")
    port = free_port()
    with program("--data", str(data), "--port", str(port)) as process:
        lines(process, "serves")
        assert ask(port, "accounts.me", printed.strip())["result"]["kind"] == "bot"


@pytest.mark.wide
def test_what_cannot_be_added_is_said_in_one_line_and_nothing_is_half_done(data: Path) -> None:
    where = ("--data", str(data))
    done(run("user", "add", "ann", "--email", "ann@a.test", *where))
    for words in (
        ("user", "add", "ann"),
        ("user", "add", "two words"),
        ("user", "add", ""),
        ("user", "add", "bob", "--name", "a\u202eb"),
        ("user", "add", "bob", "--name", "x" * 65),
        ("user", "add", "bob", "--email", "no address"),
        ("user", "add", "bob", "--email", "ANN@a.test"),
        ("token", "create", "nobody"),
        ("token", "create", ""),
        ("room", "add", "lobby"),
        ("room", "add", "no slug!"),
        ("room", "add", "ops", "--member", "ann", "--member", "nobody"),
    ):
        assert failed(run(*words, *where)), words
    for password in ("", "short", "x" * 257):
        assert "password" in failed(run("user", "add", "bob", "--password-stdin", *where, input=f"{password}\n"))
    with sqlite3.connect(data / "chinwag.db") as database:
        assert [row[0] for row in database.execute("SELECT handle FROM users")] == ["ann"]
        assert [row[0] for row in database.execute("SELECT slug FROM rooms")] == ["lobby"]
        assert database.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
    database.close()


def test_a_room_is_added_with_its_members_the_first_of_whom_owns_it(data: Path) -> None:
    where = ("--data", str(data))
    for handle in ("ann", "bob"):
        done(run("user", "add", handle, *where))
    said = done(run("room", "add", "ops", "--name", "Ops", "--private", "--member", "ann", "--member", "@bob", *where))
    assert said == "#ops is room 2, with 2 members.\n"
    with sqlite3.connect(data / "chinwag.db") as database:
        assert database.execute("SELECT kind FROM rooms WHERE id = 2").fetchone() == ("private",)
        found = database.execute("SELECT user, role FROM members WHERE room = 2 ORDER BY user").fetchall()
        assert found == [(1, "owner"), (2, "member")]
    database.close()


async def test_what_is_added_beside_a_running_server_is_seen_by_those_who_are_connected(server: Server) -> None:
    _, token = server.add("ann")
    client = await server.client(token)
    await client.start()
    where = ("--data", str(server.config.data))
    for words, seen in (
        (("user", "add", "zoe"), lambda: "zoe" in [user["handle"] for user in client.state["users"].values()]),
        (
            ("room", "add", "ops", "--member", "ann"),
            lambda: "ops" in [room["slug"] for room in client.state["rooms"].values()],
        ),
    ):
        done(await asyncio.to_thread(run, *words, *where))
        await client.until(seen)
    made = done(await asyncio.to_thread(run, "token", "create", "zoe", *where)).strip()
    assert (await server.rpc(made, "accounts.me"))["handle"] == "zoe"
    with server.engine.connect() as connection:
        acts = connection.execute(text("SELECT act FROM audit ORDER BY id")).scalars().all()
    assert acts[-3:] == ["user add", "room add", "token create"]
    await client.close()


async def test_a_rebuilt_index_of_words_is_found_in_by_a_running_server(any_server: Server) -> None:
    user, token = any_server.add("ann")
    await any_server.rpc(token, "messages.post", room=1, body="needle", nonce="1")
    any_server.stage.act(search.begin_anew)
    assert (await any_server.rpc(token, "messages.search", query="needle"))["messages"] == []
    config = any_server.config
    words = ["--database", config.database] if config.database else ["--data", str(config.data)]
    ran = await asyncio.to_thread(run, "search", "rebuild", *words)
    assert (ran.returncode, ran.stdout) == (0, "Every message is in the index.\n"), ran.stderr
    found = await any_server.rpc(token, "messages.search", query="needle")
    assert [one["author"] for one in found["messages"]] == [user]
