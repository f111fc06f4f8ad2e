"""Takes connections in. Where a process may open no more of them, Tornado's own would try again at once and for ever,
with a line in the log for each time: this one waits a moment, and those who are connected notice nothing.
"""

import asyncio
import logging
import socket
from collections.abc import Iterable

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream

log = logging.getLogger(__name__)

AT_ONCE = 128
"""Connections taken in one turn of the loop."""
PAUSE = 1.0


class Server(HTTPServer):
    """Tornado's, which listens in its own way."""

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        """Take in what comes at these listening sockets."""
        self._loop = asyncio.get_running_loop()
        self._listening = list(sockets)
        self._full: asyncio.TimerHandle | None = None
        self._listen()

    def _listen(self) -> None:
        for sock in self._listening:
            self._loop.add_reader(sock, self._accept, sock)

    def _accept(self, sock: socket.socket) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, address = sock.accept()
            except BlockingIOError:
                return
            except ConnectionAbortedError:
                continue
            except OSError as error:
                self._pause(error)
                return
            self.handle_stream(IOStream(connection, max_buffer_size=self.max_buffer_size), address)

    def _pause(self, error: OSError) -> None:
        log.warning("No connection can be taken in just now: %s.", error.strerror)
        for sock in self._listening:
            self._loop.remove_reader(sock)
        self._full = self._loop.call_later(PAUSE, self._listen)

    def stop(self) -> None:
        """Take nothing in any more."""
        if self._full is not None:
            self._full.cancel()
        for sock in self._listening:
            self._loop.remove_reader(sock)
            sock.close()
