"""The servers that are measured: started, looked at from outside, and stopped however the run ends. Linux only."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from bench.load import HOST, Connection

HOME = Path(__file__).parent.parent

GRACE = 30.0
"""Seconds to start in, and to stop in."""


class Server:
    """A running server, seen from outside."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def cpu(self) -> float:
        """Seconds of processor time, user and system, that all its threads have used: the clock of
        clock_getcpuclockid(3), in nanoseconds where /proc counts in hundredths of a second."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def resident(self) -> int:
        """Bytes of memory that it holds."""
        return _resident(self.process.pid)

    def peak(self) -> int:
        """The most bytes of memory that it has held."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def children(self) -> int:
        """Bytes of memory that processes which it started hold."""
        return sum(_resident(int(child)) for task in _tasks(self.process.pid) for child in task.split())

    def settle(self) -> None:
        """Waits until it has no work but to keep connections alive: under a tenth of a core for half a second."""
        for _ in range(30):
            before = self.cpu()
            time.sleep(0.5)
            if self.cpu() - before < 0.05:
                return
        raise TimeoutError("the server does not come to rest")


def _resident(pid: int) -> int:
    """Bytes of memory of a process; 0 of one that is gone."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _tasks(pid: int) -> Iterator[str]:
    """The children of each thread of a process."""
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield path.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue


def answers(port: int) -> bool:
    """Whether anybody accepts connections there."""
    try:
        Connection(port).close()
    except OSError:
        return False
    return True


def healthy(port: int) -> bool:
    """Whether `/health` says 200."""
    try:
        with closing(Connection(port)) as connection:
            connection.sock.sendall(f"GET /health HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
            return connection.read_head().startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def serving(command: list[str], port: int, ready: Callable[[int], bool]) -> Iterator[Server]:
    """Runs `command` until the block ends, which begins as soon as `ready(port)`."""
    with TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=HOME, env=os.environ | {"CHINWAG_RATES": "off"})
        try:
            wait(process, port, ready, log)
            yield Server(process, port)
        finally:
            stop(process)


def wait(process: subprocess.Popen[bytes], port: int, ready: Callable[[int], bool], log: IO[bytes]) -> None:
    """Looks every two milliseconds, so as to leave the processor to the server."""
    until = time.monotonic() + GRACE
    while not ready(port):
        if process.poll() is not None or time.monotonic() > until:
            log.seek(0)
            raise RuntimeError(f"{process.args!r} does not start:\n{log.read().decode(errors='replace')[-2000:]}")
        time.sleep(0.002)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def floor() -> Iterator[Server]:
    """bench/floor.c, compiled for the occasion."""
    compiler = which("cc")
    if compiler is None:
        raise SystemExit(
            "bench: the floor is written in C, and no `cc` is here (Debian: apt-get install build-essential)"
        )
    with TemporaryDirectory() as folder:
        program = f"{folder}/floor"
        subprocess.run([compiler, "-O2", str(HOME / "bench/floor.c"), "-o", program], check=True)
        port = free_port()
        with serving([program, str(port)], port, answers) as server:
            yield server


@contextmanager
def seed() -> Iterator[Server]:
    """bench/seed.py: Tornado, one `write_message` a client and message."""
    port = free_port()
    with serving([sys.executable, "-m", "bench.seed", str(port)], port, answers) as server:
        yield server


@contextmanager
def chinwag(data: Path, *flags: str) -> Iterator[Server]:
    """Chinwag as it is installed, on the data folder `data`, without limits of rate."""
    port = free_port()
    command = [sys.executable, "-m", "chinwag", "serve", "--data", str(data), "--port", str(port), *flags]
    with serving(command, port, healthy) as server:
        yield server
