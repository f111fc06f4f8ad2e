"""The interface in another language, and from right to left; and what a browser says that is too old for it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.house import House, Person
from tests.world import PASSWORD

MIRROR = "localStorage.setItem('chinwag.language', 'ar-XB')"
NAMES = """() => [...document.querySelectorAll('*')].flatMap((one) => [
    ...['aria-label', 'title', 'placeholder', 'alt'].map((name) => one.getAttribute(name)),
    ...[...one.childNodes].filter((child) => child.nodeType === 3).map((child) => child.textContent),
]).filter(Boolean)"""
RAW = re.compile(r"^[a-z]+[A-Z]\w+$|\{\w+\}")
"""What is shown where a word is unknown, or a blank was not filled."""
OUTSIDE = """() => {
    const isOut = ({ left, right, width }) => width > 2 && (left < -1 || right > innerWidth + 1)
    return [...document.querySelectorAll('main, main *, nav *')]
        .filter((one) => one.checkVisibility() && !one.closest('.page-tabs, table, pre'))
        .filter((one) => isOut(one.getBoundingClientRect()))
        .map((one) => one.outerHTML.slice(0, 120))
}"""
"""What sticks out of the window, but for what scrolls by itself."""


def german(house: House, name: str, **options: Any) -> Person:
    """Somebody whose browser speaks German; with an account, in the lobby."""
    person = house.visitor(name, **options, locale="de-AT")
    account = {"name": name, "email": person.email, "password": PASSWORD}
    person.call("setup.accept", token=house.link.partition("#")[2], **account)
    house.link = ""
    person.opens("/rooms/lobby")
    return person


def shows_no_key(page: Page) -> None:
    """No word's name stands where the word should."""
    assert [text for text in page.evaluate(NAMES) if RAW.search(text.strip())] == []


def test_somebody_whose_browser_is_german_comes_in_and_talks_in_german(house: House) -> None:
    ann = house.visitor("Ann", locale="de-AT")
    ann.opens("/setup#" + house.link.partition("#")[2])
    page = ann.page
    expect(page.get_by_role("heading", name="Richte dein Chinwag ein")).to_be_visible()
    page.get_by_label("Dein Name").fill("Ann")
    page.get_by_label("E-Mail").fill(ann.email)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Los geht’s").click()
    expect(page.get_by_role("heading", name="Willkommen bei Chinwag")).to_be_visible()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["de", "ltr"]
    composer = page.get_by_role("textbox", name="Schreib an #Lobby")
    composer.fill("Servus")
    composer.press("Enter")
    expect(ann.message("Servus")).to_be_visible()
    expect(page.get_by_text("Heute", exact=True)).to_be_visible()
    composer.fill("/remind Tee morgen um halb 9")
    composer.press("Enter")
    expect(page.get_by_text(re.compile(r"Du wirst erinnert: .* um 08:30\."))).to_be_visible()
    shows_no_key(page)
    page.get_by_role("button", name="Menü von Chinwag").click()
    page.get_by_role("menuitem", name="Tastenkürzel").click()
    expect(page.get_by_role("dialog", name="Tastenkürzel")).to_contain_text("Strg")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Raum anlegen").first.click()
    page.get_by_role("dialog").get_by_label("Name").fill("Garten")
    page.get_by_role("dialog").get_by_role("button", name="Anlegen").click()
    expect(page.get_by_role("heading", level=1, name="Garten")).to_be_visible()


def test_what_the_server_refuses_is_refused_in_german(house: House) -> None:
    ann = house.person("Ann")
    bob = house.visitor("Bob", locale="de-DE")
    bob.opens("/sign-in")
    bob.page.get_by_label("E-Mail oder Kürzel").fill(ann.email)
    bob.page.get_by_label("Passwort").fill("something else")
    bob.expects("401")
    bob.page.get_by_role("button", name="Anmelden").click()
    expect(bob.page.get_by_text("Name und Passwort passen nicht zusammen.")).to_be_visible()


def test_another_language_is_chosen_and_spoken_at_once_and_kept(house: House) -> None:
    ann = house.person("Ann")
    asked: list[str] = []
    ann.page.on("request", lambda request: asked.append(request.url))
    ann.opens("/settings/appearance")
    select = ann.page.get_by_label("Language")
    expect(select).to_have_value("system")
    assert [url for url in asked if "/assets/de-" in url] == []
    ann.page.evaluate("window.sameAsBefore = true")
    select.focus()
    select.select_option(label="Deutsch")
    expect(ann.page.get_by_role("heading", name="Deine Einstellungen")).to_be_visible()
    expect(ann.page.get_by_label("Sprache")).to_be_focused()
    expect(ann.page.get_by_role("link", name="Eingang")).to_be_visible()
    expect(ann.page.get_by_role("link", name="Darstellung")).to_be_visible()
    expect(ann.page).to_have_title(re.compile("^Deine Einstellungen"))
    assert ann.page.evaluate("window.sameAsBefore && document.documentElement.lang") == "de"
    ann.page.reload()
    expect(ann.page.get_by_label("Sprache")).to_have_value("de")
    ann.page.get_by_label("Sprache").select_option(label="Wie der Browser")
    expect(ann.page.get_by_role("heading", name="Your settings")).to_be_visible()


PAGES = (
    *("/settings/profile", "/settings/notifications", "/settings/sessions", "/settings/tokens", "/settings/appearance"),
    *("/settings/emoji", "/inbox", "/browse", "/saved", "/search?q=hallo", "/people", "/invites", "/later"),
    *("/admin", "/admin/reports", "/nowhere", "/rooms/lobby?panel=members", "/rooms/lobby?panel=pins"),
)


def test_no_page_shows_the_name_of_a_word_instead_of_it(house: House) -> None:
    ann = german(house, "Ann")
    ann.post("lobby", "Hallo")
    for path in PAGES:
        ann.opens(path)
        expect(ann.page.get_by_role("heading", level=1)).to_be_visible()
        shows_no_key(ann.page)
        lines = ann.page.locator("main").inner_text()
        assert not re.search(r"\b(?:the|your|and|nothing|yet)\b", lines, re.IGNORECASE), f"{path}: {lines}"


def mirrored(house: House, **options: Any) -> Person:
    """Somebody who reads from right to left."""
    ann = house.person("Ann", **options)
    ann.context.add_init_script(MIRROR)
    ann.opens("/rooms/lobby")
    expect(ann.page.locator(".welcome-card")).to_be_visible()
    return ann


def middle(person: Person, selector: str) -> float:
    """Where something is, from the left."""
    box = person.page.locator(selector).first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2


def test_from_right_to_left_the_window_is_turned_round(house: House) -> None:
    ann = mirrored(house)
    assert ann.page.evaluate("document.documentElement.dir") == "rtl"
    ann.page.locator("header .members").click()
    expect(ann.page.locator(".panel-frame")).to_be_visible()
    assert middle(ann, ".panel-frame") < middle(ann, ".timeline") < middle(ann, ".sidebar-pane")
    edge = ann.page.locator(".sidebar-pane .pane-resizer")
    before = int(edge.get_attribute("aria-valuenow") or 0)
    box = edge.bounding_box()
    assert box
    ann.page.mouse.move(box["x"] + 4, 300)
    ann.page.mouse.down()
    ann.page.mouse.move(box["x"] - 46, 300)
    ann.page.mouse.up()
    expect(edge).to_have_attribute("aria-valuenow", str(before + 50))
    edge.press("ArrowLeft")
    expect(edge).to_have_attribute("aria-valuenow", str(before + 66))
    edge.press("ArrowRight")
    expect(edge).to_have_attribute("aria-valuenow", str(before + 50))


def test_from_right_to_left_the_arrows_and_the_emoji_go_on_to_the_left(house: House) -> None:
    ann = mirrored(house)
    turned = "(icon) => getComputedStyle(icon).scale"
    assert ann.page.locator(".composer .send .icon").evaluate(turned) == "-1 1"
    ann.page.locator(".composer textarea").fill("Hello")
    ann.page.keyboard.press("Enter")
    ann.message("Hello").hover()
    ann.page.locator(".message-toolbar [aria-haspopup=dialog]").click()
    cells = ann.page.locator(".emoji-picker .glyphs button")
    cells.nth(0).focus()
    ann.page.keyboard.press("ArrowLeft")
    expect(cells.nth(1)).to_be_focused()
    ann.page.keyboard.press("ArrowRight")
    expect(cells.nth(0)).to_be_focused()


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["wide", "phone"])
def test_long_words_from_right_to_left_fit_every_page(house: House, size: tuple[int, int]) -> None:
    ann = mirrored(house, viewport={"width": size[0], "height": size[1]})
    for path in PAGES:
        ann.opens(path)
        expect(ann.page.locator("h1:visible, h2:visible").first).to_be_visible()
        wide = ann.page.evaluate(OUTSIDE)
        assert wide == [], path
        assert ann.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.parametrize("gone", ["delete HTMLElement.prototype.popover", "delete Set.prototype.union"])
def test_a_browser_that_lacks_what_the_client_needs_says_so(house: House, gone: str) -> None:
    ann = house.visitor("Ann")
    ann.context.add_init_script(gone)
    ann.opens("/")
    expect(ann.page.get_by_role("heading", name="This browser is too old for Chinwag")).to_be_visible()
    expect(ann.page.get_by_text("Please update it")).to_be_visible()
    assert ann.page.locator("#app").count() == 0


def test_an_old_browser_that_is_german_is_told_in_german(house: House) -> None:
    ann = house.visitor("Ann", locale="de-DE")
    ann.context.add_init_script("delete Set.prototype.union")
    ann.opens("/rooms/lobby")
    expect(ann.page.get_by_role("heading", name="Dieser Browser ist zu alt für Chinwag")).to_be_visible()


def test_without_javascript_a_line_says_what_is_needed(house: House) -> None:
    ann = house.visitor("Ann", java_script_enabled=False)
    ann.opens("/")
    expect(ann.page.locator("noscript p").first).to_contain_text("Chinwag needs JavaScript.")
    expect(ann.page.locator("noscript p").first).to_be_visible()
