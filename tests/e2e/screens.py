"""Every screen and state there is: how one comes there, and what is to be seen then.

What is to be seen is a selector: the page is looked at when it has come, as most parts are loaded when they are needed.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import expect

from tests.e2e.house import House, Person
from tools.screenshots import MIXED, Garden

NAVIGATE = "(path) => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')) }"
IN_FRONT = "dialog[open], [popover]:popover-open:not([popover=manual]), .message-editor"
ROOM = "/rooms/garden"

Step = Callable[[Person], None]

OPEN = {
    "signing in": ("/sign-in", "text=Sign in to"),
    "signing up": ("/sign-up", "text=Join Allotment 12"),
    "visiting": ("/visit", "text=Talk on Allotment 12"),
    "setting up, too late": ("/setup#nothing", "text=Set up your Chinwag"),
    "joining": ("/join#{invite}", "text=Nora invites you"),
    "joining by a bad link": ("/join#nothing", "text=does not work any more"),
}
"""What anybody sees."""

PATHS = {
    "the lobby": ("/rooms/lobby", "text=Welcome to Allotment 12"),
    "a room": (ROOM, "text=See you all there"),
    "a message": (f"{ROOM}/3", ".message.marked"),
    "a room to read": ("/rooms/open-day", "text=You are reading"),
    "an empty room": ("/rooms/committee", "text=This is where Committee begins"),
    "an archived room": ("/rooms/old-shed", "text=This room is archived"),
    "a direct conversation": ("/rooms/{direct}", "text=This is where your talk with Ines begins"),
    "no such room": ("/rooms/nowhere", "text=Browse rooms"),
    "all rooms": ("/rooms", "nav >> text=Committee"),
    "the inbox": ("/inbox", "text=Ines answered in a thread"),
    "reactions": ("/inbox/reactions", "text=Ines reacted with 🎂"),
    "mentions": ("/inbox/mentions", "text=Tomás mentioned you"),
    "reminders": ("/inbox/reminders", "text=All done"),
    "threads": ("/inbox/threads", "text=Ines answered in a thread"),
    "browsing": ("/browse", "main >> text=Open day"),
    "profile": ("/settings/profile", "text=Pronouns"),
    "notifications": ("/settings/notifications", "text=Words to listen for"),
    "sessions": ("/settings/sessions", "text=This one"),
    "tokens": ("/settings/tokens", "text=Revoke"),
    "appearance": ("/settings/appearance", "text=Keys without Ctrl or Alt"),
    "saved": ("/saved", "text=Show in the room"),
    "done": ("/saved/done", "text=Nothing is done yet"),
    "emoji": ("/settings/emoji", "#emoji-picture"),
    "search": ("/search?q=borage", ".search-hit"),
    "nothing found": ("/search?q=rhubarb", "text=Nothing was found"),
    "searching": ("/search", "text=Find what was said"),
    "people": ("/people", "text=@kofi"),
    "invites": ("/invites", "text=Revoke"),
    "later": ("/later", "text=Ask about the hose"),
    "reports": ("/admin/reports", "text=Tomatoes work on Sundays"),
    "reports dealt with": ("/admin/reports/done", "text=Nothing was dealt with"),
    "the workspace": ("/admin", "text=Audit log"),
    "a new message": ("/new", ".room-choice >> text=Tools"),
    "sharing": ("/share?failed=1", "text=could not be taken"),
    "no such page": ("/nowhere/at/all", "text=Go to the lobby"),
    "panel members": (f"{ROOM}?panel=members", ".panel-frame >> text=@kofi"),
    "panel pins": (f"{ROOM}?panel=pins", ".panel-frame >> text=Unpin"),
    "panel files": (f"{ROOM}?panel=files", ".panel-frame >> text=watering plan"),
    "panel profile": (f"{ROOM}?panel=profile:4", ".panel-frame >> text=on the field until four"),
    "panel thread": (f"{ROOM}?panel=thread:{{root}}", ".panel-frame >> text=Count me in"),
}
"""What has an address."""


def at(path: str) -> Step:
    return lambda nora: nora.page.evaluate(NAVIGATE, path)


def goal(name: str) -> Step:
    """By the quick switcher."""

    def go(nora: Person) -> None:
        nora.page.keyboard.press("Control+k")
        expect(nora.page.get_by_role("combobox")).to_be_focused()
        nora.page.keyboard.type(name)
        expect(nora.page.get_by_role("option").first).to_contain_text(name)
        nora.page.keyboard.press("Enter")

    return go


def on(text: str, key: str = "") -> Step:
    """By a key, on a message."""

    def go(nora: Person) -> None:
        message = nora.message(text).first
        expect(message).to_be_visible()
        message.evaluate("(one) => { one.blur(); one.focus() }")
        expect(message.get_by_role("group", name="Actions for the message")).to_be_visible()
        if key:
            nora.page.keyboard.press(key)

    return go


def writes(text: str, *keys: str) -> Step:
    """In the composer."""

    def go(nora: Person) -> None:
        nora.composer.focus()
        # At once: what completes half a command would take the Enter.
        nora.composer.fill(text)
        for key in keys:
            nora.page.keyboard.press(key)

    return go


def presses(name: str, role: Any = "button") -> Step:
    def go(nora: Person) -> None:
        button = nora.page.get_by_role(role, name=name).locator("visible=true").first
        button.focus()
        button.press("Enter")

    return go


def enters(selector: str) -> Step:
    def go(nora: Person) -> None:
        one = nora.page.locator(selector).first
        one.focus()
        one.press("Enter")

    return go


def offline(nora: Person) -> None:
    nora.context.set_offline(True)
    expect(nora.banner).to_contain_text("Offline")
    nora.composer.fill("From the shed")
    nora.composer.press("Control+Enter")


def misunderstood(nora: Person) -> None:
    nora.dialog().get_by_label("When?").fill("31 feb")


SENDS_LATER = (writes("Tomorrow"), presses("Send later"))

STATES: dict[str, tuple[str, *tuple[Step, ...]]] = {
    "dialog add": ("dialog >> text=Add people to", at(f"{ROOM}?panel=members"), presses("Add people")),
    "dialog ask": ("dialog >> text=Delete this message", on("See you all there", "Delete")),
    "dialog commands": ("dialog >> text=Add a shrug", writes("/help", "Control+Enter")),
    "dialog date": ("dialog >> text=The first message of", presses("Today")),
    "dialog direct": ("dialog >> text=@kofi", goal("Message somebody")),
    "dialog forward": ("dialog >> text=Tools", on("See you all there", "f")),
    "dialog history": ("dialog >> text=Morning!", enters(".edited")),
    "dialog invite": ("dialog >> text=Make a link", goal("Invite people")),
    "dialog keys": ("dialog >> text=This list", goal("Keyboard shortcuts")),
    "dialog lightbox": ("dialog img", enters(".message-files .pictures button")),
    "dialog notify": ("dialog >> text=Only what", presses("Menu of Garden"), presses("Notifications", "menuitem")),
    "dialog poll": ("dialog >> text=Another answer", writes("/poll", "Control+Enter")),
    "dialog quiet": ("dialog >> text=Do not disturb me", goal("Do not disturb")),
    "dialog remind": ("dialog >> text=In an hour", on("See you all there", "h")),
    "dialog report": ("dialog >> text=What is wrong with it?", on("Borage and phacelia", "!")),
    "dialog room": ("dialog >> text=Only people who are added", goal("Create a room")),
    "dialog schedule": ("dialog >> text=Schedule", *SENDS_LATER),
    "dialog status": ("dialog >> text=In a meeting", goal("Set a status")),
    "dialog switcher": ("dialog [role=option]", writes("", "Control+k")),
    "a dialog with an error": ("dialog [role=alert] >> text=not understood", *SENDS_LATER, misunderstood),
    "actions of a message": (".message-toolbar", on("See you all there")),
    "menu of a message": ("[role=menuitem] >> text=Copy text", on("See you all there", "m")),
    "emoji picker": (".emoji-picker .glyphs button", on("See you all there", "r")),
    "editing": (".message-editor", on("See you all there", "e")),
    "menu of a room": ("[role=menuitem] >> text=Leave room", presses("Menu of Garden")),
    "menu of the composer": ("[role=menuitem] >> text=Ask a poll", presses("Add to the message")),
    "completing a name": ("[role=option] >> text=Tomás", writes("@to")),
    "completing an emoji": ("[role=option] >> text=tomato", writes(":toma")),
    "completing a command": ("[role=option] >> text=/shrug", writes("/s")),
    "a text too long": ("text=too long", writes("x"), lambda nora: nora.composer.fill("long " * 1700)),
    "a preview": (".composer-preview strong", writes("**bold**", "Control+Shift+P")),
    "what was done": (".toast", on("See you all there", "c")),
    "offline": ("text=From the shed", offline),
}
"""What has none; all begin in the room."""


def furnish(house: House) -> Garden:
    """A garden in which there is something of everything."""
    garden = Garden(house)
    garden.say("garden", MIXED)
    garden.liven()
    nora = garden.nora
    garden.people["Kofi"].call("rooms.create", name="Open day")
    shed = nora.call("rooms.create", name="Old shed")
    nora.call("rooms.archive", room=shed["id"], on=True)
    messages = nora.call("messages.page", room=garden.garden, limit=100)["messages"]
    mine = next(one for one in messages if one["body"].startswith("Morning!"))
    nora.call("messages.edit", message=mine["id"], body=mine["body"] + " Or too much?")
    nora.call("invites.create", uses=3)
    nora.call("tokens.create", label="Backup report")
    soon = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    nora.call("scheduled.create", room=garden.garden, body="Do **not** forget", due_at=soon)
    nora.call("admin.settings", guests=True, signup=True)
    return garden


def pages(garden: Garden) -> dict[str, tuple[str, *tuple[Step, ...]]]:
    messages = garden.nora.call("messages.page", room=garden.garden, limit=100)["messages"]
    root = next(one["id"] for one in messages if (one.get("replies") or {}).get("count"))
    names = {"direct": garden.direct["slug"], "root": root}
    return {name: (sight, at(path.format(**names))) for name, (path, sight) in PATHS.items()}


def leave(person: Person) -> None:
    """Out of what is open, into the room; what was begun to write is away."""
    person.context.set_offline(False)
    person.page.mouse.move(0, 0)
    for _ in range(4):
        if not person.page.locator(IN_FRONT).count():
            break
        person.page.keyboard.press("Escape")
    expect(person.page.locator(IN_FRONT)).to_have_count(0)
    if not person.page.url.endswith(ROOM):
        at(ROOM)(person)
    expect(person.composer).to_be_visible()
    person.composer.fill("")


def words_of(route: str) -> list[str]:
    """The parts of an address that a pattern has to choose from."""
    return re.findall(r"(?<=[>:|(])([a-z]+)(?=[|)])", route)
