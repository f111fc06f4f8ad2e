"""The first hour, from a link to the settings: by keyboard alone, and on a phone by taps and typing alone."""

import re
from typing import Any

from playwright.sync_api import CDPSession, Locator, expect

from tests.e2e.checks import SIDEWAYS
from tests.e2e.house import PHONE, House, Person
from tests.e2e.test_rooms import make_room
from tests.world import PASSWORD

PRESSES = 75
"""What the hour may cost at most, beside what is written."""


class Keyboard:
    """Presses keys and counts them; letters that are written count for nothing."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.count = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.count += 1
            self.person.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.person.page.keyboard.type(text)

    def to(self, goal: Locator, key: str = "Tab", most: int = 8) -> None:
        """Press until it has the focus."""
        expect(goal).to_be_visible()
        for _ in range(most):
            if goal.evaluate("(one) => one === document.activeElement"):
                return
            self.press(key)
        expect(goal).to_be_focused()


def furnish(house: House) -> tuple[Person, str]:
    """Ann has a room where something is said, and a link for somebody else."""
    ann = house.person("Ann")
    make_room(ann, "Garden", topic="What grows")
    ann.says("Who waters the leeks?")
    ann.says("And the borage?")
    ann.sees("Who waters the leeks?", "And the borage?")
    token = ann.call("invites.create", uses=1)["token"]
    return ann, f"/join#{token}"


def test_the_first_hour_is_done_by_keyboard_alone(house: House) -> None:
    ann, link = furnish(house)
    bob = house.visitor("Bob")
    bob.expects("401")
    keys = Keyboard(bob)
    page = bob.page

    bob.opens(link)
    expect(page.get_by_label("Your name")).to_be_focused()
    keys.write("Bob")
    keys.press("Tab")
    keys.write(bob.email)
    keys.press("Tab")
    keys.write(PASSWORD)
    keys.press("Enter")
    expect(bob.composer).to_be_focused()
    expect(bob.heading).to_have_text("Lobby")
    expect(page.get_by_role("button", name="Skip to the messages")).to_be_attached()

    # A room that he is not in yet.
    keys.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    keys.write("gar")
    expect(page.get_by_role("option").first).to_contain_text("Garden")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Join #Garden")).to_be_focused()
    keys.press("Enter")
    expect(bob.composer).to_be_focused()
    bob.sees("Who waters the leeks?", "And the borage?")

    # Reading and answering in a thread.
    keys.press("Shift+F6")
    expect(bob.messages.last).to_be_focused()
    keys.press("ArrowUp")
    leeks = page.get_by_role("main").get_by_role("article").filter(has_text="leeks")
    expect(leeks).to_be_focused()
    expect(leeks.get_by_role("group", name="Actions for the message")).to_be_visible()
    keys.press("t")
    panel = page.get_by_role("complementary")
    expect(panel.get_by_role("textbox")).to_be_focused()
    keys.write("I do")
    keys.press("Enter")
    expect(panel.get_by_role("article").filter(has_text="I do")).to_be_visible()
    keys.press("Escape")
    expect(panel).to_have_count(0)
    expect(leeks).to_be_focused()

    # A reaction.
    expect(leeks.get_by_role("group", name="Actions for the message")).to_be_visible()
    keys.press("r")
    expect(page.get_by_role("dialog", name="React").locator("input")).to_be_focused()
    keys.write("seedling")
    expect(page.get_by_role("group", name="Found").get_by_role("button")).to_have_count(1)
    keys.press("Enter")
    expect(leeks.get_by_role("button", name="🌱 1")).to_be_visible()
    keys.press("Escape")
    expect(bob.composer).to_be_focused()

    # A mention, completed.
    keys.write("Thanks @an")
    expect(page.get_by_role("option").first).to_contain_text("Ann")
    keys.press("Enter")
    keys.write("for the seeds")
    keys.press("Enter")
    bob.sees("Who waters the leeks?", "And the borage?", "Thanks @Ann for the seeds")
    ann.sees("Who waters the leeks?", "And the borage?", "Thanks @Ann for the seeds")

    # A file; whoever goes by keys has a button for it.
    attach = page.get_by_role("button", name="Attach files")
    with page.expect_file_chooser() as chooser:
        keys.to(attach)
        keys.press("Enter")
    chooser.value.set_files({"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Leeks here, borage there."})
    expect(page.get_by_role("list", name="Files")).to_contain_text("plan.txt")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    keys.to(bob.composer, "Shift+Tab")
    keys.press("Enter")
    expect(ann.page.get_by_role("link", name="Download plan.txt")).to_be_visible()

    # A slip, mended.
    keys.write("All goood")
    keys.press("Enter")
    expect(bob.messages.last).to_have_class(re.compile("kept"))
    keys.press("ArrowUp")
    expect(page.get_by_role("textbox", name="Edit message")).to_be_focused()
    keys.press("Backspace", "Backspace")
    keys.write("d")
    keys.press("Enter")
    expect(ann.message("All good").last).to_be_visible()
    expect(bob.composer).to_be_focused()

    # Search, and to what was found.
    keys.press("Control+f")
    expect(page.get_by_role("combobox")).to_be_focused()
    keys.write(" borage")
    keys.press("Enter")
    hit = page.get_by_role("main").get_by_role("link").filter(has_text="And the borage?").first
    expect(page.get_by_role("main")).to_contain_text("And the borage?")
    keys.to(hit, most=14)
    keys.press("Enter")
    expect(bob.heading).to_have_text("Garden")
    expect(bob.message("And the borage?")).to_have_class(re.compile("marked"))

    # Settings.
    keys.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    keys.write("dark")
    expect(page.get_by_role("option").first).to_contain_text("Dark theme")
    keys.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    keys.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    keys.write("your set")
    keys.press("Enter")
    name = page.get_by_role("main").get_by_label("Your name")
    keys.to(name, most=14)
    keys.press("End")
    keys.write(" Miller")
    keys.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    keys.press("Escape")
    expect(bob.composer).to_be_focused()
    expect(ann.message("All good").last).to_have_accessible_name(re.compile("^Bob Miller"))
    assert keys.count <= PRESSES


class Finger:
    """Taps, types, swipes and presses for long; nothing ever has to be moved sideways to be seen."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.touch: CDPSession = person.context.new_cdp_session(person.page)

    def tap(self, what: Locator) -> None:
        what.tap()
        assert self.person.page.evaluate(SIDEWAYS) == []

    def write(self, text: str) -> None:
        self.person.page.keyboard.type(text)

    def _send(self, kind: str, *points: tuple[float, float]) -> None:
        self.touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    def press_long(self, what: Locator) -> None:
        """Until it is taken."""
        x, y = middle(what)
        self._send("touchStart", (x, y))
        expect(what.locator("xpath=ancestor-or-self::article")).to_be_focused()
        self._send("touchEnd")

    def swipe(self, what: Locator, way: float) -> None:
        x, y = middle(what)
        self._send("touchStart", (x, y))
        for step in range(1, 6):
            self._send("touchMove", (x + way * step / 5, y))
        self._send("touchEnd")


def middle(what: Locator) -> tuple[float, float]:
    box = what.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def in_view(what: Locator, height: float) -> None:
    box = what.bounding_box()
    assert box
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= height


def test_the_first_hour_is_done_on_a_phone_by_taps_and_typing(house: House) -> None:
    ann, link = furnish(house)
    bob = house.visitor("Bob", **PHONE)
    bob.expects("401")
    finger = Finger(bob)
    page = bob.page

    bob.opens(link)
    for label, text in (("Your name", "Bob"), ("E-mail", bob.email), ("Password", PASSWORD)):
        finger.tap(page.get_by_label(label))
        finger.write(text)
    finger.tap(page.get_by_role("button", name="Join"))
    expect(bob.heading).to_have_text("Lobby")
    expect(bob.composer).not_to_be_focused()

    # A room that he is not in yet.
    finger.tap(page.get_by_role("link", name="Rooms"))
    finger.tap(page.get_by_role("link", name="Browse rooms"))
    finger.tap(page.get_by_role("listitem").filter(has_text="Garden").get_by_role("button", name="Join"))
    finger.tap(page.get_by_role("link", name=re.compile("Garden")).first)
    bob.sees("Who waters the leeks?", "And the borage?")

    # A long press opens what can be done with a message; a swipe closes what came.
    finger.press_long(bob.message("leeks").locator(".message-body"))
    finger.tap(page.get_by_role("menuitem", name="Answer in thread"))
    panel = page.locator(".panel-frame")
    finger.tap(panel.get_by_role("textbox"))
    finger.write("I do")
    finger.tap(panel.get_by_role("button", name="Send", exact=True))
    expect(panel.get_by_role("article").filter(has_text="I do")).to_be_visible()
    finger.swipe(panel.get_by_role("article").filter(has_text="I do"), 200)
    expect(panel).to_have_count(0)
    expect(bob.message("leeks")).to_contain_text("1 answer")

    # A mention, completed by a tap, while the keyboard is up.
    finger.tap(bob.composer)
    page.set_viewport_size({"width": 390, "height": 480})
    in_view(bob.composer, 480)
    finger.write("Thanks @an")
    finger.tap(page.get_by_role("option").filter(has_text="Ann"))
    finger.write("for the seeds")
    finger.tap(page.get_by_role("button", name="Send", exact=True))
    bob.sees("Who waters the leeks?", "And the borage?", "Thanks @Ann for the seeds")
    page.set_viewport_size(PHONE["viewport"])

    # Where the keyboard lies over the page, as on an iPhone, one still sees what one writes.
    finger.tap(bob.composer)
    page.evaluate(COVER, 420)
    in_view(bob.composer, 420)
    in_view(bob.heading, 420)
    page.evaluate(COVER, 844)

    # A file.
    with page.expect_file_chooser() as chooser:
        finger.tap(page.get_by_role("button", name="Attach files"))
    chooser.value.set_files({"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Leeks here, borage there."})
    expect(page.get_by_role("list", name="Files")).to_contain_text("plan.txt")
    finger.tap(page.get_by_role("button", name="Send", exact=True))
    expect(ann.page.get_by_role("link", name="Download plan.txt")).to_be_visible()

    # Members, and back by the browser.
    finger.tap(page.get_by_role("button", name="2 members"))
    expect(panel).to_be_visible()
    page.go_back()
    expect(panel).to_have_count(0)

    # Search, and to what was found.
    finger.tap(page.get_by_role("link", name="Search here"))
    finger.tap(page.get_by_role("combobox"))
    finger.write(" borage\n")
    finger.tap(page.get_by_role("main").get_by_role("link").filter(has_text="And the borage?").first)
    expect(bob.message("And the borage?")).to_have_class(re.compile("marked"))

    # A swipe leads to the rooms; settings.
    finger.swipe(bob.message("And the borage?").locator(".message-body"), 200)
    expect(page.get_by_role("navigation")).to_be_visible()
    finger.tap(page.get_by_role("link", name=re.compile("Your settings")))
    finger.tap(page.get_by_role("main").get_by_label("Your name"))
    page.keyboard.press("End")
    finger.write(" Miller")
    finger.tap(page.get_by_role("button", name="Save").first)
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(ann.message("Thanks").last).to_contain_text("Bob Miller")


COVER = """(height) => {
    Object.defineProperty(visualViewport, "height", { value: height, configurable: true })
    visualViewport.dispatchEvent(new Event("resize"))
}"""


def test_what_is_swiped_otherwise_stays(house: House) -> None:
    ann = house.person("Ann", **PHONE)
    finger = Finger(ann)
    ann.composer.fill("```\n" + "wide " * 60 + "\n```")
    finger.tap(ann.page.get_by_role("button", name="Send", exact=True))
    code = ann.page.locator("pre")
    # What it is wrapped in comes late, and a swipe that has begun would lose its place.
    expect(ann.page.get_by_role("button", name="Copy code")).to_be_attached()
    finger.swipe(code, 150)
    finger.swipe(ann.page.get_by_role("heading", level=1), -150)
    expect(ann.composer).to_be_visible()


def test_dictation_and_zoom_are_let(house: House) -> None:
    ann: Any = house.person("Ann", **PHONE)
    viewport = ann.page.locator("meta[name=viewport]").get_attribute("content")
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport
    assert "viewport-fit=cover" in viewport
