"""Whatever is done in one browser is seen in another at once, and also after a cut in which it was done."""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from playwright.sync_api import Locator, expect

from tests.e2e.house import House, Person
from tests.e2e.test_files import attach, picture, text
from tests.e2e.test_inbox import inbox
from tests.e2e.test_reacts import chips
from tests.e2e.test_threads import answers_with, opens_thread, panel

CUT_SECONDS = 10

AS_SHOWN = """(texts) => {
    const shown = [...document.querySelectorAll("article")].map((one) => one.innerText)
    return JSON.stringify(shown) === JSON.stringify(texts)
}"""


@dataclass(frozen=True)
class Cast:
    """Ann, who does everything; and Ann elsewhere and Bob, who look on in the lobby."""

    ann: Person
    other: Person
    bob: Person


def begin(cast: Cast, name: str) -> None:
    """What a round is done with. All that is said in it names the round."""
    cast.ann.call("rooms.create", name=f"Room {name}", users=[number(cast.bob)])
    cast.bob.post(f"room-{name}", *(f"{word} {name}" for word in ("One", "Two", "Three")))
    cast.ann.post("lobby", *(f"To {act} {name}" for act in ("edit", "delete", "answer")))
    cast.bob.post("lobby", *(f"To {act} {name}" for act in ("react to", "pin", "save", "pass on")))
    for person in (cast.ann, cast.other, cast.bob):
        expect(person.message(f"To pass on {name}")).to_be_visible()
    expect(cast.other.room(f"Room {name}")).to_contain_text("3 unread messages")


def number(person: Person) -> int:
    found: int = person.call("accounts.me")["id"]
    return found


def edit(cast: Cast, name: str) -> None:
    cast.ann.chooses(f"To edit {name}", "Edit")
    editor = cast.ann.page.get_by_role("textbox", name="Edit message")
    editor.fill(f"Edited {name}")
    editor.press("Enter")


def edited(one: Person, name: str) -> None:
    expect(one.message(f"Edited {name}")).to_contain_text("edited")
    expect(one.message(f"To edit {name}")).to_have_count(0)


def delete(cast: Cast, name: str) -> None:
    cast.ann.chooses(f"To delete {name}", "Delete")
    cast.ann.confirms("Delete")


def answer(cast: Cast, name: str) -> None:
    opens_thread(cast.ann, f"To answer {name}")
    answers_with(cast.ann, f"/me is in the thread {name}")
    expect(panel(cast.ann).locator(".message.me .message-body")).to_have_text(f"is in the thread {name}")
    answers_with(cast.ann, f"For all {name}", also=True)
    expect(cast.ann.message(f"To answer {name}").first).to_contain_text("2 answers")
    cast.ann.page.keyboard.press("Escape")


def answered(one: Person, name: str) -> None:
    expect(one.message(f"To answer {name}")).to_contain_text("2 answers")
    expect(one.message(f"For all {name}")).to_be_visible()
    expect(one.message(f"In the thread {name}")).to_have_count(0)


def pass_on(cast: Cast, name: str) -> None:
    cast.ann.chooses(f"To pass on {name}", "Pass on")
    dialog = cast.ann.dialog()
    dialog.get_by_role("searchbox", name="Find a room").fill("lob")
    dialog.get_by_role("radio", name="Lobby").check()
    dialog.get_by_role("textbox", name="Say something about it").fill(f"Please read {name}")
    dialog.get_by_role("button", name="Pass on").click()
    expect(dialog).to_have_count(0)
    # What says so stands over the end of the room for a while.
    cast.ann.page.get_by_role("button", name="Dismiss").click()


def poll(one: Person, name: str) -> Locator:
    return one.page.get_by_role("group", name=f"What to eat {name}?")


def vote(cast: Cast, name: str) -> None:
    for choice in ("Cake", "Soup"):
        poll(cast.ann, name).get_by_role("radio", name=choice).check()
        expect(poll(cast.ann, name).locator("label").filter(has_text=choice)).to_contain_text("Ann")
    # Its button stands beside the one that closes the poll, and moves that.
    expect(poll(cast.ann, name)).to_contain_text("Take my vote back")


def voted(one: Person, name: str) -> None:
    expect(poll(one, name).locator("label").filter(has_text="Soup")).to_contain_text("Ann")
    expect(poll(one, name)).to_contain_text("1 person voted")


def close(cast: Cast, name: str) -> None:
    poll(cast.ann, name).get_by_role("button", name="Close the poll").click()
    cast.ann.confirms("Close the poll")


def send_files(cast: Cast, name: str) -> None:
    attach(cast.ann, picture(name=f"{name}.jpg"), text(f"{name}.txt"))
    cast.ann.says(f"Files {name}")
    expect(cast.ann.message(f"Files {name}")).to_be_visible()


def sent_files(one: Person, name: str) -> None:
    expect(one.page.get_by_role("button", name=f"Look at {name}.jpg")).to_be_visible()
    expect(one.message(f"Files {name}").get_by_role("link", name=re.compile(f"Download {name}.txt"))).to_be_visible()


def elsewhere(cast: Cast, name: str) -> None:
    """In a room that the others have not opened."""
    cast.ann.room(f"Room {name}").click()
    cast.ann.says(f"@bob, look {name}")
    expect(cast.ann.room(f"Room {name}")).not_to_contain_text("unread")
    cast.ann.menu(f"Menu of Room {name}", "Star")
    cast.ann.chooses(f"Two {name}", "Mark unread from here")
    expect(cast.ann.room(f"Room {name}")).to_contain_text("2 unread messages")
    cast.ann.room("Lobby").click()


def called(one: Person, name: str) -> None:
    expect(one.room(f"Room {name}")).to_contain_text("1 mention")
    expect(inbox(one)).to_contain_text("not done")


def marked(one: Person, name: str) -> None:
    expect(one.room(f"Room {name}")).to_contain_text("2 unread messages")
    starred = one.page.get_by_role("region", name="Starred")
    expect(starred.get_by_role("link", name=re.compile(f"^Room {name}"))).to_be_visible()


def begin_to_write(cast: Cast, name: str) -> None:
    found = cast.ann.call("rooms.browse", query=f"Room {name}")["rooms"]
    cast.ann.call("drafts.save", room=found[0]["id"], body=f"I was about to {name}")


def speak_alone(cast: Cast, name: str) -> None:
    room = cast.ann.call("rooms.direct", users=[number(cast.bob)])["id"]
    cast.ann.call("messages.post", room=room, body=f"Between us {name}", nonce=name)


def unread_alone(one: Person, name: str) -> None:
    expect(one.room(f"Ann {name}")).to_contain_text(re.compile(r"[12] unread message"))


Do = Callable[[Cast, str], object]
Seen = Callable[[Person, str], object]


def says(words: str) -> Do:
    return lambda cast, name: cast.ann.says(words.format(name))


def chooses(act: str, what: str) -> Do:
    return lambda cast, name: cast.ann.chooses(f"{act} {name}", what)


def shown(find: Callable[[Person, str], Locator], contains: str = "", count: int = 1) -> Seen:
    """So many are there, and each says this."""

    def seen(one: Person, name: str) -> None:
        expect(find(one, name)).to_have_count(count)
        if contains:
            expect(find(one, name)).to_contain_text(contains.format(name))

    return seen


def message(words: str) -> Callable[[Person, str], Locator]:
    return lambda one, name: one.message(f"{words} {name}")


# What Ann does, and what is seen of it by Bob ("b") and by herself in another browser ("o").
FEATURES: list[tuple[str, Do, str, Seen]] = [
    ("a post", says("Said {}"), "bo", shown(message("Said"))),
    (
        "what one does",
        says("/me waves {}"),
        "bo",
        shown(lambda one, name: one.page.locator(".message.me", has_text=name)),
    ),
    ("an edit", edit, "bo", edited),
    ("a delete", delete, "bo", shown(message("To delete"), count=0)),
    (
        "a reaction",
        chooses("To react to", "React with 👍"),
        "bo",
        shown(lambda one, name: chips(one, f"To react to {name}"), "👍1"),
    ),
    ("a pin", chooses("To pin", "Pin to the room"), "bo", shown(message("To pin"), "Pinned")),
    ("answers in a thread", answer, "bo", answered),
    ("a message passed on", pass_on, "bo", shown(message("Please read"), "To pass on {}")),
    ("a poll", says('/poll "What to eat {}?" "Soup" "Cake"'), "bo", shown(poll)),
    ("a vote", vote, "bo", voted),
    ("the end of a poll", close, "bo", shown(poll, "Closed")),
    ("files", send_files, "bo", sent_files),
    (
        "a topic",
        says("/topic About {}"),
        "bo",
        shown(lambda one, name: one.page.locator("main header").get_by_text(f"About {name}")),
    ),
    ("a saved message", chooses("To save", "Save for later"), "o", shown(message("To save"), "Saved for later")),
    ("a mention", elsewhere, "b", called),
    ("a star and a mark", lambda cast, name: None, "o", marked),
    (
        "a name",
        lambda cast, name: cast.ann.call("accounts.edit", name=f"Ann {name}"),
        "bo",
        shown(lambda one, name: one.page.get_by_role("article", name=f"Ann {name}").first),
    ),
    ("a draft", begin_to_write, "o", shown(lambda one, name: one.room(f"Room {name}"), "draft")),
    (
        "a status",
        lambda cast, name: cast.ann.call("accounts.status", emoji="🌴", text=f"Out {name}"),
        "bo",
        shown(lambda one, name: one.page.get_by_role("article").get_by_role("img", name=f"Status: Out {name}").first),
    ),
    ("a direct message", speak_alone, "b", unread_alone),
]


def look(cast: Cast, name: str, features: Iterable[tuple[str, Do, str, Seen]]) -> None:
    """Whoever is to see a feature does."""
    for what, _, eyes, seen in features:
        for one in (one for letter, one in (("b", cast.bob), ("o", cast.other)) if letter in eyes):
            try:
                seen(one, name)
            except AssertionError as error:
                error.add_note(f"{one.name} does not see {what}.")
                raise


def away(cast: Cast, on: bool) -> None:
    """Cut off those who look on, or let them back."""
    for one in (cast.other, cast.bob):
        one.context.set_offline(on)
        expect(one.banner).to_contain_text("Offline" if on else "")


def test_each_thing_done_in_one_browser_is_seen_in_another_at_once_and_after_a_cut(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    cast = Cast(ann, ann.elsewhere(), bob)
    begin(cast, "live")
    for feature in FEATURES:
        feature[1](cast, "live")
        look(cast, "live", [feature])
    begin(cast, "cut")
    house.was_away = True
    away(cast, True)
    end = (time.time() + CUT_SECONDS) * 1000
    for _, do, _, _ in FEATURES:
        do(cast, "cut")
    expect(bob.message("Said cut")).to_have_count(0)
    bob.page.wait_for_function("(end) => Date.now() >= end", arg=end)
    away(cast, False)
    look(cast, "cut", FEATURES)
    for one in (cast.other, bob):
        fresh = one.elsewhere()
        expect(one.page.get_by_text("Loading…")).to_have_count(0)
        fresh.page.wait_for_function(AS_SHOWN, arg=one.messages.all_inner_texts())
