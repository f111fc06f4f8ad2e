"""What Lighthouse says of the client: `python -m bench.lighthouse [--program LIGHTHOUSE]`.

It looks at the page where one signs in and at a room of a thousand messages, as on a desktop and as on a phone whose
network is slow, each from an empty cache. Lighthouse comes from npm for the occasion: a hundred times what else is
needed to work on the client.
"""

import argparse
import json
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import sync_playwright

from bench import room
from bench.servers import Server, chinwag, free_port
from tools.chromium import candidates, runs

PROGRAM = "npx --yes lighthouse@12.8.2"
"""The last that runs on the Node that the client is built with."""
CATEGORIES = ("performance", "accessibility", "best-practices")
METRICS = {
    "first-contentful-paint": "shown",
    "largest-contentful-paint": "most shown",
    "total-blocking-time": "blocked",
}
MESSAGES = 1_000


@contextmanager
def browser(folder: Path, server: Server) -> Iterator[int]:
    """Chromium in which the reader is signed in; its port for tools."""
    port, url = free_port(), f"http://localhost:{server.port}"
    program = next(path for path in candidates() if path and runs(path))
    options = ["--no-sandbox", f"--remote-debugging-port={port}"]
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(folder, executable_path=program, args=options)
        params = {"login": room.EMAIL, "password": room.PASSWORD}
        call = {"jsonrpc": "2.0", "id": 1, "method": "sessions.create", "params": params}
        answer = context.request.post(f"{url}/rpc", data=call, headers={"Origin": url})
        if "error" in answer.json():
            raise RuntimeError(answer.json()["error"]["message"])
        yield port
        context.close()


def look(program: str, port: int, url: str, *, desktop: bool) -> Any:
    """Lighthouse's report of a page."""
    words = [*shlex.split(program), url, f"--port={port}", "--output=json", "--quiet"]
    words += [f"--only-categories={','.join(CATEGORIES)}", *["--preset=desktop"] * desktop]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def tell(name: str, report: Any) -> None:
    """One line of a page, and one of each thing that it did not pass."""
    audits, categories = report["audits"], report["categories"]
    scores = ", ".join(f"{one} {100 * categories[one]['score']:.0f}" for one in CATEGORIES)
    times = ", ".join(f"{word} {audits[one]['displayValue']}" for one, word in METRICS.items())
    print(f"{name}: {scores}; {times}; shifted {audits['cumulative-layout-shift']['displayValue']}")
    for one in CATEGORIES[1:]:
        for part in categories[one]["auditRefs"]:
            audit = audits[part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                print(f"  {one}: {audit['title']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=PROGRAM, help="the command that is Lighthouse")
    program = parser.parse_args().program
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        room.fill(data, MESSAGES)
        with chinwag(data) as server, browser(Path(folder) / "browser", server) as port:
            for path in ("/sign-in", f"/rooms/{room.LONG}"):
                for kind in ("desktop", "mobile"):
                    url = f"http://localhost:{server.port}{path}"
                    tell(f"{path}, {kind}", look(program, port, url, desktop=kind == "desktop"))


if __name__ == "__main__":
    main()
