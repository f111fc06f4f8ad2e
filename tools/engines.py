"""Sees to it that Firefox and WebKitGTK are there for the browser tests; as root, Debian's are installed."""

import sys

from tools.chromium import install_packages, may_install, on_this_machine

# What one of its programs is called, by the package that has it.
PACKAGES = {
    "firefox-esr": ["firefox-esr", "firefox"],
    "webkit2gtk-driver": ["WebKitWebDriver"],
    "xvfb": ["Xvfb"],
}


def main() -> None:
    if missing() and may_install():
        install_packages(*missing())
    if lacking := missing():
        print(f"Not here: {', '.join(lacking)}. Their browser stories are not told.", file=sys.stderr)


def missing() -> list[str]:
    """The packages of which no program is there."""
    return [package for package, programs in PACKAGES.items() if not any(map(on_this_machine, programs))]


if __name__ == "__main__":
    main()
