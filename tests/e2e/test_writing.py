"""What one writes: how it looks, before and after it is sent; what is pasted; commands; polls."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.checks import complaints_of_axe
from tests.e2e.house import House, Person

RICH = """```python
def greet(name):
    return "hello " + name
```

- [ ] water the plants
- [x] feed the cat

| who | what |
|-----|-----:|
| Ann | 1 |

The end: ||they marry|| :tada:"""

PASTE = """([html, text]) => {
    const data = new DataTransfer()
    if (html) data.setData("text/html", html)
    data.setData("text/plain", text)
    const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    document.activeElement.dispatchEvent(event)
}"""


def paste(person: Person, html: str, text: str) -> None:
    person.composer.focus()
    person.page.evaluate(PASTE, [html, text])


def test_code_tasks_tables_and_spoilers_look_as_they_are_meant(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says(RICH)
    body = bob.bodies.last
    expect(body.locator(".code-frame")).to_have_attribute("data-language", "python")
    expect(body.locator(".code-keyword").first).to_have_text("def")
    expect(body.locator("pre")).to_contain_text('return "hello " + name')
    expect(body.locator("li.task")).to_have_text(["☐ water the plants", "☑ feed the cat"])
    expect(body.get_by_role("cell", name="Ann")).to_be_visible()
    expect(body).to_contain_text("🎉")
    body.locator(".code-frame").hover()
    body.get_by_role("button", name="Copy code").click()
    expect(bob.page.locator(".toast-list, [role=status]").filter(has_text="Copied.").first).to_be_visible()
    assert bob.page.evaluate("navigator.clipboard.readText()").startswith("def greet(name):\n")


def test_a_spoiler_is_shown_to_whoever_asks_by_keyboard_and_by_mouse(house: House) -> None:
    ann = house.person("Ann")
    ann.says("First ||he dies||, then ||she **wins**||")
    covered = ann.bodies.last.get_by_role("button", name="Hidden text: show it")
    expect(covered).to_have_count(2)
    covered.first.focus()
    ann.page.keyboard.press("Enter")
    expect(covered).to_have_count(1)
    expect(ann.bodies.last.locator(".spoiler.shown")).to_have_text("he dies")
    covered.first.click()
    expect(ann.bodies.last.locator(".spoiler.shown")).to_have_text(["he dies", "she wins"])


def test_a_message_is_looked_at_before_it_is_sent(house: House) -> None:
    ann = house.person("Ann")
    ann.composer.fill("**bold** ||x||")
    expect(ann.page.get_by_role("button", name="Add to the message")).to_be_visible()
    ann.page.keyboard.press("Control+Shift+P")
    preview = ann.page.get_by_role("region", name="Preview")
    expect(preview.locator("strong")).to_have_text("bold")
    ann.composer.fill("`code`")
    expect(preview.locator("code")).to_have_text("code")
    ann.composer.press("Enter")
    ann.sees("code")
    expect(preview.locator(".message-body")).to_have_count(0)
    preview.get_by_role("button", name="Hide preview").click()
    expect(preview).to_have_count(0)


def test_rich_text_and_tables_are_pasted_as_markdown(house: House) -> None:
    ann = house.person("Ann")
    paste(ann, '<p>Some <b>bold</b> and <a href="https://example.org/x">a link</a></p><ul><li>one</li></ul>', "plain")
    expect(ann.composer).to_have_value("Some **bold** and [a link](https://example.org/x)\n\n- one")
    ann.page.keyboard.press("Control+z")
    expect(ann.composer).to_have_value("")
    paste(ann, "", "a\tb\n1\t2\n")
    expect(ann.composer).to_have_value("| a | b |\n| --- | --- |\n| 1 | 2 |")
    ann.composer.press("Enter")
    expect(ann.bodies.last.get_by_role("cell")).to_have_count(2)


def test_what_is_pasted_runs_nothing_and_loads_nothing(house: House) -> None:
    ann = house.person("Ann")
    ann.expects("The action has been blocked")
    asked: list[str] = []
    ann.page.on("request", lambda request: asked.append(request.url))
    evil = '<img src="http://evil.example/a.png" onerror="window.__x=1"><script>window.__x=2</script>'
    evil += '<b>x</b><svg onload="window.__x=3"></svg><iframe src="http://evil.example/"></iframe>'
    paste(ann, evil, "x")
    expect(ann.composer).to_have_value("**x**")
    assert ann.page.evaluate("window.__x") is None
    assert [url for url in asked if not url.startswith(house.url)] == []


def test_a_huge_text_is_asked_about_and_the_page_goes_on(house: House) -> None:
    ann = house.person("Ann")
    ann.composer.fill("before ")
    ann.page.evaluate(
        PASTE.replace("[html, text]", "size")
        .replace("text)", "'words '.repeat(size))")
        .replace('    if (html) data.setData("text/html", html)\n', ""),
        3_500_000,
    )
    expect(ann.dialog()).to_contain_text("too long for a message")
    ann.confirms("Attach it as a file")
    files = ann.page.get_by_role("list", name="Files for this message").get_by_role("listitem")
    expect(files).to_contain_text(["pasted.txt"])
    expect(ann.composer).to_be_focused()
    expect(ann.composer).to_have_value("before ")
    ann.composer.press("Enter")
    with ann.page.expect_download() as saved:
        ann.message("before").get_by_role("link", name=re.compile("Download pasted.txt")).click()
    assert Path(saved.value.path()).read_bytes() == b"words " * 3_500_000


def test_a_huge_text_is_cut_where_no_file_can_go(house: House) -> None:
    ann = house.person("Ann")
    ann.says("Old")
    ann.chooses("Old", "Edit")
    field = ann.page.get_by_role("textbox", name="Edit message")
    expect(field).to_be_focused()
    field.evaluate("(one) => one.select()")
    ann.page.evaluate(PASTE, ["", "words " * 10_000])
    ann.confirms("Paste the beginning")
    expect(field).to_have_value(re.compile("^words words"))
    assert len(field.input_value()) == 8_000


def test_keys_put_marks_around_what_is_selected(house: House) -> None:
    ann = house.person("Ann")
    ann.composer.fill("words")
    press = ann.page.keyboard.press
    press("Control+a")
    press("Control+b")
    expect(ann.composer).to_have_value("**words**")
    press("Control+b")
    expect(ann.composer).to_have_value("words")
    press("Control+i")
    expect(ann.composer).to_have_value("*words*")
    press("Control+z")
    expect(ann.composer).to_have_value("words")
    press("Control+a")
    press("Control+k")
    expect(ann.composer).to_have_value("[words](https://)")
    ann.composer.fill("")
    press("Control+k")
    expect(ann.page.get_by_role("combobox")).to_be_focused()


def test_commands_are_completed_done_and_when_unknown_kept(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    room = ann.call("rooms.create", name="Garden")
    ann.opens("/rooms/garden")
    ann.composer.press_sequentially("/sh")
    expect(ann.page.get_by_role("option")).to_contain_text("Add a shrug")
    ann.page.keyboard.press("Enter")
    expect(ann.composer).to_have_value("/shrug ")
    ann.composer.press_sequentially("well")
    ann.page.keyboard.press("Enter")
    ann.sees(r"well ¯\_(ツ)_/¯")
    ann.says("/me waves")
    expect(ann.page.locator(".message.me .message-body")).to_have_text("waves")
    ann.says("/topic Roses and weeds")
    expect(ann.page.get_by_text("Roses and weeds").first).to_be_visible()
    ann.says("/invite @bob ")
    expect(bob.room("Garden")).to_be_visible()
    ann.says("/nonsense at all")
    expect(ann.page.get_by_text("There is no command /nonsense.").first).to_be_visible()
    expect(ann.composer).to_have_value("/nonsense at all")
    ann.composer.fill("")
    ann.says("//nonsense")
    ann.sees(r"well ¯\_(ツ)_/¯", "waves", "/nonsense")
    ann.says("/help")
    expect(ann.dialog()).to_contain_text("/invite @name")
    assert room["slug"] == "garden"


def test_a_list_that_was_closed_stays_so_whatever_was_still_looked_for(house: House) -> None:
    ann = house.person("Ann")
    ann.composer.press_sequentially("/sh")
    expect(ann.page.get_by_role("option").first).to_be_visible()
    assert ann.composer.evaluate(LETTER_AND_ESCAPE) == 0


# How many choices there are after both, in one breath, and some frames.
LETTER_AND_ESCAPE = """async (area) => {
    area.value += "r"
    area.dispatchEvent(new InputEvent("input"))
    area.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }))
    for (let frame = 0; frame < 5; frame += 1) await new Promise(requestAnimationFrame)
    return document.querySelectorAll("[role=option]").length
}"""


def test_a_poll_is_asked_voted_and_closed_and_all_see_it_at_once(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says('/poll "What shall we eat?" "Soup" "Cake"')
    card = bob.page.get_by_role("group", name="What shall we eat?")
    card.get_by_role("radio", name="Cake").check()
    hers = ann.page.get_by_role("group", name="What shall we eat?")
    expect(hers.locator("label").filter(has_text="Cake")).to_contain_text("Bob")
    hers.get_by_role("radio", name="Soup").focus()
    ann.page.keyboard.press("Space")
    expect(card).to_contain_text("2 people voted")
    expect(card.locator("label").filter(has_text="Soup")).to_contain_text("Ann")
    bob.page.reload()
    expect(card.get_by_role("radio", name="Cake")).to_be_checked()
    card.get_by_role("button", name="Take my vote back").click()
    expect(hers).to_contain_text("1 person voted")
    expect(card.get_by_role("button", name="Close the poll")).to_have_count(0)
    hers.get_by_role("button", name="Close the poll").click()
    ann.confirms("Close the poll")
    expect(card).to_contain_text("Closed")
    expect(card.get_by_role("radio").first).to_be_disabled()


def test_a_poll_with_several_answers_is_made_in_a_dialog(house: House) -> None:
    ann = house.person("Ann")
    ann.menu("Add to the message", "Ask a poll")
    dialog = ann.dialog()
    dialog.get_by_label("Question").fill("Which days?")
    dialog.get_by_label("Answer 1").fill("Monday")
    dialog.get_by_label("Answer 2").fill("Monday")
    dialog.get_by_role("button", name="Another answer").click()
    expect(dialog.get_by_label("Answer 3")).to_be_focused()
    dialog.get_by_label("Answer 3").fill("Friday")
    dialog.get_by_label("Several answers may be chosen").check()
    dialog.get_by_role("button", name="Ask", exact=True).click()
    expect(dialog.get_by_text("each must be another")).to_be_visible()
    dialog.get_by_label("Answer 2").fill("Tuesday")
    dialog.get_by_role("button", name="Ask", exact=True).click()
    card = ann.page.get_by_role("group", name="Which days?")
    card.get_by_role("checkbox", name="Tuesday").check()
    expect(card).to_contain_text("1 person voted")
    card.get_by_role("checkbox", name="Friday").check()
    expect(card.locator("label.chosen")).to_have_count(2)
    expect(card).to_contain_text("1 person voted")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_one_writes(house: House, scheme: Any) -> None:
    ann = house.person("Ann", color_scheme=scheme)
    ann.says(RICH)
    ann.says('/poll "What shall we eat?" "Soup" "Cake"')
    card = ann.page.get_by_role("group", name="What shall we eat?")
    card.get_by_role("radio", name="Cake").check()
    expect(card).to_contain_text("1 person voted")
    expect(ann.bodies.first.locator(".code-keyword").first).to_be_visible()
    ann.composer.fill("**bold**")
    ann.page.keyboard.press("Control+Shift+P")
    expect(ann.page.get_by_role("region", name="Preview").locator("strong")).to_be_visible()
    found = complaints_of_axe(ann.page)
    ann.menu("Add to the message", "Ask a poll")
    expect(ann.dialog().get_by_label("Question")).to_be_visible()
    assert found + complaints_of_axe(ann.page) == []
