"""Nothing jumps and nothing flashes: when a page opens from what is kept, and when what loads late comes."""

import json

from playwright.sync_api import expect

from tests.e2e.checks import WATCH, moved
from tests.e2e.house import House


def test_what_was_said_meanwhile_is_there_without_a_flash(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.post("lobby", "Hello")
    bob.sees("Hello")
    *_, last = ann.post("lobby", *(f"Kept {number}" for number in range(60)))
    bob.sees("Kept 59")
    # The page says so itself only half a second later.
    bob.call("reads.mark", room=last["room"], seq=last["seq"])
    bob.page.reload()
    bob.sees("Kept 59")
    ann.sees("Kept 59")
    bob.page.goto("about:blank")
    ann.post("lobby", "Said meanwhile", "And more")
    bob.context.add_init_script(WATCH)
    bob.opens("/rooms/lobby")
    bob.sees("Said meanwhile", "And more")
    expect(bob.page.get_by_role("separator", name="New")).to_be_visible()
    states = bob.page.evaluate("states")
    # Grey lines stand there before, and are drawn only when they stand longer than 300 ms.
    assert states.index("messages") == len(states) - 1, states
    around = [one for one in moved(bob.page) if not all(place for place, *_ in one[1:])]
    assert sum(value for value, *_ in around) < 0.1, json.dumps(around, indent=1)
    # They make room for the two that came, and for the line above these.
    moves = bob.page.evaluate("moves")
    assert all(move < 0 for move in moves), moves
    assert sum(moves) > -150, moves
