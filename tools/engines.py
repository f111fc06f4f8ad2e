"""Sees to what `make test-all` has beside Chromium: Firefox, WebKitGTK, and a font with emoji; as root, Debian's."""

import shutil
import subprocess
import sys

from tools.chromium import install_packages, may_install, on_this_machine

# What one of its programs is called, by the package that has it.
PACKAGES = {
    "firefox-esr": ["firefox-esr", "firefox"],
    "webkit2gtk-driver": ["WebKitWebDriver"],
    "xvfb": ["Xvfb"],
}
EMOJI = "fonts-noto-color-emoji"


def main() -> None:
    wanted = missing() if has_emoji() else [*missing(), EMOJI]
    if wanted and may_install():
        install_packages(*wanted)
    if lacking := missing():
        print(f"Not here: {', '.join(lacking)}. Their browser stories are not told.", file=sys.stderr)


def missing() -> list[str]:
    """The packages of browsers of which no program is there."""
    return [package for package, programs in PACKAGES.items() if not any(map(on_this_machine, programs))]


def has_emoji() -> bool:
    """Whether fontconfig knows such a font; where it is not there, as on macOS, one is."""
    if not shutil.which("fc-list"):
        return True
    return bool(subprocess.run(["fc-list", ":lang=und-zsye"], capture_output=True).stdout.strip())


if __name__ == "__main__":
    main()
