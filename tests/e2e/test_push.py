"""What reaches beyond the page: notifications, pushes that the service worker shows, what other apps share, the icon.

A browser of the tests reaches no push service. So it is given a subscription at one of ours, which opens what our
server sends as the browser would, and what it said is handed to the real service worker.
"""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Worker, expect

from tests.e2e.checks import complaints_of_axe
from tests.e2e.house import House, Person, keeping_house
from tests.e2e.test_shell import kept
from tests.push_service import PushService

SUBSCRIBED = """
    const made = %s
    const plain = (text) => atob(text.replace(/-/g, "+").replace(/_/g, "/"))
    const bytes = (text) => Uint8Array.from(plain(text), (one) => one.charCodeAt(0))
    const keep = (key) => (key === undefined ? localStorage.getItem("made") : localStorage.setItem("made", key))
    const subscription = () => ({
        options: { applicationServerKey: bytes(keep()).buffer },
        toJSON: () => ({ endpoint: made.endpoint, keys: { p256dh: made.p256dh, auth: made.auth } }),
        unsubscribe: () => Promise.resolve(localStorage.removeItem("made")),
    })
    PushManager.prototype.getSubscription = () => Promise.resolve(keep() ? subscription() : null)
    PushManager.prototype.subscribe = ({ applicationServerKey }) => {
        keep(applicationServerKey)
        return Promise.resolve(subscription())
    }
"""
ASKED = """
    let answer = localStorage.getItem("answer") ?? "default"
    Object.defineProperty(Notification, "permission", { get: () => answer })
    Notification.requestPermission = () => {
        window.asked = (window.asked ?? 0) + 1
        localStorage.setItem("answer", (answer = window.answers ?? "granted"))
        return Promise.resolve(answer)
    }
"""
SHOWN = """() => navigator.locks.request("chinwag-shown", async () =>
    (await registration.getNotifications()).map((one) => [one.tag, one.title, one.body]))"""
CLICK = """(tag) => registration.getNotifications({ tag }).then(([notification]) => {
    const event = new NotificationEvent("notificationclick", { notification })
    return new Promise((done) => {
        event.waitUntil = done // only the browser's own events can be waited for
        dispatchEvent(event)
    })
})"""


class PushHouse(House):
    """A house that posts to the push service of a test."""

    program = "tests.push_program"
    service: PushService


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    """A push service, on a loop of its own."""
    service = PushService(tmp_path)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> None:
        service.start()

    asyncio.run_coroutine_threadsafe(start(), loop).result(20)
    monkeypatch.setenv("PUSH_PORT", str(service.port))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "push.pem"))
    yield service
    asyncio.run_coroutine_threadsafe(service.stop(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    assert service.refused == []


@pytest.fixture
def house(browser: Browser, tmp_path: Path, service: PushService) -> Iterator[PushHouse]:
    with keeping_house(browser, tmp_path, kind=PushHouse) as house:
        assert isinstance(house, PushHouse)
        house.service = service
        yield house


def allow(person: Person) -> None:
    """Let a browser notify, and subscribe at our push service."""
    person.context.grant_permissions(["notifications"])
    person.context.add_init_script(SUBSCRIBED % json.dumps(person.house.service.browser(person.name)))  # type: ignore[attr-defined]


def device_of(person: Person) -> Locator:
    """The one device in the settings, which is this browser."""
    return person.page.get_by_role("listitem").filter(has_text="This one")


def turn_on(person: Person) -> None:
    """Have this browser told."""
    service: PushService = person.house.service  # type: ignore[attr-defined]
    service.key = person.call("push.list")["key"]
    person.opens("/settings/notifications")
    person.page.get_by_role("switch", name="Notifications", exact=True).check()
    expect(device_of(person)).to_be_visible()


def worker_of(person: Person) -> Worker:
    """The service worker of a browser."""
    kept(person)
    return person.context.service_workers[0]


def wait_for_push(page: Page, service: PushService, name: str, count: int) -> dict[str, Any]:
    """The so-manieth push that a browser got."""
    for _ in range(600):
        if len(service.said(name)) >= count:
            return service.said(name)[count - 1]
        page.wait_for_timeout(50)  # nobody in the page hears of it
    raise AssertionError(f"{name} got {service.said(name)}")


def deliver(person: Person, said: dict[str, Any]) -> None:
    """Hand a push to the service worker, as the browser does."""
    session = person.context.new_cdp_session(person.page)
    found: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    for _ in range(200):
        if found:
            break
        person.page.wait_for_timeout(25)
    pushed = {"origin": person.house.url, "registrationId": found[0]["registrationId"], "data": json.dumps(said)}
    session.send("ServiceWorker.deliverPushMessage", pushed)
    session.detach()


def shows(person: Person, worker: Worker, *these: list[str]) -> None:
    """Wait until exactly these notifications are shown: their tags, titles and texts."""
    found: list[list[str]] = []
    for _ in range(200):
        found = worker.evaluate(SHOWN)
        if found == list(these):
            return
        person.page.wait_for_timeout(50)
    raise AssertionError(f"{person.name} is shown {found}")


def test_a_browser_whose_page_is_closed_is_told_and_what_is_read_elsewhere_goes(house: PushHouse) -> None:
    service = house.service
    ann, bob = house.person("Ann"), house.person("Bob")
    allow(ann)
    turn_on(ann)
    worker = worker_of(ann)
    ann.page.goto("about:blank")
    bob.post("lobby", "Lunch in the **garden**?")
    pushed = wait_for_push(bob.page, service, "Ann", 1)
    deliver(ann, pushed)
    shows(ann, worker, ["room:1", "Bob in #Lobby", "A new message"])
    ann.call("preferences.set", shows_text=True)
    bob.post("lobby", "At one, by the *roses*")
    deliver(ann, wait_for_push(bob.page, service, "Ann", 2))
    shows(ann, worker, ["room:1", "Bob in #Lobby", "At one, by the roses"])
    phone = ann.elsewhere()
    phone.sees("Lunch in the garden?", "At one, by the roses")
    gone = wait_for_push(bob.page, service, "Ann", 3)
    assert gone["closes"] == ["room:1"]
    deliver(ann, gone)
    shows(ann, worker)
    assert [one["state"] for one in ann.call("push.log")["pushes"]] == ["sent", "sent"]


def test_a_click_opens_the_message_in_the_window_that_is_there_else_in_a_new_one(house: PushHouse) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    allow(ann)
    turn_on(ann)
    worker = worker_of(ann)
    ann.page.goto("about:blank")
    bob.post("lobby", "First", "The second")
    deliver(ann, wait_for_push(bob.page, house.service, "Ann", 1))
    shows(ann, worker, ["room:1", "Bob in #Lobby", "A new message"])
    worker.evaluate("() => (clients.openWindow = async (path) => void (globalThis.opened = path))")
    worker.evaluate(CLICK, "room:1")
    assert re.fullmatch(r"/rooms/lobby/\d+", worker.evaluate("() => globalThis.opened"))
    shows(ann, worker)
    ann.opens("/browse")
    expect(ann.heading).to_have_text("Browse rooms")
    deliver(ann, house.service.said("Ann")[0])
    shows(ann, worker, ["room:1", "Bob in #Lobby", "A new message"])
    ann.page.evaluate("window.still = true")
    worker.evaluate(CLICK, "room:1")
    expect(ann.message("The second")).to_have_class(re.compile("marked"))
    assert ann.page.evaluate("window.still"), "the page was not loaded again"


def test_what_no_page_of_ours_sent_is_shown_too(house: PushHouse) -> None:
    ann = house.person("Ann")
    allow(ann)
    turn_on(ann)
    worker = worker_of(ann)
    deliver(ann, {"kind": "test", "tag": "test", "closes": [], "path": "/settings/notifications"})
    shows(ann, worker, ["test", "Notifications work", "This is how you are told."])
    session = ann.context.new_cdp_session(ann.page)
    found: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    ann.page.wait_for_function("() => true")
    broken = {"origin": house.url, "registrationId": found[0]["registrationId"], "data": "not ours"}
    session.send("ServiceWorker.deliverPushMessage", broken)
    shows(
        ann,
        worker,
        ["test", "Notifications work", "This is how you are told."],
        ["unknown", "There is something new", ""],
    )


def test_a_device_is_tested_listed_logged_and_removed(house: PushHouse) -> None:
    ann = house.person("Ann")
    allow(ann)
    turn_on(ann)
    page = ann.page
    page.get_by_role("button", name="Test Chrome on Linux").click()
    assert wait_for_push(page, house.service, "Ann", 1)["kind"] == "test"
    page.get_by_text("What your devices were told").click()
    expect(page.get_by_role("listitem").filter(has_text="A test")).to_contain_text("Handed over")
    page.get_by_role("switch", name="Show the text of messages").check()
    assert complaints_of_axe(page) == []
    page.get_by_role("button", name="Remove Chrome on Linux").click()
    ann.confirms("Remove")
    expect(page.get_by_text("None yet.")).to_be_visible()
    expect(page.get_by_role("switch", name="Notifications", exact=True)).not_to_be_checked()
    page.reload()
    expect(page.get_by_role("switch", name="Show the text of messages")).to_be_checked()
    expect(page.get_by_text("None yet.")).to_be_visible()


def test_signing_out_ends_it_until_it_is_turned_on_again(house: PushHouse) -> None:
    ann = house.person("Ann")
    allow(ann)
    turn_on(ann)
    ann.page.get_by_role("button", name="Menu of Chinwag").click()
    ann.page.get_by_role("menuitem", name="Sign out").click()
    expect(ann.page.get_by_role("button", name="Sign in")).to_be_visible()
    found = "() => navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)"
    ann.page.wait_for_function(found)  # and with it its subscription, and what it showed
    ann.call("sessions.create", login=ann.email, password="correct horse battery")
    assert ann.call("push.list")["devices"] == []
    turn_on(ann)
    assert [one["current"] for one in ann.call("push.list")["devices"]] == [True]


def test_one_is_asked_after_one_has_said_something_never_on_load_and_not_again(house: PushHouse) -> None:
    ann = house.visitor("Ann")
    ann.context.grant_permissions(["notifications"])
    ann.context.add_init_script(ASKED)
    ann.context.add_init_script(SUBSCRIBED % json.dumps(house.service.browser("Ann")))
    token = house.link.partition("#")[2]
    ann.call("setup.accept", token=token, name="Ann", email=ann.email, password="correct horse battery")
    ann.opens("/rooms/lobby")
    kept(ann)
    offer = ann.page.get_by_role("complementary", name="Hear of messages while you are away?")
    expect(offer).to_have_count(0)
    ann.says("Hello")
    expect(offer).to_be_visible()
    assert complaints_of_axe(ann.page) == []
    offer.get_by_role("button", name="Not now").click()
    expect(offer).to_have_count(0)
    assert ann.page.evaluate("window.asked") is None
    ann.page.reload()
    ann.says("Again")
    ann.sees("Hello", "Again")
    expect(offer).to_have_count(0)
    ann.page.evaluate("localStorage.removeItem('chinwag.push.asked')")
    ann.says("A month later")
    offer.get_by_role("button", name="Turn on notifications").click()
    expect(ann.page.get_by_text("This browser tells you from now on.")).to_be_visible()
    assert len(ann.call("push.list")["devices"]) == 1
    ann.says("More")
    expect(offer).to_have_count(0)


def test_a_browser_that_says_no_or_cannot_is_told_what_to_do(house: PushHouse) -> None:
    ann = house.visitor("Ann")
    ann.context.grant_permissions(["notifications"])
    ann.context.add_init_script(ASKED)
    token = house.link.partition("#")[2]
    ann.call("setup.accept", token=token, name="Ann", email=ann.email, password="correct horse battery")
    ann.opens("/settings/notifications")
    kept(ann)
    ann.page.evaluate("window.answers = 'denied'")
    ann.page.get_by_role("button", name="Turn notifications on").click()
    expect(ann.page.get_by_text("The browser blocks notifications of this page.")).to_be_visible()
    ann.page.evaluate("localStorage.setItem('answer', 'granted')")
    ann.page.reload()
    ann.expects("does not support the Push API")  # as every browser of these tests is in private
    ann.page.get_by_role("switch", name="Notifications", exact=True).check()
    expect(ann.page.get_by_text("The push service of this browser could not be reached")).to_be_visible()
    expect(ann.page.get_by_role("button", name="Try again")).to_be_visible()
    assert complaints_of_axe(ann.page) == []


def test_what_another_app_shares_goes_where_one_says(house: PushHouse) -> None:
    ann = house.person("Ann")
    ann.call("rooms.create", name="Garden")
    kept(ann)
    ann.page.reload()
    share(ann.page)
    expect(ann.heading).to_have_text("Share")
    expect(ann.page.get_by_text("Roses, and how to cut them")).to_be_visible()
    expect(ann.page.get_by_text("notes from the garden.txt")).to_be_visible()
    assert complaints_of_axe(ann.page) == []
    ann.page.get_by_role("radio", name="Garden").check()
    ann.page.get_by_role("button", name="Write there").click()
    expect(ann.composer).to_have_value("Roses, and how to cut them\nhttps://example.org/roses")
    expect(ann.page.get_by_text("notes from the garden.txt, ready")).to_be_attached()
    ann.composer.press("Enter")
    expect(ann.message("Roses, and how to cut them")).to_contain_text("notes from the garden.txt")
    ann.opens("/share")
    expect(ann.heading).to_have_text("Share")
    expect(ann.page.get_by_text("Roses")).to_have_count(0)


def share(page: Page) -> None:
    """Share a page and a file, as the system does."""
    page.evaluate(
        """() => {
            const make = (tag, values) => Object.assign(document.createElement(tag), values)
            const form = make("form", { method: "post", action: "/share", enctype: "multipart/form-data" })
            const url = "https://example.org/roses"
            for (const [name, value] of [["title", "Roses, and how to cut them"], ["text", url], ["url", url]]) {
                form.append(make("input", { name, value }))
            }
            const data = new DataTransfer()
            data.items.add(new File(["Cut them in March"], "notes from the garden.txt", { type: "text/plain" }))
            form.append(make("input", { type: "file", name: "files", multiple: true, files: data.files }))
            document.body.append(form)
            form.submit()
        }"""
    )


def test_a_new_message_begins_with_whom_it_is_for(house: PushHouse) -> None:
    ann = house.person("Ann")
    ann.opens("/new")
    expect(ann.heading).to_have_text("New message")
    ann.page.get_by_role("searchbox", name="Find a room").fill("lob")
    ann.page.get_by_role("radio", name="Lobby").check()
    ann.page.get_by_role("button", name="Write there").click()
    expect(ann.composer).to_be_focused()


def test_the_icon_counts_what_calls_one_until_it_is_read(house: PushHouse) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.context.add_init_script(
        """
        window.badge = null
        navigator.setAppBadge = (count) => Promise.resolve((window.badge = count))
        navigator.clearAppBadge = () => Promise.resolve((window.badge = 0))
        """
    )
    ann.opens("/browse")
    ann.page.wait_for_function("() => window.badge === 0")
    bob.post("lobby", "Hello all", "And you, @ann")
    direct = bob.call("rooms.direct", users=[ann.call("accounts.me")["id"]])
    bob.call("messages.post", room=direct["id"], body="psst", nonce="psst")
    ann.page.wait_for_function("() => window.badge === 2")
    ann.opens("/rooms/lobby")
    ann.page.wait_for_function("() => window.badge === 1")


def test_the_browsers_offer_to_install_waits_in_the_menu(house: PushHouse) -> None:
    ann = house.person("Ann")
    menu = ann.page.get_by_role("button", name="Menu of Chinwag")
    menu.click()
    expect(ann.page.get_by_role("menuitem", name="Sign out")).to_be_visible()
    expect(ann.page.get_by_role("menuitem", name="Install as an app")).to_have_count(0)
    ann.page.keyboard.press("Escape")
    ann.page.evaluate(
        """() => {
            const event = new Event("beforeinstallprompt", { cancelable: true })
            event.prompt = () => Promise.resolve({ outcome: (window.prompted = "accepted") })
            window.dispatchEvent(event)
            window.prevented = event.defaultPrevented
        }"""
    )
    assert ann.page.evaluate("window.prevented")
    menu.click()
    ann.page.get_by_role("menuitem", name="Install as an app").click()
    assert ann.page.evaluate("window.prompted") == "accepted"
    menu.click()
    expect(ann.page.get_by_role("menuitem", name="Install as an app")).to_have_count(0)


def test_the_manifest_leads_to_pages_that_there_are(house: PushHouse) -> None:
    ann = house.person("Ann")
    manifest = ann.page.evaluate("fetch('/manifest.webmanifest').then((answer) => answer.json())")
    assert {icon.get("purpose", "any") for icon in manifest["icons"]} == {"any", "maskable", "monochrome"}
    headings = {}
    for shortcut in manifest["shortcuts"]:
        ann.opens(shortcut["url"])
        expect(ann.heading).to_be_visible()
        headings[shortcut["name"]] = ann.heading.inner_text()
    assert headings == {"New message": "New message", "Inbox": "Inbox", "Search": "Search"}
