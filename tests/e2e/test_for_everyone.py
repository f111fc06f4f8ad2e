"""By keyboard alone, and on a phone."""

import re

from playwright.sync_api import expect

from tests.e2e.checks import TOO_SMALL
from tests.e2e.house import PHONE, House
from tests.world import PASSWORD


def test_everything_is_done_by_keyboard_alone(house: House) -> None:
    ann = house.person("Ann")
    ann.call("rooms.create", name="Garden")
    ann.call("rooms.create", name="Harbour")
    press = ann.page.keyboard.press
    type_in = ann.page.keyboard.type
    ann.menu("Menu of Chinwag", "Sign out")
    ann.expects("401")

    ann.opens("/")
    expect(ann.page.get_by_label("E-mail or handle")).to_be_focused()
    type_in(ann.email)
    press("Tab")
    type_in(PASSWORD)
    press("Enter")
    expect(ann.composer).to_be_focused()
    expect(ann.page.get_by_role("button", name="Skip to the messages")).to_be_attached()
    press("Control+k")
    expect(ann.page.get_by_role("combobox")).to_be_focused()
    type_in("har")
    expect(ann.page.get_by_role("option").first).to_contain_text("Harbour")
    press("Enter")
    expect(ann.heading).to_have_text("Harbour")
    expect(ann.composer).to_be_focused()
    press("Alt+ArrowDown")
    expect(ann.heading).not_to_have_text("Harbour")
    press("Alt+ArrowUp")
    expect(ann.heading).to_have_text("Harbour")
    expect(ann.composer).to_be_focused()

    type_in("Ships ahoi")
    press("Shift+Enter")
    type_in("and boats")
    press("Enter")
    ann.sees("Ships ahoi\nand boats")
    expect(ann.messages.last).to_have_class(re.compile("kept"))
    press("ArrowUp")
    expect(ann.page.get_by_role("textbox", name="Edit message")).to_be_focused()
    press("End")
    type_in(", too")
    press("Enter")
    ann.sees("Ships ahoi\nand boats, too")
    expect(ann.composer).to_be_focused()

    press("Shift+Tab")
    for _ in range(5):
        if ann.page.evaluate("document.activeElement.matches('.message')"):
            break
        press("Shift+Tab")
    expect(ann.messages.last).to_be_focused()
    expect(ann.messages.last.get_by_role("button", name="More")).to_be_visible()
    for _ in range(15):
        press("Tab")
        if ann.page.evaluate("document.activeElement.getAttribute('aria-label') === 'More'"):
            break
    press("Enter")
    expect(ann.page.get_by_role("menuitem").first).to_be_focused()
    press("Escape")
    expect(ann.page.get_by_role("menuitem")).to_have_count(0)
    expect(ann.page.get_by_role("button", name="More", exact=True)).to_be_focused()
    press("Escape")
    expect(ann.composer).to_be_focused()


def test_dialogs_hand_the_focus_back(house: House) -> None:
    ann = house.person("Ann")
    expect(ann.composer).to_be_focused()
    make = ann.page.get_by_role("navigation").get_by_role("button", name="Create a room")
    make.focus()
    ann.page.keyboard.press("Enter")
    expect(ann.dialog().get_by_label("Name")).to_be_focused()
    ann.page.keyboard.press("Escape")
    expect(ann.dialog()).to_have_count(0)
    expect(make).to_be_focused()
    ann.page.keyboard.press("?")
    expect(ann.dialog()).to_contain_text("Keyboard shortcuts")
    ann.page.keyboard.press("Escape")
    expect(make).to_be_focused()


def test_what_others_say_is_read_out_and_what_is_loaded_is_not(house: House) -> None:
    ann = house.person("Ann")
    ann.says("Old news")
    ann.sees("Old news")
    bob = house.person("Bob")
    bob.sees("Old news")
    log = bob.page.get_by_role("log")
    expect(log).to_be_empty()
    ann.says("Fresh news")
    expect(log).to_have_text("Ann: Fresh news")


def test_a_phone_shows_one_pane_at_a_time_and_is_used_by_touch(house: House) -> None:
    ann, bob = house.person("Ann", **PHONE), house.person("Bob")
    expect(ann.page.get_by_role("navigation")).to_be_hidden()
    ann.page.get_by_role("link", name="Rooms").tap()
    expect(ann.page.get_by_role("navigation")).to_be_visible()
    expect(ann.composer).to_be_hidden()
    ann.room("Lobby").tap()
    ann.composer.fill("From the tram")
    ann.page.get_by_role("button", name="Send", exact=True).tap()
    bob.sees("From the tram")
    bob.says("Mind the gap")
    ann.sees("From the tram", "Mind the gap")
    ann.message("From the tram").tap()
    ann.page.get_by_role("button", name="Edit").tap()
    ann.page.get_by_role("textbox", name="Edit message").fill("From the bus")
    ann.page.get_by_role("button", name="Save").tap()
    bob.sees("From the bus", "Mind the gap")
    ann.page.get_by_role("button", name="2 members").tap()
    expect(ann.page.get_by_role("main", name="Members")).to_be_visible()
    ann.page.go_back()
    ann.sees("From the bus", "Mind the gap")
    small = ann.page.evaluate(TOO_SMALL)
    assert small == []
