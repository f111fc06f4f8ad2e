"""What the server says to people is said in the client's other languages too: every refusal, by its sentence."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import ROOT

LANGUAGES = sorted((ROOT / "client" / "src" / "languages").glob("*/problems.ts"))
REFUSALS = {"Invalid", "Unauthorized", "Forbidden", "NotFound", "Conflict", "TooLarge", "TooMany", "Unavailable"}
MADE_ELSEWHERE = {"Expected “str” of length <= {}.", "Expected “str” of length >= {}.", "There is no such {}."}
"""By msgspec, and by `NotFound` of what is missing."""
NOT_MET = {
    "Only one of before, after and around can be given.",
    "There are {} params at most: {}.",
    "This is an answer itself: its thread is that of message {}.",
    "There can be {} groups at most: please remove one first.",
    "Please send text frames.",
    "The body must be text in UTF-8.",
    "{} must be a whole number.",
}
"""Told to programs: the client does not ask for these, or has no page for them."""


def sentences_of(node: ast.expr) -> Iterator[str]:
    """The sentences that an expression may be, with `{}` for what is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
    elif isinstance(node, ast.IfExp):
        yield from sentences_of(node.body)
        yield from sentences_of(node.orelse)


def said() -> Iterator[str]:
    """Every sentence in the server's code."""
    for path in (ROOT / "chinwag").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.expr):
                yield from (one for one in sentences_of(node) if one.endswith((".", "?")))


def refused() -> Iterator[str]:
    """Those that a refusal is raised with, where it stands."""
    for path in (ROOT / "chinwag").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
                yield from (one for part in node.args for one in sentences_of(part) if one.endswith((".", "?")))


def translated(path: Path) -> dict[str, str]:
    """What a language says of the server's sentences."""
    quoted = r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\""""
    pairs = re.findall(rf"^  (?:{quoted}): (?:{quoted}),$", path.read_text(), re.MULTILINE)
    return {one or other: words or more for one, other, words, more in pairs}


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.parent.name)
def test_every_refusal_that_people_meet_is_said_in_every_language(path: Path) -> None:
    assert sorted(set(refused()) - set(translated(path)) - NOT_MET) == []


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.parent.name)
def test_no_language_translates_what_the_server_does_not_say(path: Path) -> None:
    assert sorted(set(translated(path)) - set(said()) - MADE_ELSEWHERE) == []


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.parent.name)
def test_what_the_server_puts_in_is_put_in_where_it_exists(path: Path) -> None:
    wrong = [
        sentence
        for sentence, words in translated(path).items()
        if not {int(one) for one in re.findall(r"\{(\d)\}", words)} <= set(range(1, sentence.count("{}") + 1))
    ]
    assert wrong == []
