"""What people ask of their system: forced colours, more contrast, less motion, larger letters; and no dragging."""

import io
import re
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Locator, expect

from tests.e2e.checks import complaints_of_axe
from tests.e2e.house import PHONE, House, Person
from tests.e2e.test_rooms import make_room
from tools.walk import PAGE, table, walk

# Where what has the focus is seen: at how many of nine points of it.
SEEN = """() => {
    const one = document.activeElement.closest("label") ?? document.activeElement
    const box = one.getBoundingClientRect()
    const at = (start, size, part) => start + size * part
    const parts = [0.1, 0.5, 0.9]
    return parts.flatMap((x) => parts.map((y) => [at(box.left, box.width, x), at(box.top, box.height, y)]))
        .map(([x, y]) => document.elementFromPoint(x, y))
        .filter((there) => there && (one.contains(there) || there.closest("label")?.control === one))
        .length
}"""
HERE = "() => { const one = document.activeElement; return `${one.tagName}.${one.className} ${one.ariaLabel ?? ''}` }"


def look(of: Locator) -> Image.Image:
    """How it looks, with what is close around it."""
    of.scroll_into_view_if_needed()
    box = of.bounding_box()
    assert box
    around = {"x": box["x"] - 4, "y": box["y"] - 4, "width": box["width"] + 8, "height": box["height"] + 8}
    return Image.open(io.BytesIO(of.page.screenshot(clip=around))).convert("RGB")  # type: ignore[arg-type]


def differs(one: Image.Image, other: Image.Image) -> int:
    """How many pixels are plainly not the same."""
    size = (min(one.width, other.width), min(one.height, other.height))
    shades = ImageChops.difference(one.crop((0, 0, *size)), other.crop((0, 0, *size))).convert("L")
    return sum(shades.histogram()[64:])


def test_with_forced_colours_what_is_chosen_focused_or_unread_is_told_apart(house: House) -> None:
    ann = house.person("Ann", forced_colors="active")
    bob = house.person("Bob")
    made = ann.call("rooms.create", name="Garden")
    expect(ann.composer).to_be_focused()
    garden = ann.room("Garden")
    expect(garden).to_be_visible()
    at_rest = look(garden)
    garden.focus()
    focused = look(garden)
    assert differs(at_rest, focused) > 100
    garden.press("Enter")
    expect(ann.composer).to_be_focused()
    chosen = look(garden)
    assert differs(at_rest, chosen) > 100
    assert differs(focused, chosen) > 100
    garden.focus()
    assert differs(look(garden), chosen) > 100

    lobby = ann.room("Lobby")
    read = look(lobby)
    bob.says("Hello")
    expect(lobby).to_contain_text("unread")
    assert differs(read, look(lobby)) > 20

    members = ann.page.get_by_role("button", name="1 member")
    released = look(members)
    members.click()
    expect(members).to_have_attribute("aria-pressed", "true")
    ann.composer.focus()
    assert differs(released, look(members)) > 100

    ann.says("Look here")
    expect(ann.messages.last).to_have_class(re.compile("kept"))
    plain = look(ann.messages.last)
    said = ann.call("messages.page", room=made["id"], limit=1)["messages"][-1]
    ann.opens(f"/rooms/garden/{said['seq']}")
    expect(ann.messages.last).to_have_class(re.compile("marked"))
    ann.composer.focus()
    assert differs(plain, look(ann.messages.last)) > 100

    ann.composer.fill("@bo")
    expect(ann.page.get_by_role("option").first).to_be_visible()
    ann.composer.fill("/s")
    options = ann.page.get_by_role("option")
    expect(options.nth(1)).to_be_visible()
    first = look(options.first)
    ann.composer.press("ArrowDown")
    assert differs(first, look(options.first)) > 100
    ann.composer.fill("")

    ann.opens("/inbox/threads")
    tabs = ann.page.get_by_role("navigation", name="Inbox").get_by_role("link")
    away = look(tabs.first)
    tabs.first.click()
    expect(tabs.first).to_have_attribute("aria-current", "page")
    ann.page.mouse.move(0, 0)
    ann.heading.focus()
    assert differs(away, look(tabs.first)) > 100

    edge = ann.page.get_by_role("separator", name="Width of the sidebar")
    still = look(edge)
    edge.focus()
    ann.page.keyboard.press("ArrowRight")
    ann.page.keyboard.press("ArrowLeft")
    assert differs(still, look(edge)) > 100


def faint(ann: Person) -> list[str]:
    """What has less than 7 : 1, but for initials: they stand beside the name."""
    return [one for one in complaints_of_axe(ann.page, "color-contrast-enhanced") if ".avatar" not in one]


def test_whoever_asks_for_more_contrast_gets_it(house: House) -> None:
    for scheme in ("light", "dark"):
        ann = house.person(f"{scheme} Ann", contrast="more", color_scheme=scheme)
        ann.says("Hello **there**, [look](https://example.org)")
        ann.sees("Hello there, look")
        assert faint(ann) == []
        ann.opens("/settings/profile")
        expect(ann.page.get_by_label("Your name")).to_be_visible()
        assert faint(ann) == []


SECONDS = """(name) => Math.max(...[...document.querySelectorAll("dialog, button, a, input")]
    .map((one) => parseFloat(getComputedStyle(one)[name])))"""


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_whoever_asked_for_less_motion(house: House, motion: Any, moves: bool) -> None:
    ann = house.person("Ann")
    ann.page.emulate_media(reduced_motion=motion)
    expect(ann.page.get_by_role("button", name="Skip to the messages")).to_be_attached()
    ann.page.keyboard.press("Control+k")
    expect(ann.page.get_by_role("option").first).to_be_visible()
    for name in ("animationDuration", "transitionDuration"):
        assert (ann.page.evaluate(SECONDS, name) > 0) is moves, name


@pytest.mark.parametrize("size", [(1280, 800), (640, 400), (320, 256)], ids=["100 %", "200 %", "400 %"])
def test_what_has_the_focus_is_never_hidden(house: House, size: tuple[int, int]) -> None:
    ann = house.person("Ann", viewport={"width": size[0], "height": size[1]})
    ann.post("lobby", *(f"Number {number}" for number in range(40)), "`code` https://example.org @ann")
    ann.sees("code https://example.org @Ann")
    expect(ann.page.get_by_role("button", name="Skip to the messages")).to_be_attached()
    hidden: set[str] = set()

    def press(key: str, times: int) -> None:
        for _ in range(times):
            ann.page.keyboard.press(key)
            if ann.page.evaluate("document.activeElement !== document.body") and not ann.page.evaluate(SEEN):
                hidden.add(f"{key}: {ann.page.evaluate(HERE)}")

    ann.composer.focus()
    press("Tab", 12)
    ann.messages.last.focus()
    expect(ann.messages.last.get_by_role("group", name="Actions for the message")).to_be_visible()
    press("ArrowUp", 20)
    press("Tab", 6)
    ann.messages.nth(5).focus()
    press("ArrowDown", 10)
    ann.opens("/settings/profile")
    expect(ann.page.get_by_label("Your name")).to_be_visible()
    press("Tab", 30)
    press("Shift+Tab", 30)
    assert hidden == set()


def test_panes_are_made_wider_by_keys_and_by_pressing_twice(house: House) -> None:
    ann = house.person("Ann")
    edge = ann.page.get_by_role("separator", name="Width of the sidebar")

    def is_now(width: int) -> None:
        expect(edge).to_have_attribute("aria-valuenow", str(width))
        ann.page.wait_for_function(
            "(width) => Math.abs(document.querySelector('.sidebar-pane').offsetWidth - width) < 2", arg=width
        )

    is_now(272)
    edge.focus()
    for key, width in (("ArrowRight", 288), ("ArrowLeft", 272), ("End", 420), ("ArrowRight", 420), ("Home", 200)):
        ann.page.keyboard.press(key)
        is_now(width)
    for width in (310, 420, 200):
        edge.dblclick()
        is_now(width)
    ann.page.reload()
    is_now(200)


def test_what_opens_gives_the_focus_back(house: House) -> None:
    ann = house.person("Ann")
    make_room(ann, "Garden")
    ann.says("Hello")
    expect(ann.messages.last).to_have_class(re.compile("kept"))
    for name in ("Menu of Chinwag", "Menu of Garden", "Create a room", "Add to the message"):
        button = ann.page.get_by_role("button", name=name, exact=True).locator("visible=true").first
        button.focus()
        ann.page.keyboard.press("Enter")
        opened = ann.page.locator("dialog[open], [popover]:popover-open:not([popover=manual])")
        expect(opened.locator(":focus")).to_have_count(1)
        ann.page.keyboard.press("Escape")
        expect(opened).to_have_count(0)
        expect(button).to_be_focused()


def test_whoever_writes_long_has_enter_break_the_line(house: House) -> None:
    ann = house.person("Ann")
    ann.opens("/settings/appearance")
    ann.page.get_by_label("Enter sends").uncheck()
    ann.page.reload()
    expect(ann.page.get_by_label("Enter sends")).not_to_be_checked()
    ann.room("Lobby").click()
    for key in ("Shift+Enter", "Control+Enter"):
        ann.composer.fill("One")
        ann.composer.press("Enter")
        ann.page.keyboard.type("Two")
        expect(ann.composer).to_have_value("One\nTwo")
        ann.composer.press(key)
        expect(ann.composer).to_have_value("")
    expect(ann.messages).to_have_count(2)
    expect(ann.messages.last).to_have_class(re.compile("kept"))
    ann.composer.press("ArrowUp")
    expect(ann.page.locator(".message-editor")).to_contain_text("Shift+Enter saves")
    ann.page.keyboard.press("Escape")
    ann.page.keyboard.press("Control+/")
    expect(ann.page.locator("[data-key-name=send]")).to_contain_text("Shift")
    expect(ann.page.locator("[data-key-name=break]")).not_to_contain_text("Shift")


def test_panels_on_a_phone_are_the_page_itself(house: House) -> None:
    ann: Person = house.person("Ann", **PHONE)
    ann.page.get_by_role("button", name="1 member").tap()
    expect(ann.page.get_by_role("main", name="Members")).to_be_visible()
    expect(ann.page.get_by_role("main")).to_have_count(1)
    expect(ann.heading).to_have_text("Members")


def test_the_walk_in_the_docs_is_what_a_screen_reader_is_told(house: House) -> None:
    assert table(walk(house)) in PAGE.read_text(encoding="utf-8")
