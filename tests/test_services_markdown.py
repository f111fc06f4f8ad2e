import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chinwag.errors import Refused
from chinwag.services import markdown
from chinwag.services.markdown import mentions, render, render_fully
from chinwag.services.markdown.blocks import DEEPEST, TOKENS_MOST
from chinwag.services.markdown.inline import BUDGET, Names
from chinwag.services.names import clean_body

REL = "noopener noreferrer nofollow ugc"
GNU = "/emoji/" + "7" * 64
PICTURES = {"gnu": GNU}
ALLOWED = {
    "a": {"href", "rel", "target"},
    "code": {"class"},
    "ol": {"start"},
    "li": {"class"},
    "th": {"align"},
    "td": {"align"},
    "img": {"class", "src", "alt"},
    "span": {"class", "data-mention"},
    **{tag: set() for tag in ["p", "br", "hr", "em", "strong", "s", "pre", "blockquote", "ul"]},
    **{tag: set() for tag in ["table", "thead", "tbody", "tr"]},
    **{f"h{level}": set() for level in range(1, 7)},
}


class Checker(HTMLParser):
    """Reads HTML as a browser roughly does, and fails on anything that a message may not hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.links: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert tag in ALLOWED, f"<{tag}>"
        assert given.keys() <= ALLOWED[tag], f"<{tag} {given}>"
        assert len(given) == len(attrs)
        if tag == "a":
            assert (given["rel"], given["target"]) == (REL, "_blank")
            href = given.get("href") or "http://refused.by.the.sanitiser"
            assert urlsplit(href).scheme in {"http", "https", "mailto"}, href
            assert not re.search(r"[\x00-\x20\x7f<>\"]", href), href
            self.links.append(href)
        if tag == "code" and "class" in given:
            assert re.fullmatch(r"language-[a-z0-9+#-]{1,32}", given["class"] or "")
        if tag == "span":
            assert given["class"] == ("mention" if "data-mention" in given else "spoiler")
            assert re.fullmatch(r"(user|group):\d+|here|room", given.get("data-mention", "here") or "")
        if tag == "img":
            assert (given["class"], given["src"]) == ("emoji", GNU)
            self.text += given["alt"] or ""
        assert given.get("align", "left") in ("left", "right", "center")
        assert tag != "li" or given.get("class", "task") == "task"
        if tag == "ol" and "start" in given:
            assert (given["start"] or "").isdigit()
        if tag not in {"br", "hr", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")


def checked(body: str, names: Names | None = None) -> Checker:
    """The message, rendered and found safe."""
    checker = Checker()
    rendered = render(body, names, PICTURES)
    checker.feed(rendered)
    checker.close()
    assert checker.open == []
    assert len(rendered) <= 10 * len(body) + 4_000
    return checker


def link(href: str, text: str) -> str:
    return f'<a href="{href}" target="_blank" rel="{REL}">{text}</a>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("hello", "<p>hello</p>"),
        ("a & b > c \"d\" 'e'", "<p>a &amp; b &gt; c \"d\" 'e'</p>"),
        ("@ann look :smiles: 😀 10:30:20", "<p>@ann look :smiles: 😀 10:30:20</p>"),
        (":tada: :+1:! 10:30:tada: `:tada:` :Tada: ::", "<p>🎉 👍! 10:30🎉 <code>:tada:</code> :Tada: ::</p>"),
        ("a ||b *c*|| d", '<p>a <span class="spoiler">b <em>c</em></span> d</p>'),
        ("a || b || c || |||| ||d", "<p>a || b || c || |||| ||d</p>"),
        ("**a ||b** c||", '<p>**a <span class="spoiler">b** c</span></p>'),
        ("`||a||` \\||a||", "<p><code>||a||</code> ||a||</p>"),
        (
            "- [ ] a\n- [x] **b**\n- [X] c\n- [y] d\n- [x]",
            "<ul>\n<li class=TASK>☐ a</li>\n<li class=TASK>☑ <strong>b</strong></li>\n<li class=TASK>☑ c</li>\n"
            "<li>[y] d</li>\n<li>[x]</li>\n</ul>".replace("TASK", '"task"'),
        ),
        ("**a** *b* __c__ _d_ ~~e~~", "<p><strong>a</strong> <em>b</em> <strong>c</strong> <em>d</em> <s>e</s></p>"),
        ("***a***", "<p><em><strong>a</strong></em></p>"),
        ("snake_case_name 2*3*4", "<p>snake_case_name 2<em>3</em>4</p>"),
        (r"\*a\* \_b\_", "<p>*a* _b_</p>"),
        ("`a*b*<c>`", "<p><code>a*b*&lt;c&gt;</code></p>"),
        ("a\nb\n\nc", "<p>a<br>\nb</p>\n<p>c</p>"),
        ("# One\n###### Six\n#none", "<h1>One</h1>\n<h6>Six</h6>\n<p>#none</p>"),
        ("a\n---\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
        ("a\n===", "<p>a<br>\n===</p>"),
        ("- a\n- b\n  - c", "<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("> a\n> b\nc", "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>\n<p>c</p>"),
        (
            "> a\n> > b\n> c",
            "<blockquote>\n<p>a</p>\n<blockquote>\n<p>b</p>\n</blockquote>\n<p>c</p>\n</blockquote>",
        ),
        ("> - a\n>   b", "<blockquote>\n<ul>\n<li>a<br>\nb</li>\n</ul>\n</blockquote>"),
        ("- > a\n  > b", "<ul>\n<li>\n<blockquote>\n<p>a<br>\nb</p>\n</blockquote>\n</li>\n</ul>"),
        ("> ```\n> a\n> ```", "<blockquote>\n<pre><code>a\n</code></pre>\n</blockquote>"),
        ("a\n> b", "<p>a</p>\n<blockquote>\n<p>b</p>\n</blockquote>"),
        (">\ta\n>\n>b", "<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>"),
        ("    four spaces", "<p>four spaces</p>"),
        ("| a | b |\n|---|", "<p>| a | b |<br>\n|---|</p>"),
        ("&amp; &copy; &#106;", "<p>&amp;amp; &amp;copy; &amp;#106;</p>"),
        ("[a]: http://x.y\n[a]", f"<p>[a]: {link('http://x.y', 'http://x.y')}<br>\n[a]</p>"),
    ],
)
def test_markdown_is_rendered(body: str, expected: str) -> None:
    checked(body)
    assert render(body) == expected


CELL = re.compile(r'<(t[hd])(?: align="(\w+)")?>(.*?)</t[hd]>')


@pytest.mark.parametrize(
    ("body", "cells"),
    [
        (
            "| a | b |\n|---|:-:|\n| *c* | d \\| e |\n| f |",
            [
                *(("th", "", "a"), ("th", "center", "b")),
                *(("td", "", "<em>c</em>"), ("td", "center", "d | e")),
                *(("td", "", "f"), ("td", "center", "")),
            ],
        ),
        ("a|b\n-|-:\n1|2", [("th", "", "a"), ("th", "right", "b"), ("td", "", "1"), ("td", "right", "2")]),
        ("|a|\n|:-|", [("th", "left", "a")]),
    ],
)
def test_a_table_is_rendered(body: str, cells: list[tuple[str, str, str]]) -> None:
    checked(body)
    assert CELL.findall(render(body)) == cells


def test_a_table_has_a_bounded_size_and_loses_no_words() -> None:
    wide = "|" + "a|" * 21 + "\n|" + "-|" * 21
    assert "<table>" not in render(wide)
    assert checked(wide).text.count("a") == 21
    long = checked("|a|\n|-|\n" + "\n".join(f"|row{number}|" for number in range(150)))
    assert long.text.count("row") == 150
    assert render("|a|\n|-|\n" + "|b|\n" * 150).count("<td>") == 100
    sparse = "|" + "a|" * 20 + "\n|" + "-|" * 20 + "\n" + "|b\n" * 200
    assert len(render(sparse)) <= 10 * len(sparse) + 4_000
    assert render("|a|b|\n|-|-|\n|1|2|\n|1|2|3|\n|1|2|").endswith("</table>\n<p>|1|2|3|<br>\n|1|2|</p>")


def test_a_table_of_four_thousand_characters_is_never_huge() -> None:
    for columns in (5, 20, 60, 200):
        body = ("|" + "a|" * columns + "\n|" + "-|" * columns + "\n" + "|\n" * 4_000)[:4_000].rstrip()
        assert len(render(body)) <= 44_000


def test_emoji_of_the_workspace_are_pictures_and_others_stay_as_typed() -> None:
    body = ":gnu: :nope: `:gnu:` [:gnu:](http://a.b) :tada:"
    picture = f'<img class="emoji" src="{GNU}" alt=":gnu:">'
    assert markdown.emoji_names(body) == ["gnu", "nope"]
    assert render(body, None, PICTURES) == (
        f"<p>{picture} :nope: <code>:gnu:</code> {link('http://a.b', picture)} 🎉</p>"
    )
    for bad in ("https://evil.example/x.png", "//evil.example/emoji/7/gnu", "javascript:alert(1)", "/files/x"):
        assert "src" not in render(":gnu:", None, {"gnu": bad})


@pytest.mark.parametrize(
    ("info", "attribute", "code"),
    [
        ("", "", "x < 1\n"),
        ("py", ' class="language-py"', "x < 1\n"),
        ("C++", ' class="language-c++"', "x < 1\n"),
        ("c#", ' class="language-c#"', "x < 1\n"),
        ("objective-c", ' class="language-objective-c"', "x < 1\n"),
        ("two words", "", "two words\nx < 1\n"),
        ('a"onclick="b', "", 'a"onclick="b\nx < 1\n'),
        ("x" * 33, "", "x" * 33 + "\nx < 1\n"),
    ],
)
def test_a_fence_keeps_its_language_and_loses_no_words(info: str, attribute: str, code: str) -> None:
    rendered = render(f"```{info}\nx < 1\n```")
    assert rendered == f"<pre><code{attribute}>{code.replace('<', '&lt;')}</code></pre>"
    assert checked(f"```{info}\nx < 1\n```").text == code


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[x](http://a.b)", link("http://a.b", "x")),
        ("[**x**](<http://a.b/c d>)", link("http://a.b/c%20d", "<strong>x</strong>")),
        ('[x](http://a.b "title")', link("http://a.b", "x")),
        ("[x](mailto:ann@example.com)", link("mailto:ann@example.com", "x")),
        ("![a picture](http://a.b/c.png)", link("http://a.b/c.png", "a picture")),
        ("![no](picture", "![no](picture"),
        ("<https://a.b>", link("https://a.b", "https://a.b")),
        ("<ann@example.com>", link("mailto:ann@example.com", "ann@example.com")),
        ("http://a.b", link("http://a.b", "http://a.b")),
        ("HTTPS://A.b/C", link("HTTPS://A.b/C", "HTTPS://A.b/C")),
        ("see http://a.b/c.", "see " + link("http://a.b/c", "http://a.b/c") + "."),
        ("(http://a.b/c)", "(" + link("http://a.b/c", "http://a.b/c") + ")"),
        ("http://a.b/c_(d)_e", link("http://a.b/c_(d)_e", "http://a.b/c_(d)_e")),
        ("http://a.b/_c_*d*?e=f&g", link("http://a.b/_c_*d*?e=f&amp;g", "http://a.b/_c_*d*?e=f&amp;g")),
        ("**http://a.b**", "<strong>" + link("http://a.b", "http://a.b") + "</strong>"),
        ("http://localhost:8080/x", link("http://localhost:8080/x", "http://localhost:8080/x")),
        ("https://münchen.example/ö", link("https://xn--mnchen-3ya.example/%C3%B6", "https://münchen.example/ö")),
        ("www.a.b, www.", link("http://www.a.b", "www.a.b") + ", www."),
        ("ann.lee+x@example.co.uk!", link("mailto:ann.lee+x@example.co.uk", "ann.lee+x@example.co.uk") + "!"),
        ("http://a%b http://a.b:x", "http://a%b http://a.b:x"),
        ("\u202ehttp://a.b\u202c", "\u202e" + link("http://a.b", "http://a.b") + "\u202c"),
        ("http:// https:// ftp://a.b //a.b a.b", "http:// https:// ftp://a.b //a.b a.b"),
        ("xhttp://a.b 1www.a.b ann@b @ann.b", "xhttp://a.b 1www.a.b ann@b @ann.b"),
        ("`http://a.b`", "<code>http://a.b</code>"),
        ("[see http://a.b here](http://c.d)", link("http://c.d", "see http://a.b here")),
        ("http://a.b/%E2%80%AEx", link("http://a.b/%E2%80%AEx", "http://a.b/%E2%80%AEx")),
        ("[x](/path) [y](#z) [w](//a.b) [v](a.b)", "[x](/path) [y](#z) [w](//a.b) [v](a.b)"),
    ],
)
def test_addresses_become_links(body: str, expected: str) -> None:
    checked(body)
    assert render(body) == f"<p>{expected}</p>"


PEOPLE = {
    "ann": ("user:3", "Ann Lee"),
    "x_y-z.0": ("group:2", '<b> & "c"'),
    "here": ("here", "here"),
    "a": ("room", "a"),
}


@pytest.mark.parametrize(
    ("body", "called"),
    [
        ("@ann", ["ann"]),
        ("@Ann, (@here)! @ANN: @bob's @x_y-z.0.", ["ann", "here", "bob", "x_y-z.0"]),
        ("**@ann** _@bob_ ~~@cy~~ *@di* > @ed", ["ann", "bob", "cy", "di", "ed"]),
        ("# @ann\n> @bob\n- @cy\n1. @di", ["ann", "bob", "cy", "di"]),
        ("日@ann a@b @@cy @ann@b.co @.ann @ @ännchen @annä", ["cy"]),
        ("`@ann` [@bob](http://a.b) <http://a.b/@cy> www.a.b/@di @ed\n```\n@flo\n```", ["ed"]),
        ("\\@ann @a*b* @c--d-- @e...", ["a", "c--d", "e"]),
        ("@" + "a" * 32 + " @" + "b" * 33, ["a" * 32]),
        ("@ann " * 20 + "@bob", ["ann", "bob"]),
        (" ".join(f"@n{number}" for number in range(200)), [f"n{number}" for number in range(50)]),
    ],
)
def test_those_who_are_called_are_found(body: str, called: list[str]) -> None:
    assert mentions(body) == called


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("hello @ann", "hello @Ann Lee"),
        ("@Ann, @x_y-z.0. (@here) @bob", '@Ann Lee, @<b> & "c". (@here) @bob'),
        ("**@ann** `@ann` @a", "@Ann Lee @ann @a"),
    ],
)
def test_whoever_is_called_is_shown_by_name_and_nobody_else_is(body: str, text: str) -> None:
    assert checked(body, PEOPLE).text == text
    assert render(body, PEOPLE).count("<span") == body.replace("`@ann`", "").count("@") - body.count("@bob")


def test_a_mention_says_who_is_meant() -> None:
    assert render("@ann!", PEOPLE) == '<p><span class="mention" data-mention="user:3">@Ann Lee</span>!</p>'
    assert "data-mention" not in render("@ann", {"ann": ('user:3" onclick="x', "Ann")})


def test_ten_thousand_mentions_are_shown_as_typed() -> None:
    body = "@ann " * 1_600
    assert render(body, PEOPLE) == f"<p>{body.strip()}</p>"
    assert mentions(body) == []


def test_what_is_nested_too_deep_stays_as_typed() -> None:
    quoted = checked(">" * 30 + "deep")
    assert quoted.text.strip() == ">" * 22 + "deep"
    assert "deep" in checked("- " * 30 + "deep").text
    assert "deep" in checked("\n".join("  " * depth + "- x" for depth in range(30)) + "\n" + "  " * 30 + "- deep").text


def test_a_long_list_and_a_long_listing_are_rendered_whole() -> None:
    listed = "\n".join(f"- item {number} `code` **bold**" for number in range(100))
    assert render(listed).count("<li>") == 100
    assert render(listed).count("<strong>") == 100
    listing = "```py\n" + "\n".join(f"x[{number}] = *a, **b" for number in range(300)) + "\n```"
    assert render(listing).startswith('<pre><code class="language-py">x[0] = *a, **b\nx[1]')


# Every text from the widely known lists of ways to get a script past a filter, written anew in this product's terms.
SCHEMES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\x01script:alert(1)",
    "\x01javascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "&#0000106avascript:alert(1)",
    "javascript%3Aalert(1)",
    "%6Aavascript:alert(1)",
    "java\\script:alert(1)",
    "javascript\\:alert(1)",
    "javascript://%0aalert(1)",
    "javascript:/*http://a.b*/alert(1)",
    "vbscript:msgbox(1)",
    "VBScript:msgbox(1)",
    "livescript:x",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "file:///etc/passwd",
    "blob:http://a.b/x",
    "filesystem:http://a.b/x",
    "about:blank",
    "view-source:http://a.b",
    "feed:javascript:alert(1)",
    "jar:http://a.b!/",
    "intent://x#Intent;end",
    "ms-word:ofe|u|http://a.b",
    "chrome://settings",
    "//evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "http:evil.example",
    "https:javascript:alert(1)",
    "ｊavascript:alert(1)",
    "javascript：alert(1)",
    "\u200bjavascript:alert(1)",
    "\u00a0javascript:alert(1)",
    'http://a.b/"onclick="alert(1)',
    "http://a.b/'onclick='alert(1)",
    "http://a.b/><script>alert(1)</script>",
    "http://a.b/` onclick=alert(1) `",
]
TAGS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=http://a.b/x.js></SCRIPT>",
    "<script/src=//a.b>",
    "<script\n>alert(1)</script\n>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<script>alert(1)//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror='alert(1)'",
    "<img/src/onerror=alert(1)>",
    '<img """><script>alert(1)</script>">',
    "<IMG SRC=javascript:alert(1)>",
    "<img src=`javascript:alert(1)`>",
    "<img dynsrc='javascript:alert(1)'>",
    "<image src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<frameset><frame src=javascript:alert(1)></frameset>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<applet code=x></applet>",
    "<body onload=alert(1)>",
    "<body background=javascript:alert(1)>",
    "<bgsound src=javascript:alert(1)>",
    "<base href=javascript:alert(1)//>",
    "<link rel=stylesheet href=http://a.b/x.css>",
    "<link rel=import href=http://a.b>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<meta http-equiv=Set-Cookie content=a=b>",
    "<style>@import 'http://a.b/x.css';</style>",
    "<style>body{background:url(javascript:alert(1))}</style>",
    "<div style='background:url(javascript:alert(1))'>",
    "<div style='width:expression(alert(1))'>",
    "<p style=position:fixed;inset:0>x</p>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='http://a.b' onclick=alert(1)>x</a>",
    "<a href='http://a.b' ping='http://c.d' download>x</a>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<input type=image src=x onerror=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<keygen autofocus onfocus=alert(1)>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<dialog open onclose=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<video src=x onerror=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<table background=javascript:alert(1)>",
    "<td background=javascript:alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<noembed><img title='</noembed><img src onerror=alert(1)>'></noembed>",
    "<title><img title='</title><img src onerror=alert(1)>'></title>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<plaintext>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<!-- -- --><script>alert(1)</script>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><x/>",
    "<?php echo 1 ?>",
    "<!DOCTYPE html><script>alert(1)</script>",
    "<!ENTITY xxe SYSTEM 'file:///etc/passwd'>",
    "</p><script>alert(1)</script>",
    "<p/onmouseover=alert(1)>x",
    "<b onmouseover=alert(1)>x</b>",
    "<x onclick=alert(1)>x</x>",
    "<custom-element onclick=alert(1)>",
    "<xss contenteditable autofocus onfocus=alert(1)>",
    "<portal src=javascript:alert(1)>",
    "<slot name=x></slot>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "＜script＞alert(1)＜/script＞",
    "\u003cscript\u003ealert(1)",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "¼script¾alert(1)¼/script¾",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
    "<div v-html='x' @click='alert(1)' :href='x'>",
]
MARKDOWN = [
    '[x](http://a.b "onmouseover=alert(1)")',
    '[x](http://a.b "\\"onmouseover=alert(1)")',
    "[x](http://a.b '><script>alert(1)</script>')",
    '[x](<http://a.b"onclick=alert(1)>)',
    "[<img src=x onerror=alert(1)>](http://a.b)",
    "[x](http://a.b)<img src=x onerror=alert(1)>",
    "[[x](javascript:alert(1))](http://a.b)",
    "[![x](javascript:alert(1))](http://a.b)",
    '![x"onerror="alert(1)](http://a.b/c.png)',
    "![x](http://a.b/\"onerror='alert(1)')",
    "[x]\n\n[x]: javascript:alert(1)",
    "[x][y]\n\n[y]: <javascript:alert(1)>",
    "<javascript:alert(1)>",
    "<JAVASCRIPT:alert(1)>",
    "<data:text/html,x>",
    "<vbscript:x>",
    "<http://a.b/onclick=alert(1)>",
    '<http://a.b"onclick=alert(1)>',
    "<mailto:a@b.co?subject=<script>>",
    "http://a.b/<script>alert(1)</script>",
    'http://a.b/"onmouseover="alert(1)"',
    "http://a.b/'onmouseover='alert(1)",
    "www.a.b/\"style='x'",
    '"onclick=alert(1)"@example.com',
    'a@b.co"onclick=alert(1)',
    "`<script>alert(1)</script>`",
    '``` " onclick=alert(1)\n<script>alert(1)</script>\n```',
    "```<script>\nalert(1)\n```",
    "~~~ x' onmouseover='alert(1)\n~~~",
    "- <script>alert(1)</script>",
    "> <script>alert(1)</script>",
    "# <script>alert(1)</script>",
    "**<script>**alert(1)**</script>**",
    "*<*script*>*alert(1)",
    "\\<script>alert(1)\\</script>",
    "<scr\\ipt>alert(1)",
    "<a\nhref=javascript:alert(1)>x",
    '1" onclick="alert(1). x',
    "\x0c<script\x0c>alert(1)</script>",
    "<\x0bscript>",
    "javascript:http://a.b/%0aalert(1)",
    "http://javascript:alert(1)@a.b",
    "http://a.b\\@c.d",
    "\u202ehttp://a.b\u202c",
]
FORMS = ["[x]({})", "[x](<{}>)", "![x]({})", "<{}>", "{}", '[x]({} "t")']
ATTEMPTS = list(dict.fromkeys([form.format(scheme) for scheme in SCHEMES for form in FORMS] + TAGS + MARKDOWN))


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_no_script_gets_through(attempt: str) -> None:
    assert not any("evil.example" in href for href in checked(attempt).links)


@pytest.mark.parametrize("tag", [tag for tag in TAGS if "\n" not in tag])
def test_html_is_shown_as_it_was_typed(tag: str) -> None:
    assert re.sub(r"[\s`]", "", checked(tag).text) == re.sub(r"[\s`]", "", tag)


@pytest.mark.parametrize("scheme", [scheme for scheme in SCHEMES if "http" not in scheme])
def test_a_link_that_leads_nowhere_safe_stays_as_typed(scheme: str) -> None:
    assert checked(f"[x]({scheme})").links == []


MARKS = r"""
word Wort 日本 é 😀 * ** _ __ ~~ ` `` ``` ~~~ > >> - + # ## 1. 2) --- *** [ ] ( ) ![ ]( [x](http://a.b) <http://a.b>
< > & &amp; \ " ' = === | : :: // http:// https://a.b/c www. www.a.b @ann a@b.co mailto: javascript: <b> </b>
<!-- . , ! ? | || |a| |-|-| |:-:| :tada: :gnu: :x: [ ] [x] - [x]
"""
SPACES = [
    " ",
    "  ",
    "    ",
    "\n",
    "\n\n",
    "\n  ",
    "\n    ",
    "\t",
    "\n> ",
    "\n- ",
    "\n1. ",
    "\u00a0",
    "\u200b",
    "\u202e",
]
PIECES = st.sampled_from(MARKS.split()) | st.sampled_from(SPACES)
CALLS = st.sampled_from(["@ann", "@x_y-z.0", "@here", "@a", "@bob", "@", "@Ann.", "ann@a.bc"])
MIXED = st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=200)
LINE = st.text(st.sampled_from("abwW 01.)(:|/@#>+-=!]&'\",;?^{}|$%éж日😀\u3000\u200b\u2028\x1f\x0c"), max_size=30)


def cleaned(text: str) -> str | None:
    try:
        return clean_body(text)
    except Refused:
        return None


@given(MIXED)
def test_whatever_is_typed_is_rendered_safely(text: str) -> None:
    if body := cleaned(text):
        checked(body)


@given(st.lists(PIECES | CALLS, max_size=60).map("".join))
def test_those_who_are_found_are_those_who_are_shown(text: str) -> None:
    if body := cleaned(text):
        called = re.findall(r'data-mention="([a-z:0-9]*)"', render(body, PEOPLE))
        checked(body, PEOPLE)
        assert set(called) == {PEOPLE[handle][0] for handle in mentions(body) if handle in PEOPLE}


@given(LINE | MIXED)
@example("@ann wow: www")
@example("(@ann)")
@example("12.5 :)")
@example(":a:")
@example("a:tada:b")
@example("||a||")
@example("\ufeffx")
def test_the_short_way_gives_what_the_long_way_would(text: str) -> None:
    if body := cleaned(text):
        assert render(body, None, PICTURES) == render_fully(body, None, PICTURES)


@pytest.mark.parametrize(
    "body", ["hello there, how are you?", "@ann at 12:30 | 😀 (we): ok", "3 apples & 4 > 2", "ok!", "Who? What, where."]
)
def test_plain_lines_take_the_short_way(body: str) -> None:
    assert markdown._PLAIN.fullmatch(body)


WORDS = ["one", "two", "three", "four", "five", "six"]
AROUND = [
    "*",
    "**",
    "_",
    "~~",
    "`",
    "```",
    "> ",
    "- ",
    "1. ",
    "# ",
    "[",
    "]",
    "![",
    "<",
    "|",
    "||",
    "\n|-|\n",
    "\n-|-\n",
    " ",
    "\n",
    "\n\n",
    "\n  ",
    "\n\n    ",
]


@given(st.lists(st.sampled_from(WORDS) | st.sampled_from(AROUND), max_size=80))
def test_no_word_is_lost(pieces: list[str]) -> None:
    if body := cleaned("".join(pieces)):
        letters = re.sub(
            r"[^a-z]", "", checked(body).text + "".join(re.findall(r'class="language-([a-z]*)', render(body)))
        )
        assert sorted(letters) == sorted(re.sub(r"[^a-z]", "", body))


# What was slow or grew in the parser, in its own rules, or in the libraries that were tried; "␣" for a space, "⏎" for
# the end of a line.
COSTLY = r"""
[ ![ * ** _ __ ~~ ` `` \ ]( [a]( [a](b [a](<b [*a *[ [[]] [a][ *a _a **a* ***a ~~a~~ a**b*_c_ < <a <a: <a@b & > >> >- #
- + 1. *a␣ a*␣ >␣ -␣ 1.␣ *␣ -␣-␣ >␣-␣ -␣>␣ a⏎ a⏎⏎ #⏎ -⏎ -␣a⏎ 1.⏎ >⏎ >␣a⏎ ␣␣-␣a⏎ -␣a⏎␣␣ >␣1.⏎][1.⏎][1.⏎][⏎
>␣#⏎a**b#⏎a**b⏎ -␣a⏎␣␣-␣>␣ ```⏎ ~~~⏎ ---⏎ a␣␣⏎ |a |-|⏎ http://a.b␣ http://a. http:// :// www.a.b␣ www. a@b.co␣ a@ @ a.
<a@b.c>␣ <http://a>␣ mailto:a@b.co␣ http://a.b/( http://a.b/[ http://a.b) http://a( [x](http://a.b)␣ ![x](http://a.b)␣
[a](b" [a](b␣'\" [a](b␣(c `a a``␣ \` *_ _*~~ <!-- &amp; &#1; ( ((a a_b_ 日* á@
|| ||a ||a|| |a|⏎|-|⏎ |a|b|⏎ a|b⏎-|-⏎c|d⏎ -␣[␣]␣a⏎ :a: :tada: :a |⏎ \\| ||*a* ||`
http://a'www.a -http://a http://a.~ -␣-␣[a](b>⏎ >>␣>>␣>>⏎-␣
"""


@pytest.mark.parametrize("unit", COSTLY.split())
def test_what_is_made_to_cost_much_is_bounded(unit: str) -> None:
    """Counts, not times: of what the parser makes of 8,000 characters, alone, in paragraphs, quoted and listed."""
    unit = unit.replace("␣", " ").replace("⏎", "\n")
    shapes = [unit, unit * 5 + "\n\n", f"> {unit * 3}\n", f"- {unit * 3}\n", f"- > {unit}\n\n"]
    for shape in shapes:
        body = clean_body((shape * 8_000)[:8_000])
        rendered = checked(body)
        assert len(rendered.links) <= BUDGET / 3
        tokens = markdown._PARSER.parse(body) if body.count("\n") < BUDGET else []
        inline = sum(len(token.children or []) for token in tokens)
        assert len(tokens) <= TOKENS_MOST + 5 * BUDGET
        assert inline <= 8 * BUDGET
        assert max((token.level for token in tokens), default=0) <= DEEPEST + 5


def test_a_paragraph_beyond_the_budget_is_shown_as_typed_and_those_before_it_are_not() -> None:
    body = "**bold**\n\n" + "*a* " * 1_000 + "end\nhttp://a.b"
    assert render(body) == "<p><strong>bold</strong></p>\n<p>" + "*a* " * 1_000 + "end<br>\nhttp://a.b</p>"
