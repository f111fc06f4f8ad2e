"""Every screen and state there is, as axe sees it: light and dark, on a desk and on a phone; and in a narrow window."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.checks import SIDEWAYS, TOO_SMALL, complaints_of_axe
from tests.e2e.house import PHONE, House, Person
from tests.e2e.screens import OPEN, PATHS, ROOM, STATES, Step, furnish, leave, pages, words_of
from tests.world import ROOT
from tools.screenshots import between

CLIENT = ROOT / "client" / "src"

# What a reader may set, by WCAG 1.4.12.
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-block-end: 2em !important }"""

SPACED = """(text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    document.adoptedStyleSheets = [sheet]
}"""


def test_every_route_dialog_and_panel_has_a_case() -> None:
    sources = [(CLIENT / name).read_text() for name in ("routes.ts", "pages.ts")]
    routes = [route for text in sources for route in re.findall(r"path: /(\^.*)/, (?:name|view)", text)]
    assert len(routes) > 15
    paths = [re.split("[?#]", path)[0] for path, _ in (*PATHS.values(), *OPEN.values())]
    for route in routes:
        pattern = route.replace("(?<", "(?P<").replace("\\/", "/")
        here = [path for path in paths if re.search(pattern, path)]
        assert here, f"no case for {route}"
        assert [word for word in words_of(route) if not any(word in path.split("/") for path in here)] == []
    dialogs = re.findall(r"^  (\w+): \(\) => import", (CLIENT / "composables" / "dialogList.ts").read_text(), re.M)
    assert {f"dialog {name}" for name in dialogs} == {name for name in STATES if name.startswith("dialog ")}
    panels = re.findall(r"^  (\w+): lazy\(\(\) => import", (CLIENT / "views" / "RoomView.vue").read_text(), re.M)
    assert {f"panel {name}" for name in panels} == {name for name in PATHS if name.startswith("panel ")}


def look_on_a_desk(page: Page) -> list[str]:
    """All that axe knows, what it knows of contrast again in the dark, and what is lost at 200 % of 1280 px."""
    found = complaints_of_axe(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {text}" for text in complaints_of_axe(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 640, "height": 400})
    found += [f"at 200 %: {text}" for text in page.evaluate(SIDEWAYS)]
    page.set_viewport_size(DESK["viewport"])
    return found


def look_on_a_phone(page: Page) -> list[str]:
    """All that axe knows, what fingers need, and what is lost at 320 px with the spacing that a reader may set."""
    found: list[str] = complaints_of_axe(page) + page.evaluate(TOO_SMALL) + page.evaluate(SIDEWAYS)
    page.emulate_media(color_scheme="light")
    found += [f"light: {text}" for text in complaints_of_axe(page, "color-contrast")]
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate(SPACED, SPACING)
    found += [f"at 320 px: {text}" for text in page.evaluate(SIDEWAYS)]
    page.evaluate("() => { document.adoptedStyleSheets = [] }")
    page.set_viewport_size(PHONE["viewport"])
    return found


DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"}
LOOKS: dict[str, tuple[Callable[[Page], list[str]], dict[str, Any]]] = {
    "desk": (look_on_a_desk, DESK),
    "phone": (look_on_a_phone, PHONE | {"color_scheme": "dark"}),
}


class Examination:
    """Goes from case to case and keeps what was found."""

    def __init__(self, look: str) -> None:
        self.examine, self.options = LOOKS[look]
        self.found: list[str] = []

    def of(self, name: str, person: Person, sight: str, *steps: Step) -> None:
        """Come there, wait until it is seen, and look."""
        try:
            for step in steps:
                step(person)
            expect(person.page.locator(sight).locator("visible=true").first).to_be_visible()
            expect(person.page.locator(".skeleton-rows:visible")).to_have_count(0)
            self.found += [f"{name}: {text}" for text in self.examine(person.page)]
        except Exception as error:
            error.add_note(f"That was {name!r}; found until then: {self.found}")
            raise


@pytest.mark.timeout(600)
@pytest.mark.parametrize("look", LOOKS)
def test_every_screen_and_state_is_for_everyone(house: House, look: str) -> None:
    these = Examination(look)
    visitor = house.visitor("Somebody", **these.options)
    visitor.expects("status of 4")
    visitor.opens(house.link)
    these.of("setting up", visitor, "text=Set up your Chinwag")
    garden = furnish(house)
    house.was_away = True
    invite = garden.nora.call("invites.create", uses=1)["token"]
    for name, (path, sight) in OPEN.items():
        visitor.opens("about:blank")
        visitor.opens(path.format(invite=invite))
        these.of(name, visitor, sight)
    nora = garden.visit(ROOM, **these.options)
    nora.expects("status of 4")
    for name, (sight, *steps) in pages(garden).items():
        these.of(name, nora, sight, *steps)
    for name, (sight, *steps) in STATES.items():
        these.of(name, nora, sight, leave, *steps)
    leave(nora)
    nora.context.route_web_socket("**/ws", partial(between, answer="unavailable"))
    nora.opens(f"{ROOM}?panel=files")
    these.of("what fails", nora, ".form-error")
    assert "\n".join(these.found) == ""
