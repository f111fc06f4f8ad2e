"""The emoji of Unicode and their names: what `tools/emoji.py` wrote into `emoji.json`, which the client reads too."""

from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import msgspec

_TONES = [chr(point) for point in range(0x1F3FB, 0x1F400)]
_JOINER, _VARIANT = "\u200d", "\ufe0f"
_HANDSHAKE = "🤝"

LONGEST = 20
"""Code points of an emoji; the longest has 15."""


def emoji_of(text: str) -> str | None:
    """The one emoji that a text is, as Unicode recommends it for interchange, or None."""
    return _all().get(text.replace(_VARIANT, "")) if len(text) <= LONGEST else None


@cache
def by_name() -> dict[str, str]:
    """The emoji of each name: `by_name()["tada"]` is 🎉."""
    return {name: one[0] for one in _rows() for name in one[1].split()}


@cache
def _table() -> Any:
    return msgspec.json.decode(Path(__file__).with_name("emoji.json").read_bytes())


def _rows() -> list[Any]:
    return [one for group in _table()["groups"] for one in group["emoji"]]


@cache
def _all() -> dict[str, str]:
    """Every emoji by its text without variation selectors, which keyboards set or leave out as they please."""
    rows = _rows()
    forms = [one[0] for one in rows]
    for one in rows:
        if len(one) > 2:
            forms += _toned(one[0])
    for mixed in _table()["mixed"]:
        forms += [form for form in _toned(mixed) if len({one for one in form if one in _TONES}) == 2]
    return {form.replace(_VARIANT, ""): form for form in forms}


def _toned(text: str) -> list[str]:
    """An emoji in every skin tone; of two people each in every one."""
    parts = text.split(_JOINER)
    people = [part.replace(_VARIANT, "") in _bases() and (part != _HANDSHAKE or len(parts) == 1) for part in parts]
    return [_with_tones(parts, people, tones) for tones in product(_TONES, repeat=sum(people))]


def _with_tones(parts: list[str], people: list[bool], tones: tuple[str, ...]) -> str:
    left = iter(tones)
    return _JOINER.join(
        part.replace(_VARIANT, "") + next(left) if is_person else part
        for part, is_person in zip(parts, people, strict=True)
    )


@cache
def _bases() -> set[str]:
    """What a skin tone may follow."""
    return {one[0].replace(_VARIANT, "") for one in _rows() if len(one) > 2 and _JOINER not in one[0]}
