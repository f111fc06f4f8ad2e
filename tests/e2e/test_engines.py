"""The main story in two other engines: in, talk, scroll, answer, react, edit, send a file, away and back."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e import engines
from tests.e2e.house import House, Person
from tests.e2e.test_files import picture
from tests.world import PASSWORD
from tools.engines import missing

MENU = "[role=menu]:popover-open"
ENTER, UP, ESCAPE = "\ue007", "\ue013", "\ue00c"

UNTIL = """async (...args) => {
    const end = Date.now() + 30_000
    for (;;) {
        const found = await (%s)(...args)
        if (found || Date.now() > end) return found
        await new Promise((done) => setTimeout(done, 50))
    }
}"""
# The middle of what has a name, once that is in view, moves no more, and nothing lies over it.
PLACE = """async (what, name) => {
    const named = (one) => one.checkVisibility() && `${one.ariaLabel} ${one.innerText}`.includes(name)
    const one = [...document.querySelectorAll(what)].find(named)
    one?.scrollIntoView({ block: "nearest" })
    const place = () => {
        const { x, y, width, height } = one.getBoundingClientRect()
        return [Math.round(x + width / 2), Math.round(y + height / 2)]
    }
    const before = one && String(place())
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    return String(one && place()) === before && one.contains(document.elementFromPoint(...place())) && place()
}"""
LAST = """(text) => [...document.querySelectorAll("main .message-body")].at(-1)?.innerText.trim() === text"""
TEXT = """(what, text) => [...document.querySelectorAll(what)].some((one) => one.innerText.includes(text))"""
FOCUS = """(what) => document.activeElement?.matches(what)"""
# Near to the top of what is loaded: older messages come, and what is read does not move. Gives how far it did.
UPWARDS = """async () => {
    const box = document.querySelector(".scroller")
    const first = document.querySelector(".message").dataset.key
    box.scrollTop = -(box.scrollHeight - box.clientHeight) + 600
    const top = box.getBoundingClientRect().top
    const read = [...document.querySelectorAll(".message")].find((one) => one.getBoundingClientRect().top > top)
    const before = read.getBoundingClientRect().top
    let moved = 0
    for (let at = 0; at < 600 && document.querySelector(".message").dataset.key === first; at++)
        await new Promise(requestAnimationFrame)
    for (let at = 0; at < 10; at++) {
        moved = Math.max(moved, Math.abs(read.getBoundingClientRect().top - before))
        await new Promise(requestAnimationFrame)
    }
    return { moved, older: document.querySelector(".message").dataset.key !== first }
}"""
INSIDE = """(what) => {
    const box = document.querySelector(what)?.getBoundingClientRect()
    return box?.width > 0 && box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight
}"""
BESIDE = """(what, other) => {
    const [one, two] = [what, other].map((found) => document.querySelector(found)?.getBoundingClientRect())
    return one && two && Math.abs(one.right - two.right) < 60 && Math.abs(one.top - two.bottom) < 60
}"""
WATCH = """() => {
    window.complaints = []
    addEventListener("error", (event) => window.complaints.push(event.message))
    addEventListener("unhandledrejection", (event) => window.complaints.push(String(event.reason)))
    addEventListener("securitypolicyviolation", (event) => window.complaints.push(event.violatedDirective))
}"""


class Seat:
    """Somebody before an engine's page."""

    def __init__(self, engine: engines.Engine) -> None:
        self.engine = engine

    def until(self, condition: str, *args: Any) -> Any:
        """Wait until something holds in the page."""
        found = self.engine.run(UNTIL % condition, *args)
        assert found, (self.engine.name, condition, args, self.engine.run("() => document.body.innerText"))
        return found

    def opens(self, url: str) -> None:
        self.engine.go(url)
        self.engine.run(WATCH)

    def complaints(self) -> list[str]:
        found: list[str] = self.engine.run("() => window.complaints")
        return found

    def points(self, what: str, name: str = "") -> None:
        self._point(what, name, [])

    def clicks(self, what: str, name: str = "") -> None:
        self._point(what, name, [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}])

    def _point(self, what: str, name: str, more: list[dict[str, Any]]) -> None:
        x, y = self.until(PLACE, what, name)
        moves = [{"type": "pointerMove", "x": x, "y": y, "duration": 0, "origin": "viewport"}, *more]
        self.engine.act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": moves})

    def types(self, text: str) -> None:
        presses = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self.engine.act({"type": "key", "id": "keys", "actions": presses})

    def says(self, text: str) -> None:
        self.clicks("main .composer textarea")
        self.types(text + ENTER)

    def chooses(self, text: str, what: str) -> None:
        """Something of the toolbar of a message."""
        self.points("main .message", text)
        self.clicks("main .message.active button", what)


@pytest.fixture(params=["firefox", "webkit"])
def seat(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Seat]:
    lacking = [package for package in missing() if package.startswith("firefox") == (request.param == "firefox")]
    if lacking and os.geteuid() and "CI" not in os.environ:
        pytest.skip(f"{', '.join(lacking)} cannot be had here: this story is not told.")
    assert not lacking, "`python -m tools.engines` installs them as root."
    with getattr(engines, request.param)(tmp_path) as engine:
        yield Seat(engine)


def sign_in(seat: Seat, ann: Person) -> None:
    seat.opens(f"{ann.house.url}/sign-in")
    seat.clicks("input[autocomplete=username]")
    seat.types(ann.email)
    seat.clicks("input[type=password]")
    seat.types(PASSWORD + ENTER)
    seat.until(TEXT, "h1", "Lobby")


@pytest.mark.timeout(300)
def test_the_main_story_is_the_same_in_this_engine_too(house: House, seat: Seat, tmp_path: Path) -> None:
    bob, ann = house.person("Bob"), house.person("Ann")
    ann.page.goto("about:blank")
    bob.post("lobby", *(f"Number {number}" for number in range(120)))
    sign_in(seat, ann)
    seat.until(TEXT, ".message", "Number 0")
    seat.clicks(".jump-button")
    seat.until(LAST, "Number 119")

    seat.says("Hello from here")
    bob.sees("Hello from here")
    bob.says("Hello from **there**")
    seat.until(LAST, "Hello from there")

    drift = seat.engine.run(UPWARDS)
    assert drift["older"], drift
    assert drift["moved"] <= 1, drift
    seat.clicks(".jump-button")
    seat.until(INSIDE, "main .message:last-child")

    seat.chooses("from there", "React with 👍")
    expect(bob.message("Hello from there").get_by_role("button", name="👍")).to_be_visible()
    bob.message("Hello from there").get_by_role("button", name="👍").click()
    seat.until(TEXT, ".message-reactions", "2")

    seat.clicks("main .composer textarea")
    seat.types(UP)
    seat.until(FOCUS, ".message textarea")
    seat.types(" and now" + ENTER)
    expect(bob.message("Hello from here and now")).to_contain_text("edited")

    seat.chooses("from there", "Answer in thread")
    seat.until(FOCUS, ".thread-panel textarea")
    seat.types("An answer" + ENTER)
    expect(bob.message("Hello from there")).to_contain_text("1 answer")
    seat.until(TEXT, ".thread-panel .message-body", "An answer")
    seat.types(ESCAPE)
    seat.until("() => !document.querySelector('.thread-panel')")

    seat.clicks("main header button", "Menu of Lobby")
    seat.until(INSIDE, MENU)
    seat.until(BESIDE, MENU, "main > header [aria-haspopup=menu]")
    seat.types(ESCAPE)
    seat.until("(what) => !document.querySelector(what)", MENU)

    photo = picture()
    (tmp_path / "photo.jpg").write_bytes(photo["buffer"])
    seat.engine.attach("main .composer input[type=file]", tmp_path / "photo.jpg")
    seat.until(TEXT, "main .composer", "photo.jpg")
    seat.says("With a picture")
    expect(bob.page.get_by_role("button", name="Look at photo.jpg")).to_be_visible()
    seat.until("() => document.querySelector('.message-files img:not(.blur)')?.naturalWidth > 0")
    assert not seat.complaints()

    house.stop()
    seat.until(TEXT, ".connection-banner", "Offline")
    seat.says("From the tunnel")
    seat.opens(f"{house.url}/rooms/lobby")
    seat.until(LAST, "From the tunnel")
    seat.until(TEXT, ".message-body", "With a picture")
    house.start()
    bob.sees("With a picture", "From the tunnel")
    seat.until("() => !document.querySelector('.connection-banner').innerText")
    assert not seat.complaints()
