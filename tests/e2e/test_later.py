"""What one puts off: drafts that follow one, messages that are sent later, reminders, a status, quiet."""

import contextlib
import sqlite3
import time

from playwright.sync_api import expect

from tests.e2e.house import House
from tests.e2e.test_rooms import make_room
from tests.e2e.test_shell import kept


def test_a_draft_follows_one_to_another_browser_and_is_over_once_it_is_said(house: House) -> None:
    ann = house.person("Ann")
    make_room(ann, "Garden")
    ann.composer.fill("I was about to")
    elsewhere = ann.elsewhere()
    expect(elsewhere.room("Garden")).to_contain_text("draft")
    elsewhere.room("Garden").click()
    expect(elsewhere.composer).to_have_value("I was about to")
    elsewhere.says("Said and done")
    ann.sees("Said and done")
    expect(ann.composer).to_have_value("")


def test_what_was_begun_offline_is_saved_when_one_is_back(house: House) -> None:
    ann = house.person("Ann")
    kept(ann)
    house.stop()
    ann.composer.fill("Written in a tunnel")
    house.start()
    elsewhere = ann.elsewhere()
    expect(elsewhere.composer).to_have_value("Written in a tunnel", timeout=40_000)


def test_a_message_is_scheduled_changed_and_sent_when_it_is_due(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.composer.fill("Good morning")
    ann.page.get_by_role("button", name="Send later").click()
    when = ann.dialog().get_by_label("When?")
    when.fill("31 feb")
    expect(ann.dialog().get_by_role("alert").first).to_contain_text("not understood")
    when.fill("in 2 hours")
    expect(ann.dialog().get_by_role("status")).to_contain_text("in 2 hours")
    ann.confirms("Schedule")
    expect(ann.composer).to_have_value("")
    ann.page.get_by_role("link", name="Later").click()
    row = ann.page.get_by_role("listitem").filter(has_text="Good morning")
    expect(row).to_contain_text("#Lobby")
    row.get_by_role("button", name="Change").click()
    ann.dialog().get_by_role("textbox", name="Message").fill("Good evening")
    ann.confirms("Schedule")
    expect(ann.page.get_by_role("listitem").filter(has_text="Good evening")).to_be_visible()
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    ann.call("scheduled.edit", id=ann.call("scheduled.page")["scheduled"][0]["id"], due_at=soon)
    bob.sees("Good evening")
    expect(ann.page.get_by_role("link", name="Later")).to_have_count(0)


def test_what_could_not_be_sent_comes_back_with_the_reason_and_a_way_on(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    rooms = [
        ann.call("rooms.create", name=name, users=[2], kind="private" if name == "Garden" else "public")["id"]
        for name in ("Garden", "Shed")
    ]
    words = "Who has the **hose**? ||In the shed||"
    for room, body in zip(rooms, (words, "Paint the door"), strict=True):
        bob.call("scheduled.create", room=room, body=body, due_at=in_an_hour())
    ann.call("members.remove", room=rooms[0], user=2)
    ann.call("rooms.archive", room=rooms[1], on=True)
    fall_due(house)
    bob.page.get_by_role("button", name="Look at it").first.click()
    lost = bob.page.get_by_role("listitem").filter(has_text="Who has the hose? ▒▒▒▒")
    expect(lost).to_contain_text("Not sent: You are no longer in this room.")
    expect(lost).to_contain_text("a room that you are not in")
    expect(lost.get_by_role("button", name="Change")).to_have_count(0)
    lost.get_by_role("button", name="Copy text").click()
    bob.page.wait_for_function("async (words) => (await navigator.clipboard.readText()) === words", arg=words)
    closed = bob.page.get_by_role("listitem").filter(has_text="Paint the door")
    expect(closed).to_contain_text("Not sent: This room is archived")
    expect(closed.get_by_role("button", name="Change")).to_have_count(0)
    lost.get_by_role("button", name="Do not send").click()
    bob.confirms("Do not send")
    expect(lost).to_have_count(0)
    ann.call("rooms.archive", room=rooms[1], on=False)
    closed.get_by_role("button", name="Change").click()
    bob.dialog().get_by_label("When?").fill("in 2 hours")
    bob.confirms("Schedule")
    expect(closed).not_to_contain_text("Not sent")
    fall_due(house)
    ann.room("Shed").click()
    ann.sees("Paint the door")


def fall_due(house: House) -> None:
    """The time of all that is scheduled has come."""
    with contextlib.closing(sqlite3.connect(house.database, timeout=20)) as database, database:
        database.execute("UPDATE scheduled SET due_at = 1")


def in_an_hour() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))


def test_one_is_reminded_of_a_message(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    bob.says("Please water the tomatoes")
    ann.sees("Please water the tomatoes")
    ann.chooses("Please water the tomatoes", "Remind me about this…")
    ann.dialog().get_by_label("A note to yourself").fill("Tomatoes")
    ann.confirms("Remind me")
    ann.page.get_by_role("link", name="Later").click()
    expect(ann.page.get_by_role("listitem").filter(has_text="Tomatoes")).to_be_visible()
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    ann.call("reminders.create", text="Tea", due_at=soon)
    expect(ann.page.get_by_text("Reminder: Tea")).to_be_visible()
    ann.page.get_by_role("button", name="Forget it").click()
    expect(ann.page.get_by_text("You will be reminded of nothing.")).to_be_visible()


def test_commands_remind_one_and_set_a_status(house: House) -> None:
    ann = house.person("Ann")
    ann.says("/remind me to water the tomatoes in 2 hours")
    expect(ann.page.get_by_text("You will be reminded")).to_be_visible()
    assert ann.call("reminders.page")["reminders"][0]["text"] == "water the tomatoes"
    ann.says("/status 🌴 By the sea")
    expect(ann.page.get_by_role("navigation").get_by_role("img", name="Status: By the sea")).to_be_visible()


def test_a_status_and_quiet_are_seen_by_others(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.menu("Menu of Chinwag", "Set a status")
    ann.dialog().get_by_role("button", name="On holiday").click()
    ann.confirms("Save")
    ann.menu("Menu of Chinwag", "Do not disturb")
    ann.confirms("Do not disturb me")
    ann.says("Off I go")
    said = bob.message("Off I go")
    expect(said.get_by_role("img", name="Status: On holiday")).to_be_visible()
    expect(said.get_by_role("img", name="Not to be disturbed")).to_be_visible()
    ann.menu("Menu of Chinwag", "Be disturbed again")
    expect(said.get_by_role("img", name="Not to be disturbed")).to_have_count(0)
