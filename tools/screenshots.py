"""Makes the pictures of README.md and docs/tour.md; with a folder, every screen there is in there, to be looked at.

CHINWAG_CHROMIUM="$(python tools/chromium.py)" python -m tools.screenshots [FOLDER]
"""

import io
import json
import math
import os
import random
import re
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.conftest import QUIET
from tests.e2e.house import House, Person, keeping_house
from tests.world import ROOT

SIZES = {"desktop": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
IMAGES = ROOT / "docs" / "images"
GAP = 16

CODE = """```python
def is_due(day: int) -> bool:
    return day in range(7)  # was range(1, 7)
```"""
PLAN = """1. compost delivery at nine, I open the gate
2. Kofi brings the long hose
3. coffee, obviously"""

TALK = [
    ("Nora", "Morning! The seed order goes out at noon. Anything missing?"),
    ("Tomás", "Two more trays of **leeks**, please, and something for the bees along the south wall."),
    ("Ines", "Borage and phacelia did well there last year. I put both on the [list](https://example.org/seeds)."),
    ("Kofi", f"The watering timer is fixed. It skipped Sundays because of *one* character:\n\n{CODE}"),
    ("Tomás", "So the tomatoes were simply observing the day of rest 🍅"),
    ("Ines", f"For Saturday:\n\n{PLAN}"),
    ("Kofi", "> coffee, obviously\n\nThe most important step comes last, as with every good plan."),
    ("Nora", "See you all there. @ines, I will bring the cake you liked."),
]

MIXED = [
    ("Kofi", "👋🏽"),
    ("Ines", "https://example.org/a/very/long/address/" + "that-goes-on-and-on/" * 12),
    ("Tomás", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2),
    ("Nora", "مرحبا بالجميع، هل يمكننا الاجتماع يوم السبت في الحديقة؟"),
    ("Kofi", "| bed | plants |\n| --- | --- |\n| north | leeks, kale |\n| south | borage |"),
    (
        "Ines",
        "```sh\n"
        + "journalctl --unit watering.timer --since yesterday --output short-iso | grep -i skipped\n" * 3
        + "```",
    ),
    ("Tomás", "Fine. " + "A long message goes on for several lines and is still easy to read. " * 8),
]


ARABIC = [
    ("Nora", "صباح الخير! طلبية البذور تخرج ظهرا، هل ينقص شيء؟"),
    ("Kofi", "نعم، صينيتان من الكراث و`borage` للنحل 🐝"),
    ("Ines", "1. السماد في التاسعة\n2. كوفي يحضر الخرطوم\n3. القهوة طبعا"),
    ("Tomás", "See you there: نلتقي عند البوابة."),
]
LONG = "Wolfeschlegelsteinhausenbergerdorff Maximiliane von Hohenlohe"

THREAD = [
    ("Ines", "Count me in for the leeks. Do we still have room by the *north* bed?"),
    ("Kofi", "Two metres, I measured them yesterday."),
    ("Tomás", "Then two trays it is. @Nora, can you add them before noon?"),
    ("Ines", "And `borage` twice, it always sells out."),
]


def photo(seed: int, size: tuple[int, int]) -> bytes:
    """Something that looks like a bed of flowers: the same each time."""
    dice = random.Random(seed)
    petals = [(236, 138, 160), (247, 201, 92), (150, 140, 220)][seed % 3]
    image = Image.new("RGB", size, (52, 84, 54))
    draw = ImageDraw.Draw(image)
    for step in range(900):
        x, y, r = dice.randrange(size[0]), dice.randrange(size[1]), dice.randrange(20, 70)
        green = 70 + step // 12 + dice.randrange(30)
        draw.ellipse((x - r, y - r // 3, x + r, y + r // 3), fill=(green // 2, green, green // 2))
    for _ in range(46):
        x, y, r = dice.randrange(size[0]), dice.randrange(size[1]), dice.randrange(22, 46)
        tint = tuple(min(255, one + dice.randrange(-24, 18)) for one in petals)
        for turn in range(6):
            dx, dy = r * math.cos(turn * math.pi / 3), r * math.sin(turn * math.pi / 3)
            draw.ellipse((x + dx - r * 0.7, y + dy - r * 0.7, x + dx + r * 0.7, y + dy + r * 0.7), fill=tint)
        draw.ellipse((x - r // 2, y - r // 2, x + r // 2, y + r // 2), fill=(250, 226, 130))
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(2)).save(out, "JPEG")
    return out.getvalue()


class Garden:
    """A community garden that talks: a house with people, rooms, and a conversation."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.people = {name: house.person(name) for name in ("Nora", "Tomás", "Ines", "Kofi")}
        self.nora = self.people["Nora"]
        ids = [person.call("accounts.me")["id"] for person in self.people.values()]
        self.nora.call("admin.settings", name="Allotment 12")
        for name, topic in (("Garden", "What grows, what needs doing"), ("Tools", "Who has the wheelbarrow?")):
            self.nora.call("rooms.create", name=name, topic=topic, users=ids[1:])
        self.nora.call("rooms.create", name="Committee", kind="private", users=ids[1:2])
        self.direct = self.nora.call("rooms.direct", users=ids[2:3])
        self.garden = next(one["id"] for one in self.nora.call("rooms.browse")["rooms"] if one["slug"] == "garden")
        self.say("garden", TALK)
        self.say("tools", [("Kofi", "The wheelbarrow is back in the shed."), ("Ines", "And the good rake is mine!")])

    def say(self, room: str, talk: list[tuple[str, str]]) -> None:
        """A conversation, word by word."""
        for name, text in talk:
            self.people[name].post(room, text)

    def attach(self, name: str, room: str, body: str, *files: tuple[str, bytes]) -> None:
        """A message with files."""
        person = self.people[name]
        number = next(one["id"] for one in person.call("rooms.browse", query=room)["rooms"] if one["slug"] == room)
        ids = [
            person.context.request.post(
                "/files", params={"room": number, "name": name}, data=content, headers={"Origin": self.house.url}
            ).json()["id"]
            for name, content in files
        ]
        person.call("messages.post", room=number, body=body, files=ids, nonce=f"files-{ids[0]}")

    def liven(self) -> None:
        """All else that people do with messages."""
        nora, tomas, ines, kofi = self.people.values()
        messages = {one["body"]: one for one in nora.call("messages.page", room=self.garden, limit=100)["messages"]}
        root = messages[TALK[1][1]]
        for at, (name, text) in enumerate(THREAD):
            self.people[name].call(
                "messages.post", room=self.garden, thread=root["id"], body=text, nonce=f"answer-{at}"
            )
        for person, text, emoji in (
            (tomas, TALK[0][1], "👍"), (kofi, TALK[0][1], "👍"), (ines, TALK[0][1], "🌱"),
            (nora, TALK[4][1], "😂"), (ines, TALK[4][1], "😂"), (kofi, TALK[4][1], "🍅"), (ines, TALK[7][1], "🎂"),
        ):  # fmt: skip
            person.call("messages.react", message=messages[text]["id"], emoji=emoji, on=True)
        nora.call("messages.pin", message=messages[TALK[5][1]]["id"], on=True)
        nora.call("saved.set", message=messages[TALK[3][1]]["id"], on=True)
        self.attach("Ines", "garden", "This morning:", *((f"bed {n}.jpg", photo(n, (1600, 1100))) for n in range(3)))
        self.attach("Kofi", "garden", "", ("watering plan for the summer.pdf", b"%PDF-1.4\n" + b"x" * 48_000))
        poll = kofi.call(
            "polls.create",
            room=self.garden,
            question="When do we water?",
            options=["Before work", "At noon", "When the sun is down"],
            nonce="poll",
        )
        for person, choice in ((tomas, 0), (ines, 2), (kofi, 2)):
            person.call("polls.vote", message=poll["id"], options=[choice])
        soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        kofi.call("accounts.status", emoji="🚜", text="on the field until four")
        ines.call("accounts.quiet", until=soon)
        nora.call("scheduled.create", room=self.garden, body="Do not forget the **compost**!", due_at=soon)
        nora.call("reminders.create", text="Ask about the hose", due_at=soon, message=messages[TALK[3][1]]["id"])
        nora.call("drafts.save", room=self.garden, body="About the shed:")
        ines.call("messages.report", message=messages[TALK[4][1]]["id"], reason="Tomatoes work on Sundays.")
        self.say("garden", [("Tomás", "@Nora the hose is back, `tap 3` leaks ||and it was me||")])

    def crowd(self, count: int = 200) -> None:
        """So many rooms, very long names, and people who write from right to left."""
        ids = [person.call("accounts.me")["id"] for person in self.people.values()]
        names = [f"Bed {number}" for number in range(1, count - 1)] + [LONG, "حديقة الحي"]
        made = self.nora.calls(*(("rooms.create", {"name": name, "users": ids[1:]}) for name in names))
        self.arabic = made[-1]["slug"]
        if count > 100:
            self.house.person(LONG)
        self.say(made[-1]["slug"], ARABIC)
        for room in made[3:40:9]:
            self.say(room["slug"], [("Kofi", "Something grows here.")])

    def visit(self, path: str, **options: Any) -> Person:
        """Nora at a page, in a browser as described."""
        nora = self.nora.elsewhere(**options)
        nora.opens(path)
        settled(nora.page)
        return nora


def settled(page: Page) -> None:
    """Wait until nothing is being loaded any more."""
    page.wait_for_load_state("networkidle")
    expect(page.locator(".skeleton-rows:visible")).to_have_count(0)
    for panel in page.locator(".panel-frame").all():
        expect(panel.get_by_role("heading").first).to_be_visible()


def tour(browser: Browser) -> None:
    """The pictures of README.md and docs/tour.md; the first is the first thing that people see of us."""
    with tempfile.TemporaryDirectory() as folder, keeping_house(browser, Path(folder)) as house:
        garden = Garden(house)
        two_browsers(garden)
        garden.liven()
        garden.crowd(8)
        options = dict(looks())
        for name, look, path, act in TOUR:
            nora = garden.visit(path.format(arabic=garden.arabic), **options[look])
            nora.expects("status of 4")
            act(nora)
            nora.page.mouse.move(0, 0)
            picture(IMAGES / f"{name}.webp", nora.page)
            nora.context.close()


def two_browsers(garden: Garden) -> None:
    """Two people in one room, side by side in one picture: what one writes the other is about to see."""
    size = {"width": 840, "height": 640}
    nora = garden.nora.elsewhere(viewport=size, color_scheme="light")
    kofi = garden.people["Kofi"].elsewhere(viewport=size, color_scheme="dark")
    for person in (nora, kofi):
        person.opens("/rooms/tools")
    nora.says("Who has the key of the shed?")
    kofi.sees("Who has the key of the shed?")
    kofi.says("It hangs behind the door, **as always** 🔑")
    nora.sees("It hangs behind the door, as always 🔑")
    kofi.composer.press_sequentially("And I am there until four", delay=200)  # typing is told once in 3 s
    expect(nora.page.locator(".typing-line")).to_contain_text("Kofi is writing")
    shots = [Image.open(io.BytesIO(person.page.screenshot())) for person in (nora, kofi)]
    both = Image.new("RGB", (2 * size["width"] + GAP, size["height"]), "white")
    for at, shot in enumerate(shots):
        both.paste(shot, (at * (size["width"] + GAP), 0))
        shot.close()
    both.save(IMAGES / "two.webp", "WEBP", quality=88, method=6)
    for person in (nora, kofi):
        person.context.close()


def picture(path: Path, page: Page) -> None:
    """Take one that is light enough for a page of words."""
    path.parent.mkdir(exist_ok=True)
    with Image.open(io.BytesIO(page.screenshot(timeout=60_000))) as image:
        image.save(path, "WEBP", quality=88, method=6)


def with_thread(nora: Person) -> None:
    """At the end of the room, with a thread beside it."""
    open_thread(nora)
    jump = nora.page.get_by_role("button", name=re.compile("new message|latest"))
    if jump.count():
        jump.click()
    expect(jump).to_have_count(0)


def with_switcher(nora: Person) -> None:
    """About to go somewhere."""
    nora.page.keyboard.press("Control+k")
    expect(nora.dialog()).to_be_visible()


def with_picture(nora: Person) -> None:
    """A picture, large."""
    nora.page.get_by_role("button", name=re.compile("bed 1")).first.click()
    expect(nora.dialog().get_by_role("img")).to_be_visible()
    settled(nora.page)


def as_it_is(_: Person) -> None:
    """Nothing but what the address shows."""


TOUR: list[tuple[str, str, str, Callable[[Person], None]]] = [
    # Before what calls Nora is read.
    ("inbox", "tablet-light", "/inbox", as_it_is),
    ("room", "desktop-light", "/rooms/garden", with_thread),
    ("dark", "desktop-dark", "/rooms/garden?panel=members", as_it_is),
    ("phone", "phone-light", "/rooms/garden", as_it_is),
    ("list", "phone-dark", "/rooms", as_it_is),
    ("switcher", "desktop-light", "/rooms/garden", with_switcher),
    ("search", "tablet-dark", "/search?q=borage", as_it_is),
    ("picture", "tablet-light", "/rooms/garden", with_picture),
    ("arabic", "tablet-light", "/rooms/{arabic}?panel=profile:4", as_it_is),
    ("settings", "tablet-dark", "/settings/appearance", as_it_is),
]


def every_screen(browser: Browser, target: Path) -> None:
    """Each screen in each size, light and dark."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, keeping_house(browser, Path(folder)) as house:
        for size, options in looks():
            first_minutes(house, partial(shoot, target, size), options)
        garden = Garden(house)
        garden.say("garden", MIXED)
        garden.liven()
        for size, options in looks():
            signed_in(garden, partial(shoot, target, size), options)
        garden.crowd()
        for size, options in looks():
            crowded(garden, partial(shoot, target, size), options)


def looks() -> list[tuple[str, dict[str, Any]]]:
    """Every size, light and dark."""
    return [
        (
            f"{size}-{scheme}",
            {
                "viewport": {"width": width, "height": height},
                "color_scheme": scheme,
                "has_touch": size == "phone",
                "is_mobile": size == "phone",
            },
        )
        for size, (width, height) in SIZES.items()
        for scheme in ("light", "dark")
    ]


def shoot(target: Path, size: str, name: str, page: Page) -> None:
    """Take the picture."""
    page.screenshot(path=target / f"{name}-{size}.png")


Shoot = Callable[[str, Page], None]


def first_minutes(house: House, shoot: Shoot, options: dict[str, Any]) -> None:
    """Before anybody is in."""
    visitor = house.visitor(**options)
    visitor.expects("401")
    for name, path in (("setup", house.link), ("waiting", "/sign-in")):
        visitor.opens(path)
        settled(visitor.page)
        shoot(name, visitor.page)
    visitor.context.close()


def signed_in(garden: Garden, shoot: Shoot, options: dict[str, Any]) -> None:
    """What somebody sees who is in; last what they see when the server is away."""
    visitor = garden.house.visitor(**options)
    visitor.expects("401")
    visitor.opens("/sign-in")
    settled(visitor.page)
    shoot("sign-in", visitor.page)
    visitor.context.route_web_socket("**/ws", lambda socket: socket.close())
    visitor.context.route("**/rpc", lambda route: route.abort())
    visitor.opens("/rooms/garden")
    expect(visitor.heading).to_be_visible()
    shoot("unreachable", visitor.page)
    visitor.context.close()
    garden.house.was_away = True
    nora = garden.visit("/rooms/garden", **options)
    nora.expects("status of 4")
    shoot("room", nora.page)
    open_thread(nora)
    shoot("thread", nora.page)
    for name, path in PAGES.items():
        nora.opens(path)
        settled(nora.page)
        shoot(name, nora.page)
    nora.opens("/rooms/garden")
    settled(nora.page)
    nora.context.set_offline(True)
    expect(nora.banner).to_contain_text("Offline")
    nora.composer.fill("Written in the shed, where there is no network.")
    nora.page.get_by_role("button", name="Send", exact=True).click()
    nora.sees("Written in the shed, where there is no network.")
    shoot("offline", nora.page)
    nora.context.close()


def crowded(garden: Garden, shoot: Shoot, options: dict[str, Any]) -> None:
    """Two hundred rooms and long names; what is slow, and what fails."""
    nora = garden.visit("/rooms/bed-100", **options)
    nora.expects("status of 5")
    shoot("many-rooms", nora.page)
    for name, path in (("arabic", f"/rooms/{garden.arabic}"), ("long-names", "/people"), ("list-long", "/rooms")):
        nora.opens(path)
        settled(nora.page)
        shoot(name, nora.page)
    nora.opens("/rooms/garden")
    settled(nora.page)
    if not options["is_mobile"]:
        nora.page.get_by_role("button", name="Menu of Allotment 12").click()
        shoot("menu", nora.page)
        nora.page.keyboard.press("Escape")
    nora.page.keyboard.press("Control+k")
    expect(nora.dialog()).to_be_visible()
    shoot("switcher", nora.page)
    nora.page.keyboard.press("Escape")
    for name, answer in (("loading", ""), ("failing", "unavailable")):
        nora.context.unroute_all()
        nora.page.context.route_web_socket("**/ws", partial(between, answer=answer))
        nora.opens("/rooms/garden?panel=files")
        expect(nora.page.locator(".panel-frame")).to_be_visible()
        expect(nora.page.locator(".skeleton-rows, .form-error").first).to_be_visible()
        nora.page.wait_for_load_state("networkidle")
        shoot(name, nora.page)
    nora.context.close()


def between(socket: Any, answer: str) -> None:
    """Between the page and the server: what asks for files is never answered, or refused."""
    server = socket.connect_to_server()

    def asked(text: str) -> None:
        frame = json.loads(text)
        if frame.get("method") != "files.page":
            server.send(text)
        elif answer:
            error = {"code": -32000, "message": "The server is busy. Try again in a moment.", "data": {"kind": answer}}
            socket.send(json.dumps({"jsonrpc": "2.0", "id": frame["id"], "error": error}))

    socket.on_message(asked)


def open_thread(nora: Person) -> None:
    """The answers to a message, beside the room."""
    nora.opens("/rooms/garden")
    nora.page.locator(".message-replies").first.click()
    expect(nora.page.locator(".panel-frame")).to_contain_text(THREAD[-1][1][:3])
    settled(nora.page)


PAGES = {
    "lobby": "/rooms/lobby",
    "list": "/rooms",
    "members": "/rooms/garden?panel=members",
    "pins": "/rooms/garden?panel=pins",
    "files": "/rooms/garden?panel=files",
    "person": "/rooms/garden?panel=profile:4",
    "inbox": "/inbox",
    "threads": "/inbox/threads",
    "saved": "/saved",
    "search": "/search?q=borage",
    "found-nothing": "/search?q=rhubarb",
    "emoji": "/settings/emoji",
    "later": "/later",
    "reports": "/admin/reports",
    "notifications": "/settings/notifications",
    "empty": "/rooms/committee",
    "browse": "/browse",
    "people": "/people",
    "invites": "/invites",
    "profile": "/settings/profile",
    "sessions": "/settings/sessions",
    "tokens": "/settings/tokens",
    "appearance": "/settings/appearance",
    "admin": "/admin",
    "nowhere": "/rooms/nowhere",
}


def main() -> None:
    with sync_playwright() as playwright:
        path = os.environ.get("CHINWAG_CHROMIUM")
        browser = playwright.chromium.launch(executable_path=path, args=QUIET.split())
        if sys.argv[1:]:
            every_screen(browser, Path(sys.argv[1]))
        else:
            tour(browser)
        browser.close()


if __name__ == "__main__":
    main()
