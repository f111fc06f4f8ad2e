"""A network that is cut for a while, and people who write on, on both sides of the cut.

`CHINWAG_CUT=60` makes it last a minute.
"""

import os
import time
from itertools import count

from playwright.sync_api import expect

from tests.e2e.house import OFFLINE, House, Person

SECONDS = float(os.environ.get("CHINWAG_CUT", "2"))

# At every change of the page: what had been said and is gone, what stands there twice, and pages without anything.
WATCH = """() => {
    const seen = new Set()
    window.trouble = []
    const look = () => {
        const said = [...document.querySelectorAll("main .message-body")].map((one) => one.textContent.trim())
        for (const one of seen) if (!said.includes(one)) trouble.push(`gone: ${one}`)
        if (new Set(said).size < said.length) trouble.push(`twice: ${said}`)
        if (document.querySelector(".timeline > .over")) trouble.push("empty")
        for (const one of said) seen.add(one)
    }
    new MutationObserver(look).observe(document, { childList: true, subtree: true })
}"""


def test_two_people_write_on_through_a_cut_and_both_end_with_the_same(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    for person in (ann, bob):
        expect(person.composer).to_be_visible()
    ann.says("Ann, before")
    bob.sees("Ann, before")
    bob.says("Bob, before")
    before = ["Ann, before", "Bob, before"]
    for person in (ann, bob):
        person.sees(*before)
        person.page.evaluate(WATCH)
    house.was_away = True
    ann.context.set_offline(True)
    expect(ann.banner).to_contain_text(OFFLINE)
    hers, his = write_on(ann, bob)
    ann.sees(*before, *hers)
    bob.sees(*before, *his)
    expect(ann.page.get_by_text("Sending…")).to_have_count(len(hers))
    expect(ann.banner).to_contain_text(OFFLINE)
    expect(bob.page.get_by_text("Sending…")).to_have_count(0)
    expect(bob.banner).to_be_empty()
    ann.context.set_offline(False)
    for person in (ann, bob):
        person.sees(*before, *his, *hers)
        expect(person.page.get_by_text("Sending…")).to_have_count(0)
        expect(person.messages).to_have_count(len([*before, *his, *hers]))
        expect(person.banner).to_be_empty()
    for person in (ann, bob):
        assert person.page.evaluate("trouble") == []
        person.page.reload()
        person.sees(*before, *his, *hers)


def write_on(*people: Person) -> list[list[str]]:
    """Each in turn types a line, letter by letter, until the time is over; what each has said."""
    end = time.monotonic() + SECONDS
    said: list[list[str]] = [[] for _ in people]
    for number in count(1):
        for person, lines in zip(people, said, strict=True):
            lines.append(f"{person.name}, {number}, in the cut")
            person.composer.press_sequentially(lines[-1], delay=40)
            person.composer.press("Enter")
        if number > 1 and time.monotonic() > end:
            break
    return said
