"""Away and back: what is kept can be read, what is written waits, and both sides end with the same, once."""

from playwright.sync_api import expect

from tests.e2e.house import OFFLINE, House, Person


def test_what_is_written_while_the_server_is_away_is_sent_once_and_in_order(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("Before the cut")
    bob.sees("Before the cut")
    house.stop()
    expect(ann.banner).to_contain_text(OFFLINE)
    ann.sees("Before the cut")
    ann.says("First, written offline")
    ann.says("Second, written offline")
    ann.sees("Before the cut", "First, written offline", "Second, written offline")
    house.start()
    expect(ann.banner).to_be_empty()
    expect(ann.page.get_by_text("Sending…")).to_have_count(0)
    for person in (ann, bob):
        person.sees("Before the cut", "First, written offline", "Second, written offline")
        person.page.reload()
        person.sees("Before the cut", "First, written offline", "Second, written offline")


def test_what_waits_outlives_the_page(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    house.pause()
    ann.says("One")
    ann.says("Two")
    ann.sees("One", "Two")
    ann.page.close(run_before_unload=False)
    house.go_on()
    again = ann.tab("/rooms/lobby")
    again.sees("One", "Two")
    bob.sees("One", "Two")


def test_a_browser_that_says_it_is_offline_is_believed_and_comes_back_by_itself(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    house.was_away = True
    ann.context.set_offline(True)
    expect(ann.banner).to_contain_text(OFFLINE)
    ann.says("From the tunnel")
    bob.says("Meanwhile")
    bob.sees("Meanwhile")
    expect(bob.page.get_by_text("Sending…")).to_have_count(0)
    ann.context.set_offline(False)
    expect(ann.banner).to_be_empty()
    bob.sees("Meanwhile", "From the tunnel")
    ann.sees("Meanwhile", "From the tunnel")


def test_edits_and_deletes_that_happened_in_the_cut_are_there_afterwards(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("Alpha")
    ann.says("Beta")
    ann.says("Gamma")
    bob.sees("Alpha", "Beta", "Gamma")
    house.was_away = True
    bob.context.set_offline(True)
    expect(bob.banner).to_contain_text(OFFLINE)
    ann.chooses("Alpha", "Delete")
    ann.confirms("Delete")
    ann.chooses("Beta", "Edit")
    editor = ann.page.get_by_role("textbox", name="Edit message")
    editor.fill("Beta, better")
    editor.press("Enter")
    expect(ann.message("Beta, better")).to_be_visible()
    bob.sees("Alpha", "Beta", "Gamma")
    bob.context.set_offline(False)
    bob.sees("Beta, better", "Gamma")
    expect(bob.messages).to_have_count(2)


def test_a_second_visit_shows_what_is_kept_before_the_network_answers(house: House) -> None:
    ann = house.person("Ann")
    ann.call("rooms.create", name="Garden")
    ann.post("garden", "Tulips", "Roses")
    ann.post("lobby", "Kept for later")
    ann.sees("Kept for later")
    ann.room("Garden").click()
    ann.sees("Tulips", "Roses")
    house.was_away = True
    ann.context.route("**/rpc", lambda route: route.abort())
    ann.context.route_web_socket("**/ws", lambda _: None)
    again = ann.tab("/rooms/lobby")
    again.sees("Kept for later")
    again.room("Garden").click()
    again.sees("Tulips", "Roses")
    expect(again.banner).to_contain_text(OFFLINE)


def test_the_words_for_a_room_that_one_was_taken_out_of_are_told_of_and_not_lost(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    garden = ann.call("rooms.create", name="Garden", users=[user(bob)], kind="private")
    bob.room("Garden").click()
    house.was_away = True
    bob.context.set_offline(True)
    expect(bob.banner).to_contain_text(OFFLINE)
    bob.says("Many words")
    ann.call("members.remove", room=garden["id"], user=user(bob))
    bob.context.set_offline(False)
    bob.page.get_by_role("button", name="Look at it").click()
    lost = bob.page.get_by_role("listitem").filter(has_text="Many words")
    expect(lost).to_contain_text("a room that you are not in")
    bob.page.reload()
    bob.page.get_by_role("link", name="Later").click()
    lost.get_by_role("button", name="Copy text").click()
    bob.page.wait_for_function("async () => (await navigator.clipboard.readText()) === 'Many words'")
    lost.get_by_role("button", name="Delete").click()
    expect(lost).to_have_count(0)
    expect(bob.page.get_by_role("link", name="Later")).to_have_count(0)


def test_a_post_that_is_refused_says_so_and_can_be_sent_again_or_dropped(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    garden = ann.call("rooms.create", name="Garden", users=[user(bob)])
    bob.room("Garden").click()
    house.was_away = True
    bob.context.set_offline(True)
    expect(bob.banner).to_contain_text(OFFLINE)
    bob.says("Too late?")
    bob.says("Never mind")
    ann.call("rooms.archive", room=garden["id"], on=True)
    bob.context.set_offline(False)
    expect(bob.message("Too late?")).to_contain_text("Not sent.")
    expect(bob.message("Never mind")).to_contain_text("Not sent.")
    bob.message("Never mind").get_by_role("button", name="Delete").click()
    expect(bob.message("Never mind")).to_have_count(0)
    expect(bob.page.locator(".message:focus")).to_contain_text("Too late?")
    ann.call("rooms.archive", room=garden["id"], on=False)
    bob.message("Too late?").get_by_role("button", name="Try again").click()
    ann.room("Garden").click()
    ann.sees("Too late?")
    expect(bob.messages).to_have_count(1)


def user(person: Person) -> int:
    """Somebody's id."""
    number: int = person.call("accounts.me")["id"]
    return number
