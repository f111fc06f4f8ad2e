"""Firefox and WebKit as the system has them, at one page each: spoken to by WebDriver BiDi and by WebDriver.

No library drives both: Firefox speaks BiDi by itself, and WebKitGTK's own driver speaks nothing else than WebDriver.
"""

import asyncio
import contextlib
import json
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, Protocol

from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.world import free_port
from tools.chromium import on_this_machine

PATIENCE = 60.0
"""Seconds that a browser may take for anything."""

FIREFOX = ["firefox-esr", "firefox"]
SIZE = (1280, 800)
PREFERENCES = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "intl.accept_languages": "en-GB",
    "ui.prefersReducedMotion": 1,
}


class Engine(Protocol):
    """One page of a browser. Functions are JavaScript; what they give back is JSON."""

    name: str

    def go(self, url: str) -> None:
        """Open an address."""

    def run(self, function: str, *args: Any) -> Any:
        """Call a function in the page, and wait for what it promises."""

    def act(self, *inputs: dict[str, Any]) -> None:
        """Move the pointer, press keys: the inputs of WebDriver."""

    def attach(self, selector: str, path: Path) -> None:
        """Choose a file in a field."""


class Firefox:
    """Firefox, over WebDriver BiDi."""

    name = "Firefox"

    def __init__(self, link: WebSocketClientConnection, loop: asyncio.AbstractEventLoop) -> None:
        self._link = link
        self._loop = loop
        self._last = 0
        self._ask("session.new", capabilities={})
        self._page = self._ask("browsingContext.getTree")["contexts"][0]["context"]
        self._ask("browsingContext.setViewport", context=self._page, viewport={"width": SIZE[0], "height": SIZE[1]})

    def _ask(self, method: str, **params: Any) -> Any:
        self._last += 1
        asked = self._answer(json.dumps({"id": self._last, "method": method, "params": params}))
        return _wait(self._loop, asked)

    async def _answer(self, text: str) -> Any:
        await self._link.write_message(text)
        while (frame := await self._link.read_message()) is not None:
            said = json.loads(frame)
            if said.get("id") == self._last:
                assert said["type"] == "success", said
                return said["result"]
        raise ConnectionError("Firefox hung up.")

    def go(self, url: str) -> None:
        self._ask("browsingContext.navigate", context=self._page, url=url, wait="complete")

    def run(self, function: str, *args: Any) -> Any:
        text = f"async () => JSON.stringify(await ({function})(...{json.dumps(args)}) ?? null)"
        target = {"context": self._page}
        said = self._ask("script.callFunction", functionDeclaration=text, target=target, awaitPromise=True)
        assert said["type"] == "success", said
        return json.loads(said["result"]["value"])

    def act(self, *inputs: dict[str, Any]) -> None:
        self._ask("input.performActions", context=self._page, actions=list(inputs))

    def attach(self, selector: str, path: Path) -> None:
        locator = {"type": "css", "value": selector}
        found = self._ask("browsingContext.locateNodes", context=self._page, locator=locator)["nodes"][0]
        element = {"sharedId": found["sharedId"]}
        self._ask("input.setFiles", context=self._page, element=element, files=[str(path)])


class WebKit:
    """WebKitGTK's small browser, over WebDriver."""

    name = "WebKit"

    def __init__(self, url: str) -> None:
        self._url = url
        options = {"binary": minibrowser(), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"browserName": "MiniBrowser", "webkitgtk:browserOptions": options}}
        session = self._ask("", capabilities=wanted)["sessionId"]
        self._url = f"{url}/{session}"
        self._ask("/timeouts", script=int(PATIENCE * 1000))
        self._ask("/window/rect", width=SIZE[0], height=SIZE[1])

    def _ask(self, path: str, **params: Any) -> Any:
        request = urllib.request.Request(self._url + path, json.dumps(params).encode(), method="POST")  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def go(self, url: str) -> None:
        self._ask("/url", url=url)

    def run(self, function: str, *args: Any) -> Any:
        script = f"""const done = arguments[arguments.length - 1];
            (async () => await ({function})(...{json.dumps(args)}))().then(
                (result) => done(JSON.stringify({{ result: result ?? null }})),
                (error) => done(JSON.stringify({{ error: String(error) }})))"""
        said = json.loads(self._ask("/execute/async", script=script, args=[]))
        assert "error" not in said, said
        return said["result"]

    def act(self, *inputs: dict[str, Any]) -> None:
        self._ask("/actions", actions=list(inputs))

    def attach(self, selector: str, path: Path) -> None:
        (element,) = self._ask("/element", using="css selector", value=selector).values()
        self._ask(f"/element/{element}/value", text=str(path))

    def quit(self) -> None:
        """Close the browser; its driver stays."""
        with urllib.request.urlopen(urllib.request.Request(self._url, method="DELETE"), timeout=PATIENCE):  # noqa: S310
            pass


@contextlib.contextmanager
def firefox(folder: Path) -> Iterator[Engine]:
    """Firefox without a window, with a profile of its own."""
    profile = folder / "profile"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [
        _program(*FIREFOX),
        "--headless",
        "--no-remote",
        "--profile",
        str(profile),
        "--remote-debugging-port",
        "0",
    ]
    with _running(command, stderr=subprocess.PIPE) as process, _looping() as loop:
        assert process.stderr
        listening = "WebDriver BiDi listening on "
        url = next(line for line in process.stderr if listening in line).partition(listening)[2].strip()
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield Firefox(_wait(loop, _link(f"{url}/session")), loop)


async def _link(url: str) -> WebSocketClientConnection:
    return await websocket_connect(url, max_message_size=2**26)


@contextlib.contextmanager
def webkit(_folder: Path) -> Iterator[Engine]:
    """WebKitGTK's own browser on a screen that nobody sees."""
    screen = [_program("Xvfb"), "-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    with _running(screen, stdout=subprocess.PIPE) as xvfb:
        assert xvfb.stdout
        display = f":{xvfb.stdout.readline().strip()}"
        port = free_port()
        command = ["env", f"DISPLAY={display}", "GDK_BACKEND=x11", _program("WebKitWebDriver"), f"--port={port}"]
        with _running(command):
            url = f"http://127.0.0.1:{port}"
            _until_it_listens(f"{url}/status")
            engine = WebKit(f"{url}/session")
            yield engine
            engine.quit()


def minibrowser() -> str:
    """Where Debian puts it, for whatever machine."""
    return str(next(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser")))


def _program(*names: str) -> str:
    return next(filter(None, map(on_this_machine, names)))


@contextlib.contextmanager
def _running(command: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A program, and an end to it."""
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **options}
    process = subprocess.Popen(command, text=True, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


@contextlib.contextmanager
def _looping() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop in a thread: this one may have a loop of its own already."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _wait(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run_coroutine_threadsafe(work, loop).result(PATIENCE)


def _until_it_listens(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE):  # noqa: S310
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
