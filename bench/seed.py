"""The chat that Chinwag grew from: Tornado, and one `write_message` for each client and message.

It stores nothing, signs nobody in and joins nothing: the way most begin, kept to be measured beside.

    python -m bench.seed PORT
"""

import asyncio
import sys
from typing import ClassVar

from tornado.web import Application
from tornado.websocket import WebSocketHandler


class Websocket(WebSocketHandler):
    """Tells everyone what anyone says."""

    clients: ClassVar[list["Websocket"]] = []

    def open(self, *_args: str, **_kwargs: str) -> None:
        self.clients.append(self)

    def on_close(self) -> None:
        self.clients.remove(self)

    def on_message(self, message: str | bytes) -> None:
        for client in self.clients:
            client.write_message(message)


async def main(port: int) -> None:
    Application([("/ws", Websocket)]).listen(port, "127.0.0.1", backlog=1024)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
