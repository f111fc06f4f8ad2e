"""The gallery: every component in every state looks as it did, in each size, light and dark.

Where a change of looks is meant, `make snapshots` keeps the new ones, to be looked at before they are committed.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e import pictures
from tests.e2e.pictures import LOOKS
from tests.world import ROOT

# A part as a whole: what stands before a case decides between which pixels it begins.
MESSAGES = "Mem|MessageI|Mod"


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    with pictures.gallery_at() as url:
        yield url


@pytest.mark.timeout(300)
@pytest.mark.parametrize("look", LOOKS)
def test_every_component_looks_as_it_did(browser: Browser, gallery: str, look: str) -> None:
    taken = pictures.take(browser, gallery, look)
    found = pictures.differences(look, taken)
    if found:
        pictures.report(look, taken, ROOT / "test-results" / "looks")
    assert found == []


@pytest.mark.parametrize(
    ("style", "told"),
    [
        ("", ""),
        (".message .said { translate: 3px }", "MessageItem/plain looks different"),
        (".message .said { translate: 0 3px }", "MessageItem/plain looks different"),
        (".message { margin-block-end: 1px; padding-block-end: 6px }", "MessageItem/plain was"),
        (":root { --accent-soft: oklch(0.935 0.022 250) }", "MessageItem/mention looks different"),
        (":root { --text-muted: oklch(0.55 0.013 95) }", "MessageItem/plain looks different"),
    ],
)
def test_what_moves_by_three_pixels_or_takes_another_colour_is_noticed(
    browser: Browser, gallery: str, style: str, told: str
) -> None:
    taken = pictures.take(browser, gallery, "desktop-light", only=MESSAGES, style=style)
    found = pictures.differences("desktop-light", taken, only=MESSAGES)
    assert any(one.startswith(told) for one in found) if told else found == []


def test_what_is_new_or_gone_is_told_by_its_name(browser: Browser, gallery: str) -> None:
    taken = pictures.take(browser, gallery, "phone-dark", only="A")
    taken["Avatar/striped"] = taken.pop("Avatar/initials")
    assert pictures.differences("phone-dark", taken, only="A") == [
        "Avatar/initials is gone",
        "Avatar/striped is new",
    ]


def test_nothing_of_the_gallery_is_in_the_client_that_is_served() -> None:
    built = [path for path in (ROOT / "chinwag" / "static").rglob("*") if path.suffix in (".js", ".html", ".css")]
    assert built
    assert [path.name for path in built if "gallery" in path.name or "gallery-page" in path.read_text()] == []
