"""What people do with what was said: react, pin, keep for later, pass on, look at what it said before."""

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, expect

from tests.e2e.checks import complaints_of_axe
from tests.e2e.house import PHONE, House, Person


def chips(person: Person, text: str) -> Locator:
    """The reactions to a message, without what adds one."""
    return person.message(text).locator(".message-reactions .chip:not(.add)")


def picks(person: Person, text: str, query: str) -> None:
    """Find an emoji for a message by its name, by keys."""
    message = person.message(text)
    message.hover()
    message.locator(".message-toolbar").get_by_role("button", name="React", exact=True).click()
    field = person.page.get_by_role("searchbox", name="Find an emoji")
    expect(field).to_be_focused()
    field.fill(query)
    person.page.get_by_role("group", name="Found").get_by_role("button").first.wait_for()
    field.press("Enter")
    expect(field).to_have_count(0)


def test_reactions_are_seen_by_the_other_at_once_with_who(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("We did it")
    bob.sees("We did it")
    picks(bob, "We did it", "tada")
    expect(chips(ann, "We did it")).to_have_text(["🎉1"])
    expect(chips(ann, "We did it")).to_have_attribute("aria-pressed", "false")
    chips(ann, "We did it").click()
    for person, names in ((ann, "you and Bob"), (bob, "you and Ann")):
        expect(chips(person, "We did it")).to_have_text(["🎉2"])
        expect(chips(person, "We did it")).to_have_attribute("aria-pressed", "true")
        expect(chips(person, "We did it")).to_have_accessible_name("🎉 2")
        expect(chips(person, "We did it")).to_have_accessible_description(f"{names} reacted with 🎉")
    bob.chooses("We did it", "React with 🎉")
    expect(chips(ann, "We did it")).to_have_text(["🎉1"])
    chips(ann, "We did it").click()
    expect(chips(bob, "We did it")).to_have_count(0)


def test_what_happened_during_a_cut_is_there_afterwards(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    first, second = bob.post("lobby", "Look at this", "And at this")
    ann.sees("Look at this", "And at this")
    ann.chooses("And at this", "React with 👍")
    expect(chips(bob, "And at this")).to_have_text(["👍1"])
    ann.context.set_offline(True)
    ann.house.was_away = True
    bob.call("messages.react", message=first["id"], emoji="🎉", on=True)
    bob.call("messages.react", message=second["id"], emoji="👍", on=True)
    bob.call("messages.pin", message=first["id"], on=True)
    bob.call("messages.edit", message=second["id"], body="And at that")
    forwarded = bob.call("messages.forward", message=first["id"], room=first["room"], nonce="again")
    ann.context.set_offline(False)
    expect(chips(ann, "Look at this").first).to_have_text("🎉1")
    expect(chips(ann, "And at that")).to_have_text(["👍2"])
    expect(ann.message("Look at this").first).to_contain_text("Pinned")
    expect(ann.messages.last.locator(".quote-card")).to_contain_text("Look at this")
    bob.call("messages.delete", message=first["id"])
    expect(ann.messages.last.locator(".quote-card")).to_contain_text("This message was deleted.")
    assert forwarded["quote"]["message"] == first["id"]


def test_the_picker_is_walked_by_arrows_and_remembers_the_skin_tone(house: House) -> None:
    ann = house.person("Ann")
    ann.says("Hello")
    message = ann.message("Hello")
    message.hover()
    message.locator(".message-toolbar").get_by_role("button", name="React", exact=True).click()
    press = ann.page.keyboard.press
    ann.page.get_by_role("group", name="Smileys").wait_for()
    focused = ann.page.locator(":focus")
    press("ArrowDown")
    expect(focused).to_have_accessible_name("+1")
    press("ArrowRight")
    expect(focused).to_have_accessible_name("heart")
    press("ArrowDown")
    expect(focused).to_have_accessible_name("grin")
    press("ArrowUp")
    press("ArrowUp")
    expect(ann.page.get_by_role("searchbox", name="Find an emoji")).to_be_focused()
    assert complaints_of_axe(ann.page) == []
    ann.page.get_by_role("combobox", name="Skin tone").select_option("3")
    press("Escape")
    picks(ann, "Hello", "wave")
    expect(chips(ann, "Hello")).to_have_text(["👋🏽1"])
    ann.page.reload()
    picks(ann, "Hello", "clap")
    expect(chips(ann, "Hello")).to_have_text(["👋🏽1", "👏🏽1"])


def test_an_emoji_is_written_by_its_name_with_a_few_keys(house: House) -> None:
    ann = house.person("Ann")
    ann.composer.press_sequentially("Well done :tad")
    expect(ann.page.get_by_role("option").first).to_contain_text("tada")
    ann.composer.press("Enter")
    expect(ann.composer).to_have_value(re.compile("^Well done 🎉 ?$"))
    ann.composer.press("Enter")
    ann.sees("Well done 🎉")
    ann.says("🎉🎉")
    expect(ann.bodies.last).to_have_css("font-size", "32px")


def test_what_is_pinned_stands_in_a_panel_that_follows(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    bob.post("lobby", "The rules", "The wifi password")
    ann.page.get_by_role("button", name="Pinned messages").click()
    panel = ann.page.get_by_role("complementary", name="Pinned messages")
    expect(panel).to_contain_text("Nothing is pinned")
    bob.chooses("The rules", "Pin to the room")
    expect(panel.get_by_role("listitem")).to_have_count(1)
    expect(ann.message("The rules").first).to_contain_text("Pinned")
    ann.call("messages.pin", message=bob.post("lobby", "And one more")[0]["id"], on=True)
    expect(panel.get_by_role("listitem")).to_have_text([re.compile("And one more"), re.compile("The rules")])
    panel.get_by_role("button", name="Unpin").first.click()
    expect(panel.get_by_role("listitem")).to_have_text([re.compile("The rules")])
    assert complaints_of_axe(ann.page) == []
    panel.get_by_role("link", name="Show in the room").click()
    expect(ann.page).to_have_url(re.compile(r"/rooms/lobby/\d+$"))


def test_what_is_saved_is_kept_in_every_tab_until_it_is_done(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    bob.post("lobby", "Read this book", "And this one")
    ann.chooses("Read this book", "Save for later")
    expect(ann.message("Read this book")).to_contain_text("Saved for later")
    expect(bob.message("Read this book")).not_to_contain_text("Saved for later")
    other = ann.tab("/saved")
    expect(other.page.locator(".message-card")).to_have_text([re.compile("Read this book")])
    ann.chooses("And this one", "Save for later")
    expect(other.page.locator(".message-card")).to_have_text([re.compile("And this one"), re.compile("Read this book")])
    assert complaints_of_axe(other.page) == []
    other.page.locator(".message-card").first.get_by_role("button", name="Done").click()
    expect(other.page.locator(".message-card")).to_have_text([re.compile("Read this book")])
    expect(ann.message("And this one")).not_to_contain_text("Saved for later")
    other.page.get_by_role("link", name="Done").click()
    expect(other.page.locator(".message-card")).to_have_text([re.compile("And this one")])
    other.page.get_by_role("button", name="Not done yet").click()
    expect(other.page.get_by_text("Nothing is done yet.")).to_be_visible()


def test_everybody_reads_what_an_edited_message_said_before(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    said = ann.post("lobby", "I lkie it")[0]["id"]
    ann.call("messages.edit", message=said, body="I like it")
    ann.call("messages.edit", message=said, body="I love it")
    bob.message("I love it").get_by_role("button", name="edited").click()
    expect(bob.dialog().locator(".text")).to_have_text(["I love it", "I like it", "I lkie it"])
    assert complaints_of_axe(bob.page) == []
    bob.page.keyboard.press("Escape")
    expect(bob.dialog()).to_have_count(0)


def test_a_message_is_passed_on_and_its_link_opens_for_those_who_may_read_it(house: House) -> None:
    ann, bob, cleo = house.person("Ann"), house.person("Bob"), house.person("Cleo")
    secret = ann.call("rooms.create", name="Secret", kind="private", users=[])["id"]
    bob_id = bob.call("accounts.me")["id"]
    ann.call("members.add", room=secret, user=bob_id)
    ann.call("messages.post", room=secret, body="**The plan**", nonce="plan")
    ann.opens("/rooms/secret")
    ann.chooses("The plan", "Pass on")
    ann.dialog().get_by_role("searchbox", name="Find a room").fill("lob")
    ann.dialog().get_by_role("radio", name="Lobby").check()
    ann.dialog().get_by_role("textbox", name="Say something about it").fill("Please read")
    assert complaints_of_axe(ann.page) == []
    ann.dialog().get_by_role("button", name="Pass on").click()
    expect(ann.dialog()).to_have_count(0)
    for person in (bob, cleo):
        card = person.message("Please read").locator(".quote-card")
        expect(card.locator("strong")).to_have_text("The plan")
        expect(card).to_contain_text("Ann")
    expect(cleo.message("Please read").get_by_role("link")).to_have_count(0)
    expect(cleo.message("Please read")).to_contain_text("from a conversation that you are not in")
    bob.message("Please read").get_by_role("link", name=re.compile("Open the message")).click()
    expect(bob.heading).to_have_text("Secret")
    expect(bob.page.locator(".message.marked")).to_contain_text("The plan")


def test_a_link_to_a_message_shows_it_to_those_alone_who_may_read_it(house: House) -> None:
    ann, bob, cleo = house.person("Ann"), house.person("Bob"), house.person("Cleo")
    bob_id = bob.call("accounts.me")["id"]
    secret = ann.call("rooms.create", name="Secret", kind="private", users=[bob_id])["id"]
    said = ann.call("messages.post", room=secret, body="**The plan**", nonce="plan")
    ann.says(f"See {house.url}/rooms/secret/{said['seq']} please")
    expect(bob.messages.last.locator(".quote-card strong")).to_have_text("The plan")
    expect(cleo.messages.last).to_contain_text("See ")
    cleo.says("I see nothing")
    expect(bob.bodies.last).to_have_text("I see nothing")
    expect(cleo.page.locator(".quote-card")).to_have_count(0)
    ann.call("messages.delete", message=said["id"])
    expect(bob.page.locator(".quote-card")).to_have_count(0)


def test_people_add_emoji_of_their_own_and_use_them_at_once(house: House, tmp_path: Path) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    picture = tmp_path / "Party Parrot.png"
    Image.new("RGB", (300, 200), "green").save(picture)
    bob.menu("Menu of Chinwag", "Emoji")
    bob.page.get_by_label("Picture").set_input_files(picture)
    expect(bob.page.get_by_label("Name")).to_have_value("party_parrot")
    bob.page.get_by_role("button", name="Add emoji").click()
    expect(bob.page.get_by_text(":party_parrot:", exact=True)).to_be_visible()
    assert complaints_of_axe(bob.page) == []
    ann.says("Hooray")
    picks(ann, "Hooray", "party_parrot")
    glyph = chips(ann, "Hooray").get_by_role("img")
    expect(glyph).to_have_attribute("alt", ":party_parrot:")
    assert glyph.evaluate("async (one) => (await one.decode(), one.naturalWidth)") == 128
    bob.expects("409")
    bob.page.get_by_label("Picture").set_input_files(picture)
    bob.page.get_by_role("button", name="Add emoji").click()
    expect(bob.page.locator(".note.error")).to_contain_text("There is a “:party_parrot:” already")
    bob.page.get_by_role("button", name="Remove :party_parrot:").click()
    bob.confirms("Delete")
    expect(chips(ann, "Hooray")).to_have_text([":party_parrot:1"])


def test_an_emoji_of_ones_own_is_written_by_name_seen_by_all_and_taken_away_by_an_administrator(
    house: House, tmp_path: Path
) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    picture = tmp_path / "dance.gif"
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "lime", "blue")]
    frames[0].save(picture, save_all=True, append_images=frames[1:], duration=100, loop=0)
    bob.menu("Menu of Chinwag", "Emoji")
    bob.page.get_by_label("Picture").set_input_files(picture)
    bob.page.get_by_role("button", name="Add emoji").click()
    expect(bob.page.get_by_text(":dance:", exact=True)).to_be_visible()
    bob.opens("/rooms/lobby")
    for person in (bob, ann):
        person.composer.press_sequentially(f"{person.name} says :dan")
        option = person.page.get_by_role("option").filter(has_text=":dance:")
        expect(option.get_by_role("img", include_hidden=True)).to_be_visible()
        option.click()
        expect(person.composer).to_have_value(f"{person.name} says :dance: ")
        person.composer.press("Enter")
    for words in ("Bob says", "Ann says"):
        glyph = bob.message(words).locator(".message-body").get_by_role("img", name=":dance:")
        assert glyph.evaluate("async (one) => (await one.decode(), one.naturalWidth)") == 64
    ann.menu("Menu of Chinwag", "Emoji")
    ann.page.get_by_role("button", name="Remove :dance:").click()
    ann.confirms("Delete")
    cat = house.person("Cat")  # whose browser has not kept the picture
    cat.expects("404")
    expect(cat.message("Ann says").locator(".message-body")).to_have_text("Ann says :dance:")
    expect(cat.message("Ann says").locator("img.emoji")).to_have_count(0)


def test_on_a_phone_everything_fits_and_can_be_hit(house: House) -> None:
    ann = house.person("Ann", **PHONE)
    said = ann.post("lobby", "Hello")[0]["id"]
    for emoji in ("🎉", "👀", "❤️", "👍", "😂", "🚀", "💯", "🔥"):
        ann.call("messages.react", message=said, emoji=emoji, on=True)
    expect(chips(ann, "Hello")).to_have_count(8)
    for chip in chips(ann, "Hello").all():
        box = chip.bounding_box()
        assert box
        assert (box["height"] >= 44, box["x"] + box["width"] <= 390) == (True, True)
    ann.message("Hello").get_by_role("button", name="React", exact=True).last.tap()
    ann.page.get_by_role("group", name="Smileys").get_by_role("button", name="rofl").tap()
    expect(chips(ann, "Hello")).to_have_count(9)
    assert ann.page.evaluate("document.documentElement.scrollWidth") <= 390
