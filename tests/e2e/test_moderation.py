"""Keeping a room in order, in two browsers at once."""

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.house import House, Person
from tests.e2e.test_rooms import make_room, member
from tests.e2e.test_threads import answers, answers_with, field, opens_thread, panel


def joins(person: Person, slug: str) -> None:
    """Come into a public room."""
    person.call("rooms.join", room=person.call("rooms.browse", query=slug)["rooms"][0]["id"])


def edit_room(person: Person, name: str, **choices: str) -> None:
    """Choose in the dialog of the room that is shown."""
    person.menu(f"Menu of {name}", "Edit room")
    for label, choice in choices.items():
        person.dialog().get_by_label(label.replace("_", " ")).select_option(label=choice)
    person.confirms("Save")


def test_a_room_becomes_read_only_and_slow_and_says_so_where_one_writes(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    make_room(ann, "News")
    joins(bob, "news")
    bob.room("News").click()
    expect(bob.composer).to_be_visible()
    edit_room(ann, "News", Who_writes_here="Moderators alone")
    expect(bob.page.get_by_text("Only moderators write here.")).to_be_visible()
    expect(bob.composer).to_have_count(0)
    ann.says("Big news")
    bob.sees("Big news")
    edit_room(ann, "News", Who_writes_here="All members", Slow_mode="5 minutes")
    bob.says("At last")
    ann.sees("Big news", "At last")
    expect(bob.page.get_by_text("you can write again in 4:")).to_be_visible()
    bob.composer.fill("And another")
    expect(bob.page.get_by_role("button", name="Send", exact=True)).to_be_disabled()


def test_slow_mode_counts_what_is_said_in_a_thread_and_in_the_room_together(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    make_room(ann, "News")
    ann.says("Any questions?")
    edit_room(ann, "News", Slow_mode="5 minutes")
    joins(bob, "news")
    bob.room("News").click()
    opens_thread(bob, "Any questions?")
    expect(panel(bob).get_by_text("5 minutes")).to_be_visible()
    answers_with(bob, "One")
    expect(answers(ann)).to_have_count(0)
    expect(ann.message("Any questions?")).to_contain_text("1 answer")
    expect(bob.page.get_by_text("you can write again in 4:")).to_have_count(2)
    for place in (bob.composer, field(bob)):
        place.fill("Another")
    expect(bob.page.get_by_role("button", name="Send", exact=True)).to_have_count(2)
    for send in bob.page.get_by_role("button", name="Send", exact=True).all():
        expect(send).to_be_disabled()
    field(bob).press("Enter")
    expect(field(bob)).to_have_value("Another")
    edit_room(ann, "News", Slow_mode="Off")
    field(bob).press("Enter")
    expect(answers(bob)).to_have_text(["Any questions?", "One", "Another"])


def test_a_report_is_looked_at_and_the_message_deleted(house: House) -> None:
    ann, bob, cleo = house.person("Ann"), house.person("Bob"), house.person("Cleo")
    bob.says("Something rude")
    cleo.chooses("Something rude", "Report…")
    cleo.dialog().get_by_label("What is wrong with it?").fill("It is rude")
    cleo.confirms("Report")
    expect(cleo.page.get_by_text("Reported. Thank you.")).to_be_visible()
    ann.menu("Menu of Chinwag", "Reports")
    row = ann.page.get_by_role("listitem").filter(has_text="Something rude")
    expect(row).to_contain_text("Cleo reported it: “It is rude”")
    row.get_by_role("button", name="Delete message").click()
    ann.confirms("Delete")
    expect(ann.page.get_by_text("Nothing to look at.")).to_be_visible()
    expect(cleo.message("Something rude")).to_have_count(0)
    ann.page.get_by_role("link", name="Dealt with").click()
    expect(ann.page.get_by_text("This message was deleted.")).to_be_visible()
    ann.opens("/admin")
    expect(ann.page.get_by_text("Dealt with a report")).to_be_visible()


def banned(person: Person) -> Locator:
    """Who is kept out, beside the members."""
    return person.page.get_by_role("complementary").locator(".ban-list")


def test_who_is_banned_from_a_room_is_out_at_once_until_let_in_again_and_each_moderator_sees_it(house: House) -> None:
    ann, bob, cleo = house.person("Ann"), house.person("Bob"), house.person("Cleo")
    make_room(ann, "Garden")
    for person in (bob, cleo):
        joins(person, "garden")
    ann.call("members.role", room=2, user=3, role="moderator")
    cleo.room("Garden").click()
    bob.room("Garden").click()
    ann.page.get_by_role("button", name="Members").click()
    member(ann, "bob").get_by_role("button").click()
    ann.page.get_by_role("menuitem", name="Ban from the room").click()
    ann.confirms("Ban")
    expect(bob.room("Garden")).to_have_count(0)
    expect(bob.page.get_by_role("button", name="Join #Garden")).to_be_visible()
    bob.page.get_by_role("button", name="Join #Garden").click()
    expect(bob.page.get_by_text("You have been banned from this room.")).to_be_visible()
    ann.page.get_by_role("button", name="Close", exact=True).click()
    for person in (ann, cleo):
        person.page.get_by_role("button", name="2 members").click()
        expect(banned(person)).to_contain_text("Bob")
    banned(ann).get_by_role("button", name="Let in again").click()
    for person in (ann, cleo):
        expect(banned(person)).to_have_count(0)
    bob.page.get_by_role("button", name="Join #Garden").click()
    expect(bob.composer).to_be_visible()


def test_whom_one_blocks_cannot_write_to_one(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    bob.opens("/people")
    bob.page.get_by_role("listitem").filter(has_text="@ann").get_by_role("button").click()
    bob.page.get_by_role("menuitem", name="Message", exact=True).click()
    bob.says("Hello?")
    ann.opens("/people")
    ann.page.get_by_role("listitem").filter(has_text="@bob").get_by_role("button").click()
    ann.page.get_by_role("menuitem", name="Block direct messages").click()
    ann.confirms("Block direct messages")
    bob.says("Hello again?")
    expect(bob.page.get_by_text("Ann takes no direct messages from you.")).to_be_visible()
    ann.page.get_by_role("navigation").get_by_role("link", name="Bob").click()
    expect(ann.page.get_by_text("You block Bob: no messages pass between you.")).to_be_visible()
    opens_thread(bob, "Hello?")
    answers_with(bob, "Are you there?")
    lost = panel(bob).get_by_role("article").filter(has_text="Are you there?")
    expect(lost).to_contain_text("Ann takes no direct messages from you.")
    expect(lost.get_by_role("button", name="Delete")).to_be_visible()
    ann.chooses("Hello?", "Answer in thread")
    expect(panel(ann).get_by_text("You block Bob: no messages pass between you.")).to_be_visible()
    expect(field(ann)).to_have_count(0)
    ann.opens("/people")
    ann.page.get_by_role("listitem").filter(has_text="@bob").get_by_role("button").click()
    ann.page.get_by_role("menuitem", name="Unblock").click()
    expect(ann.page.get_by_text("Bob is no longer blocked.")).to_be_visible()
    lost.get_by_role("button", name="Try again").click()
    expect(answers(bob)).to_have_text(["Hello?", "Are you there?"])
    expect(lost).not_to_contain_text("takes no direct messages")


@pytest.mark.parametrize("house", [["--guests"]], indirect=True)
def test_a_guest_is_banned_with_the_address_that_they_came_from(house: House) -> None:
    ann, gus, other = house.person("Ann"), house.visitor("Gus"), house.visitor("Gus again")
    gus.call("sessions.guest", name="Gus")
    gus.opens("/rooms/lobby")
    ann.opens("/people")
    ann.page.get_by_role("listitem").filter(has_text="@gus").get_by_role("button").click()
    ann.page.get_by_role("menuitem", name="Ban, with their address").click()
    ann.confirms("Ban")
    expect(gus.page.get_by_text("An administrator has closed your account here.")).to_be_visible()
    other.expects("403")
    other.opens("/visit")
    other.page.get_by_label("Your name").fill("Gus again")
    other.page.get_by_role("button", name="Start talking").click()
    expect(other.page.get_by_text("An administrator has closed this workspace")).to_be_visible()
    ann.opens("/admin")
    ann.page.get_by_role("button", name="Lift").click()
    expect(ann.page.get_by_text("None.", exact=True)).to_be_visible()
