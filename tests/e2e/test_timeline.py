"""The timeline: what is read stays where it is, whatever comes late, and every place in it can be reached."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.checks import WATCH, moved
from tests.e2e.house import House, Person, keeping_house
from tests.e2e.test_files import picture
from tests.e2e.test_reading import OLD, garden, in_old_garden, place
from tests.e2e.test_search import remember

PARTS = re.compile(r"/assets/(MessageParts|MessageFiles|PollCard|MessagePreviews|enrich)-")
PICTURES = re.compile(r"/files/")
CODE = "```python\nfor bed in garden:\n    bed.water()\n```"
TABLE = "| bed | what |\n| --- | --- |\n| 1 | leeks |\n| 2 | kale |"


def send_picture(person: Person, room: int, size: tuple[int, int]) -> None:
    """A picture with words, as from elsewhere."""
    address = f"/files?room={room}&name=bed.jpg"
    answer = person.context.request.post(
        address, data=picture(size=size)["buffer"], headers={"Origin": person.house.url}
    )
    file = answer.json()["id"]
    person.call("messages.post", room=room, body=f"Bed {file}", files=[file], nonce=f"picture {file}")


def fill(ann: Person, bob: Person, folder: Path) -> None:
    """All that takes space, before and after what Bob has read."""
    room = ann.call("rooms.browse", query="garden")["rooms"][0]["id"]

    def say(name: str) -> None:
        ann.post("garden", *OLD[:12])
        for size in ((900, 600), (300, 900)):
            send_picture(ann, room, size)
        ann.call("polls.create", room=room, question=f"{name}?", options=["Soup", "Cake", "Both"], nonce=name)
        link = ann.post("garden", f"{name}: https://page.invalid/")[0]["id"]
        remember(folder, link, f"A page about {name}")
        ann.call("messages.edit", message=link, body=f"{name}, look: https://page.invalid/")
        ann.post("garden", CODE, TABLE, "||Hidden||", "- [ ] weed\n- [x] water", f"The last of {name}")

    say("Before")
    read = ann.call("messages.page", room=room, limit=1)["messages"][-1]["seq"]
    bob.call("reads.mark", room=room, seq=read)
    ann.post("garden", "What is new")
    say("After")


class Late:
    """What of the network is held back until it is let go."""

    def __init__(self, person: Person, *patterns: re.Pattern[str]) -> None:
        self._held: list[Route] = []
        self._free = False
        for pattern in patterns:
            person.context.route(pattern, self._hear)

    def _hear(self, route: Route) -> None:
        if self._free:
            route.continue_()
        else:
            self._held.append(route)

    def let_go(self) -> None:
        self._free = True
        while self._held:
            self._held.pop().continue_()


OPEN_GARDEN = """() => document.querySelector("nav a[href='/rooms/garden']").click()"""


def test_a_room_opens_at_what_is_new_and_nothing_moves_however_late_its_parts_come(
    house: House, tmp_path: Path
) -> None:
    ann, sitting = garden(house)
    fill(ann, sitting, tmp_path)
    bob = sitting.elsewhere(service_workers="block")
    bob.expects("Service Worker")
    bob.context.add_init_script(WATCH)
    parts, pictures = Late(bob, PARTS), Late(bob, PICTURES)
    bob.opens("/rooms/lobby")
    expect(bob.room("Garden")).to_contain_text("unread")
    bob.page.wait_for_load_state("networkidle")
    # By a script: what moves right after somebody's own click does not count.
    bob.page.evaluate(OPEN_GARDEN)
    line = bob.page.get_by_role("separator", name="New")
    expect(line).to_be_in_viewport()
    before = place(line)
    expect(bob.page.locator(".poll-card, .message-files, .message-previews")).to_have_count(0)
    parts.let_go()
    for part, count in ((".poll-card", 2), (".message-files img", 4), (".message-previews", 2), (".code-frame", 2)):
        expect(bob.page.locator(f"main {part}:not(.blur)")).to_have_count(count)
    assert abs(place(line) - before) <= 1
    pictures.let_go()
    bob.page.wait_for_function(DRAWN)
    assert abs(place(line) - before) <= 1
    assert sum(value for value, *_ in moved(bob.page)) < 0.02, json.dumps(moved(bob.page), indent=1)


# Those in view; the others are fetched when one comes near.
DRAWN = """() => [...document.querySelectorAll("main .message-files img:not(.blur)")]
    .some((one) => one.complete && one.naturalWidth)"""


def test_what_one_reads_stays_when_the_composer_grows_and_the_window_has_another_size(house: House) -> None:
    ann, _ = garden(house)
    ann.post("garden", *(f"{text}: {'many words ' * 30}" for text in OLD[:60]))
    ann.room("Garden").click()
    expect(ann.message(OLD[59])).to_be_in_viewport()
    expect(ann.page.get_by_role("button", name="Attach files")).to_be_visible()
    ann.page.evaluate(TO_MIDDLE)
    ann.page.wait_for_function(STAYS)
    before = ann.page.evaluate(READ)
    ann.composer.fill("One\ntwo\nthree\nfour\nfive")
    ann.page.wait_for_function(STAYS)
    assert abs(ann.page.evaluate(READ) - before) <= 1
    for width in (760, 1280):
        ann.page.set_viewport_size({"width": width, "height": 800})
        ann.page.wait_for_function(STAYS)
        assert abs(ann.page.evaluate(READ) - before) <= 1


TO_MIDDLE = """() => {
    const box = document.querySelector(".scroller")
    box.scrollTop = -(box.scrollHeight - box.clientHeight) / 2
    const { top } = box.getBoundingClientRect()
    window.read = [...document.querySelectorAll(".message")].find((one) => one.getBoundingClientRect().top >= top)
}"""
READ = "() => read.getBoundingClientRect().top"


def test_what_is_loaded_is_found_by_the_browsers_own_search(house: House) -> None:
    ann, _ = garden(house)
    ann.post("garden", *OLD[:100])
    ann.room("Garden").click()
    ann.sees(OLD[99])
    expect(ann.messages).to_have_count(100)
    for text in (OLD[79], OLD[59], OLD[92]):
        assert ann.page.evaluate("(text) => find(text, true, false, true)", text)
        assert ann.page.evaluate("getSelection().toString()") == text
        # The browser's own search does this too, a script's does not.
        ann.page.evaluate("getSelection().anchorNode.parentElement.scrollIntoView({ block: 'center' })")
        assert ann.page.evaluate(STAYS)
        expect(ann.message(text)).to_be_in_viewport()
    assert not ann.page.evaluate("find('Nobody said this', false, false, true)")


def test_the_line_of_a_day_that_sticks_is_that_of_what_stands_under_it(house: House) -> None:
    ann = in_old_garden(house)
    seen: set[str] = set()
    while not any("Day 40, 0" in one for one in seen):
        ann.page.evaluate("document.querySelector('.scroller').scrollTop -= 333")
        day, sticks, first = ann.page.evaluate(STICKS)
        assert day == sticks, first
        seen.add(first)
        expect(ann.page.locator(".timeline")).to_have_attribute("aria-busy", "false")
    assert len(seen) > 20


# The day of the first message in view, what the line above it or over it says, and the message.
STICKS = """() => new Promise((done) => requestAnimationFrame(() => {
    const { top } = document.querySelector(".scroller").getBoundingClientRect()
    const at = (one) => one.getBoundingClientRect()
    const message = [...document.querySelectorAll(".message")].find((one) => at(one).bottom > top + 1)
    const above = Math.max(at(message).top, top) + 1
    const line = [...document.querySelectorAll(".day-line")].findLast((one) => at(one).top <= above)
    const day = new Date(message.querySelector("time").dateTime).toLocaleDateString("sv")
    done([day, at(line).bottom > top ? line.querySelector("time").dateTime : "none", message.innerText])
}))"""


@pytest.fixture
def barred(browser: Browser) -> Iterator[Browser]:
    """A browser that shows scroll bars: Playwright's own wish is that there be none."""
    path = os.environ.get("CHINWAG_CHROMIUM")
    other = browser.browser_type.launch(
        executable_path=path, args=["--no-sandbox"], ignore_default_args=["--hide-scrollbars"]
    )
    yield other
    other.close()


def test_wherever_the_bar_is_dragged_to_and_let_go_there_is_a_full_page(barred: Browser, tmp_path: Path) -> None:
    with keeping_house(barred, tmp_path) as house:
        ann = house.person("Ann")
        ann.call("rooms.create", name="Garden")
        ann.post("garden", *OLD[:600])
        ann.room("Garden").click()
        ann.sees(OLD[599])
        for share in (0.0, 0.6, 0.02, 0.9, 0.0, 0.5, 0.0, 1.0):
            drag_bar(ann.page, share)
            ann.page.wait_for_function(f"async () => ({FULL})() && ({STAYS})()")
        assert ann.page.evaluate("document.querySelectorAll('.message').length") <= 200


def drag_bar(page: Page, share: float) -> None:
    """Take the thumb, bring it to this part of the bar in steps, shake a little, let it go."""
    x, y, height, thumb = page.evaluate(BAR)
    goal = y + 2 + share * (height - 4)
    page.mouse.move(x, thumb)
    page.mouse.down()
    page.mouse.move(x, goal, steps=12)
    for shake in (1, -1, 1, 0):
        page.mouse.move(x, goal + shake)
    page.mouse.up()


# Where it is, how high, and the middle of its thumb.
BAR = """() => {
    const box = document.querySelector(".scroller")
    const { right, top, height } = box.getBoundingClientRect()
    const middle = 1 + (box.scrollTop - box.clientHeight / 2) / box.scrollHeight
    return [right - 6, top, height, top + height * Math.min(0.98, Math.max(0.02, middle))]
}"""
# Nothing is loading and no grey lines are in view.
FULL = """() => {
    const box = document.querySelector(".scroller").getBoundingClientRect()
    const inView = (one) => one.getBoundingClientRect().bottom > box.top && one.getBoundingClientRect().top < box.bottom
    return document.querySelector(".timeline").ariaBusy === "false"
        && ![...document.querySelectorAll(".scroller .skeleton-rows")].some(inView)
        && [...document.querySelectorAll(".message")].some(inView)
}"""
# For thirty frames no more is loaded and nothing moves.
STAYS = """async () => {
    const box = document.querySelector(".scroller")
    const state = () => JSON.stringify([box.scrollTop, box.scrollHeight, document.querySelector(".timeline").ariaBusy])
    const before = state()
    for (let frame = 0; frame < 30; frame += 1) await new Promise(requestAnimationFrame)
    return state() === before
}"""
