"""The inbox, mentions, what one hears of a room, and telling of it outside of the page."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.checks import complaints_of_axe
from tests.e2e.house import House, Person
from tests.e2e.test_push import CLICK, shows, worker_of
from tests.e2e.test_threads import answer


def inbox(person: Person) -> Locator:
    """The link to it in the sidebar."""
    return person.page.get_by_role("navigation", name="Rooms and people").get_by_role("link", name=re.compile("^Inbox"))


def rows(person: Person) -> Locator:
    """What is in it, where it is shown."""
    return person.page.get_by_role("main").get_by_role("listitem")


def done(row: Locator) -> Locator:
    """Its mark."""
    return row.get_by_role("button", name="Done")


def test_a_mention_is_a_chip_under_the_present_name_and_in_the_inbox_of_the_mentioned(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    bob.call("rooms.create", name="Garden")
    bob.room("Garden").click()
    ann.composer.fill("Ask @bo")
    ann.page.get_by_role("option", name=re.compile("Bob")).wait_for()
    ann.composer.press("Enter")
    ann.composer.press_sequentially("about it")
    ann.composer.press("Enter")
    ann.sees("Ask @Bob about it")
    expect(bob.room("Lobby")).to_contain_text("1 mention")
    expect(inbox(bob)).to_contain_text("1 not done")
    inbox(bob).click()
    expect(rows(bob)).to_have_count(1)
    expect(rows(bob)).to_contain_text("Ann mentioned you")
    rows(bob).get_by_role("button", name=re.compile("mentioned you")).click()
    expect(bob.message("Ask @Bob about it")).to_have_class(re.compile("marked"))
    chip = bob.message("Ask @Bob").locator(".mention")
    expect(chip).to_have_class(re.compile("own"))
    expect(inbox(bob)).not_to_contain_text("not done")
    expect(bob.room("Lobby")).not_to_contain_text("mention")
    bob.call("accounts.edit", name="Robert")
    for person in (ann, bob):
        person.sees("Ask @Robert about it")


def test_what_is_done_in_one_browser_is_done_in_the_other_also_after_a_cut(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    other = bob.elsewhere()
    bob.call("rooms.create", name="Garden")
    for person in (bob, other):
        person.room("Garden").click()
    ann.post("lobby", "@bob one", "@bob two", "@bob three")
    for person in (bob, other):
        expect(inbox(person)).to_contain_text("3 not done")
        inbox(person).click()
        expect(rows(person)).to_have_count(3)
    done(rows(bob).filter(has_text="two")).click()
    for person in (bob, other):
        expect(rows(person)).to_have_count(2)
        expect(inbox(person)).to_contain_text("2 not done")
    house.was_away = True
    other.context.set_offline(True)
    expect(other.banner).to_contain_text("Offline")
    ann.post("lobby", "@bob four")
    expect(rows(bob)).to_have_count(3)
    done(rows(bob).filter(has_text="@bob one")).click()
    expect(rows(bob)).to_have_count(2)
    other.context.set_offline(False)
    expect(rows(other)).to_have_count(2)
    expect(rows(other).first).to_contain_text("four")
    expect(inbox(other)).to_contain_text("2 not done")
    other.page.get_by_role("link", name="Everything").click()
    expect(rows(other)).to_have_count(4)
    done(rows(other).filter(has_text="@bob one")).click()
    expect(rows(bob)).to_have_count(3)
    other.page.get_by_role("button", name="Mark all as done").click()
    for person in (bob, other):
        expect(inbox(person)).not_to_contain_text("not done")
    expect(rows(bob)).to_have_count(0)
    expect(bob.page.get_by_role("heading", name="All done")).to_be_visible()


def test_an_answer_in_a_thread_is_in_the_inbox_of_who_follows_and_opens_there(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    root = ann.post("lobby", "The root")[0]
    ann.opens("/inbox/threads")
    expect(ann.page.get_by_role("heading", name="All done")).to_be_visible()
    answer(bob, root, "An answer")
    expect(rows(ann)).to_contain_text("Bob answered in a thread")
    rows(ann).get_by_role("button", name=re.compile("answered")).click()
    panel = ann.page.get_by_role("complementary", name="Thread")
    expect(panel.get_by_role("article").filter(has_text="An answer")).to_have_class(re.compile("marked"))
    expect(inbox(ann)).not_to_contain_text("not done")


def test_the_inbox_says_when_it_cannot_be_loaded_and_loads_when_the_server_is_back(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    bob.post("lobby", "@ann hello")
    inbox(ann).click()
    expect(ann.heading).to_have_text("Inbox")
    house.was_away = True
    ann.context.set_offline(True)
    expect(ann.banner).to_contain_text("Offline")
    ann.page.get_by_role("link", name="Mentions").click()
    expect(ann.page.get_by_role("alert")).to_contain_text("The inbox could not be loaded.")
    ann.context.set_offline(False)
    # What the banner leaves free moves the rest up.
    expect(ann.banner).to_have_text("")
    ann.page.get_by_role("link", name="Everything").click()
    expect(rows(ann)).to_contain_text("Bob mentioned you")


def test_a_star_moves_a_room_to_the_top_and_muting_dims_it_on_all_devices(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    other = ann.elsewhere()
    ann.call("rooms.create", name="Garden", users=[bob.call("accounts.me")["id"]])
    ann.room("Garden").click()
    ann.menu("Menu of Garden", "Star")
    for person in (ann, other):
        starred = person.page.get_by_role("region", name="Starred")
        expect(starred.get_by_role("link", name=re.compile("^Garden"))).to_be_visible()
    ann.menu("Menu of Garden", "Notifications")
    ann.dialog().get_by_label("Only what mentions me").check()
    ann.dialog().get_by_role("button", name="For 8 hours").click()
    expect(ann.dialog()).to_contain_text("Muted until")
    ann.dialog().get_by_role("button", name="Close").click()
    expect(other.room("Garden")).to_contain_text("Muted")
    ann.room("Lobby").click()
    bob.post("garden", "Nothing much")
    expect(other.room("Garden")).to_contain_text("1 unread message")
    expect(other.page).not_to_have_title(re.compile(r"\(1\)"))
    bob.post("garden", "But @ann, look")
    expect(other.room("Garden")).to_contain_text("1 mention")
    expect(other.page).to_have_title(re.compile(r"^\(1\)"))
    ann.room("Garden").click()
    ann.menu("Menu of Garden", "Notifications")
    expect(ann.dialog().get_by_label("Only what mentions me")).to_be_checked()
    ann.dialog().get_by_role("button", name="Unmute").click()
    expect(other.room("Garden")).not_to_contain_text("Muted")


def test_calling_more_than_twenty_people_asks_first_and_loses_nothing(house: House) -> None:
    ann = house.person("Ann")
    house.crowd(20)
    expect(ann.page.get_by_role("button", name="21 members")).to_be_visible()
    ann.says("@room Fire drill")
    expect(ann.dialog()).to_contain_text("Call 21 people?")
    ann.confirms("Cancel")
    expect(ann.composer).to_have_value("@room Fire drill")
    ann.composer.press("Enter")
    ann.confirms("Send")
    ann.sees("@room Fire drill")


def test_where_moderators_alone_call_everybody_others_are_told_and_lose_nothing(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.opens("/admin")
    ann.page.get_by_label("Who calls everybody in a room").select_option(label="Moderators alone")
    ann.page.get_by_role("button", name="Save", exact=True).click()
    expect(ann.page.get_by_text("Saved.")).to_be_visible()
    bob.composer.press_sequentially("@")
    expect(bob.page.get_by_role("option", name="@here")).to_be_visible()
    expect(bob.page.get_by_role("option", name="@room")).to_have_count(0)
    bob.says("@room Fire drill")
    expect(bob.dialog()).to_contain_text("@room calls nobody here")
    bob.confirms("Cancel")
    expect(bob.composer).to_have_value("@room Fire drill")
    bob.composer.press("Enter")
    bob.confirms("Send all the same")
    ann.room("Lobby").click()
    ann.sees("@room Fire drill")
    expect(ann.message("Fire drill").locator(".mention")).to_have_count(0)
    expect(inbox(ann)).not_to_contain_text("not done")
    bob.page.get_by_role("link", name="Browse rooms").click()
    ann.composer.press_sequentially("@roo")
    expect(ann.page.get_by_role("option", name="@room")).to_be_visible()
    ann.says("@room Everybody out")
    ann.sees("@room Fire drill", "@room Everybody out")
    expect(inbox(bob)).to_contain_text("1 not done")


def test_who_is_not_to_be_disturbed_is_told_of_nothing_until_they_may_be_again(house: House) -> None:
    ann, bob, cleo = house.person("Ann"), house.person("Bob"), house.person("Cleo")
    for name in ("Garden", "Shed"):
        bob.call("rooms.create", name=name, users=[1, 3])
    workers = []
    for person in (ann, cleo):
        person.context.grant_permissions(["notifications"])
        person.expects("does not support the Push API")
        person.opens("/settings/notifications")
        workers.append(worker_of(person))
        person.page.get_by_role("switch", name="Notifications", exact=True).check()
    ann.menu("Menu of Chinwag", "Do not disturb")
    ann.confirms("Do not disturb me")
    bob.post("garden", "While Ann sleeps, @ann and @cleo")
    shows(cleo, workers[1], ["room:2", "Bob in #Garden", "While Ann sleeps, @Ann and @Cleo"])
    expect(inbox(ann)).to_contain_text("1 not done")
    ann.menu("Menu of Chinwag", "Be disturbed again")
    bob.post("shed", "Once Ann is up")
    shows(ann, workers[0], ["room:3", "Bob in #Shed", "Once Ann is up"])


def test_a_message_elsewhere_is_told_once_opens_on_a_click_and_goes_when_read_elsewhere(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.context.grant_permissions(["notifications"])
    ann.expects("does not support the Push API")  # as every browser of these tests is in private
    ann.opens("/settings/notifications")
    worker = worker_of(ann)
    ann.page.get_by_role("switch", name="Notifications", exact=True).check()
    tab = ann.tab("/browse")
    bob.post("lobby", "First")
    bob.post("lobby", "Second")
    shows(ann, worker, ["room:1", "Bob in #Lobby", "Second"])
    phone = ann.elsewhere()
    phone.sees("First", "Second")
    shows(ann, worker)
    phone.page.close()
    tab.page.close()
    bob.post("lobby", "Third")
    shows(ann, worker, ["room:1", "Bob in #Lobby", "Third"])
    worker.evaluate(CLICK, "room:1")
    expect(ann.message("Third")).to_have_class(re.compile("marked"))
    shows(ann, worker)
    ann.call("mine.set", room=1, notify="mentions")
    ann.page.get_by_role("link", name="Browse rooms").click()
    expect(ann.heading).to_have_text("Browse rooms")
    bob.post("lobby", "Not for Ann", "For @ann")
    shows(ann, worker, ["room:1", "Bob in #Lobby", "For @Ann"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_checker_of_accessibility_finds_nothing_in_the_new_screens(house: House, scheme: str) -> None:
    ann, bob = house.person("Ann", color_scheme=scheme), house.person("Bob")
    root = bob.post("lobby", "Hello @ann and @room")[0]
    answer(bob, root, "An answer, @ann")
    ann.message("Hello").get_by_role("button", name=re.compile("1 answer")).click()
    expect(ann.page.get_by_role("complementary", name="Thread").get_by_role("article")).to_have_count(2)
    assert complaints_of_axe(ann.page) == []
    ann.menu("Menu of Lobby", "Notifications")
    expect(ann.dialog()).to_be_visible()
    assert complaints_of_axe(ann.page) == []
    for path in ("/inbox?show=all", "/settings/notifications"):
        ann.opens(path)
        expect(ann.heading).to_be_visible()
        expect(ann.page.get_by_text("Loading…")).to_have_count(0)
        assert complaints_of_axe(ann.page) == []
