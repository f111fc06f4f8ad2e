"""What is looked for on every page: what axe knows, targets too small for fingers, what a narrow window loses, what
moves by itself."""

from typing import Any

from playwright.sync_api import Page

from tests.world import ROOT

AXE = (ROOT / "client" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

# All rules of WCAG 2.0, 2.1 and 2.2, A and AA, and of good practice. Of two thousand emoji the first of each group do.
RUN = """async (only) => (await axe.run({ exclude: [[".emoji-picker .glyphs button:nth-child(n + 9)"]] }, {
    preload: false, resultTypes: ["violations"],
    ...(only.length ? { runOnly: only } : { rules: { "target-size": { enabled: true } } }),
})).violations"""

# Of what can be touched, all but links in text: a target of less than 44 px a side. What is laid over it belongs to it.
TOO_SMALL = """() => [...document.querySelectorAll("button, a, input, select, textarea")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .filter((one) => one.closest("dialog") || !document.querySelector("dialog[open]"))
    .filter((one) => !one.closest(".message-body, .visually-hidden, .app-keys, p"))
    .map((one) => (/checkbox|radio/.test(one.type) && one.closest("label, .check-field")) || one)
    .map((one) => {
        const box = one.getBoundingClientRect()
        const over = getComputedStyle(one, "::after")
        const [width, height] = over.position === "absolute" ? [over.width, over.height].map(parseFloat) : [0, 0]
        const name = one.getAttribute("aria-label") ?? one.textContent.trim()
        return [name, Math.max(box.width, width || 0), Math.max(box.height, height || 0)]
    })
    .filter(([, width, height]) => width && (width < 43.5 || height < 43.5))
    .map(([name, width, height]) => `${name}: ${Math.round(width)} × ${Math.round(height)} px`)"""

# What has to be moved sideways to be read or reached, but for code and tables.
SIDEWAYS = """async () => {
    // What is placed by a script is placed anew when the window has another size.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const all = [...document.querySelectorAll("body, body *")].filter((one) => one.checkVisibility())
        .filter((one) => !one.closest("pre, table, .table-frame, .visually-hidden, .app-keys"))
    const scrolls = (one) => one === document.body || /auto|scroll/.test(getComputedStyle(one).overflowX)
    const wide = all.filter((one) => !one.matches("textarea, input") && one.clientWidth > 1 && scrolls(one))
        .filter((one) => one.scrollWidth > one.clientWidth + 1)
        .map((one) => `${one.tagName}.${one.className} is ${one.scrollWidth} px wide in ${one.clientWidth}`)
    const width = document.documentElement.clientWidth
    const lost = all.filter((one) => one.matches("button, a, input, select, textarea, h1, h2, h3, p, label"))
        .map((one) => [one, one.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.left < -1 || box.right > width + 1))
        .map(([one, box]) => `${one.tagName}.${one.className} is at ${box.left} to ${box.right} of ${width}`)
    return [...wide, ...lost]
}"""

# From before the page draws anything: what was to be seen at each change, what moved without anybody touching it, and
# from frame to frame how far the messages went. The browser's own measure is not for these: in a box whose place counts
# from its end it takes what comes above for a move, when something comes below in the same frame.
WATCH = """
    window.states = []
    window.shifts = []
    window.moves = []
    const look = () => {
        const messages = document.querySelectorAll("main .message").length
        const empty = !!document.querySelector(".timeline > .over, .empty-state")
        const state = empty ? "empty" : messages ? "messages" : "nothing"
        if (state !== states.at(-1)) states.push(state)
    }
    new MutationObserver(look).observe(document, { childList: true, subtree: true })
    new PerformanceObserver((list) => {
        for (const { value, hadRecentInput, sources } of list.getEntries())
            if (!hadRecentInput) shifts.push([value, ...sources.map(({ node, previousRect, currentRect }) =>
                [node?.closest?.(".scroller") ? "in it" : "", node?.className, previousRect.top, currentRect.top])])
    }).observe({ type: "layout-shift", buffered: true })
    let tops = new Map()
    const follow = () => {
        const all = [...document.querySelectorAll(".scroller [data-key]")]
        const now = new Map(all.map((one) => [one.dataset.key, one.getBoundingClientRect().top]))
        const key = [...now.keys()].findLast((one) => tops.has(one))
        if (key && now.get(key) !== tops.get(key)) moves.push(now.get(key) - tops.get(key))
        tops = now
        requestAnimationFrame(follow)
    }
    follow()
"""


def complaints_of_axe(page: Page, *only: str) -> list[str]:
    """What breaks WCAG 2.2 AA or good practice, and where; of these rules, or of all."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(RUN, only)
    return [f"{one['id']}: {node['target'][0]} ({one['help']})" for one in found for node in one["nodes"]]


def moved(page: Page) -> list[Any]:
    """What moved by itself, how much; and of each part whether it is in the scroller, its class, and both places."""
    found: list[Any] = page.evaluate("new Promise(requestAnimationFrame).then(() => shifts)")
    return found
