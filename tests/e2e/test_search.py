"""Searching: words, chips, names, the way to a message and back; and what is behind links."""

import re
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.house import House, keeping_house


class LinkedHouse(House):
    """A house that finds the pages of a test behind all links."""

    program = "tests.page_program"


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is behind all links: a page with a title at every path. The paths that were asked for."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            page = f"<title>The page at {self.path}</title>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Nothing is to be read there."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        monkeypatch.setenv("PAGE_PORT", str(server.server_port))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield asked
        server.shutdown()


def hits(page: Page) -> Locator:
    """What was found."""
    return page.locator(".search-hit")


def test_words_are_found_marked_and_opened_where_they_were_said(house: House) -> None:
    ann = house.person("Ann")
    ann.post("lobby", *(f"Line {number}" for number in range(40)), "The Café has **cake** & tea", "No coffee")
    ann.page.keyboard.press("Control+f")
    expect(ann.page).to_have_url(re.compile(r"/search\?q=in%3Alobby$"))
    field = ann.page.get_by_role("combobox", name="Search")
    expect(field).to_be_focused()
    expect(ann.page.get_by_role("button", name="Take away In: Lobby")).to_be_visible()
    field.fill("cafe cak")
    expect(hits(ann.page)).to_have_count(1)
    expect(hits(ann.page).locator("mark")).to_have_text(["Café", "cake"])
    expect(hits(ann.page)).to_contain_text("The Café has cake & tea")
    field.press("ArrowDown")
    expect(hits(ann.page).get_by_role("link")).to_be_focused()
    ann.page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    field.press("ArrowDown")
    ann.page.keyboard.press("Enter")
    expect(ann.page).to_have_url(re.compile(r"/rooms/lobby/\d+$"))
    expect(ann.page.locator(".message-body", has_text="cake")).to_be_in_viewport()
    ann.page.go_back()
    expect(field).to_have_value("cafe cak")
    expect(hits(ann.page)).to_have_count(1)


def test_filters_are_chips_that_are_completed_and_taken_away(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.post("lobby", "apples", "see https://example.org/apples")
    bob.post("lobby", "apples too")
    ann.opens("/search")
    field = ann.page.get_by_role("combobox", name="Search")
    field.fill("apples")
    expect(hits(ann.page)).to_have_count(3)
    expect(ann.page.get_by_role("status").filter(has_text="3 messages")).to_have_count(1)
    ann.page.get_by_role("group", name="Filters").get_by_role("button", name="From").click()
    field.press_sequentially("bo")
    ann.page.get_by_role("option", name="Bob").click()
    expect(hits(ann.page)).to_have_count(1)
    expect(hits(ann.page)).to_contain_text("apples too")
    expect(field).to_have_value("apples")
    ann.page.get_by_role("button", name="Take away From: bob").click()
    expect(hits(ann.page)).to_have_count(3)
    field.press_sequentially(" has:l")
    expect(ann.page.get_by_role("option", name="a link")).to_be_visible()
    field.press("Enter")
    expect(hits(ann.page)).to_have_count(1)
    expect(ann.page).to_have_url(re.compile("has%3Alink"))
    field.fill("")
    field.press("Backspace")
    expect(ann.page.locator(".chip")).to_have_count(0)
    expect(ann.page.get_by_text("Find what was said")).to_be_visible()


def test_what_is_not_found_and_what_is_wrong_is_said(house: House) -> None:
    ann = house.person("Ann")
    ann.opens("/search?q=nothing+at+all")
    expect(ann.page.get_by_text("Nothing was found")).to_be_visible()
    field = ann.page.get_by_role("combobox", name="Search")
    field.fill("before:yesterday ")
    expect(ann.page.get_by_role("alert")).to_contain_text("“before:yesterday” is not a date")
    expect(ann.page.get_by_role("button", name="Take away Before: yesterday")).to_be_visible()


def test_an_answer_is_found_and_opened_in_its_thread(house: House) -> None:
    ann = house.person("Ann")
    (root,) = ann.post("lobby", "What is for lunch?")
    ann.post("lobby", *(f"Line {number}" for number in range(40)))
    ann.call("messages.post", room=root["room"], thread=root["id"], body="Pumpkin soup", nonce="soup")
    ann.opens("/search?q=pumpkin")
    expect(hits(ann.page)).to_contain_text("in a thread")
    hits(ann.page).get_by_role("link").click()
    expect(ann.page).to_have_url(re.compile(rf"panel=thread(%3A|:){root['id']}&at=\d+$"))
    expect(ann.page.locator(".panel-frame .message-body", has_text="Pumpkin soup")).to_be_in_viewport()


def test_a_room_is_searched_from_its_header_and_what_was_searched_for_is_remembered(house: House) -> None:
    ann = house.person("Ann")
    ops = ann.call("rooms.create", name="Ops")
    ann.post("lobby", "disk of music")
    ann.post("ops", "disk is full")
    ann.opens(f"/rooms/{ops['slug']}")
    ann.page.get_by_role("link", name="Search here").click()
    field = ann.page.get_by_role("combobox", name="Search")
    field.fill("disk")
    expect(hits(ann.page)).to_contain_text(["disk is full"])
    field.press("Enter")
    ann.opens("/search")
    ann.page.get_by_role("link", name="in:ops disk").click()
    expect(field).to_have_value("disk")
    expect(hits(ann.page)).to_have_count(1)
    ann.page.get_by_role("button", name="Take away In: Ops").click()
    expect(hits(ann.page)).to_have_count(2)
    ann.opens("/search")
    ann.page.get_by_role("button", name="Forget these").click()
    expect(ann.page.get_by_text("Searched for lately")).to_have_count(0)
    ann.page.reload()
    expect(ann.page.get_by_text("Find what was said")).to_be_visible()
    expect(ann.page.get_by_text("Searched for lately")).to_have_count(0)


def test_on_a_phone_nothing_that_is_found_is_wider_than_the_screen(house: House) -> None:
    ann = house.person("Ann")
    ann.call("rooms.create", name="Gardening and other long-winded outdoor matters")
    ann.post("lobby", "https://example.org/" + "garden/" * 40)
    ann.page.set_viewport_size({"width": 390, "height": 844})
    ann.opens("/search?q=garden")
    for found in (hits(ann.page).first, ann.page.locator(".search-names li").first):
        expect(found).to_be_visible()
        box = found.bounding_box()
        assert box
        assert box["x"] + box["width"] <= 390


def test_without_the_server_it_says_so_and_goes_on_once_it_is_back(house: House) -> None:
    ann = house.person("Ann")
    ann.post("lobby", "apples", "pears")
    ann.opens("/search?q=apples")
    expect(hits(ann.page)).to_have_count(1)
    house.stop()
    field = ann.page.get_by_role("combobox", name="Search")
    field.fill("pears")
    expect(ann.page.get_by_text("Searching needs the server.")).to_be_visible()
    expect(hits(ann.page)).to_have_count(0)
    house.start()
    expect(hits(ann.page)).to_contain_text(["pears"])


def test_rooms_people_and_what_was_deleted(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.call("rooms.create", name="Bobsleigh")
    (said,) = bob.post("lobby", "bobbing along")
    ann.opens("/search?q=bob")
    expect(ann.page.get_by_role("main").get_by_role("link", name="Bobsleigh")).to_be_visible()
    expect(ann.page.get_by_role("main").get_by_role("button", name="Bob")).to_be_visible()
    expect(hits(ann.page)).to_have_count(1)
    bob.call("messages.delete", message=said["id"])
    ann.page.reload()
    expect(ann.page.get_by_text("Nothing was found")).to_be_visible()


def test_the_preview_of_a_link_is_seen_by_all_and_removed_by_its_author(house: House, tmp_path: Path) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    (said,) = ann.post("lobby", "look: https://page.invalid/")
    remember(tmp_path, said["id"], "A page about pages")
    ann.call("messages.edit", message=said["id"], body="look again: https://page.invalid/")
    for person in (ann, bob):
        expect(person.page.get_by_role("link", name="A page about pages")).to_be_visible()
    expect(bob.page.get_by_role("button", name="Remove the preview of A page about pages")).to_have_count(0)
    ann.page.get_by_role("button", name="Remove the preview of A page about pages").click()
    for person in (ann, bob):
        expect(person.page.get_by_role("link", name="A page about pages")).to_have_count(0)


def test_administrators_say_whether_links_are_looked_behind(browser: Browser, tmp_path: Path, pages: list[str]) -> None:
    with keeping_house(browser, tmp_path, kind=LinkedHouse) as house:
        ann, bob = house.person("Ann"), house.person("Bob")
        look = ann.page.get_by_role("switch", name="Show previews of links")
        for on in (False, True):
            ann.opens("/admin")
            look.set_checked(on)
            ann.page.get_by_role("button", name="Save", exact=True).click()
            expect(ann.page.get_by_text("Saved.")).to_be_visible()
            bob.says(f"http://page.example/{on}")
            expect(bob.message(f"page.example/{on}")).to_be_visible()
        expect(bob.page.get_by_role("link", name="The page at /True")).to_be_visible()
        expect(bob.page.get_by_role("link", name="The page at /False")).to_have_count(0)
        assert pages == ["/True"]


def remember(folder: Path, message: int, title: str) -> None:
    """Let a link have been looked behind: no test asks anybody outside."""
    row = (message, 0, "https://page.invalid/", title, "About them.", "page.invalid", 0, 0, 0)
    parts = '{"previews":[{"place":0,"url":"https://page.invalid/","title":"x"}]}'
    with sqlite3.connect(next(folder.rglob("chinwag.db")), timeout=20) as database:
        columns = "message, place, url, title, text, site, width, height, removed"
        database.execute(f"INSERT OR REPLACE INTO previews ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        database.execute("UPDATE messages SET parts = ? WHERE id = ?", (parts, message))
    database.close()
