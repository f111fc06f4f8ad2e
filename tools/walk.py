"""Writes what a screen reader is told on a walk through a conversation into docs/accessibility.md.

CHINWAG_CHROMIUM="$(python tools/chromium.py)" python -m tools.walk

It is read from the browser's own accessibility tree after each key; the rest of the page is written by hand.
"""

import os
import re
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, expect, sync_playwright

from tests.e2e.conftest import QUIET
from tests.e2e.house import House, keeping_house
from tests.world import ROOT

PAGE = ROOT / "docs" / "accessibility.md"
BEGIN, END = "<!-- walk -->\n", "<!-- /walk -->\n"
CLOCK = re.compile(r"\b\d{1,2}:\d\d\b")
STATES = ("pressed", "expanded", "selected", "disabled")


def focused(devtools: CDPSession) -> str:
    """The name, the role, the states and the description of what has the focus."""
    nodes = devtools.send("Accessibility.getFullAXTree")["nodes"]
    here = next(one for one in nodes if known(one).get("focused") and one["role"]["value"] != "RootWebArea")
    name, value, description = (str(here.get(key, {}).get("value", "")) for key in ("name", "value", "description"))
    states = [state for state in STATES if known(here).get(state) in (True, "true")]
    words = [f"*{name}*", here["role"]["value"], *states, value and f"“{value}”", " ".join(description.split())]
    return CLOCK.sub("09:30", ", ".join(word for word in words if word))


def known(node: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one["value"].get("value") for one in node.get("properties", [])}


def walk(house: House) -> list[tuple[str, str]]:
    """Bob in a conversation with Ann, by keys alone: what is pressed, and what the focus is on then."""
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("Who waters the leeks?")
    ann.says("And the *borage*?")
    bob.sees("Who waters the leeks?", "And the borage?")
    page = bob.page
    expect(page.get_by_role("button", name="Skip to the messages")).to_be_attached()
    expect(bob.composer).to_be_focused()
    devtools = bob.context.new_cdp_session(page)
    panel = page.get_by_role("complementary")
    leeks = page.get_by_role("main").get_by_role("article").filter(has_text="leeks")
    told = [("(the page opens)", focused(devtools))]
    for key, goal in (
        ("Shift+F6", bob.messages.last),
        ("ArrowUp", leeks),
        ("t", panel.get_by_role("textbox")),
        ("Escape", leeks),
        ("r", page.get_by_role("dialog", name="React").locator("input")),
        ("Escape", None),
        ("Control+k", page.get_by_role("combobox")),
        ("Escape", None),
        ("?", page.get_by_role("dialog").get_by_role("button", name="Close")),
    ):
        if key in ("t", "r"):
            expect(leeks.get_by_role("group", name="Actions for the message")).to_be_visible()
        page.keyboard.press(key)
        if goal:
            expect(goal).to_be_focused()
        else:
            expect(page.locator("dialog[open], [popover]:popover-open")).to_have_count(0)
        told.append((key, focused(devtools)))
    ann.says("Splendid!")
    log = page.get_by_role("log").filter(has_text="Splendid!")
    expect(log).to_have_count(1)
    return [*told, ("(Ann writes)", f"the same; told by itself: {log.locator('p').last.inner_text()}")]


def table(told: list[tuple[str, str]]) -> str:
    """As the page has it."""
    rows = [f"| {keys} | {heard} |" for keys, heard in told]
    return "\n".join(["| keys | what has the focus then |", "| --- | --- |", *rows, ""])


def main() -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        path = os.environ.get("CHINWAG_CHROMIUM")
        browser = playwright.chromium.launch(executable_path=path, args=QUIET.split())
        with keeping_house(browser, Path(folder)) as house:
            text = PAGE.read_text(encoding="utf-8")
            before, after = text.split(BEGIN)[0], text.split(END)[1]
            PAGE.write_text(before + BEGIN + table(walk(house)) + END + after, encoding="utf-8")
        browser.close()


if __name__ == "__main__":
    main()
