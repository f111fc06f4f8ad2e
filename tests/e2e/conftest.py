"""A browser for all stories, a house for each; where a story ends badly, pictures of what everybody saw."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.house import House, keeping_house
from tests.world import ROOT

QUIET = (
    "--no-sandbox --disable-dev-shm-usage --disable-background-networking --disable-component-update --no-first-run"
    " --no-default-browser-check"
)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium: the one that `tools/chromium.py` found, else Playwright's own."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHINWAG_CHROMIUM")
        browser = playwright.chromium.launch(executable_path=path, args=QUIET.split())
        yield browser
        browser.close()


@pytest.fixture
def house(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    """A house that nobody owns yet; parametrize it with words for the command line."""
    with keeping_house(browser, tmp_path, *getattr(request, "param", [])) as house:
        failed = request.session.testsfailed
        yield house
        if request.session.testsfailed > failed:
            take_pictures(house, request.node.name)


def take_pictures(house: House, story: str) -> None:
    """What everybody saw, in `test-results`."""
    for number, person in enumerate(house.people):
        for page in person.context.pages:
            page.screenshot(path=ROOT / "test-results" / f"{story}-{number}-{person.name}.png")
