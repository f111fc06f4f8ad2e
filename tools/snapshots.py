"""Keeps how every component looks now, as what the tests compare with.

CHINWAG_CHROMIUM="$(python tools/chromium.py)" python -m tools.snapshots
"""

import os

from playwright.sync_api import sync_playwright

from tests.e2e import pictures
from tests.e2e.conftest import QUIET


def main() -> None:
    with sync_playwright() as playwright, pictures.gallery_at() as url:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHINWAG_CHROMIUM"), args=QUIET.split())
        for look in pictures.LOOKS:
            pictures.keep(look, pictures.take(browser, url, look))
        browser.close()


if __name__ == "__main__":
    main()
