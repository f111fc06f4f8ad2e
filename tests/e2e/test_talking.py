"""Two people talk: what is said shows at once on both sides, looks as it was meant, and can be changed."""

import re

from playwright.sync_api import expect

from tests.e2e.house import PHONE, House

LINES = """**Bold** and *soft*, `code`, ~~gone~~

- one
- two

> quoted

```python
print("hi")
```

https://example.org/a?b=c"""


def test_each_sees_what_the_other_says_at_once_and_that_they_are_writing(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    bob.composer.press_sequentially("Hel")
    expect(ann.page.locator(".typing-line")).to_have_text("Bob is writing…")
    expect(bob.page.locator(".typing-line")).to_be_empty()
    bob.composer.press_sequentially("lo")
    bob.composer.press("Enter")
    ann.sees("Hello")
    expect(ann.page.locator(".typing-line")).to_be_empty()
    ann.says("Good to see you")
    bob.sees("Hello", "Good to see you")


def test_who_comes_and_goes_is_seen(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.page.get_by_role("button", name="Members").click()
    row = ann.page.get_by_role("complementary").get_by_role("listitem").filter(has_text="@bob")
    expect(row).to_contain_text("Online")
    ann.page.reload()
    expect(row).to_contain_text("Online")
    bob.page.close()
    expect(row).to_contain_text("Offline")


def test_who_says_that_they_are_away_is_so_for_others_until_they_do_something(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.page.get_by_role("button", name="Members").click()
    row = ann.page.get_by_role("complementary").get_by_role("listitem").filter(has_text="@bob")
    expect(row).to_contain_text("Online")
    bob.says("/away")
    expect(bob.page.get_by_text("You are shown as away until you do something.")).to_be_visible()
    expect(row).to_contain_text("Away")
    bob.composer.press_sequentially("I am here again, as you see", delay=100)
    expect(row).to_contain_text("Online")


def test_when_somebody_was_last_here_is_shown_of_whoever_lets_others_know(house: House) -> None:
    ann, bob, cleo = house.person("Ann"), house.person("Bob"), house.person("Cleo")
    for person in (bob, cleo):
        person.says(f"{person.name} was here")
        expect(ann.message(f"{person.name} was here")).to_be_visible()
        person.opens("/settings/profile")
    shows = bob.page.get_by_role("switch", name="Others see when I was last here")
    expect(shows).not_to_be_checked()
    shows.check()
    expect(bob.elsewhere().page.get_by_role("main")).to_be_visible()
    for person in house.people[1:]:
        person.page.close()
    profile = ann.page.get_by_role("complementary", name="Profile")
    for person, lines in ((cleo, 0), (bob, 1)):
        ann.message(f"{person.name} was here").get_by_role("button", name=person.name, exact=True).click()
        expect(profile.get_by_text("Offline")).to_be_visible()
        expect(profile.get_by_text(re.compile("^Last seen"))).to_have_count(lines)
    back = bob.elsewhere()
    back.opens("/settings/profile")
    shows = back.page.get_by_role("switch", name="Others see when I was last here")
    expect(shows).to_be_checked()
    expect(profile.get_by_text(re.compile("^Last seen"))).to_have_count(0)
    shows.uncheck()
    expect(shows).not_to_be_checked()
    back.page.close()
    expect(profile.get_by_text("Offline")).to_be_visible()
    expect(profile.get_by_text(re.compile("^Last seen"))).to_have_count(0)


def test_markdown_shows_as_it_was_meant(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says(LINES)
    body = bob.bodies.last
    expect(body.locator("strong")).to_have_text("Bold")
    expect(body.locator("em")).to_have_text("soft")
    expect(body.locator("li")).to_have_text(["one", "two"])
    expect(body.locator("blockquote")).to_have_text("quoted")
    expect(body.locator("pre")).to_have_text(re.compile('print\\("hi"\\)'))
    link = body.get_by_role("link")
    expect(link).to_have_attribute("href", "https://example.org/a?b=c")
    expect(link).to_have_attribute("rel", re.compile("noopener"))


def test_markup_that_is_typed_is_text(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    evil = "<script>window.evil = 1</script><img src=x onerror='window.evil = 2'>"
    ann.says(evil)
    bob.sees(evil)
    bob.page.reload()
    bob.sees(evil)
    assert bob.page.evaluate("window.evil") is None
    assert ann.page.evaluate("window.evil") is None


def test_the_longest_word_and_right_to_left_text_stay_in_their_column(house: House) -> None:
    ann = house.person("Ann", viewport={"width": 390, "height": 844})
    ann.says("Donaudampfschifffahrtsgesellschaftskapitän" * 12)
    ann.says("مرحبا بالجميع، كيف حالكم اليوم؟")
    ann.says("> שלום, then English")
    expect(ann.message("מ").or_(ann.message("שלום"))).to_be_visible()
    expect(ann.bodies.filter(has_text="مرحبا")).to_have_css("direction", "rtl")
    for body in ann.bodies.all():
        box = body.bounding_box()
        assert box
        assert box["x"] + box["width"] <= 390
    assert ann.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_the_name_of_a_room_is_read_whole_and_no_button_hides_code(house: House) -> None:
    ann = house.person("Ann", **PHONE)
    room = ann.call("rooms.create", slug="committee", name="Committee", kind="private")
    ann.call("messages.post", room=room["id"], body=LINES, nonce="lines")
    ann.opens("/rooms/committee")
    assert ann.heading.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    copy = ann.bodies.last.get_by_role("button", name="Copy code").bounding_box()
    code = ann.bodies.last.locator("pre code").bounding_box()
    assert copy
    assert code
    assert copy["y"] + copy["height"] <= code["y"] + 1
    ann.page.get_by_role("button", name="Menu of Committee").click()
    ann.page.get_by_role("menuitem", name="Pinned messages").click()
    expect(ann.page.get_by_role("main", name="Pinned messages")).to_contain_text("Nothing is pinned")


def test_an_edit_is_seen_by_the_other_at_once(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("I lkie it")
    bob.sees("I lkie it")
    ann.composer.press("ArrowUp")
    editor = ann.page.get_by_role("textbox", name="Edit message")
    expect(editor).to_be_focused()
    expect(editor).to_have_value("I lkie it")
    editor.fill("I like it")
    editor.press("Enter")
    bob.sees("I like it")
    expect(bob.messages.last).to_contain_text("(edited)")
    expect(ann.composer).to_be_focused()
    ann.chooses("I like it", "Edit")
    editor.fill("never mind")
    editor.press("Escape")
    ann.sees("I like it")


def test_a_message_that_is_deleted_is_gone_for_both(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("Keep this")
    ann.says("Oh no")
    bob.sees("Keep this", "Oh no")
    ann.chooses("Oh no", "Delete")
    ann.confirms("Cancel")
    ann.sees("Keep this", "Oh no")
    ann.chooses("Oh no", "Delete")
    ann.confirms("Delete")
    ann.sees("Keep this")
    bob.sees("Keep this")
    bob.message("Keep this").hover()
    expect(bob.message("Keep this").get_by_role("button", name="Edit")).to_have_count(0)


def test_a_message_that_is_too_long_stays_where_it_was_written(house: House) -> None:
    ann = house.person("Ann")
    ann.says("a" * 8001)
    expect(ann.page.get_by_text("1 character too long").first).to_be_visible()
    expect(ann.composer).to_have_value("a" * 8001)
    ann.composer.press("Backspace")
    ann.composer.press("Enter")
    expect(ann.bodies.last).to_have_text("a" * 8000)


def test_somebody_is_named_with_a_few_keys(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob Miller")
    ann.composer.press_sequentially("Ask @bo")
    expect(ann.page.get_by_role("option", name="Bob Miller")).to_be_visible()
    ann.composer.press("Enter")
    expect(ann.composer).to_have_value(re.compile("^Ask @bob"))
    ann.composer.press("Enter")
    expect(bob.bodies.last).to_contain_text("Ask @Bob Miller")
