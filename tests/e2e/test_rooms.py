"""Rooms: made, found, joined, left, put away; and who is let in and out sees it at once."""

import re

from playwright.sync_api import Locator, expect

from tests.e2e.house import House, Person

NOTHING = "There is nothing here"


def make_room(person: Person, name: str, *, topic: str = "", private: bool = False) -> None:
    """Make a room where rooms are made."""
    person.page.get_by_role("button", name="Create a room").first.click()
    dialog = person.dialog()
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Topic").fill(topic)
    dialog.get_by_label("Private").set_checked(private)
    person.confirms("Create")
    expect(person.heading).to_have_text(name)


def put_in(person: Person, name: str) -> None:
    """Add somebody to the room that is shown."""
    person.page.get_by_role("button", name="Add people").click()
    dialog = person.dialog()
    dialog.get_by_role("combobox").fill(name)
    dialog.get_by_role("option", name=name).click()
    person.confirms("Add 1 person")


def member(person: Person, handle: str) -> Locator:
    """A line of the list of members."""
    return person.page.get_by_role("complementary").get_by_role("listitem").filter(has_text=f"@{handle}")


def test_a_public_room_is_made_found_joined_left_and_put_away(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    make_room(ann, "Garden", topic="Seeds and weeds")
    expect(ann.page).to_have_url(re.compile("/rooms/garden$"))
    ann.says("Who has tomatoes?")

    bob.page.get_by_role("link", name="Browse rooms").click()
    bob.page.get_by_role("searchbox", name="Find a room").fill("gar")
    line = bob.page.get_by_role("listitem").filter(has_text="Seeds and weeds")
    expect(line).to_contain_text("1 member")
    line.get_by_role("button", name="Join Garden").click()
    expect(line).to_contain_text("Joined")
    bob.room("Garden").click()
    bob.sees("Who has tomatoes?")
    bob.says("I do")
    ann.sees("Who has tomatoes?", "I do")
    expect(ann.page.get_by_role("button", name="2 members")).to_be_visible()

    bob.menu("Menu of Garden", "Leave room")
    bob.confirms("Leave")
    expect(bob.room("Garden")).to_have_count(0)
    expect(bob.heading).to_have_text("Lobby")
    expect(ann.page.get_by_role("button", name="1 member")).to_be_visible()

    ann.menu("Menu of Garden", "Archive room")
    ann.confirms("Archive")
    expect(ann.page.get_by_text("This room is archived.")).to_be_visible()
    expect(ann.composer).to_have_count(0)
    ann.menu("Menu of Garden", "Open room again")
    expect(ann.composer).to_be_visible()


def test_an_address_that_is_taken_is_said_beside_the_field(house: House) -> None:
    ann = house.person("Ann")
    make_room(ann, "Garden")
    make_room(ann, "Shed")
    ann.menu("Menu of Shed", "Edit room")
    ann.dialog().get_by_label("Address").fill("garden")
    ann.dialog().get_by_role("button", name="Save").click()
    expect(ann.dialog().get_by_label("Address")).to_have_attribute("aria-invalid", "true")
    ann.page.keyboard.press("Escape")
    expect(ann.dialog()).to_have_count(0)


def test_a_public_room_opens_its_door_to_who_has_its_address(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.call("rooms.create", name="Garden", topic="Seeds and weeds")
    bob.opens("/rooms/garden")
    expect(bob.page.get_by_role("main")).to_contain_text("Seeds and weeds")
    bob.page.get_by_role("button", name="Join").click()
    bob.says("Here I am")
    bob.sees("Here I am")
    expect(bob.room("Garden")).to_be_visible()


def test_a_public_room_is_read_live_before_one_joins_it_by_the_bar(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    make_room(ann, "Garden", topic="Seeds and weeds")
    ann.post("garden", *(f"Number {number}" for number in range(1, 121)))
    room = ann.call("rooms.browse", query="garden")["rooms"][0]["id"]
    seq = next(one["seq"] for one in ann.call("messages.page", room=room)["messages"] if one["body"] == "Number 71")
    bob.opens(f"/rooms/garden/{seq - 40}")
    expect(bob.message(re.compile("Number 31$"))).to_be_in_viewport()
    bob.page.get_by_role("button", name="Jump to the latest").click()
    bob.sees("Number 119", "Number 120")

    join = bob.page.get_by_role("button", name="Join #Garden")
    expect(bob.page.get_by_text("You are reading #Garden.")).to_be_visible()
    expect(bob.composer).to_have_count(0)
    ann.says("They are ripe")
    bob.sees("Number 120", "They are ripe")
    message = bob.message("They are ripe")
    message.hover()
    expect(message.get_by_role("button", name="Copy link")).to_be_visible()
    expect(message.get_by_role("button", name=re.compile("React|Answer|Edit"))).to_have_count(0)
    expect(bob.room("Garden")).to_have_count(0)
    expect(ann.page.get_by_role("button", name="1 member")).to_be_visible()

    join.press("Enter")
    expect(bob.composer).to_be_focused()
    bob.page.keyboard.type("I am coming")
    bob.page.keyboard.press("Enter")
    bob.sees("Number 120", "They are ripe", "I am coming")
    ann.sees("Number 120", "They are ripe", "I am coming")
    expect(bob.room("Garden")).to_be_visible()


def test_who_reads_a_room_goes_elsewhere_comes_back_and_is_offline_meanwhile(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    make_room(ann, "Garden")
    ann.says("Who has tomatoes?")
    bob.opens("/rooms/garden")
    expect(bob.page.get_by_role("button", name="Join #Garden")).to_be_focused()
    bob.room("Lobby").click()
    expect(bob.composer).to_be_visible()
    ann.says("Nobody?")
    bob.page.go_back()
    bob.sees("Who has tomatoes?", "Nobody?")
    bob.expects("net::ERR_INTERNET_DISCONNECTED")
    bob.context.set_offline(True)
    expect(bob.banner).to_contain_text("Offline")
    bob.sees("Who has tomatoes?", "Nobody?")
    ann.says("Then I eat them alone")
    bob.context.set_offline(False)
    bob.sees("Who has tomatoes?", "Nobody?", "Then I eat them alone")


def test_who_reads_a_room_stands_before_its_door_once_they_may_not(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    make_room(ann, "Garden", topic="Seeds and weeds")
    ann.says("For everybody")
    room = ann.call("rooms.browse", query="garden")["rooms"][0]["id"]
    bob.opens("/rooms/garden")
    bob.sees("For everybody")
    ann.call("rooms.archive", room=room)
    expect(bob.page.get_by_role("main")).to_contain_text("This room is archived.")
    expect(bob.page.get_by_text("For everybody")).to_have_count(0)
    ann.call("rooms.archive", room=room, on=False)
    bob.sees("For everybody")

    ann.call("members.ban", room=room, user=bob.call("accounts.me")["id"])
    door = bob.page.get_by_role("main").get_by_role("button", name="Join #Garden")
    expect(bob.page.get_by_text("For everybody")).to_have_count(0)
    door.click()
    expect(bob.page.get_by_role("alert").filter(has_text="You have been banned from this room.")).to_be_visible()
    ann.says("Without Bob")
    expect(bob.page.get_by_text("Without Bob")).to_have_count(0)


def test_a_private_room_is_seen_by_those_who_are_let_in_from_then_on(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    make_room(ann, "Surprise", private=True)
    ann.says("Bob must not know")
    bob.opens("/rooms/surprise")
    expect(bob.page.get_by_role("heading", name=NOTHING)).to_be_visible()
    ann.page.get_by_role("button", name="1 member").click()
    put_in(ann, "Bob")
    expect(member(ann, "bob")).to_be_visible()
    expect(bob.room("Surprise")).to_be_visible()
    bob.sees("Bob must not know")


def test_who_is_removed_while_looking_at_the_room_is_out_at_once(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    make_room(ann, "Surprise", private=True)
    ann.page.get_by_role("button", name="1 member").click()
    put_in(ann, "Bob")
    bob.room("Surprise").click()
    ann.says("Just us")
    bob.sees("Just us")
    bob.composer.fill("I was about to say")
    member(ann, "bob").get_by_role("button", name="More about Bob").click()
    ann.page.get_by_role("menuitem", name="Remove from the room").click()
    ann.confirms("Remove")
    expect(member(ann, "bob")).to_have_count(0)
    expect(bob.room("Surprise")).to_have_count(0)
    expect(bob.page.get_by_role("heading", name=NOTHING)).to_be_visible()
    expect(bob.page.get_by_text("Just us")).to_have_count(0)
    ann.says("Now alone")
    ann.sees("Just us", "Now alone")
    bob.page.reload()
    expect(bob.page.get_by_role("heading", name=NOTHING)).to_be_visible()
    expect(bob.room("Surprise")).to_have_count(0)


def test_a_room_that_is_renamed_is_renamed_for_all_and_keeps_its_place(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    make_room(ann, "Garden")
    bob.opens("/rooms/garden")
    bob.page.get_by_role("button", name="Join").click()
    bob.composer.fill("Half a thought")
    ann.menu("Menu of Garden", "Edit room")
    ann.dialog().get_by_label("Name").fill("Greenhouse")
    ann.dialog().get_by_label("Address").fill("greenhouse")
    ann.confirms("Save")
    expect(ann.page).to_have_url(re.compile("/rooms/greenhouse$"))
    expect(bob.room("Greenhouse")).to_be_visible()
    expect(bob.heading).to_have_text("Greenhouse")
    expect(bob.composer).to_have_value("Half a thought")


def test_people_are_picked_by_keys_however_many_there_are(house: House) -> None:
    ann = house.person("Ann")
    house.crowd(20)
    ann.page.get_by_role("button", name="Message somebody").click()
    field, chosen = ann.dialog().get_by_role("combobox"), ann.dialog().get_by_role("list", name="Chosen")
    expect(ann.dialog().get_by_role("option")).to_have_count(20)
    field.press("ArrowUp")  # from the first to the last
    last = ann.dialog().get_by_role("option", selected=True)
    expect(last).to_contain_text("Person 9")
    expect(last).to_be_in_viewport(ratio=1)
    field.fill("Person 1")
    field.press("ArrowDown")
    field.press("Enter")
    expect(chosen).to_have_text("Person 10")
    field.fill("Person 9")
    field.press("Enter")
    expect(chosen.get_by_role("listitem")).to_have_count(2)
    field.press("Backspace")
    field.press("Enter")
    expect(ann.heading).to_have_text("Person 10")


def test_two_people_have_one_direct_room(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.page.get_by_role("button", name="Message somebody").click()
    ann.dialog().get_by_role("option", name="Bob").click()
    ann.confirms("Open")
    ann.says("Psst")
    expect(bob.room("Ann")).to_contain_text("1")
    bob.room("Ann").click()
    bob.sees("Psst")
    expect(bob.heading).to_have_text("Ann")
    bob.menu("Menu of Chinwag", "People")
    bob.menu("More about Ann", "Message")
    bob.sees("Psst")
