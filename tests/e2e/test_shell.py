"""The client that the browser keeps: it opens without the server."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from bench import size
from tests.e2e.house import House, Person


def kept(person: Person) -> None:
    """Wait until the browser has it."""
    person.page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")


def test_a_page_that_is_loaded_again_while_the_server_is_away_shows_what_was_read_and_sends_what_is_written(
    house: House,
) -> None:
    ann = house.person("Ann")
    ann.says("Said before")
    kept(ann)
    house.pause()
    ann.page.reload(wait_until="domcontentloaded")
    ann.sees("Said before")
    ann.says("Said meanwhile")
    expect(ann.page.get_by_text("Offline")).to_be_visible()
    house.go_on()
    expect(ann.page.get_by_text("Sending…")).to_have_count(0)
    house.person("Bob").sees("Said before", "Said meanwhile")


def test_what_waits_for_the_first_connection_is_not_said_to_have_failed(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.call("rooms.join", room=bob.call("rooms.create", name="Garden")["id"])
    first = bob.post("garden", *(f"Said {number}" for number in range(60)))[0]["seq"]
    expect(ann.room("Garden")).to_contain_text("60 unread")
    kept(ann)
    house.pause()
    ann.page.goto(f"/rooms/garden/{first}", wait_until="domcontentloaded")
    # It asks for what is older, as that is near.
    expect(ann.message(re.compile("Said 0$"))).to_be_in_viewport()
    expect(ann.page.locator(".timeline")).to_have_attribute("aria-busy", "false")
    expect(ann.page.locator(".timeline .skeleton-rows")).to_be_attached()
    expect(ann.page.get_by_role("alert")).to_have_count(0)
    house.go_on()
    expect(ann.page.get_by_text("This is where #Garden begins.")).to_be_attached()


def test_a_room_of_which_nothing_is_kept_shows_grey_lines_until_the_first_connection(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    garden = bob.call("rooms.create", name="Garden")
    ann.call("rooms.join", room=garden["id"])
    expect(ann.room("Garden")).to_be_visible()
    bob.post("garden", *(f"Said {number}" for number in range(400)))
    kept(ann)
    house.pause()
    ann.page.goto("/rooms/garden/3", wait_until="domcontentloaded")
    expect(ann.page.locator(".timeline")).to_have_attribute("aria-busy", "false")
    expect(ann.page.locator(".timeline .over .skeleton-rows")).to_be_visible()
    expect(ann.page.get_by_text("could not be loaded")).to_have_count(0)
    house.go_on()
    expect(ann.message(re.compile("Said 1$"))).to_be_in_viewport()


def test_pages_that_were_never_opened_open_while_the_server_is_away(house: House) -> None:
    ann = house.person("Ann")
    kept(ann)
    house.pause()
    ann.page.goto("/settings/appearance", wait_until="domcontentloaded")
    expect(ann.page.get_by_role("heading", name="Your settings")).to_be_visible()
    house.go_on()


@pytest.mark.parametrize("part", ["js", "css"])
def test_a_part_that_could_not_be_loaded_comes_by_itself_when_the_network_is_back(house: House, part: str) -> None:
    ann = house.person("Ann", service_workers="block")
    ann.expects("Service Worker registration blocked")
    house.was_away = True
    away = True
    asked: list[str] = []

    def network(route: Route) -> None:
        asked.append(route.request.url)
        route.abort() if away else route.continue_()

    ann.context.route(re.compile(rf"/assets/PinsPanel-.*\.{part}$"), network)
    ann.page.get_by_role("button", name="Pinned messages").click()
    while len(asked) < 2:
        ann.page.wait_for_timeout(50)
    away = False
    panel = ann.page.get_by_role("complementary", name="Pinned messages")
    expect(panel.get_by_role("heading", name="Nothing is pinned")).to_be_visible()
    expect(panel.locator(".scroll")).to_have_css("overflow-y", "auto")


def test_the_browser_may_install_it(house: House) -> None:
    ann = house.person("Ann")
    session = ann.page.context.new_cdp_session(ann.page)
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in errors] == ["in-incognito"]  # as every browser of these tests is
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    for icon in ann.page.evaluate("fetch('/manifest.webmanifest').then((answer) => answer.json())")["icons"]:
        assert ann.page.request.get(icon["src"]).ok, icon


def test_a_room_is_there_after_few_files(house: House) -> None:
    ann = house.person("Ann")
    expect(ann.page.get_by_role("button", name="Menu of Lobby")).to_be_visible()
    expect(ann.page.get_by_role("button", name="Attach files")).to_be_visible()
    scripts = ann.page.evaluate(
        "performance.getEntriesByType('resource').map((one) => one.name).filter((name) => name.endsWith('.js'))"
    )
    assert len(scripts) <= 22, scripts


def test_the_first_load_stays_small(tmp_path: Path) -> None:
    by_brotli, _ = size.measure(tmp_path)
    assert by_brotli <= 59_000
