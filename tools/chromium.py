"""Prints the path of a Chromium for the browser tests: $CHROMIUM, one of this machine, else one that it installs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import sync_playwright

MISSING = "install Chromium, or say where it is with CHROMIUM=/path/to/chromium."
COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
SYSTEM = "/usr/local/bin:/usr/bin:/snap/bin"  # where packages put it, whatever the PATH says
MAC_APPS = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
]


def main() -> None:
    path = find()
    if not path:
        sys.exit(f"The browser tests need Chromium: {MISSING}")
    print(path)


def find() -> str | None:
    """The path of one that runs, installed if that may be; None where there is none."""
    return next((path for path in candidates() if path and runs(path)), None)


def candidates() -> Iterator[str | None]:
    """Cheapest first; each step is taken only when those before it found nothing."""
    if chosen := os.environ.get("CHROMIUM"):
        yield chosen
        return
    yield from map(on_this_machine, COMMANDS)
    yield from MAC_APPS
    yield playwrights_own()
    if may_install():
        install_packages("chromium")
        yield on_this_machine("chromium")
    install(sys.executable, "-m", "playwright", "install", "chromium")
    yield playwrights_own()


def on_this_machine(command: str) -> str | None:
    return shutil.which(command) or shutil.which(command, path=SYSTEM)


def runs(path: str) -> bool:
    """Ubuntu's `chromium-browser`, for one, is a script that only asks for a snap."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def playwrights_own() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_packages(*names: str) -> None:
    """Debian's."""
    install("apt-get", "update", "-qq")
    install("apt-get", "install", "-qq", "-y", "--no-install-recommends", *names)


def install(*command: str) -> None:
    """Standard output is for the path, so what the installers say goes to standard error."""
    print("Not here yet:", *command, file=sys.stderr)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=environment)


if __name__ == "__main__":
    main()
