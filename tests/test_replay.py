"""A long conversation, said over HTTP by its own authors through a `kill -9`, is read back whole and in order."""

import gzip
import json
import random
from pathlib import Path

import pytest

from bench.replay import Line, read_lines, replay
from tests.world import ROOT

RECORDED = next(ROOT.parent.glob("*/data/irc.jsonl.gz"), None)
"""A recorded conversation, where one lies beside this checkout."""

WORDS = (
    "hi all anyone know how to get sound back after an update? try alsamixer :-) o_O <b>no</b> *bold* `rm -rf` \\o/ "
    '#ubuntu @nobody https://example.org/?a=1&b=2 ~/.config "quoted" it\'s 日本語 прывітанне שלום 👍🏽 ﷽ e\u0301'
).split()


def made_up(count: int) -> list[Line]:
    """What people might say, and how they might be called: the same each time."""
    dice = random.Random(7)
    authors = [f"{word} " if number % 3 else word * 4 for number, word in enumerate(WORDS[:12])]
    bodies = (" ".join(dice.choices(WORDS, k=dice.randrange(1, 30))) for _ in range(count))
    return [Line(dice.choice(authors), body.strip(), f"made up {number}") for number, body in enumerate(bodies)]


@pytest.fixture(params=["made up", RECORDED] if RECORDED else ["made up"], ids=lambda one: Path(one).stem)
def lines(request: pytest.FixtureRequest) -> list[Line]:
    return made_up(150) if request.param == "made up" else read_lines(request.param, 500)


def test_a_long_conversation_is_read_back_whole_and_in_order_whatever_happens(
    tmp_path: Path, lines: list[Line]
) -> None:
    assert replay(tmp_path / "data", lines, kills=1) is None


def test_what_nobody_can_say_is_left_out_of_a_recording(tmp_path: Path) -> None:
    said = [
        {"room": room, "day": None, "author": "ann ", "body": body}
        for room, body in (("a", "1"), ("a", "\t"), ("b", "2"))
    ]
    path = tmp_path / "recording.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, said)).encode()))
    assert [line.body for line in read_lines(path)] == ["1", "2"]
    assert [line.body for line in read_lines(path, room="b")] == ["2"]
    assert [line.body for line in read_lines(path, 1)] == ["1"]
