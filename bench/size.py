"""The first load: the bytes that a browser fetches before the client runs."""

from contextlib import closing
from html.parser import HTMLParser
from http.client import HTTPConnection
from pathlib import Path

from bench.load import HOST
from bench.servers import Server, chinwag


class Links(HTMLParser):
    """The scripts and styles that a page loads or preloads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and values.get("src"):
            self.found.append(values["src"] or "")
        elif tag == "link" and values.get("rel") in ("stylesheet", "modulepreload"):
            self.found.append(values["href"] or "")


def measure(data: Path) -> tuple[int, int]:
    """Bytes over the wire of the page, its scripts and its styles, bodies alone: by Brotli, and by gzip."""
    with chinwag(data) as server:
        links = Links()
        links.feed(fetch(server, "/", "identity").decode())
        if not links.found:
            raise RuntimeError("the page loads nothing: is the client built?")
        by_brotli, by_gzip = (
            sum(len(fetch(server, path, encoding)) for path in ("/", *links.found)) for encoding in ("br", "gzip")
        )
        return by_brotli, by_gzip


def fetch(server: Server, path: str, encoding: str) -> bytes:
    """The body as it travels."""
    with closing(HTTPConnection(HOST, server.port)) as connection:
        connection.request("GET", path, headers={"Accept-Encoding": encoding})
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {answer.reason}")
        return answer.read()
