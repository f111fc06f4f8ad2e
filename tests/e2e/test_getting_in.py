"""The first minutes: the link of the first run, invites, signing in and out, and being shown the door."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.house import House, Person
from tests.world import PASSWORD

LOBBY = re.compile("/rooms/lobby$")


def fill_in(person: Person, name: str) -> None:
    """The three things that an account needs."""
    person.page.get_by_label("Your name").fill(name)
    person.page.get_by_label("E-mail").fill(person.email)
    person.page.get_by_label("Password").fill(PASSWORD)


def sign_in(person: Person, password: str = PASSWORD) -> None:
    """Fill the page in and send it."""
    person.page.get_by_label("E-mail or handle").fill(person.email)
    person.page.get_by_label("Password").fill(password)
    person.page.get_by_role("button", name="Sign in").click()


def expect_sign_in(person: Person) -> None:
    """They are out, and nothing is kept of what they could read."""
    expect(person.page.get_by_role("heading", name="Sign in to Chinwag")).to_be_visible()
    expect(person.page.get_by_role("navigation")).to_have_count(0)
    person.page.wait_for_function("async () => !(await indexedDB.databases()).length")


def test_the_first_link_makes_the_owner_who_lands_in_a_lobby_with_a_welcome_and_it_works_once(house: House) -> None:
    ann = house.visitor("Ann")
    ann.expects("401")
    ann.opens("/")
    expect(ann.page.get_by_text("waits for its first administrator")).to_be_visible()
    ann.opens(house.link)
    fill_in(ann, "Ann")
    ann.page.get_by_role("button", name="Start talking").click()
    expect(ann.page).to_have_url(LOBBY)
    expect(ann.page.get_by_role("heading", name="Welcome to Chinwag")).to_be_visible()
    expect(ann.composer).to_be_focused()

    late = house.visitor("Late")
    late.expects("status of 4")
    late.opens(house.link)
    fill_in(late, "Late")
    late.page.get_by_role("button", name="Start talking").click()
    expect(late.page.get_by_role("alert")).not_to_be_empty()
    expect(late.page.get_by_role("button", name="Start talking")).to_be_enabled()


def test_the_welcome_teaches_by_doing(house: House) -> None:
    ann = house.person("Ann")
    steps = ann.page.get_by_role("listitem").filter(has=ann.page.get_by_role("heading", level=3))
    ann.page.get_by_role("button", name="Write").click()
    expect(ann.composer).to_be_focused()
    ann.says("Hello, house")
    expect(ann.message("Hello, house")).to_be_visible()
    expect(steps.filter(has_text="Say something")).to_contain_text("done")


def test_bob_follows_a_link_that_ann_copied_and_both_talk(house: House) -> None:
    ann = house.person("Ann")
    ann.menu("Menu of Chinwag", "Invite people")
    ann.page.get_by_role("button", name="Make a link").click()
    ann.page.get_by_role("button", name="Copy").click()
    expect(ann.page.get_by_text("Copied.")).to_be_visible()
    link = ann.page.evaluate("navigator.clipboard.readText()")
    ann.page.keyboard.press("Escape")
    expect(ann.dialog()).to_have_count(0)

    bob = house.visitor("Bob")
    bob.expects("401")
    bob.opens(link)
    expect(bob.heading).to_have_text("Ann invites you to Chinwag")
    fill_in(bob, "Bob")
    bob.page.get_by_role("button", name="Join").click()
    expect(bob.page).to_have_url(LOBBY)

    bob.says("Hello Ann")
    ann.sees("Hello Ann")
    ann.says("Hello Bob")
    bob.sees("Hello Ann", "Hello Bob")


def test_an_invite_that_is_used_up_says_so(house: House) -> None:
    ann = house.person("Ann")
    token = ann.call("invites.create", uses=1)["url"]
    bob = house.visitor("Bob")
    bob.expects("status of 4")
    bob.opens(token)
    fill_in(bob, "Bob")
    bob.page.get_by_role("button", name="Join").click()
    expect(bob.page).to_have_url(LOBBY)

    late = house.visitor("Late")
    late.expects("status of 4")
    late.opens(token)
    expect(late.heading).to_have_text("This invite link does not work any more")
    late.opens("/join")
    expect(late.heading).to_have_text("This link is incomplete")


def test_who_signs_in_comes_to_where_they_wanted_and_a_wrong_password_is_said(house: House) -> None:
    ann = house.person("Ann")
    ann.call("rooms.create", name="Garden")
    bob = house.person("Bob")
    bob.menu("Menu of Chinwag", "Sign out")
    expect_sign_in(bob)

    bob.expects("401")
    bob.opens("/rooms/garden")
    sign_in(bob, "not the password")
    expect(bob.page.get_by_label("Password")).to_have_accessible_description("That is not the right name and password.")
    sign_in(bob)
    expect(bob.page).to_have_url(re.compile("/rooms/garden$"))
    expect(bob.page.get_by_role("button", name="Join")).to_be_visible()


def test_a_session_that_is_ended_in_another_browser_closes_this_one_and_wipes_what_it_kept(house: House) -> None:
    ann = house.person("Ann")
    ann.says("Only for us")
    expect(ann.message("Only for us")).to_be_visible()
    assert ann.keeps()
    other = ann.elsewhere()
    ann.expects("401")
    other.opens("/settings/sessions")
    row = other.page.get_by_role("listitem").filter(has=other.page.get_by_role("button", name="End"))
    row.get_by_role("button").click()
    other.confirms("End")
    expect(other.page.get_by_text("Session ended.")).to_be_visible()
    expect(row).to_have_count(0)
    expect_sign_in(ann)
    ann.page.reload()
    expect_sign_in(ann)


def test_a_new_password_ends_the_other_sessions_and_renews_this_one(house: House) -> None:
    ann = house.person("Ann")
    other = ann.elsewhere()
    ann.expects("401")
    other.opens("/settings/profile")
    other.page.get_by_label("Present password").fill(PASSWORD)
    other.page.get_by_label("New password").fill("a longer horse battery")
    other.page.get_by_role("button", name="Change password").click()
    expect(other.page.get_by_text("Your other sessions are signed out.")).to_be_visible()
    expect_sign_in(ann)
    other.opens("/rooms/lobby")
    other.says("Still here")
    other.sees("Still here")
    sign_in(ann, "a longer horse battery")
    ann.sees("Still here")


def test_who_is_banned_is_out_at_once_and_what_they_said_stays(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    bob.expects("status of 4")
    bob.says("Before")
    ann.sees("Before")
    ann.menu("Menu of Chinwag", "People")
    ann.menu("More about Bob", "Ban")
    ann.confirms("Ban")
    expect(bob.page.get_by_role("navigation")).to_have_count(0)
    expect(bob.page.get_by_text("An administrator has closed your account here.").first).to_be_visible()
    bob.page.wait_for_function("async () => !(await indexedDB.databases()).length")
    bob.opens("/sign-in")
    sign_in(bob)
    expect(bob.page.get_by_label("Password")).to_have_accessible_description("That is not the right name and password.")
    ann.opens("/rooms/lobby")
    ann.sees("Before")


def test_who_is_signed_in_already_is_told_so_and_not_asked_again(house: House) -> None:
    ann = house.person("Ann")
    ann.opens("/sign-in")
    expect(ann.page.get_by_role("heading", name="You are signed in already")).to_be_visible()
    expect(ann.page.get_by_label("Password")).to_have_count(0)
    ann.page.get_by_role("link", name="Open the chat").click()
    expect(ann.page).to_have_url(LOBBY)


@pytest.mark.parametrize("house", [["--guests"]], indirect=True)
def test_a_visitor_types_a_name_and_talks_and_sees_only_the_lobby(house: House) -> None:
    ann = house.person("Ann")
    ann.call("rooms.create", name="Garden")
    gus = house.visitor("Gus")
    gus.expects("status of 4")
    gus.opens("/")
    gus.page.get_by_role("link", name="Talk as a guest").click()
    gus.page.get_by_label("Your name").fill("Gus")
    gus.page.get_by_role("button", name="Start talking").click()
    expect(gus.page).to_have_url(LOBBY)
    gus.says("Just passing by")
    ann.sees("Just passing by")
    expect(ann.messages.last).to_contain_text("Guest")
    ann.says("Stay a while")
    gus.sees("Just passing by", "Stay a while")

    expect(gus.page.get_by_role("navigation").get_by_role("listitem")).to_have_count(1)
    expect(gus.page.get_by_role("link", name="Browse rooms")).to_have_count(0)
    gus.opens("/rooms/garden")
    expect(gus.page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    gus.opens("/people")
    expect(gus.page.get_by_role("main").get_by_role("listitem").filter(has_text="@")).to_have_count(2)
