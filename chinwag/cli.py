"""The command line: `chinwag serve` and what an operator does beside it. It holds no rules of the chat.

Exit status: 0 done, 1 it could not be done (one line on standard error says why), 2 the words
or the settings were wrong.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from chinwag import __version__, config, logs
from chinwag.config import SETTINGS, Config
from chinwag.errors import CannotStart, Refused, WrongSettings

STORAGE = ("data", "database", "redis", "base_url", "port")

LOOK_AFTER = 0.3
"""Seconds between looks after the processes of one server, and so between a process that dies and the next."""

Command = Callable[[Config, argparse.Namespace], None]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help", "--version")):
        words.insert(0, "serve")
    given = _parser().parse_args(words)
    try:
        settings = config.load(vars(given))
    except CannotStart as error:
        sys.stderr.write(f"chinwag: {error}\n")
        sys.exit(2)
    try:
        given.run(settings, given)
    except (CannotStart, Refused) as error:
        sys.stderr.write(f"chinwag: {error}\n")
        sys.exit(2 if isinstance(error, WrongSettings) else 1)
    except BrokenPipeError:
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="chinwag", description="A self-hosted real-time chat.")
    parser.add_argument("--version", action="version", version=f"chinwag {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    _command(commands, "serve", serve, "serve the chat (what chinwag alone does)", [one.name for one in SETTINGS])
    _command(commands, "setup-link", setup_link, "print a new one-time link for the first administrator")
    _command(
        commands,
        "check",
        check,
        "print the settings in force and each that weakens a default",
        [s.name for s in SETTINGS],
    )

    user = commands.add_parser("user", help="people").add_subparsers(required=True, metavar="COMMAND")
    add = _command(user, "add", user_add, "add a user")
    add.add_argument("handle", metavar="HANDLE")
    add.add_argument("--name")
    add.add_argument("--email")
    add.add_argument("--role", choices=("member", "admin", "owner"), default="member")
    add.add_argument("--bot", action="store_true", help="a bot: it signs in by token alone")
    add.add_argument("--password-stdin", action="store_true", help="read a password from standard input")

    token = commands.add_parser("token", help="API tokens").add_subparsers(required=True, metavar="COMMAND")
    create = _command(token, "create", token_create, "print a new API token, and nothing else")
    create.add_argument("handle", metavar="HANDLE")
    create.add_argument("--label", default="command line")

    room = commands.add_parser("room", help="rooms").add_subparsers(required=True, metavar="COMMAND")
    make = _command(room, "add", room_add, "add a room")
    make.add_argument("slug", metavar="SLUG")
    make.add_argument("--name")
    make.add_argument("--private", action="store_true")
    make.add_argument(
        "--member", action="append", default=[], metavar="HANDLE", help="put somebody in it; the first owns it"
    )

    search = commands.add_parser("search", help="the index of words").add_subparsers(required=True, metavar="COMMAND")
    _command(search, "rebuild", search_rebuild, "make the index of words anew, beside a running server")
    return parser


def _command(
    commands: Any, name: str, run: Command, words: str, settings: Sequence[str] = STORAGE
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    config.add_flags(parser, settings)
    parser.set_defaults(run=run)
    return parser


def serve(settings: Config, given: argparse.Namespace) -> None:
    """Serve until told to stop."""
    from chinwag import app

    logs.begin(settings.log, debug=settings.debug)
    if settings.processes > 1:
        _supervise(settings, given)
        return
    with app.sole_server(settings):
        engine = app.open_database(settings)
        sockets = app.listen(settings)
        if app.is_worker():
            asyncio.run(app.serve(settings, engine, sockets, lambda: None))
            return
        link = app.prepare(settings, engine, config.given_settings(vars(given)))
        asyncio.run(app.serve(settings, engine, sockets, lambda: _say_ready(settings, link)))


def _say_ready(settings: Config, link: str | None) -> None:
    sys.stdout.write(f"Chinwag serves {settings.link}\n")
    if link:
        sys.stdout.write(f"\nMake the first administrator, within a day and once, at\n\n    {link}\n\n")
    for line in config.weakened(settings):
        sys.stdout.write(f"Note: {line}\n")
    sys.stdout.flush()


def _supervise(settings: Config, given: argparse.Namespace) -> None:
    """Serve with several processes that share the port; one that dies is begun anew, and a signal goes to all; a second
    ends them at once."""
    from chinwag import app

    engine = app.open_database(settings)
    for one in app.listen(settings):  # so that a port in use is said once, and here
        one.close()
    link = app.prepare(settings, engine, config.given_settings(vars(given)))
    engine.dispose()
    stopping: list[int] = []
    for number in app.SIGNALS:
        signal.signal(number, lambda number, _: stopping.append(number))
    workers = [_worker() for _ in range(settings.processes)]
    _say_ready(settings, link)
    while not stopping:
        time.sleep(LOOK_AFTER)
        workers = [_worker() if not stopping and one.poll() is not None else one for one in workers]
    for worker in workers:
        worker.terminate()
    while workers := [worker for worker in workers if worker.poll() is None]:
        for worker in workers if len(stopping) > 1 else ():
            worker.kill()
        time.sleep(LOOK_AFTER)
    if len(stopping) > 1:
        sys.exit(128 + stopping[0])


def _worker() -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "chinwag", *sys.argv[1:], "--processes", "1"]
    return subprocess.Popen(command, env={**os.environ, "CHINWAG_WORKER": "1"})  # noqa: S603


def setup_link(settings: Config, given: argparse.Namespace) -> None:
    """Print a new one-time link for the first administrator."""
    from chinwag import app
    from chinwag.services import invites
    from chinwag.store import users

    engine = app.open_database(settings)
    if app.operate(engine, settings, users.has_owner):
        raise CannotStart("This workspace has an owner already, who can invite people.")
    sys.stdout.write(app.operate(engine, settings, invites.make_setup_link) + "\n")


def user_add(settings: Config, given: argparse.Namespace) -> None:
    """Add a user."""
    from chinwag import app
    from chinwag.services import accounts, passwords

    password = None
    if given.password_stdin:
        password = passwords.hash(passwords.clean_password(sys.stdin.readline().rstrip("\n")))
    user = app.operate(
        app.open_database(settings),
        settings,
        accounts.add,
        handle=given.handle,
        name=given.name,
        email=given.email,
        role=given.role,
        kind="bot" if given.bot else "person",
        password=password,
    )
    sys.stdout.write(f"@{user.handle} ({user.name}) is user {user.id}.\n")


def token_create(settings: Config, given: argparse.Namespace) -> None:
    """Print a new API token."""
    from chinwag import app
    from chinwag.services import tokens

    engine = app.open_database(settings)
    token = app.operate(engine, settings, tokens.issue_to, handle=given.handle, label=given.label)
    sys.stdout.write(token.token + "\n")


def room_add(settings: Config, given: argparse.Namespace) -> None:
    """Add a room."""
    from chinwag import app
    from chinwag.services import rooms

    room = app.operate(
        app.open_database(settings),
        settings,
        rooms.add,
        slug=given.slug,
        name=given.name,
        private=given.private,
        handles=given.member,
    )
    sys.stdout.write(f"#{room.slug} is room {room.id}, with {room.members} members.\n")


def search_rebuild(settings: Config, given: argparse.Namespace) -> None:
    """Make the index of words anew, the newest messages first; half of the time is left to a running server."""
    from chinwag import app
    from chinwag.services import search

    engine = app.open_database(settings)
    app.operate(engine, settings, search.begin_anew)
    more = True
    while more:
        began = time.monotonic()
        more = app.operate(engine, settings, search.fill)
        time.sleep(time.monotonic() - began if more else 0)
    sys.stdout.write("Every message is in the index.\n")


def check(settings: Config, given: argparse.Namespace) -> None:
    """Print the settings in force, and each that weakens a default."""
    for setting in SETTINGS:
        value = getattr(settings, setting.name)
        text = config.hide_password(value) if setting.name in ("database", "redis") else value
        sys.stdout.write(f"{setting.name} = {config.show(text)}\n")
    for line in config.weakened(settings):
        sys.stdout.write(f"WEAKENED {line}\n")
