"""The keys: each of the list under "?" does what it says there; the focus goes where the eye goes, and comes back."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.e2e.house import House, Person
from tests.e2e.test_rooms import make_room

WRITTEN = {"↑": "ArrowUp", "↓": "ArrowDown", "Ctrl": "Control", "Esc": "Escape", "Del": "Delete", "⌫": "Backspace"}
"""What is written on a key, and how Playwright calls it."""


def listed(ann: Person) -> dict[str, list[str]]:
    """The list under "?": every key by name, with the ways to press it."""
    ann.page.locator("body").press("Control+/")
    rows = ann.dialog().locator("[data-key-name]")
    expect(rows.first).to_be_visible()
    found = {}
    for row in rows.all():
        ways = [way.locator("kbd").all_inner_texts() for way in row.locator(".combination").all()]
        name = row.get_attribute("data-key-name") or ""
        found[name if name not in found else f"writing {name}"] = [
            "+".join(WRITTEN.get(key, key.lower() if len(key) == 1 else key) for key in way) for way in ways
        ]
    ann.page.keyboard.press("Escape")
    expect(ann.dialog()).to_have_count(0)
    return found


def test_every_key_of_the_list_does_what_the_list_says_and_no_key_is_missing(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    make_room(ann, "Garden")
    make_room(ann, "Harbour")
    ann.room("Lobby").click()
    bob.says("From Bob")
    ann.sees("From Bob")
    ann.says("From Ann")
    ann.sees("From Bob", "From Ann")
    expect(ann.messages.last).to_have_class(re.compile("kept"))
    keys = listed(ann)
    seen = {name for name, show in DEMONSTRATIONS.items() if show(ann, keys[name][0]) is None}
    assert seen == set(keys)
    for name in ("help", "remove", "pane"):
        assert len(keys[name]) == 2
        DEMONSTRATIONS[name](ann, keys[name][1])


def press(ann: Person, *keys: str) -> None:
    for key in keys:
        ann.page.keyboard.press(key)


def on_message(ann: Person, text: str = "From Ann") -> Locator:
    """The focus on a message, which shows what can be done with it."""
    message = ann.message(text).first
    message.focus()
    expect(message.get_by_role("group", name="Actions for the message")).to_be_visible()
    return message


def in_composer(ann: Person, text: str = "") -> None:
    ann.composer.focus()
    ann.composer.fill(text)


def to(name: str) -> Callable[[Person, str], None]:
    """A key that leads to another room: in the sidebar are Lobby, Garden, Harbour."""

    def show(ann: Person, key: str) -> None:
        ann.room("Garden").click()
        expect(ann.heading).to_have_text("Garden")
        expect(ann.composer).to_be_focused()
        press(ann, key)
        expect(ann.heading).to_have_text(name)

    return show


def to_unread(ann: Person, key: str) -> None:
    house_bob = next(person for person in ann.house.people if person.name == "Bob")
    ann.room("Harbour").click()
    expect(ann.heading).to_have_text("Harbour")
    house_bob.says("Unread")
    expect(ann.room("Lobby")).to_contain_text("unread")
    press(ann, key)
    expect(ann.heading).to_have_text("Lobby")
    expect(ann.message("Unread").last).to_be_in_viewport()


def opens_dialog(text: str, begin: Callable[[Person], object] = in_composer) -> Callable[[Person, str], None]:
    def show(ann: Person, key: str) -> None:
        begin(ann)
        if key in "?!":
            ann.messages.first.focus()
        press(ann, key)
        expect(ann.dialog()).to_contain_text(text)
        press(ann, "Escape")
        expect(ann.dialog()).to_have_count(0)

    return show


def searches(ann: Person, key: str) -> None:
    press(ann, key)
    expect(ann.page.get_by_role("combobox")).to_be_focused()
    ann.room("Lobby").click()
    expect(ann.composer).to_be_focused()


def pane(forward: bool) -> Callable[[Person, str], None]:
    def show(ann: Person, key: str) -> None:
        in_composer(ann)
        areas = [ann.page.get_by_role("navigation"), ann.page.locator(".timeline"), ann.page.locator(".talk-footer")]
        for area in areas if forward else [areas[1], areas[0], areas[2]]:
            press(ann, key)
            expect(area.locator(":focus")).to_have_count(1)

    return show


def goes_back(ann: Person, key: str) -> None:
    on_message(ann)
    press(ann, key)
    expect(ann.composer).to_be_focused()


def moves(begin: str, end: str) -> Callable[[Person, str], None]:
    def show(ann: Person, key: str) -> None:
        on_message(ann, begin)
        press(ann, key)
        expect(ann.message(end).first).to_be_focused()

    return show


def moves_to(which: int) -> Callable[[Person, str], None]:
    def show(ann: Person, key: str) -> None:
        on_message(ann)
        press(ann, key)
        expect(ann.messages.nth(which)).to_be_focused()

    return show


def marks(mark: str) -> Callable[[Person, str], None]:
    """What shows on the message; a second time it is gone."""

    def show(ann: Person, key: str) -> None:
        message = on_message(ann)
        press(ann, key)
        expect(message).to_contain_text(mark)
        press(ann, key)
        expect(message).not_to_contain_text(mark)

    return show


def reacts(ann: Person, key: str) -> None:
    message = on_message(ann)
    press(ann, key)
    picker = ann.page.get_by_role("dialog", name="React")
    expect(picker.get_by_role("searchbox").or_(picker.get_by_role("combobox")).first).to_be_focused()
    press(ann, "Escape")
    expect(message.locator(":focus").or_(ann.page.locator(".message:focus"))).to_have_count(1)


def answers(ann: Person, key: str) -> None:
    message = on_message(ann)
    press(ann, key)
    expect(ann.page.get_by_role("complementary").get_by_role("textbox")).to_be_focused()
    press(ann, "Escape")
    expect(ann.page.get_by_role("complementary")).to_have_count(0)
    expect(message).to_be_focused()


def edits(ann: Person, key: str) -> None:
    message = on_message(ann)
    press(ann, key)
    expect(ann.page.get_by_role("textbox", name="Edit message")).to_be_focused()
    press(ann, "Escape")
    expect(message).to_be_focused()


def copies(what: str) -> Callable[[Person, str], None]:
    def show(ann: Person, key: str) -> None:
        on_message(ann)
        press(ann, key)
        ann.page.wait_for_function(f"navigator.clipboard.readText().then((text) => /{what}/.test(text))")

    return show


def marks_unread(ann: Person, key: str) -> None:
    on_message(ann, "From Bob")
    press(ann, key)
    expect(ann.room("Lobby")).to_contain_text("unread")
    press(ann, "Escape")
    expect(ann.composer).to_be_focused()
    press(ann, "Escape")
    expect(ann.room("Lobby")).not_to_contain_text("unread")


def opens_menu(ann: Person, key: str) -> None:
    message = on_message(ann)
    press(ann, key)
    expect(ann.page.get_by_role("menuitem").first).to_be_focused()
    press(ann, "Escape")
    expect(ann.page.get_by_role("menuitem")).to_have_count(0)
    expect(message).to_be_focused()


def reaches_actions(ann: Person, key: str) -> None:
    message = on_message(ann)
    expect(message.get_by_role("group", name="Actions for the message")).to_be_visible()
    press(ann, key)
    expect(message.locator(":focus")).to_have_count(1)


def sends(ann: Person, key: str) -> None:
    in_composer(ann, "Sent")
    press(ann, key)
    expect(ann.composer).to_have_value("")
    expect(ann.message("Sent").last).to_have_class(re.compile("kept"))
    on_message(ann, "Sent")
    press(ann, "Delete")
    ann.confirms("Delete")
    expect(ann.message("Sent")).to_have_count(0)


def types(before: str, after: str) -> Callable[[Person, str], None]:
    """A key in what is being written."""

    def show(ann: Person, key: str) -> None:
        in_composer(ann, before)
        if before:
            press(ann, "Shift+Home")
        if key == "Shift+Enter":
            press(ann, "End")
        press(ann, key)
        expect(ann.composer).to_have_value(re.compile(after))
        in_composer(ann)

    return show


def completes(rest: str, choice: str) -> Callable[[Person, str], None]:
    def show(ann: Person, key: str) -> None:
        in_composer(ann)
        ann.page.keyboard.type(key + rest)
        expect(ann.page.get_by_role("option").first).to_contain_text(choice)
        press(ann, "Escape")
        expect(ann.page.get_by_role("option")).to_have_count(0)
        in_composer(ann)

    return show


def edits_last(ann: Person, key: str) -> None:
    in_composer(ann)
    press(ann, key)
    expect(ann.page.get_by_role("textbox", name="Edit message")).to_be_focused()
    press(ann, "Escape")
    expect(ann.composer).to_be_focused()


def previews(ann: Person, key: str) -> None:
    in_composer(ann, "**bold**")
    press(ann, key)
    expect(ann.page.locator(".composer strong")).to_have_text("bold")
    press(ann, key)
    in_composer(ann)


DEMONSTRATIONS: dict[str, Callable[[Person, str], None]] = {
    "roomUp": to("Lobby"),
    "roomDown": to("Harbour"),
    "unreadUp": to_unread,
    "unreadDown": to_unread,
    "switcher": opens_dialog("Garden"),
    "search": searches,
    "pane": pane(forward=True),
    "paneBack": pane(forward=False),
    "back": goes_back,
    "help": opens_dialog("This list"),
    "before": moves("From Ann", "From Bob"),
    "after": moves("From Bob", "From Ann"),
    "first": moves_to(0),
    "last": moves_to(-1),
    "react": reacts,
    "answer": answers,
    "edit": edits,
    "save": marks("Saved"),
    "pin": marks("Pinned"),
    "unread": marks_unread,
    "forward": opens_dialog("Pass on to", on_message),
    "remind": opens_dialog("Remind", on_message),
    "copyText": copies("From Ann"),
    "copyLink": copies("rooms.lobby"),
    "report": opens_dialog("Report", lambda ann: on_message(ann, "From Bob")),
    "remove": opens_dialog("Delete this message", on_message),
    "menu": opens_menu,
    "actions": reaches_actions,
    "send": sends,
    "break": types("One", r"^One\n$"),
    "editLast": edits_last,
    "person": completes("bo", "Bob"),
    "emoji": completes("tad", "tada"),
    "command": completes("shr", "shrug"),
    "bold": types("word", r"^\*\*word\*\*$"),
    "italic": types("word", r"^[*_]word[*_]$"),
    "link": types("word", r"^\[word\]\("),
    "preview": previews,
}


def test_after_a_message_is_deleted_by_keys_the_focus_is_on_the_next(house: House) -> None:
    ann = house.person("Ann")
    for text in ("One", "Two", "Three"):
        ann.says(text)
    ann.sees("One", "Two", "Three")
    expect(ann.messages.last).to_have_class(re.compile("kept"))

    def deletes(text: str) -> None:
        on_message(ann, text)
        press(ann, "Delete")
        expect(ann.dialog()).to_be_visible()
        press(ann, "Tab", "Enter")
        expect(ann.message(text)).to_have_count(0)

    deletes("Two")
    expect(ann.message("Three")).to_be_focused()
    deletes("Three")
    expect(ann.message("One")).to_be_focused()
    deletes("One")
    expect(ann.composer).to_be_focused()


def test_keys_of_one_character_can_be_turned_off(house: House) -> None:
    ann = house.person("Ann")
    ann.says("Hello")
    expect(ann.messages.last).to_have_class(re.compile("kept"))
    ann.opens("/settings/appearance")
    ann.page.get_by_label("Keys without Ctrl or Alt").uncheck()
    ann.room("Lobby").click()
    on_message(ann, "Hello")
    press(ann, "e", "?")
    press(ann, "Control+/")
    expect(ann.dialog()).to_contain_text("Keyboard shortcuts")
    expect(ann.page.get_by_role("textbox", name="Edit message")).to_have_count(0)
    press(ann, "Escape")
    expect(ann.message("Hello")).to_be_focused()


def test_esc_leaves_one_thing_at_a_time_and_at_last_marks_the_room_as_read(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    bob.post("lobby", *(f"Number {number}" for number in range(60)))
    ann.sees("Number 58", "Number 59")
    expect(ann.room("Lobby")).not_to_contain_text("unread")
    on_message(ann, "Number 55")
    press(ann, "u")
    expect(ann.room("Lobby")).to_contain_text("5 unread")
    press(ann, "Home")
    expect(ann.messages.first.get_by_role("group", name="Actions for the message")).to_be_visible()
    jump = ann.page.locator(".jump-button")
    expect(jump).to_be_visible()
    first = ann.page.get_by_role("main").get_by_role("article").first
    press(ann, "t")
    panel = ann.page.get_by_role("complementary")
    expect(panel.get_by_role("textbox")).to_be_focused()
    panel.get_by_role("article").first.focus()
    expect(panel.get_by_role("group", name="Actions for the message")).to_be_visible()
    press(ann, "h")
    expect(ann.dialog()).to_contain_text("Remind")
    press(ann, "Escape")
    expect(ann.dialog()).to_have_count(0)
    expect(panel.get_by_role("article").first).to_be_focused()
    press(ann, "m")
    expect(ann.page.get_by_role("menuitem").first).to_be_focused()
    press(ann, "Escape")
    expect(ann.page.get_by_role("menuitem")).to_have_count(0)
    press(ann, "Escape")
    expect(panel).to_have_count(0)
    expect(first).to_be_focused()
    press(ann, "Escape")
    expect(ann.composer).to_be_focused()
    expect(jump).to_be_visible()
    press(ann, "Escape")
    expect(jump).to_have_count(0)
    expect(ann.room("Lobby")).to_contain_text("5 unread")
    press(ann, "Escape")
    expect(ann.room("Lobby")).not_to_contain_text("unread")
    ann.opens("/people")
    expect(ann.page.get_by_role("heading", name="People")).to_be_visible()
    press(ann, "Escape")
    expect(ann.composer).to_be_focused()


def test_the_switcher_begins_with_where_one_was_and_leads_to_pages_and_commands(house: House) -> None:
    ann = house.person("Ann")
    make_room(ann, "Garden")
    make_room(ann, "Harbour")
    expect(ann.heading).to_have_text("Harbour")
    press(ann, "Control+k")
    options = ann.page.get_by_role("option")
    expect(options.first).to_contain_text("Garden")
    press(ann, "Enter")
    expect(ann.heading).to_have_text("Garden")
    press(ann, "Control+k")
    expect(options.first).to_contain_text("Harbour")
    ann.page.keyboard.type("drak")
    expect(options.first).to_contain_text("Dark theme")
    press(ann, "Enter")
    expect(ann.page.locator("html")).to_have_attribute("data-theme", "dark")
    press(ann, "Control+k")
    ann.page.keyboard.type("invite pe")
    press(ann, "Enter")
    expect(ann.dialog()).to_contain_text("Invite people")
    press(ann, "Escape")
    expect(ann.composer).to_be_focused()
    press(ann, "Control+k")
    ann.page.keyboard.type("later")
    press(ann, "Enter")
    expect(ann.heading.or_(ann.page.get_by_role("heading", name="Later"))).to_be_visible()


def test_who_goes_by_tab_may_skip_the_rooms(house: House) -> None:
    ann = house.person("Ann")
    expect(ann.composer).to_be_focused()
    ann.page.evaluate("document.activeElement.blur()")
    skip = ann.page.get_by_role("button", name="Skip to the messages")
    skip.focus()
    expect(skip).to_be_in_viewport()
    press(ann, "Enter")
    expect(ann.page.locator(".sidebar-pane :focus")).to_have_count(0)
    expect(ann.page.locator(".room-view :focus")).to_have_count(1)
