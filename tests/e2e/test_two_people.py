"""The story that every landing tells: from the first link to two people who talk, in two browsers."""

from playwright.sync_api import expect

from tests.e2e.house import House
from tests.e2e.test_getting_in import LOBBY, fill_in


def test_two_people_talk_and_find_it_again(house: House) -> None:
    ann = house.visitor("Ann")
    ann.opens(house.link)
    fill_in(ann, "Ann")
    ann.page.get_by_role("button", name="Start talking").click()
    expect(ann.page).to_have_url(LOBBY)

    bob = house.visitor("Bob")
    bob.expects("401")
    bob.opens(ann.call("invites.create", uses=1)["url"])
    expect(bob.heading).to_have_text("Ann invites you to Chinwag")
    fill_in(bob, "Bob")
    bob.page.get_by_role("button", name="Join").click()
    expect(bob.page).to_have_url(LOBBY)

    bob.says("Hello Ann")
    ann.sees("Hello Ann")
    ann.says("Hello **Bob**")
    bob.sees("Hello Ann", "Hello Bob")
    expect(bob.message("Hello Bob").locator("strong")).to_have_text("Bob")

    for person in (ann, bob):
        person.page.reload()
        person.sees("Hello Ann", "Hello Bob")
