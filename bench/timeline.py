"""The timeline of a very long room as Chromium shows it: opened, scrolled, dragged, typed in; and a slow network.

Frames are the page's own animation frames, of which a browser without a window makes at most 60 a second.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

import msgspec
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench import room as long
from bench.load import WebSocket
from bench.servers import Server, chinwag
from tools.chromium import candidates, runs

BURST = 50
"""Messages a second."""
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
"""Slow 4G, as Lighthouse has it: 150 ms, 1.6 and 0.75 Mbit/s."""

USABLE = """(text) => document.querySelector(".composer textarea")
    && [...document.querySelectorAll("main .message")].some((one) => one.getBoundingClientRect().top < innerHeight)
    && document.querySelector("h1")?.innerText === text"""
# From the click to the first frame in which the end of the room is in view.
OPEN = """async () => {
    const frame = () => new Promise(requestAnimationFrame)
    const began = performance.now()
    document.querySelector("nav a[href='/rooms/long']").click()
    for (;;) {
        await frame()
        const last = [...document.querySelectorAll("main .message")].at(-1)?.getBoundingClientRect()
        const long = document.querySelector("main h1").innerText === "Long"
        if (long && last && last.top < innerHeight && document.querySelectorAll("main .message").length >= 50) break
    }
    return performance.now() - began
}"""
COUNT = """() => {
    const box = document.querySelector("main .scroller")
    const seen = (window.seen = { frames: [], places: [], on: true })
    const top = () => {
        const { x, y } = box.getBoundingClientRect()
        const one = document.elementFromPoint(x + 200, y + 120)?.closest(".day, .message")
        return Number(one?.closest(".message")?.dataset.key.slice(1))
    }
    const look = (now) => {
        seen.frames.push(now)
        const place = top()
        if (place) seen.places.push(place)
        if (seen.on) requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
}"""
COUNTED = "() => (seen.on = false, [seen.frames, seen.places])"
# From each key to after the frame that shows it, and what held the page's own thread for more than 50 ms meanwhile.
DELAYS = """() => {
    const seen = (window.felt = { delays: [], tasks: [] })
    new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ duration }) => duration)))
        .observe({ type: "longtask" })
    document.querySelector(".composer textarea").addEventListener("input", ({ timeStamp }) =>
        requestAnimationFrame(() => setTimeout(() => seen.delays.push(performance.now() - timeStamp))))
}"""
FRAME = "new Promise(requestAnimationFrame).then(() => new Promise((done) => setTimeout(done, 50)))"
DELAYED = "() => [felt.delays.splice(0), felt.tasks.splice(0)]"


@dataclass
class Frames:
    """How many a second, the longest gap between two in milliseconds, how many messages went by, and how many at most
    back at once: a shaking hand goes back by one."""

    rate: float
    longest: float
    passed: int
    turned: int


@dataclass
class Keys:
    """Milliseconds from a key to its frame; how many tasks of the page took more than 50 of them, and the longest."""

    median: float
    p95: float
    longest: float
    tasks: int
    longest_task: float


@dataclass
class Felt:
    """Milliseconds, and bytes."""

    new: float
    kept: float
    wheel: Frames
    drag: Frames
    before: float
    after: float
    elements: int
    alone: Keys
    burst: Keys
    cold: float
    cached: float
    uncached: float


def measure(data: Path, *, messages: int, rounds: int, seconds: float) -> Felt:
    """Fills a database of its own in `data`, and reads it as people do."""
    room = long.fill(data, messages)
    with chinwag(data) as server, chromium() as browser:
        new, kept = opening(browser, server, rounds)
        with reader(browser, server) as page:
            page.evaluate(OPEN)
            before, _ = memory(page)
            wheel = scroll(page, seconds)
            drag = pull(page, seconds)
            after, elements = memory(page)
            page.get_by_role("button", name="Jump to the latest").click()
            alone, burst = write(page, server, room, seconds)
        waits = [loading(browser, server) for _ in range(rounds)]
    cold, cached, uncached = (median(column) for column in zip(*waits, strict=True))
    return Felt(new, kept, wheel, drag, before, after, elements, alone, burst, cold, cached, uncached)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium with the scrollbars that it has with a window."""
    program = next(path for path in candidates() if path and runs(path))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"], ignore_default_args=["--hide-scrollbars"]
        )
        yield browser
        browser.close()


@contextmanager
def visitor(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """The reader, signed in, in a browser that keeps nothing yet."""
    url = f"http://localhost:{server.port}"
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(60_000)
    params = {"login": long.EMAIL, "password": long.PASSWORD}
    call = {"jsonrpc": "2.0", "id": 1, "method": "sessions.create", "params": params}
    answer = context.request.post("/rpc", data=call, headers={"Origin": url}).json()
    if "error" in answer:
        raise RuntimeError(answer["error"]["message"])
    yield context
    context.close()


@contextmanager
def reader(browser: Browser, server: Server) -> Iterator[Page]:
    """The reader in the lobby, with all parts of the client at hand."""
    with visitor(browser, server) as context:
        page = context.new_page()
        page.goto(f"/rooms/{long.LOBBY}")
        page.locator("nav a[href='/rooms/long']").wait_for()
        page.wait_for_load_state("networkidle")
        yield page


def opening(browser: Browser, server: Server, rounds: int) -> tuple[float, float]:
    """Milliseconds to open a room that is not kept, and one that is, by a page that has not shown it yet."""
    new, kept = [], []
    for _ in range(rounds):
        with reader(browser, server) as page:
            new.append(page.evaluate(OPEN))
            page.wait_for_load_state("networkidle")
            page.goto(f"/rooms/{long.LOBBY}")
            page.locator("nav a[href='/rooms/long']").wait_for()
            page.wait_for_load_state("networkidle")
            kept.append(page.evaluate(OPEN))
    return median(new), median(kept)


def scroll(page: Page, seconds: float) -> Frames:
    """Up by the wheel, three notches at a time, as fast as the page takes them."""
    page.mouse.move(700, 400)
    page.evaluate(COUNT)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        page.mouse.wheel(0, -360)
    return counted(page)


def pull(page: Page, seconds: float) -> Frames:
    """Up by the scrollbar: from where it is to the top, and on, held there with a shaking hand."""
    box = page.locator("main .scroller").bounding_box()
    assert box
    x, height = box["x"] + box["width"] - 6, box["height"]
    thumb = page.evaluate(
        """() => { const box = document.querySelector("main .scroller")
            return 1 + (box.scrollTop - box.clientHeight / 2) / box.scrollHeight }"""
    )
    page.evaluate(COUNT)
    page.mouse.move(x, box["y"] + height * thumb)
    page.mouse.down()
    end, step = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        step += 1
        page.mouse.move(x, max(box["y"] + 2, box["y"] + height * thumb - 8 * step) + step % 2)
    page.mouse.up()
    return counted(page)


def counted(page: Page) -> Frames:
    frames, places = page.evaluate(COUNTED)
    gaps = [after - before for before, after in pairwise(frames)]
    turned = max((after - before for before, after in pairwise(places)), default=0)
    return Frames(1e3 * len(gaps) / sum(gaps), max(gaps), places[0] - min(places), max(0, turned))


def memory(page: Page) -> tuple[float, int]:
    """Bytes that the page's scripts hold after a collection, and how many elements there are."""
    link = page.context.new_cdp_session(page)
    link.send("HeapProfiler.collectGarbage")
    used: float = link.send("Runtime.getHeapUsage")["usedSize"]
    return used, page.evaluate("document.querySelectorAll('*').length")


def write(page: Page, server: Server, room: long.Room, seconds: float) -> tuple[Keys, Keys]:
    """What somebody who types feels while nothing is said, and then while others say much: the machine is the same."""
    page.evaluate(DELAYS)
    page.locator(".composer textarea").focus()
    alone = typed(page, seconds)
    stop = threading.Event()
    talk = threading.Thread(target=say_much, args=(server, room, stop))
    talk.start()
    try:
        return alone, typed(page, seconds)
    finally:
        stop.set()
        talk.join()


def typed(page: Page, seconds: float) -> Keys:
    page.locator(".composer textarea").fill("")
    page.evaluate(DELAYED)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        page.keyboard.type("what is typed meanwhile ", delay=40)
    page.evaluate(FRAME)
    delays, tasks = page.evaluate(DELAYED)
    cuts = quantiles(delays, n=20)
    return Keys(median(delays), cuts[18], max(delays), len(tasks), max(tasks, default=0))


def say_much(server: Server, room: long.Room, stop: threading.Event) -> None:
    """So many messages a second until it is to stop."""
    link, number, began = WebSocket(server.port, room.token), 0, time.perf_counter()
    while not stop.wait(max(0.0, began + number / BURST - time.perf_counter())):
        number += 1
        params = {"room": room.id, "body": f"**Burst** number {number}", "nonce": f"burst {began} {number}"}
        link.send(msgspec.json.encode({"jsonrpc": "2.0", "id": number, "method": "messages.post", "params": params}))
        link.texts()
    link.close()


def loading(browser: Browser, server: Server) -> tuple[float, float, float]:
    """Milliseconds on a slow network until the room can be read and written in: at the first visit, at the next,
    and without any cache."""
    with visitor(browser, server) as context:
        cold = visit(context)
        return cold, visit(context), visit(context, cache=False)


def visit(context: BrowserContext, *, cache: bool = True) -> float:
    page = context.new_page()
    link = context.new_cdp_session(page)
    link.send("Network.enable")
    link.send("Network.emulateNetworkConditions", SLOW)
    if not cache:
        link.send("Network.setCacheDisabled", {"cacheDisabled": True})
        link.send("Network.setBypassServiceWorker", {"bypass": True})
        page.add_init_script("indexedDB.open = () => { throw new Error('Off.') }")
    page.goto("/rooms/long", wait_until="commit")
    page.wait_for_function(USABLE, arg="Long", polling="raf")
    took: float = page.evaluate("performance.now()")
    link.send(
        "Network.emulateNetworkConditions", {**SLOW, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    )
    page.wait_for_load_state("networkidle")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    page.close()
    return took
