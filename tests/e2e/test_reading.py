"""Reading: what is unread and where, the place one is at, and addresses that lead there."""

import contextlib
import re
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from chinwag import clock
from tests.e2e.house import House, Person

OLD = [f"Message number {number}" for number in range(1, 1001)]
BERLIN = ZoneInfo("Europe/Berlin")
LONG_AGO = "2000-01-01T00:00:00Z"
NOTHING = "There is nothing here"


def garden(house: House) -> tuple[Person, Person]:
    """Ann and Bob, in the lobby and in a room of theirs."""
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.call("rooms.create", name="Garden", users=[bob.call("accounts.me")["id"]])
    expect(bob.room("Garden")).to_be_visible()
    return ann, bob


def place(locator: Locator) -> float:
    """How far down on the screen it is."""
    box = locator.bounding_box()
    assert box
    return box["y"]


def test_what_is_unread_stands_out_in_the_sidebar_and_a_line_says_where_reading_stopped(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.call("rooms.create", name="Garden")
    ann.room("Garden").click()
    expect(ann.heading).to_have_text("Garden")
    bob.says("One")
    bob.says("Two")
    lobby = ann.room("Lobby")
    expect(lobby).to_contain_text("2 unread messages")
    expect(lobby).to_have_css("font-weight", re.compile("^(6|7)"))
    expect(ann.page).to_have_title(re.compile(r"^\(2\) "))
    lobby.click()
    line = ann.page.get_by_role("separator", name="New")
    expect(line).to_be_visible()
    assert place(line) < place(ann.message("One"))
    expect(lobby).not_to_contain_text("unread")
    expect(ann.page).not_to_have_title(re.compile(r"\(2\)"))
    ann.room("Garden").click()
    lobby.click()
    ann.sees("One", "Two")
    expect(line).to_have_count(0)


HIDE = """(on) => {
    Object.defineProperty(document, "hidden", { get: () => on, configurable: true })
    document.dispatchEvent(new Event("visibilitychange"))
}"""


def test_a_line_says_where_reading_stopped_in_a_room_left_open_and_nothing_moves(house: House) -> None:
    ann, bob = garden(house)
    ann.post("garden", *OLD[:60])
    ann.room("Garden").click()
    ann.sees(OLD[59])
    line = ann.page.get_by_role("separator", name="New")
    for news in ("Something new", "And more"):
        ann.page.evaluate(HIDE, True)
        bob.post("garden", news)
        ann.sees(news)
        before = place(ann.bodies.last)
        ann.page.evaluate(HIDE, False)
        expect(line).to_have_count(1)
        expect(ann.page.locator(".new-line + .message")).to_have_text(re.compile(news))
        assert abs(place(ann.bodies.last) - before) <= 1
        expect(ann.room("Garden")).not_to_contain_text("unread")


def test_what_is_read_in_one_tab_or_browser_is_read_in_all(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.call("rooms.create", name="Garden")
    ann.room("Garden").click()
    tab, phone = ann.tab("/rooms/garden"), ann.elsewhere(viewport={"width": 390, "height": 844}, has_touch=True)
    phone.opens("/rooms")
    bob.says("Anybody here?")
    for one in (ann, tab, phone):
        expect(one.room("Lobby")).to_contain_text("1 unread message")
    phone.room("Lobby").tap()
    phone.sees("Anybody here?")
    for one in (ann, tab):
        expect(one.room("Lobby")).not_to_contain_text("unread")


def test_a_message_can_be_marked_unread_and_is_so_on_all_devices(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    other = ann.elsewhere()
    ann.call("rooms.create", name="Garden")
    other.room("Garden").click()
    bob.says("First")
    bob.says("Second")
    ann.sees("First", "Second")
    expect(ann.room("Lobby")).not_to_contain_text("unread")
    ann.chooses("Second", "Mark unread from here")
    expect(other.room("Lobby")).to_contain_text("1 unread message")
    expect(ann.room("Lobby")).to_contain_text("1 unread message")
    other.room("Lobby").click()
    expect(ann.room("Lobby")).not_to_contain_text("unread")


def test_two_tabs_share_what_waits_to_be_sent(house: House) -> None:
    ann = house.person("Ann")
    tab = ann.tab("/rooms/lobby")
    for one in (ann, tab):
        expect(one.composer).to_be_visible()
    house.pause()
    ann.says("Said in the first tab")
    tab.says("Said in the second tab")
    for one in (ann, tab):
        one.sees("Said in the first tab", "Said in the second tab")
    house.go_on()
    for one in (ann, tab):
        expect(one.page.get_by_text("Sending…")).to_have_count(0)
        expect(one.messages).to_have_count(2)
    bob = house.person("Bob")
    bob.sees("Said in the first tab", "Said in the second tab")


def test_a_draft_waits_in_its_room(house: House) -> None:
    ann = house.person("Ann")
    ann.call("rooms.create", name="Garden")
    ann.composer.fill("Half a thought")
    ann.room("Garden").click()
    expect(ann.composer).to_have_value("")
    ann.room("Lobby").click()
    expect(ann.composer).to_have_value("Half a thought")
    expect(ann.tab("/rooms/lobby").composer).to_have_value("Half a thought")


def test_scrolling_up_brings_what_is_older_and_moves_nothing_that_is_read(house: House) -> None:
    ann = house.person("Ann")
    ann.call("rooms.create", name="Garden")
    ann.post("garden", *OLD)
    ann.room("Garden").click()
    ann.sees(OLD[-1])
    oldest = number_of(ann.bodies.first)
    while oldest > 1:
        ann.page.evaluate(SCROLL_UP)
        ann.page.wait_for_function(SHOWS_OLDER, arg=oldest)
        oldest = number_of(ann.bodies.first)
        assert ann.page.evaluate("window.jumped") <= 1
    expect(ann.page.get_by_role("heading", name="Garden", level=2)).to_have_count(1)
    ann.page.get_by_role("button", name="Jump to the latest").click()
    ann.sees(OLD[-1])
    expect(ann.messages.last).to_be_in_viewport()
    assert ann.messages.count() < 500


def number_of(body: Locator) -> int:
    """Of an old message."""
    return int(body.inner_text().rpartition(" ")[2])


# Near to the top; from then on the farthest that the page moves what is read there.
SCROLL_UP = """() => {
    const box = document.querySelector(".scroller")
    box.scrollTop = -(box.scrollHeight - box.clientHeight) + 700
    const top = box.getBoundingClientRect().top
    const read = [...document.querySelectorAll(".message")].find((one) => one.getBoundingClientRect().top > top)
    const before = read.getBoundingClientRect().top
    window.jumped = 0
    window.watch?.disconnect()
    window.watch = new MutationObserver(() => {
        window.jumped = Math.max(window.jumped, Math.abs(read.getBoundingClientRect().top - before))
    })
    window.watch.observe(box, { childList: true, subtree: true })
}"""
SHOWS_OLDER = """(number) => Number(document.querySelector(".message-body").innerText.split(" ").at(-1)) < number"""


def test_what_comes_in_while_one_reads_further_up_moves_nothing_and_is_counted(house: House) -> None:
    ann, bob = garden(house)
    ann.post("garden", *OLD[:100])
    ann.room("Garden").click()
    ann.sees(OLD[99])
    ann.bodies.filter(has_text=OLD[70]).scroll_into_view_if_needed()
    before = place(ann.message(OLD[70]))
    bob.post("garden", "Something new", "And more")
    jump = ann.page.get_by_role("button", name="2 new messages")
    expect(jump).to_be_visible()
    assert abs(place(ann.message(OLD[70])) - before) <= 1
    jump.click()
    ann.sees("Something new", "And more")
    expect(ann.messages.last).to_be_in_viewport()
    expect(ann.page.get_by_role("button", name="Jump to the latest")).to_have_count(0)


def test_what_comes_in_moves_nothing_when_the_page_is_full_and_one_reads_its_very_first(house: House) -> None:
    ann, bob = garden(house)
    ann.post("garden", *OLD[:199])
    first = ann.post("garden", OLD[199])[0]["seq"] - 199
    ann.opens(f"/rooms/garden/{first}")
    expect(ann.message(re.compile("number 1$"))).to_be_in_viewport()
    before = place(ann.message(re.compile("number 3$")))
    for number in range(5):
        bob.post("garden", f"News {number}")
        expect(ann.page.get_by_role("button", name=re.compile(f"^{number + 1} new messages?"))).to_be_visible()
        assert abs(place(ann.message(re.compile("number 3$"))) - before) <= 1


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 960), (390, 844), (600, 400)])
def test_the_very_first_message_has_the_place_that_any_message_is_brought_to(
    house: House, width: int, height: int
) -> None:
    ann, _ = garden(house)
    first = ann.post("garden", *(f"{text}\n\nand\n\nmore" for text in OLD[:60]))[0]["seq"]
    ann.page.set_viewport_size({"width": width, "height": height})
    ann.opens(f"/rooms/garden/{first}")
    expect(ann.message(re.compile(r"number 1\s*and"))).to_be_in_viewport()
    expect(ann.page.get_by_text("This is where #Garden begins.")).to_be_attached()
    view = ann.page.locator(".scroller").bounding_box()
    assert view
    assert abs(place(ann.message(re.compile(r"number 1\s*and"))) - (view["y"] + view["height"] / 4)) <= 1


def test_the_very_first_message_stays_in_a_tall_window_while_the_rest_comes(house: House) -> None:
    ann, _ = garden(house)
    first = ann.post("garden", *OLD[:100])[0]["seq"]
    other = ann.elsewhere(viewport={"width": 1920, "height": 1400})
    other.opens(f"/rooms/garden/{first}")
    expect(other.message(re.compile("number 60$"))).to_be_attached()
    expect(other.message(re.compile("number 1$"))).to_be_in_viewport()


def test_what_one_reads_at_the_top_stays_when_less_stands_below_it(house: House) -> None:
    ann, _ = garden(house)
    first = ann.post("garden", *OLD[:60])[0]["seq"]
    ann.opens(f"/rooms/garden/{first}")
    one = ann.message(re.compile("number 1$"))
    expect(one).to_be_in_viewport()
    before = place(one)
    ann.page.evaluate(COMES)
    assert abs(place(one) - before) <= 1
    ann.page.evaluate("remove()")
    assert abs(place(one) - before) <= 1


# A line below all that is said, and what takes it away again.
COMES = """async () => {
    const frames = async () => { for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame) }
    const line = document.createElement("div")
    line.style.blockSize = "300px"
    document.querySelector(".scroller > .inner").append(line)
    window.remove = () => (line.remove(), frames())
    await frames()
}"""


def test_a_room_with_many_unread_messages_opens_at_the_first_of_them(house: House) -> None:
    ann, bob = garden(house)
    ann.post("garden", *(f"News {number}" for number in range(300)))
    expect(bob.room("Garden")).to_contain_text("300 unread messages")
    bob.room("Garden").click()
    expect(bob.message(re.compile("News 0$"))).to_be_in_viewport()
    line = bob.page.get_by_role("separator", name="New")
    assert place(line) < place(bob.message(re.compile("News 0$"))) < place(line) + 80


def test_the_address_of_a_message_opens_it_in_its_context_and_back_works(house: House) -> None:
    ann, _ = garden(house)
    message = ann.post("garden", "Look here")[0]
    ann.post("garden", *(f"Later {number}" for number in range(200)))
    ann.opens(f"/rooms/garden/{message['seq']}")
    expect(ann.message("Look here")).to_be_in_viewport()
    expect(ann.message("Look here")).to_have_class(re.compile("marked"))
    expect(ann.message(re.compile("^.*Later 0$"))).to_be_in_viewport()
    ann.page.go_back()
    expect(ann.heading).to_have_text("Lobby")
    ann.page.go_forward()
    expect(ann.message("Look here")).to_be_in_viewport()
    ann.chooses("Look here", "Copy link")
    link = ann.page.evaluate("navigator.clipboard.readText()")
    assert link == f"{ann.house.url}/rooms/garden/{message['seq']}"


def test_a_date_leads_to_the_first_message_of_that_day_from_the_menu_and_from_the_line_of_a_day(house: House) -> None:
    ann = in_old_garden(house)
    today = datetime.now(BERLIN).date()
    day = today - timedelta(days=30)
    ann.menu("Menu of Garden", "Jump to a date")
    ann.dialog().get_by_label("The first message of").fill(day.isoformat())
    ann.dialog().get_by_role("button", name="Go there").click()
    expect(ann.dialog()).to_have_count(0)
    expect(ann.message("Day 30, 0")).to_be_in_viewport()
    expect(ann.message("Day 30, 0")).to_have_class(re.compile("marked"))
    ann.page.locator(".day").filter(has=ann.message("Day 30, 0")).locator(".day-line button").click()
    ann.dialog().get_by_label("The first message of").fill((day + timedelta(days=10)).isoformat())
    ann.page.keyboard.press("Enter")
    expect(ann.message("Day 20, 0")).to_be_in_viewport()
    ann.page.go_back()
    expect(ann.message("Day 30, 0")).to_be_in_viewport()
    ann.menu("Menu of Garden", "Jump to a date")
    ann.dialog().get_by_label("The first message of").fill(today.isoformat())
    ann.page.keyboard.press("Enter")
    expect(ann.message("Day 0, 0")).to_be_in_viewport()


def in_old_garden(house: House) -> Person:
    """Ann, in a room where six things were said on each of the last forty days."""
    writer = house.person("Ann")
    writer.page.goto("about:blank")
    writer.call("rooms.create", name="Garden")
    writer.post("garden", *(f"Day {days}, {number}" for days in range(40, -1, -1) for number in range(6)))
    grow_old(house.database)
    ann = writer.elsewhere()
    ann.room("Garden").click()
    ann.sees("Day 0, 5")
    return ann


def grow_old(database: Path) -> None:
    """Make what says so to be of so many days ago."""
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        for days in range(1, 41):
            noon = datetime.now(BERLIN).replace(hour=12) - timedelta(days=days)
            values = (clock.stamp(noon), f"Day {days},%")
            connection.execute("UPDATE messages SET at = ? + id WHERE body LIKE ?", values)


def test_a_date_after_which_nothing_was_said_says_so(house: House) -> None:
    ann = house.person("Ann")
    ann.call("rooms.create", name="Garden")
    ann.room("Garden").click()
    ann.menu("Menu of Garden", "Jump to a date")
    expect(ann.dialog()).to_be_visible()
    ann.page.keyboard.press("Enter")
    expect(ann.dialog()).to_contain_text("Nothing has been said since then.")


def test_what_is_copied_of_several_messages_says_who_and_when_and_of_one_only_its_words(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("Shall we **go**?")
    bob.sees("Shall we go?")
    bob.says("Yes, at\n\n* eight\n* or nine")
    expect(ann.message("or nine")).to_be_visible()
    ann.says("Fine with me")
    ann.sees("Shall we go?", "Yes, at\n\neight\nor nine", "Fine with me")
    assert copied(ann, "Shall we", "or nine").splitlines() == [
        f"{at_what_time(ann, 'Shall we')}: Shall we go?",
        f"{at_what_time(ann, 'or nine')}: Yes, at",
        "",
        "eight",
        "or nine",
    ]
    last = copied(ann, "or nine", "Fine with me", start=2, end=4).splitlines()
    assert last[-1] == f"{at_what_time(ann, 'Fine')}: Fine"
    assert copied(ann, "Shall we", "Shall we") == "Shall we go?"


def at_what_time(person: Person, text: str) -> str:
    """Who said it and when, as its name says."""
    return person.message(text).get_attribute("aria-label") or ""


def copied(person: Person, first: str, last: str, start: int = 0, end: int | None = None) -> str:
    """What is in the clipboard when all from one message to another is copied."""
    bodies = [person.message(text).locator(".message-body").element_handle() for text in (first, last)]
    person.page.evaluate(SELECT, [*bodies, start, end])
    person.page.keyboard.press("ControlOrMeta+c")
    text: str = person.page.evaluate("navigator.clipboard.readText()")
    return text


SELECT = """([first, last, start, end]) => {
    const texts = (body) => {
        const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT)
        const all = []
        while (walker.nextNode()) if (walker.currentNode.data.trim()) all.push(walker.currentNode)
        return all
    }
    const [from, to] = [texts(first)[0], texts(last).at(-1)]
    getSelection().setBaseAndExtent(from, start, to, end ?? to.length)
}"""


def test_a_poll_that_one_asks_while_one_reads_further_up_is_shown(house: House) -> None:
    ann, _ = garden(house)
    ann.post("garden", *OLD)
    ann.room("Garden").click()
    ann.sees(OLD[-1])
    first = ann.call("messages.first", room=ann.call("rooms.browse", query="garden")["rooms"][0]["id"], at=LONG_AGO)
    for near in (ann.call("messages.look", room="garden", seq=first["seq"] + 950), first):
        ann.opens(f"/rooms/garden/{near['seq']}")
        expect(ann.page.get_by_role("button", name="Jump to the latest")).to_be_visible()
        ann.says(f'/poll "What after {near["seq"]}?" "Soup" "Cake"')
        expect(ann.page.get_by_role("group", name=f"What after {near['seq']}?")).to_be_in_viewport()
        expect(ann.page.get_by_role("button", name="Jump to the latest")).to_have_count(0)


def test_addresses_that_lead_nowhere_say_so_and_lead_on(house: House) -> None:
    ann = house.person("Ann")
    for path in ("/rooms/nowhere", "/nowhere", "/rooms/lobby/x"):
        ann.opens(path)
        expect(ann.page.get_by_role("heading", name=NOTHING)).to_be_visible()
        ann.page.get_by_role("link", name="Go to the lobby").click()
        expect(ann.heading).to_have_text("Lobby")
    ann.opens("/rooms/lobby/99999")
    expect(ann.composer).to_be_visible()
