"""The built client: files with hashed names are kept by browsers for ever, the page itself never."""

import mimetypes
import re
from pathlib import Path
from typing import NamedTuple

from chinwag.errors import NotFound
from chinwag.web.door import Handler

NOT_BUILT = b"<!doctype html><title>Chinwag</title><p>The client is not built: please run <code>make setup</code>."


class File(NamedTuple):
    """A file as it is sent: plain, and precompressed where that was done when the client was built."""

    type: str
    plain: bytes
    packed: dict[str, bytes]


def load(folder: Path) -> dict[str, File]:
    """All files of the built client by their path in the URL."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in (".br", ".gz"):
            found["/" + path.relative_to(folder).as_posix()] = _file(path)
    return found or {"/index.html": File("text/html; charset=utf-8", NOT_BUILT, {})}


def _file(path: Path) -> File:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".webmanifest":
        kind = "application/manifest+json"
    if kind.startswith("text/") or kind == "application/javascript":
        kind += "; charset=utf-8"
    beside = {"br": path.with_name(path.name + ".br"), "gzip": path.with_name(path.name + ".gz")}
    return File(kind, path.read_bytes(), {code: one.read_bytes() for code, one in beside.items() if one.exists()})


class ClientHandler(Handler):
    """A file of the client, or, at any address that the client's own router knows, its page."""

    def initialize(self, files: dict[str, File]) -> None:
        self.files = files

    def get(self) -> None:
        path = self.request.path
        file = self.files.get(path)
        if file is None and ("." in path.rpartition("/")[2] or path.startswith("/assets/")):
            raise NotFound("file")
        kept = file is not None and path.startswith("/assets/")
        self.set_header("Cache-Control", "public, max-age=31536000, immutable" if kept else "no-cache")
        self._send(file or self.files["/index.html"])

    def head(self) -> None:
        self.get()

    def _send(self, file: File) -> None:
        accepted = _accepted(self.request.headers.get("Accept-Encoding", ""))
        code = next((code for code in ("br", "gzip") if code in accepted and code in file.packed), None)
        self.set_header("Content-Type", file.type)
        self.set_header("Vary", "Accept-Encoding")
        if code:
            self.set_header("Content-Encoding", code)
        self.finish(file.packed[code] if code else file.plain)


def _accepted(header: str) -> set[str]:
    """The encodings that an `Accept-Encoding` names and does not rule out (RFC 9110 §12.5.3)."""
    pairs = (one.partition(";") for one in header.lower().replace(" ", "").split(","))
    return {code for code, _, weight in pairs if not re.fullmatch(r"q=0(\.0*)?", weight)}
