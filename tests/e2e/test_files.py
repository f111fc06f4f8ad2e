"""Files in real browsers: picked, pasted, dropped, cut and resumed, shown to others, looked at, deleted; and pictures
of people."""

import io
import os
import re
import wave
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Request, Route, expect

from tests.e2e.checks import complaints_of_axe
from tests.e2e.house import PHONE, House, Person


def picture(colour: str = "teal", size: tuple[int, int] = (900, 600), name: str = "photo.jpg") -> FilePayload:
    """A photograph of one colour with a dark corner."""
    image = Image.new("RGB", size, colour)
    image.paste("black", (0, 0, size[0] // 3, size[1] // 3))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def text(name: str = "notes.txt") -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": b"some words"}


def binary(name: str, size: int) -> FilePayload:
    """A file of no kind, unlike any other."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": os.urandom(size)}


def attach(person: Person, *files: FilePayload) -> None:
    """Pick files by the composer's button."""
    with person.page.expect_file_chooser() as chosen:
        person.page.get_by_role("button", name="Attach files").click()
    chosen.value.set_files(list(files))


def waiting(person: Person) -> Locator:
    """The files beside the words that are not sent yet."""
    return person.page.get_by_role("list", name="Files for this message").get_by_role("listitem")


def drawn(picture: Locator) -> None:
    """Wait until a picture has come and is shown."""
    expect(picture).to_be_visible()
    picture.evaluate("(one) => one.decode()")
    assert picture.evaluate("(one) => one.naturalWidth") > 0


HAND_OVER = """([kind, name, type, bytes]) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([new Uint8Array(bytes)], name, { type }))
    const form = document.querySelector(".composer")
    const given = { bubbles: true, cancelable: true, [kind === "paste" ? "clipboardData" : "dataTransfer"]: transfer }
    if (kind === "drop") form.dispatchEvent(new DragEvent("dragover", given))
    form.dispatchEvent(kind === "paste" ? new ClipboardEvent("paste", given) : new DragEvent("drop", given))
}"""


def hand_over(person: Person, kind: str, file: FilePayload) -> None:
    """Paste or drop a file."""
    expect(person.page.get_by_role("button", name="Attach files")).to_be_visible()
    person.page.evaluate(HAND_OVER, [kind, file["name"], file["mimeType"], list(file["buffer"])])


def test_files_are_picked_pasted_and_dropped_and_others_see_them(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    expect(ann.composer).to_be_focused()
    attach(ann, picture(), text())
    expect(waiting(ann)).to_have_count(2)
    hand_over(ann, "paste", picture("crimson", name="pasted.jpg"))
    hand_over(ann, "drop", picture("gold", name="dropped.jpg"))
    expect(waiting(ann)).to_have_count(4)
    waiting(ann).filter(has_text="dropped.jpg").get_by_role("button", name="Remove").click()
    expect(waiting(ann)).to_have_count(3)
    ann.says("Look at these")
    for person in (ann, bob):
        message = person.message("Look at these")
        pictures = message.get_by_role("button", name="Look at")
        expect(pictures).to_have_count(2)
        drawn(pictures.first.locator("img").last)
        expect(message.get_by_role("link", name=re.compile("Download notes.txt"))).to_be_visible()
    expect(waiting(ann)).to_have_count(0)
    with bob.page.expect_download() as saved:
        bob.page.get_by_role("link", name=re.compile("Download notes.txt")).click()
    assert Path(saved.value.path()).read_bytes() == b"some words"


def test_words_are_not_needed_beside_a_file(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    attach(ann, picture())
    expect(waiting(ann)).to_have_count(1)
    ann.composer.press("Enter")
    drawn(bob.page.get_by_role("button", name="Look at photo.jpg").locator("img").last)
    expect(ann.composer).to_have_value("")


def test_a_cut_upload_goes_on_by_itself_where_it_was_cut_and_is_then_sent(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    offsets: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    ann.page.on("request", note)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
    devtools = ann.context.new_cdp_session(ann.page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", slow)
    film = os.urandom(3_000_000)
    attach(ann, {**binary("film.bin", 0), "buffer": film})
    ann.says("Here it is")
    expect(ann.page.get_by_text("Sent as soon as the files are there")).to_be_visible()
    progress = waiting(ann).get_by_role("progressbar")
    ann.page.wait_for_function("() => document.querySelector('.composer progress').value > 0.3")
    house.stop()
    expect(progress).to_have_attribute("aria-label", re.compile("goes on when you are back online"))
    devtools.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    house.start()
    link = bob.message("Here it is").get_by_role("link", name=re.compile("Download film.bin"))
    expect(link).to_be_visible(timeout=40_000)
    with bob.page.expect_download() as saved:
        link.click()
    assert Path(saved.value.path()).read_bytes() == film
    assert offsets[0] == 0
    assert max(offsets) > 0, "it began anew"


def test_what_is_refused_says_why_and_can_be_taken_away(house: House) -> None:
    ann = house.person("Ann")
    ann.expects("400")
    attach(ann, {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": picture()["buffer"][:3000]})
    expect(waiting(ann).get_by_role("alert")).to_have_text("This picture is damaged: it cannot be shown.")
    waiting(ann).get_by_role("button", name="Remove broken.jpg").click()
    expect(waiting(ann)).to_have_count(0)
    ann.says("Still here")
    ann.sees("Still here")


@pytest.mark.parametrize("house", [["--files-each", "1"]], indirect=True)
def test_what_there_was_no_room_for_is_tried_again(house: House) -> None:
    ann = house.person("Ann")
    attach(ann, binary("first.bin", 700_000))
    ann.says("First")
    expect(ann.message("First")).to_contain_text("first.bin")
    ann.expects("409")
    attach(ann, binary("second.bin", 700_000))
    expect(waiting(ann).get_by_role("alert")).to_contain_text("Your files")
    ann.says("Second")
    ann.chooses("First", "Delete")
    ann.confirms("Delete")
    waiting(ann).get_by_role("button", name="Try second.bin again").click()
    expect(ann.message("Second")).to_contain_text("second.bin")


def test_an_upload_is_cancelled_on_its_way_and_leaves_nothing(house: House) -> None:
    ann = house.person("Ann")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    devtools = ann.context.new_cdp_session(ann.page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", slow)
    attach(ann, binary("film.bin", 3_000_000))
    ann.page.wait_for_function("() => document.querySelector('.composer progress')?.value > 0.01")
    with ann.page.expect_response(lambda answer: answer.request.method == "DELETE") as given_up:
        waiting(ann).get_by_role("button", name="Remove film.bin").click()
    assert given_up.value.status == 204
    expect(waiting(ann)).to_have_count(0)
    ann.says("Nothing with it")
    expect(ann.message("Nothing with it").locator(".message-files")).to_have_count(0)


def test_whoever_writes_on_while_a_file_is_on_its_way_has_not_sent_yet(house: House) -> None:
    ann = house.person("Ann")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    devtools = ann.context.new_cdp_session(ann.page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", slow)
    attach(ann, binary("film.bin", 3_000_000))
    expect(waiting(ann)).to_have_count(1)
    ann.says("Half a")
    note = ann.page.get_by_text("Sent as soon as the files are there")
    expect(note).to_be_visible()
    ann.composer.press_sequentially(" sentence")
    expect(note).to_have_count(0)
    waiting(ann).get_by_role("button", name="Remove film.bin").click()
    expect(waiting(ann)).to_have_count(0)
    expect(ann.composer).to_have_value("Half a sentence")
    ann.composer.press("Enter")
    ann.sees("Half a sentence")


def test_an_answer_in_a_thread_takes_files_of_its_own(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    ann.says("Pictures, please")
    bob.chooses("Pictures, please", "Answer in thread")
    thread = bob.page.get_by_role("complementary", name="Thread")
    with bob.page.expect_file_chooser() as chosen:
        thread.get_by_role("button", name="Attach files").click()
    chosen.value.set_files([picture()])
    expect(thread.get_by_role("list", name="Files for this message").get_by_role("listitem")).to_have_count(1)
    expect(waiting(bob)).to_have_count(1)
    field = thread.get_by_role("textbox", name="Answer in the thread")
    field.fill("Here is one")
    field.press("Enter")
    drawn(thread.get_by_role("button", name="Look at photo.jpg").locator("img").last)
    expect(bob.page.locator("main").get_by_role("button", name="Look at photo.jpg")).to_have_count(0)
    ann.message("Pictures, please").get_by_role("button", name=re.compile("1 answer")).click()
    drawn(ann.page.get_by_role("button", name="Look at photo.jpg").locator("img").last)


def test_room_is_kept_for_a_picture_until_it_has_come(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    bob.page.route("**/preview", hold)
    attach(ann, picture())
    ann.says("Look")
    shown = bob.page.get_by_role("button", name="Look at photo.jpg")
    drawn(shown.locator("img.blur"))
    bob.page.wait_for_function("() => document.querySelectorAll('.message-files img').length === 2")
    before = shown.bounding_box()
    while not held:
        bob.page.wait_for_event("request")
    held[0].continue_()
    drawn(shown.locator("img").last)
    assert before
    assert (before["width"], before["height"]) == (480, 320)
    assert shown.bounding_box() == before


def test_what_only_claims_to_be_a_picture_is_saved_and_runs_nothing(house: House) -> None:
    ann = house.person("Ann")
    script = b'<svg xmlns="http://www.w3.org/2000/svg"><script>top.__ran = 1</script></svg>'
    attach(
        ann,
        {"name": "drawing.svg", "mimeType": "image/svg+xml", "buffer": script},
        {"name": "paper.png", "mimeType": "image/png", "buffer": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"},
    )
    expect(waiting(ann)).to_have_count(2)
    expect(waiting(ann).locator("img")).to_have_count(0)
    ann.says("Open these")
    for name in ("drawing.svg", "paper.png"):
        link = ann.page.get_by_role("link", name=re.compile(f"Download {name}"))
        link.evaluate("(one) => one.removeAttribute('download')")  # whoever is led to its address
        with ann.page.expect_download() as saved:
            link.click()
        assert saved.value.suggested_filename == name
    assert ann.page.evaluate("window.__ran") is None


def tone(seconds: int) -> bytes:
    """Sound without an end in sight."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 44_100, 0, "NONE", ""))
        sound.writeframes(bytes(44_100 * 2 * seconds))
    return out.getvalue()


def test_sound_is_heard_from_the_middle_without_what_comes_before(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    sound = tone(200)
    attach(ann, {"name": "talk.wav", "mimeType": "audio/wav", "buffer": sound})
    ann.says("Listen")
    player = bob.message("Listen").locator("audio")
    expect(player).to_have_accessible_name("talk.wav")
    bob.page.wait_for_function("() => document.querySelector('audio')?.duration > 199")
    with bob.page.expect_response(lambda answer: answer.url.endswith("talk.wav")) as asked:
        player.evaluate("(one) => new Promise((done) => { one.onseeked = done; one.currentTime = 190 })")
    answer = asked.value
    start = int(answer.request.all_headers()["range"].removeprefix("bytes=").partition("-")[0])
    assert (answer.status, start > len(sound) // 2) == (206, True)
    assert player.evaluate("(one) => one.currentTime") == 190


FILM = """async () => {
    const canvas = document.createElement("canvas")
    Object.assign(canvas, { width: 64, height: 36 })
    canvas.getContext("2d").fillRect(0, 0, 64, 36)
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm;codecs=vp8" })
    const made = new Promise((done) => { recorder.ondataavailable = (event) => done(event.data) })
    recorder.start()
    for (let turn = 0; turn < 20; turn++) {
        canvas.getContext("2d").fillText(turn, 9, 9)
        await new Promise(requestAnimationFrame)
    }
    recorder.stop()
    return [...new Uint8Array(await (await made).arrayBuffer())]
}"""


def test_a_film_is_shown_in_its_message(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    film = bytes(ann.page.evaluate(FILM))
    attach(ann, {"name": "film.webm", "mimeType": "video/webm", "buffer": film})
    ann.says("Watch")
    expect(bob.message("Watch").locator("video")).to_have_accessible_name("film.webm")
    bob.page.wait_for_function("() => document.querySelector('video')?.videoWidth === 64")


def test_a_picture_is_looked_at_large_and_by_keyboard(house: House) -> None:
    ann = house.person("Ann")
    attach(ann, picture(), picture("crimson", name="second.jpg"))
    ann.says("Two")
    first = ann.page.get_by_role("button", name="Look at photo.jpg")
    # Decoders stand back for all else that runs.
    expect(first).to_be_visible(timeout=60_000)
    first.focus()
    ann.page.keyboard.press("Enter")
    dialog = ann.page.get_by_role("dialog", name="photo.jpg")
    drawn(dialog.get_by_role("img"))
    assert complaints_of_axe(ann.page) == []
    ann.page.keyboard.press("ArrowRight")
    drawn(ann.page.get_by_role("dialog", name="second.jpg").get_by_role("img"))
    expect(ann.page.get_by_text("2 of 2")).to_be_visible()
    with ann.page.expect_download() as saved:
        ann.page.get_by_role("link", name="Download", exact=True).click()
    assert saved.value.suggested_filename == "second.jpg"
    ann.page.keyboard.press("Escape")
    expect(ann.page.get_by_role("dialog")).to_have_count(0)
    expect(first).to_be_focused()


def test_a_rooms_files_are_listed_and_deleted_from_the_list_for_everybody(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    attach(ann, picture(), text())
    ann.says("Files")
    expect(bob.page.get_by_role("button", name="Look at photo.jpg")).to_be_visible()
    ann.menu("Menu of Lobby", "Files")
    panel = ann.page.get_by_role("complementary", name="Files")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    assert complaints_of_axe(ann.page) == []
    panel.get_by_role("button", name="More about photo.jpg").click()
    ann.page.get_by_role("menuitem", name="Delete").click()
    ann.confirms("Delete")
    expect(panel.get_by_role("listitem")).to_have_count(1)
    expect(bob.page.get_by_role("button", name="Look at photo.jpg")).to_have_count(0)
    expect(bob.message("Files").get_by_role("link", name=re.compile("Download notes.txt"))).to_be_visible()
    ann.chooses("Files", "Delete")
    ann.confirms("Delete")
    expect(bob.message("Files")).to_have_count(0)
    expect(panel.get_by_text("No files yet")).to_be_visible()


def test_what_happened_during_a_cut_is_seen_afterwards(house: House) -> None:
    ann, bob = house.person("Ann"), house.person("Bob")
    attach(ann, picture())
    ann.says("Before")
    expect(bob.page.get_by_role("button", name="Look at photo.jpg")).to_be_visible()
    bob.expects("ERR_INTERNET_DISCONNECTED")
    bob.context.set_offline(True)
    expect(bob.banner).to_be_visible()
    attach(ann, picture("gold", name="later.jpg"))
    ann.says("During")
    expect(ann.page.get_by_role("button", name="Look at later.jpg")).to_be_visible()
    ann.chooses("Before", "Delete")
    ann.confirms("Delete")
    bob.context.set_offline(False)
    drawn(bob.page.get_by_role("button", name="Look at later.jpg").locator("img").last)
    expect(bob.message("Before")).to_have_count(0)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_profile_shows_who_somebody_is(house: House, size: str) -> None:
    options: dict[str, Any] = PHONE if size == "phone" else {}
    ann, bob = house.person("Ann"), house.person("Bob", **options)
    ann.opens("/settings/profile")
    with ann.page.expect_file_chooser() as chosen:
        ann.page.get_by_role("button", name="Choose a picture").click()
    chosen.value.set_files([picture("seagreen")])
    drawn(ann.page.get_by_role("group", name="Picture").locator("img"))
    ann.page.get_by_label("Pronouns").fill("she/her")
    ann.page.get_by_label("Time zone").select_option("Asia/Tokyo")
    ann.page.get_by_label("About you").fill("I keep the lights on.")
    assert complaints_of_axe(ann.page) == []
    ann.page.get_by_role("button", name="Save", exact=True).first.click()
    expect(ann.page.get_by_text("Saved.").last).to_be_visible()
    ann.opens("/rooms/lobby")
    ann.says("Hello")
    drawn(bob.message("Hello").locator(".avatar img"))
    bob.message("Hello").get_by_role("button", name="Ann").click()
    # On a phone a panel is all there is: the main part.
    profile = bob.page.get_by_role("main" if size == "phone" else "complementary", name="Profile")
    for words in ("Ann", "@ann", "she/her", "I keep the lights on.", re.compile(r"\d there")):
        expect(profile.get_by_text(words).first).to_be_visible()
    drawn(profile.locator("img"))
    assert complaints_of_axe(bob.page) == []
    profile.get_by_role("button", name="Message").click()
    expect(bob.heading).to_have_text("Ann")
    bob.opens("/people")
    row = bob.page.get_by_role("listitem").filter(has_text="@ann")
    expect(row).to_contain_text("she/her")
    drawn(row.locator("img"))
