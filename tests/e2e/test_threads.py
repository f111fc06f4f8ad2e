"""Threads: answers beside the room, seen by all who are in it, wherever one answers from."""

import re

from playwright.sync_api import Locator, expect

from tests.e2e.house import House, Person
from tests.e2e.test_shell import kept


def panel(person: Person) -> Locator:
    """The side panel of a thread."""
    return person.page.get_by_role("complementary", name="Thread")


def answers(person: Person) -> Locator:
    """The words of what stands in the panel, the root first."""
    return panel(person).locator(".message-body")


def field(person: Person) -> Locator:
    """Where one answers."""
    return panel(person).get_by_role("textbox", name="Answer in the thread")


def opens_thread(person: Person, text: str) -> None:
    """By the toolbar of a message."""
    person.chooses(text, "Answer in thread")
    expect(field(person)).to_be_focused()


def answers_with(person: Person, text: str, *, also: bool = False) -> None:
    """Write in the panel and send."""
    if also:
        panel(person).get_by_role("checkbox", name=re.compile("^Also send")).check()
    field(person).fill(text)
    field(person).press("Enter")


def test_an_answer_stands_in_its_thread_and_the_room_shows_how_many_by_whom(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("Who brings cake?")
    bob.sees("Who brings cake?")
    opens_thread(bob, "Who brings cake?")
    answers_with(bob, "I do")
    expect(answers(bob)).to_have_text(["Who brings cake?", "I do"])
    summary = ann.message("Who brings cake?").get_by_role("button", name=re.compile("1 answer"))
    expect(summary).to_contain_text("1 new")
    ann.sees("Who brings cake?")
    summary.click()
    expect(answers(ann)).to_have_text(["Who brings cake?", "I do"])
    expect(summary).not_to_contain_text("new")
    answers_with(ann, "Lemon, please")
    expect(answers(bob).last).to_have_text("Lemon, please")
    answers_with(bob, "Of course")
    for person in (ann, bob):
        expect(answers(person)).to_have_text(["Who brings cake?", "I do", "Lemon, please", "Of course"])
        expect(person.message("Who brings cake?").first).to_contain_text("3 answers")
    ann.page.keyboard.press("Escape")
    expect(panel(ann)).to_have_count(0)
    expect(ann.message("Who brings cake?").first.locator(":focus")).to_have_count(1)
    ann.page.go_back()
    expect(answers(ann).last).to_have_text("Of course")


def test_an_answer_may_stand_in_the_room_too_and_leads_to_its_thread(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("Plans for Friday")
    bob.sees("Plans for Friday")
    opens_thread(bob, "Plans for Friday")
    answers_with(bob, "Only in the thread")
    answers_with(bob, "For everybody: rain", also=True)
    ann.sees("Plans for Friday", "For everybody: rain")
    ann.message("For everybody: rain").get_by_role("button", name="Answered in a thread").click()
    expect(answers(ann)).to_have_text(["Plans for Friday", "Only in the thread", "For everybody: rain"])
    expect(panel(ann)).to_contain_text("Also sent to the room")
    assert panel(bob).get_by_role("checkbox").is_checked() is False


def test_an_answer_waits_in_the_panel_outlives_the_page_and_is_sent_once(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("Anybody?")
    bob.sees("Anybody?")
    opens_thread(bob, "Anybody?")
    expect(panel(bob)).to_contain_text("No answers yet")
    house.pause()
    answers_with(bob, "Me, from the train")
    expect(answers(bob)).to_have_text(["Anybody?", "Me, from the train"])
    expect(panel(bob).get_by_text("Sending…")).to_have_count(1)
    address = bob.page.url
    bob.page.close(run_before_unload=False)
    house.go_on()
    again = bob.tab(address)
    expect(answers(again)).to_have_text(["Anybody?", "Me, from the train"])
    expect(panel(again).get_by_text("Sending…")).to_have_count(0)
    expect(ann.message("Anybody?")).to_contain_text("1 answer")
    ann.chooses("Anybody?", "Answer in thread")
    expect(answers(ann)).to_have_text(["Anybody?", "Me, from the train"])


def test_drafts_of_threads_wait_each_in_its_own(house: House) -> None:
    ann = house.person("Ann")
    ann.says("First")
    ann.says("Second")
    opens_thread(ann, "First")
    field(ann).fill("About the first")
    ann.composer.fill("About neither")
    opens_thread(ann, "Second")
    expect(field(ann)).to_have_value("")
    opens_thread(ann, "First")
    expect(field(ann)).to_have_value("About the first")
    expect(ann.composer).to_have_value("About neither")


def test_the_address_of_an_answer_opens_its_thread_at_it(house: House) -> None:
    ann = house.person("Ann")
    root = ann.post("lobby", "The root")[0]
    last = [answer(ann, root, f"Answer {number}") for number in range(120)][40]
    ann.post("lobby", *(f"Later {number}" for number in range(60)))
    ann.opens(f"/rooms/lobby/{last['seq']}")
    aim = panel(ann).get_by_role("article").filter(has_text=re.compile("Answer 40$"))
    expect(aim).to_be_in_viewport()
    expect(aim).to_have_class(re.compile("marked"))
    expect(ann.message("The root").first).to_be_in_viewport()
    panel(ann).get_by_role("button", name="Jump to the latest").click()
    expect(panel(ann).get_by_text("Answer 119", exact=True)).to_be_in_viewport()


def test_the_address_of_an_answer_opens_its_thread_once_the_server_is_back(house: House) -> None:
    ann = house.person("Ann")
    said = answer(ann, ann.post("lobby", "The root")[0], "The answer")
    ann.sees("The root")
    kept(ann)
    house.stop()
    ann.page.goto(f"/rooms/lobby/{said['seq']}", wait_until="domcontentloaded")
    ann.sees("The root")
    expect(ann.banner).to_contain_text("Offline")
    house.start()
    expect(panel(ann).get_by_text("The answer", exact=True)).to_be_in_viewport()


def answer(person: Person, root: dict[str, int], text: str) -> dict[str, int]:
    """Answer without the page."""
    made: dict[str, int] = person.call(
        "messages.post", room=root["room"], thread=root["id"], body=text, nonce=f"{person.name} {text}"
    )
    return made


def test_a_thread_whose_root_was_deleted_keeps_its_answers(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("Soon gone")
    bob.sees("Soon gone")
    opens_thread(bob, "Soon gone")
    answers_with(bob, "What do you mean?")
    expect(ann.message("Soon gone")).to_contain_text("1 answer")
    ann.chooses("Soon gone", "Delete")
    ann.confirms("Delete")
    expect(panel(bob)).to_contain_text("The message that was answered here was deleted.")
    expect(answers(bob)).to_have_text(["What do you mean?"])


def test_what_happened_in_a_thread_during_a_cut_is_there_afterwards(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("Root")
    bob.sees("Root")
    for person in (ann, bob):
        opens_thread(person, "Root")
    answers_with(bob, "Stays")
    answers_with(bob, "Goes")
    expect(answers(ann)).to_have_text(["Root", "Stays", "Goes"])
    ann.context.set_offline(True)
    house.was_away = True
    expect(ann.banner).to_contain_text("Offline")
    answers_with(bob, "New")
    goes = panel(bob).get_by_role("article").filter(has_text="Goes")
    goes.hover(position={"x": 40, "y": 8})  # the rest is under the toolbar of the one below
    goes.get_by_role("button", name="More").click()
    bob.page.get_by_role("menuitem", name="Delete").click()
    bob.confirms("Delete")
    expect(answers(bob)).to_have_text(["Root", "Stays", "New"])
    ann.context.set_offline(False)
    expect(answers(ann)).to_have_text(["Root", "Stays", "New"])
    expect(ann.message("Root").first).to_contain_text("2 answers")


def test_one_may_follow_a_thread_and_stop(house: House) -> None:
    ann, bob, cat = house.person("Ann"), house.person("Bob"), house.person("Cat")
    ann.says("Root")
    cat.sees("Root")
    opens_thread(cat, "Root")
    bell = panel(cat).get_by_role("button", name="Follow this thread")
    expect(bell).to_have_attribute("aria-pressed", "false")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")
    cat.page.keyboard.press("Escape")
    expect(panel(cat)).to_have_count(0)
    opens_thread(bob, "Root")
    answers_with(bob, "One")
    expect(cat.message("Root")).to_contain_text("1 new")
    cat.message("Root").get_by_role("button", name=re.compile("1 answer")).click()
    expect(cat.message("Root").first).not_to_contain_text("1 new")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "false")
    cat.page.keyboard.press("Escape")
    answers_with(bob, "Two")
    expect(cat.message("Root")).to_contain_text("2 answers")
    expect(cat.message("Root")).not_to_contain_text("new")


def test_who_writes_an_answer_is_seen_writing_in_the_thread_and_not_in_the_room(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("Root")
    bob.sees("Root")
    for person in (ann, bob):
        opens_thread(person, "Root")
    here, there = (place.locator(".typing-line") for place in (ann.page.get_by_role("main"), panel(ann)))
    field(bob).press_sequentially("An ans")
    expect(there).to_have_text("Bob is writing…")
    expect(here).to_be_empty()
    field(bob).press_sequentially("wer")
    field(bob).press("Enter")
    expect(answers(ann)).to_have_text(["Root", "An answer"])
    expect(there).to_be_empty()
    bob.composer.press_sequentially("And now for all")
    expect(here).to_have_text("Bob is writing…")
    expect(there).to_be_empty()
