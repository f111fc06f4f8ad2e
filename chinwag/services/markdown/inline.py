"""What stands in running text and the library does not have, or not within bounds, and what all of it may cost."""

import html
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, link
from markdown_it.token import Token

from chinwag.services.emoji_table import by_name

Names = Mapping[str, tuple[str, str]]
"""Of each handle that means somebody: what is meant, such as `user:3`, and the name to show."""

Pictures = Mapping[str, str]
"""Of each emoji of the workspace's own: where its picture is, by name."""

BUDGET = 1_000
"""What one message may spend, about 20 µs each: a line or a cell is 1, running text by `_cost`. Most spend under 50."""

EMOJI = r":[a-z0-9_+-]{1,64}:"

_STOP = re.compile(
    rf"[\\`*_~\[\]!<\n]|\|\||{EMOJI}|(?<![^\W_])(?:https?://|www\.)|(?<![\w.+-])[\w.+-]{{1,64}}@|@", re.IGNORECASE
)
_HIDDEN = r"\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_URL = re.compile(rf"(?:https?://|www\.)[^\W_][^\s<>\[\]`\"{_HIDDEN}]*", re.IGNORECASE)
_EMAIL = re.compile(r"[a-z0-9_.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\.[a-z]{2,63}(?![\w@-])", re.I)
_MENTION = re.compile(r"@([a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?)(?![._-]*[^\W_]|@)", re.IGNORECASE)
_EMOJI = re.compile(EMOJI)


def within_budget(state: StateCore) -> None:
    """Parse running text while the budget lasts."""
    left = BUDGET - state.src.count("\n")
    for before, token in pairwise(state.tokens):
        if token.type == "inline":
            left -= _cost(token.content) + (before.tag in ("td", "th"))
            token.children = []
            if left >= 0:
                state.md.inline.parse(token.content, state.md, state.env, token.children)
            else:
                token.children = _as_typed(token.content)


def _cost(text: str) -> int:
    """One for each place where a rule is tried, three where more than text may come of it. Lines are paid for."""
    return sum(3 if len(found) > 1 or found in "[<@" else found != "\n" for found in _STOP.findall(text))


def _as_typed(text: str) -> list[Token]:
    tokens: list[Token] = []
    for line in text.split("\n"):
        tokens += [Token("softbreak", "br", 0), Token("text", "", 0, content=line)]
    return tokens[1:]


def text(state: StateInline, silent: bool) -> bool:
    """Everything up to where another rule may begin."""
    found = _STOP.search(state.src, state.pos, state.posMax)
    end = found.start() if found else state.posMax
    if end == state.pos:
        return False
    if not silent:
        state.append_pending(state.src[state.pos : end])
    state.pos = end
    return True


def bare_address(state: StateInline, silent: bool) -> bool:
    """An http(s) URL, "www." or e-mail address without any brackets, less the punctuation of its sentence."""
    if state.linkLevel:
        return False
    if found := _URL.match(state.src, state.pos, state.posMax):
        shown = _trimmed(found[0])
        url = shown if "://" in shown[:8] else f"http://{shown}"
    elif found := _EMAIL.match(state.src, state.pos, state.posMax):
        shown = found[0]
        url = f"mailto:{shown}"
    else:
        return False
    state.pos += len(shown)
    if silent:
        return True
    href = state.md.normalizeLink(url)
    if state.md.validateLink(href):
        state.push("link_open", "a", 1).attrs = {"href": href}
        state.push("text", "", 0).content = shown
        state.push("link_close", "a", -1)
    else:
        state.append_pending(shown)  # and not looked into again, which would take quadratic time
    return True


def _trimmed(url: str) -> str:
    """Without closing punctuation, and without a ")" that it did not open."""
    surplus = url.count(")") - url.count("(")
    end = len(url)
    while url[end - 1] in "?!.,:;*_~'" or (url[end - 1] == ")" and surplus > 0):
        surplus -= url[end - 1] == ")"
        end -= 1
    return url[:end]


def mention(state: StateInline, silent: bool) -> bool:
    """A handle after "@". Who is meant, if anybody, is seen when it is written out."""
    found = _MENTION.match(state.src, state.pos, state.posMax)
    if not found or state.linkLevel or (state.pos and state.src[state.pos - 1].isalnum()):
        return False
    if not silent:
        token = state.push("mention", "", 0)
        token.content, token.markup = found[1].lower(), found[0]
    state.pos = found.end()
    return True


def called(renderer: object, tokens: list[Token], index: int, _: object, env: Any) -> str:
    """Whoever a mention means, by name; as typed where nobody is meant."""
    token = tokens[index]
    if token.content not in env["names"]:
        return token.markup
    target, name = env["names"][token.content]
    return f'<span class="mention" data-mention="{html.escape(target)}">@{html.escape(name, quote=False)}</span>'


def emoji(state: StateInline, silent: bool) -> bool:
    """`:name:`, of Unicode or of the workspace's own, if it has one of this name."""
    found = _EMOJI.match(state.src, state.pos, state.posMax)
    name = found[0][1:-1] if found else ""
    if not found or (name not in by_name() and name.isdigit()):  # the last colon of "10:30:tada:" begins the emoji
        return False
    if not silent and name in by_name():
        state.append_pending(by_name()[name])
    elif not silent:
        state.push("emoji", "", 0).content = name
    state.pos = found.end()
    return True


def picture(renderer: object, tokens: list[Token], index: int, _: object, env: Any) -> str:
    """The picture of one of the workspace's own; as typed where it has none of this name."""
    name = tokens[index].content
    if name not in env["pictures"]:
        return f":{name}:"
    return f'<img class="emoji" src="{html.escape(env["pictures"][name])}" alt=":{name}:">'


def spoiler(state: StateInline, silent: bool) -> bool:
    """`||words||`, without a space next to the bars: "a || b" is what it is."""
    start, most = state.pos, state.posMax
    if not state.src.startswith("||", start, most):
        return False
    end = state.src.find("||", start + 2, most)
    inside = state.src[start + 2 : end]
    if end < 0 or not inside or inside != inside.strip():
        return False
    if not silent:
        state.pos, state.posMax = start + 2, end
        state.push("spoiler_open", "span", 1).attrs = {"class": "spoiler"}
        state.md.inline.tokenize(state)
        state.push("spoiler_close", "span", -1)
        state.posMax = most
    state.pos = end + 2
    return True


def image(state: StateInline, silent: bool) -> bool:
    """`![words](address)` is a link: a picture from elsewhere would tell its server who reads, and when."""
    start = state.pos
    if not state.src.startswith("![", start, state.posMax):
        return False
    state.pos += 1
    found = link(state, silent)
    if not found:
        state.pos = start
    return found
