"""Snippets: the part of a message in which what was searched for stands, with the words marked. Plain text, no HTML."""

import html
import re
from collections.abc import Sequence

from chinwag.changes import Message
from chinwag.store.search import Term
from chinwag.store.words import places, settled

LENGTH = 280
LEAD = 60
"""So many characters stand before the first marked word, if there are as many."""

_TAG = re.compile(r"<[^>]*>")

Span = tuple[int, int]


def snippet(message: Message, terms: Sequence[Term]) -> list[str]:
    """Pieces of text of which every second one, beginning with the second, is marked. The text is what is shown of the
    message; where nothing of that matches (an address behind a link) it is what was typed."""
    shown = _clean(html.unescape(_TAG.sub("", message.html)))
    spans = _spans(shown, terms)
    if not spans and terms:
        typed = _clean(message.body)
        if typed_spans := _spans(typed, terms):
            shown, spans = typed, typed_spans
    return _pieces(shown, spans)


def has_all(text: str, terms: Sequence[Term]) -> bool:
    """Whether each of the terms stands in a text."""
    found = places(settled(text))
    return all(_of_term(found, term) for term in terms)


def _clean(text: str) -> str:
    return " ".join(settled(text).split())


def _spans(text: str, terms: Sequence[Term]) -> list[Span]:
    """Where the terms stand, in order and without overlap."""
    found = places(text)
    spans = sorted(span for term in terms for span in _of_term(found, term))
    joined: list[Span] = []
    for begin, end in spans:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _of_term(found: list[tuple[str, int, int]], term: Term) -> list[Span]:
    words, length = term.words, len(term.words)
    spans = []
    for place in range(len(found) - length + 1):
        here = [word for word, _, _ in found[place : place + length]]
        last = here[-1].startswith(words[-1]) if term.prefix else here[-1] == words[-1]
        if last and here[:-1] == list(words[:-1]):
            spans.append((found[place][1], found[place + length - 1][2]))
    return spans


def _pieces(text: str, spans: list[Span]) -> list[str]:
    begin = max(0, spans[0][0] - LEAD) if spans else 0
    if begin:
        begin = text.find(" ", begin, spans[0][0]) + 1 or begin
    end = min(len(text), begin + LENGTH)
    pieces, at = ["…" if begin else ""], begin
    for first, last in spans:
        if first >= end:
            break
        pieces[-1] += text[at:first]
        at = min(last, end)
        pieces += [text[first:at], ""]
    pieces[-1] += text[at:end] + ("…" if end < len(text) else "")
    return pieces
