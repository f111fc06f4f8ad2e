"""Where the browser keeps nothing, or stops to: one reads and writes all the same, and is told nothing of it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.house import OFFLINE, House, Person
from tests.world import PASSWORD

BROKEN = {
    "is refused": "indexedDB.open = () => { throw new DOMException('Private.', 'SecurityError') }",
    "fails later": """indexedDB.open = () => {
        const request = new EventTarget()
        request.error = new DOMException('Broken.', 'UnknownError')
        setTimeout(() => request.onerror?.(new Event('error')))
        return request
    }""",
    "never answers": "indexedDB.open = () => new EventTarget()",
    "is not there": "Object.defineProperty(window, 'indexedDB', { value: undefined })",
    "takes nothing": """IDBObjectStore.prototype.put = function () {
        throw new DOMException('Full.', 'QuotaExceededError')
    }""",
    "takes nothing after a while": """{
        const put = IDBObjectStore.prototype.put
        let left = 20
        IDBObjectStore.prototype.put = function (...row) {
            if (left-- < 0) throw new DOMException('Full.', 'QuotaExceededError')
            return put.apply(this, row)
        }
    }""",
    "gives nothing back": """IDBObjectStore.prototype.getAll = function () {
        throw new DOMException('Broken.', 'UnknownError')
    }""",
    "is forbidden with all other storage": """{
        const refuse = { get() { throw new DOMException('Forbidden.', 'SecurityError') } }
        Object.defineProperty(window, 'indexedDB', refuse)
        Object.defineProperty(window, 'localStorage', refuse)
    }""",
}


@pytest.mark.parametrize("way", BROKEN)
def test_one_talks_and_comes_back_though_the_database(house: House, way: str) -> None:
    bob, ann = house.person("Bob"), house.person("Ann")
    bob.says("From the beginning")
    ann.sees("From the beginning")
    ann.context.add_init_script(BROKEN[way])
    ann.page.reload()
    ann.sees("From the beginning")
    ann.says("Said by Ann")
    bob.sees("From the beginning", "Said by Ann")
    house.was_away = True
    ann.context.set_offline(True)
    expect(ann.banner).to_contain_text(OFFLINE)
    ann.says("Said in the tunnel")
    bob.says("Said meanwhile")
    bob.sees("Said by Ann", "Said meanwhile")
    expect(bob.page.get_by_text("Sending…")).to_have_count(0)
    ann.context.set_offline(False)
    for one in (ann, bob):
        one.sees("Said by Ann", "Said meanwhile", "Said in the tunnel")
    expect(ann.page.get_by_text("Sending…")).to_have_count(0)
    expect(ann.page.get_by_role("alert")).to_have_count(0)
    expect(ann.banner).to_be_empty()


SLOW = "IDBObjectStore.prototype.put = () => new EventTarget()"


def test_a_page_that_is_gone_before_its_database_has_a_post_takes_nothing_with_it(house: House) -> None:
    bob, ann = house.person("Bob"), house.person("Ann")
    ann.page.evaluate(SLOW)
    ann.says("Said though the disk is slow")
    bob.sees("Said though the disk is slow")
    house.pause()
    ann.says("Said at the last moment")
    ann.sees("Said at the last moment")
    ann.page.close(run_before_unload=False)
    house.go_on()
    for one in (ann.tab("/rooms/lobby"), bob):
        one.sees("Said though the disk is slow", "Said at the last moment")
        expect(one.page.get_by_text("Sending…")).to_have_count(0)


DELETE = """async () => {
    for (const { name } of await indexedDB.databases()) await new Promise((done, failed) => {
        const request = indexedDB.deleteDatabase(name)
        request.onsuccess = done
        request.onerror = request.onblocked = failed
    })
}"""


def test_a_database_that_is_deleted_under_an_open_page_takes_nothing_with_it_that_waits(house: House) -> None:
    bob, ann = house.person("Bob"), house.person("Ann")
    ann.says("Said before")
    bob.sees("Said before")
    ann.page.wait_for_load_state("networkidle")
    house.was_away = True
    ann.context.set_offline(True)
    expect(ann.banner).to_contain_text(OFFLINE)
    ann.says("Written before")
    ann.page.evaluate(DELETE)
    ann.says("Written after")
    ann.context.set_offline(False)
    for one in (ann, bob):
        one.sees("Written before", "Written after")
    expect(ann.page.get_by_text("Sending…")).to_have_count(0)
    ann.page.reload()
    ann.sees("Written before", "Written after")


NEWER = """async () => {
    const [{ name, version }] = await indexedDB.databases()
    const request = indexedDB.open(name, version + 1)
    await new Promise((done, failed) => Object.assign(request, { onsuccess: done, onerror: failed, onblocked: failed }))
    request.result.close()
}"""


def test_a_newer_version_in_another_tab_has_not_to_wait_and_the_older_goes_on(house: House) -> None:
    bob, ann = house.person("Bob"), house.person("Ann")
    ann.says("Said before")
    bob.sees("Said before")
    ann.page.evaluate(NEWER)
    ann.says("Said by the older one")
    bob.sees("Said by the older one")
    ann.page.reload()
    ann.says("And again")
    bob.sees("Said by the older one", "And again")
    ann.sees("Said by the older one", "And again")


HOLD = """async () => {
    const [{ name, version }] = await indexedDB.databases()
    await new Promise((done) => (indexedDB.open(name, version).onsuccess = done))
    window.upgrade = indexedDB.open(name, version + 1)
}"""


def test_an_upgrade_that_another_page_holds_up_holds_up_nobody(house: House) -> None:
    ann = house.person("Ann")
    ann.says("Kept")
    tab = ann.tab("/rooms/lobby")
    tab.sees("Kept")
    # A connection that does not make way, and an upgrade that waits for it: whoever opens now waits behind both.
    tab.page.evaluate(HOLD)
    ann.page.reload()
    ann.sees("Kept")
    ann.says("Said all the same")
    tab.sees("Kept", "Said all the same")


CACHED = """async () => {
    const cached = []
    for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) cached.push(new URL(url).pathname)
    return cached
}"""

NOTHING_KEPT = """async () => {
    const stored = Object.keys(localStorage).filter((key) => !/^chinwag\\.(theme|width)/.test(key))
    return !stored.length && !(await indexedDB.databases()).length
}"""


def test_signing_out_leaves_nothing_of_anybody_in_any_tab_and_the_next_one_sees_nothing(house: House) -> None:
    bob, ann = house.person("Bob"), house.person("Ann")
    ann.call("rooms.create", name="Secret plans", kind="private")
    ann.room("Secret plans").click()
    ann.says("The treasure is under the oak")
    ann.sees("The treasure is under the oak")
    tab = ann.tab("/rooms/lobby")
    tab.composer.fill("Half a thought of Ann")
    ann.composer.fill("Another half")
    ann.menu("Menu of Chinwag", "Sign out")
    for one in (ann, tab):
        expect(one.page.get_by_role("heading", name="Sign in to Chinwag")).to_be_visible()
        one.page.wait_for_function(NOTHING_KEPT)
        cached = one.page.evaluate(CACHED)
        assert all(path == "/" or path.startswith("/assets/") or "." in path for path in cached)
    sign_in(tab, bob)
    expect(tab.heading).to_have_text("Lobby")
    ann.opens("/rooms/lobby")
    for one in (tab, ann):
        expect(one.heading).to_have_text("Lobby")
        expect(one.composer).to_have_value("")
        expect(one.page.get_by_text("Secret plans")).to_have_count(0)
        expect(one.page.get_by_text("treasure")).to_have_count(0)


def sign_in(person: Person, other: Person) -> None:
    """As somebody else."""
    person.page.get_by_label("E-mail or handle").fill(other.email)
    person.page.get_by_label("Password").fill(PASSWORD)
    person.page.get_by_role("button", name="Sign in").click()
