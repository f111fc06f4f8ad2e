"""Safe HTML from the Markdown of a message. Knows nothing of rooms, people or the database."""

import html
import re

from markdown_it import MarkdownIt

from chinwag.services.markdown.blocks import DEEPEST, bounded_table, fence, listing, quotation, tasks
from chinwag.services.markdown.clean import LINK, clean
from chinwag.services.markdown.inline import (
    BUDGET,
    EMOJI,
    Names,
    Pictures,
    bare_address,
    called,
    emoji,
    image,
    mention,
    picture,
    spoiler,
    text,
    within_budget,
)

__all__ = ["Names", "Pictures", "emoji_names", "mentions", "render", "render_fully"]

LONGER = 10
"""How many times as long as the body its HTML may be, beyond the first 4,000 characters."""

FOUND_MOST = 50
"""So many different handles, and names of emoji, are looked for in a message."""

# One line in which neither the parser nor the sanitiser finds anything to act on: it is one paragraph, as typed.
# What begins a turn is not quiet, so there is one way through, and a line that fails costs little more than one that
# does not. (Possessive quantifiers would say so, but are broken before Python 3.11.4.)
_QUIET = r"[^\\`*_~\[<|\r\n\t\x00\xa0@:wW]*"
_PLAIN = re.compile(
    rf"(?!\s|[#>+\-]|\d{{1,9}}[.)]){_QUIET}"
    rf"(?:(?:(?!{EMOJI}):(?!//)|[wW](?![wW]{{2}}\.)|\|(?!\|)|(?<![\w.+-])@){_QUIET})*(?<!\s)"
)
_NAMED = re.compile(EMOJI)
_CONTROL = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f]")


def printable(body: str) -> str:
    """What of a body can be shown: no control characters, and no white space at its end."""
    return _CONTROL.sub("", body.replace("\r", "\n")).rstrip()


def mentions(body: str) -> list[str]:
    """The handles after an "@", in lower case, each once, the first `FOUND_MOST`: those that `render` would look for in
    its names. There are none in code, in links and in e-mail addresses."""
    return _found(body, "mention") if "@" in body else []


def emoji_names(body: str) -> list[str]:
    """The names between colons that are not Unicode's, in the same way: those that `render` would look for in its
    pictures."""
    return _found(body, "emoji") if _NAMED.search(body) else []


def _found(body: str, kind: str) -> list[str]:
    body = printable(body)
    if body.count("\n") >= BUDGET:
        return []
    found = (child.content for token in _PARSER.parse(body) for child in token.children or () if child.type == kind)
    return list(dict.fromkeys(found))[:FOUND_MOST]


def render(body: str, names: Names | None = None, pictures: Pictures | None = None) -> str:
    """The HTML of a message that `names.clean_body` let through, in at most about 30 ms and ten times its length.

    CommonMark's emphasis, code, fences, quotations, lists, headings, rules, links (http, https, mailto) and bare
    addresses; strikethrough, tables, task lists, `||spoilers||`, and emoji by name, the workspace's own from
    `pictures`. A handle that is in `names` becomes `<span class="mention" data-mention="user:3">@Ann</span>`. HTML is
    shown as typed, and an image becomes a link to it. What would cost too much stays as typed: lists, tables and
    quotations more than `DEEPEST` levels deep or after `TOKENS_MOST`; running text from the paragraph on that
    overspends the message's `BUDGET`; and all of a message whose lines alone overspend it, or whose HTML would be more
    than `LONGER` times as long.
    """
    body = printable(body)
    if _PLAIN.fullmatch(body) and not (names and "@" in body):
        return f"<p>{html.escape(body, quote=False)}</p>"
    return render_fully(body, names, pictures)


def render_fully(body: str, names: Names | None = None, pictures: Pictures | None = None) -> str:
    """The same by the parser and the sanitiser, without the shorter way for plain lines."""
    body = printable(body)
    if body.count("\n") < BUDGET:
        known = {"names": names or {}, "pictures": pictures or {}}
        rich = clean(_PARSER.render(body, known)).strip()
        if len(rich) <= LONGER * len(body) + 4_000:
            return rich
    return "<p>" + html.escape(body, quote=False).replace("\n", "<br>\n") + "</p>"


class _Parser(MarkdownIt):
    """Links to the web and to mail only; addresses shown as typed, as decoding one could hide where it leads."""

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return LINK.match(url) is not None

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


def _parser() -> MarkdownIt:
    parser = _Parser("zero", {"breaks": True, "maxNesting": 3 * DEEPEST})
    parser.enable(["fence", "blockquote", "hr", "list", "heading", "table"])
    parser.enable(["newline", "escape", "backticks", "strikethrough", "emphasis"])
    parser.enable(["link", "image", "autolink", "linkify"])
    parser.block.ruler.at("table", bounded_table, {"alt": ["paragraph"]})
    parser.block.ruler.at("blockquote", quotation, {"alt": ["paragraph", "blockquote", "list"]})
    parser.block.ruler.at("list", listing, {"alt": ["paragraph", "blockquote"]})
    parser.inline.ruler.at("text", text)
    parser.inline.ruler.at("linkify", bare_address)
    parser.inline.ruler.at("image", image)
    for name, rule in (("mention", mention), ("emoji", emoji), ("spoiler", spoiler)):
        parser.inline.ruler.after("linkify", name, rule)
    parser.core.ruler.before("inline", "tasks", tasks)
    parser.core.ruler.at("inline", within_budget)
    for name, written in (("fence", fence), ("mention", called), ("emoji", picture)):
        parser.add_render_rule(name, written)
    return parser


_PARSER = _parser()
