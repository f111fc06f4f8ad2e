"""The cast of the browser stories: a house, which is `chinwag serve` as a process of its own, and people in browsers.

Every person has a browser context of their own, and what its pages complain of (errors, the console, the content
security policy) ends the story badly.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, expect
from playwright.sync_api import TimeoutError as TookTooLong

from tests.world import PASSWORD, ROOT, free_port, result_of

CUT = re.compile(r"net::ERR_|WebSocket (connection to|is closed)|Failed to fetch dynamically imported module")
"""What a browser says of a server that is away. Nobody can keep it from saying so."""

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
"""For `visitor` and all who take its options."""

OFFLINE = "Offline. What you write is sent when you are back."

ENDS_WITH = """(texts) => {
    const shown = [...document.querySelectorAll(".message-body")].map((one) => one.innerText)
    return JSON.stringify(shown.slice(-texts.length)) === JSON.stringify(texts)
}"""

expect.set_options(timeout=30_000)


class House:
    """A server with a fresh folder; it may be stopped and started again, at the same address."""

    program = "chinwag"

    def __init__(self, browser: Browser, folder: Path, *words: str) -> None:
        self.browser = browser
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.people: list[Person] = []
        self.was_away = False
        self.database = folder / "data" / "chinwag.db"
        self._log = folder / "log"
        self._words = [
            sys.executable,
            "-m",
            self.program,
            "--data",
            str(folder / "data"),
            "--port",
            str(self.port),
            *words,
        ]
        self._invite = ""
        self.link = self.start()

    def start(self) -> str:
        """Serve, and give the link for the first administrator, while there is none."""
        environment = {**os.environ, "CHINWAG_RATES": "off"}
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                self._words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout
        for line in self._process.stdout:
            if "/setup#" in line:
                return line.strip()
            if line.startswith("Note: "):
                return ""
        raise RuntimeError(self._log.read_text())

    def stop(self) -> None:
        """Stop serving, as for a restart."""
        self.was_away = True
        self._process.terminate()
        self._end()

    def _end(self) -> None:
        assert self._process.stdout
        self._process.wait(20)
        self._process.stdout.close()

    def pause(self) -> None:
        """Take connections and answer nothing: a network that swallows everything."""
        self.was_away = True
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """After a pause."""
        self._process.send_signal(signal.SIGCONT)

    def visitor(self, name: str = "Somebody", **options: Any) -> "Person":
        """Somebody who is not signed in, in a browser of their own."""
        options.setdefault("viewport", {"width": 1280, "height": 800})
        options.setdefault("locale", "en-GB")
        context = self.browser.new_context(
            base_url=self.url,
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
            **options,
        )
        context.set_default_timeout(30_000)
        person = Person(self, name, context, [])
        self.people.append(person)
        return person

    def person(self, name: str, **options: Any) -> "Person":
        """Somebody with an account, in the lobby, where every key works by now. The first one owns the house."""
        person = self.visitor(name, **options)
        account = {"name": name, "email": person.email, "password": PASSWORD}
        if self.link:
            person.call("setup.accept", token=self.link.partition("#")[2], **account)
            self.link = ""
            self._invite = person.call("invites.create", uses=50)["token"]
        else:
            person.call("invites.accept", token=self._invite, **account)
        person.opens("/rooms/lobby")
        expect(person.page.locator(".app-keys")).to_be_attached()
        return person

    def crowd(self, size: int) -> None:
        """People with accounts, "Person 0" and so on, none of whom is here."""
        for number in range(size):
            somebody = self.visitor()
            account = {"name": f"Person {number}", "email": f"p{number}@example.org", "password": PASSWORD}
            somebody.call("invites.accept", token=self._invite, **account)
            somebody.context.close()
            self.people.remove(somebody)

    def close(self) -> list[str]:
        """Close everything; what somebody complained of."""
        complaints = [text for person in self.people for text in person.complaints()]
        for person in self.people:
            person.context.close()
        self._process.kill()
        self._end()
        return complaints + [line for line in self._log.read_text().splitlines() if _is_trouble(line)]


def _is_trouble(line: str) -> bool:
    return not line.startswith("{") or json.loads(line)["level"] not in ("debug", "info")


class Person:
    """Somebody at a page. Other tabs share the browser and its complaints."""

    def __init__(self, house: House, name: str, context: BrowserContext, heard: list[str]) -> None:
        self.house = house
        self.name = name
        self.email = f"{name.split()[0].lower().encode('ascii', 'ignore').decode()}@example.org"
        self.context = context
        self.page = context.new_page()
        self._heard = heard
        self._expected: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: heard.append(f"{name}: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._heard.append(f"{self.name}: {message.text}")

    def expects(self, text: str) -> None:
        """The console may say this: browsers report every refused request there."""
        self._expected.append(text)

    def complaints(self) -> list[str]:
        """What the console said, but for what is to be expected."""
        return [
            text
            for text in self._heard
            if not any(one in text for one in self._expected) and not (self.house.was_away and CUT.search(text))
        ]

    def call(self, method: str, /, **params: Any) -> Any:
        """A call over HTTP in this browser's session."""
        return self.calls((method, params))[0]

    def calls(self, *these: tuple[str, dict[str, Any]]) -> list[Any]:
        """Many calls in one go, in order."""
        requests = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            for number, (method, params) in enumerate(these)
        ]
        results = []
        for start in range(0, len(requests), 20):
            part = requests[start : start + 20]
            response = self.context.request.post(
                "/rpc", data=part if len(these) > 1 else part[0], headers={"Origin": self.house.url}
            )
            answers = response.json()
            results += answers if isinstance(answers, list) else [answers]
        return [result_of(answer) for answer in results]

    def post(self, room: str, *bodies: str) -> list[Any]:
        """Say things in a room of this person, without the page."""
        found = self.call("rooms.browse", query=room)["rooms"]
        number = next(one["id"] for one in found if one["slug"] == room)
        nonce = f"{self.name}-{time.monotonic_ns()}"
        return self.calls(
            *(
                ("messages.post", {"room": number, "body": body, "nonce": f"{nonce}-{at}"})
                for at, body in enumerate(bodies)
            )
        )

    def tab(self, path: str = "/") -> "Person":
        """Another tab of the same browser."""
        other = Person(self.house, self.name, self.context, self._heard)
        other._expected = self._expected
        other.opens(path)
        return other

    def elsewhere(self, **options: Any) -> "Person":
        """The same person in another browser, signed in there too."""
        other = self.house.visitor(self.name, **options)
        other.call("sessions.create", login=self.email, password=PASSWORD)
        other.opens("/rooms/lobby")
        return other

    def opens(self, path: str) -> None:
        """Go to an address, as typed."""
        self.page.goto(path)

    # The room that is shown

    @property
    def composer(self) -> Locator:
        """Where one writes."""
        return self.page.get_by_role("textbox", name=re.compile("^Write to"))

    @property
    def messages(self) -> Locator:
        """All that is shown as said."""
        return self.page.get_by_role("article")

    @property
    def bodies(self) -> Locator:
        """The words of each message."""
        return self.messages.locator(".message-body")

    @property
    def heading(self) -> Locator:
        """The name of what is shown."""
        return self.page.get_by_role("heading", level=1)

    @property
    def banner(self) -> Locator:
        """What is said about the connection."""
        return self.page.locator(".connection-banner")

    def message(self, text: str | re.Pattern[str]) -> Locator:
        """The messages with a text."""
        return self.messages.filter(has_text=text)

    def says(self, text: str) -> None:
        """Write and send."""
        self.composer.fill(text)
        self.composer.press("Enter")

    def sees(self, *texts: str) -> None:
        """Wait until these are the last things that were said, in this order, with nothing between."""
        try:
            self.page.wait_for_function(ENDS_WITH, arg=list(texts))
        except TookTooLong:
            raise AssertionError(f"{self.name} sees {self.bodies.all_inner_texts()}, not {texts}") from None

    def chooses(self, text: str, what: str) -> None:
        """Something of a message's toolbar or its menu."""
        for _ in range(4):
            # What loads late may move it away from under the pointer.
            with contextlib.suppress(TookTooLong):
                return self._choose(text, what, 3_000)
        return self._choose(text, what, 15_000)

    def _choose(self, text: str, what: str, timeout: float) -> None:
        message = self.message(text)
        message.hover(timeout=timeout)
        more = message.get_by_role("button", name="More")
        more.wait_for(timeout=timeout)
        button = message.get_by_role("button", name=what, exact=True)
        if not button.count():
            more.focus(timeout=timeout)
            more.press("Enter", timeout=timeout)
            button = self.page.get_by_role("menuitem", name=what)
        button.click(timeout=timeout)

    # Around it

    def room(self, name: str) -> Locator:
        """A room in the sidebar."""
        return self.page.get_by_role("navigation").get_by_role("link", name=re.compile(rf"^{re.escape(name)}\b"))

    def menu(self, button: str, item: str) -> None:
        """Choose from the menu of a button."""
        self.page.get_by_role("button", name=button).click()
        self.page.get_by_role("menuitem", name=item, exact=True).click()

    def dialog(self) -> Locator:
        """What stands before the page."""
        return self.page.get_by_role("dialog")

    def confirms(self, what: str) -> None:
        """Answer a question."""
        self.dialog().get_by_role("button", name=what, exact=True).click()
        expect(self.dialog()).to_have_count(0)

    def keeps(self) -> list[str]:
        """The names of the databases that this browser keeps."""
        names: list[str] = self.page.evaluate("async () => (await indexedDB.databases()).map((one) => one.name)")
        return names


@contextlib.contextmanager
def keeping_house(browser: Browser, folder: Path, *words: str, kind: type[House] = House) -> Iterator[House]:
    """A house for the time of a story, in which nobody complains."""
    house = kind(browser, folder, *words)
    try:
        yield house
    finally:
        complaints = house.close()
    if complaints:
        raise AssertionError("\n".join(complaints))
