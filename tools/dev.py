"""Runs the server with --debug beside Vite, until one of the two ends or Ctrl+C ends both."""

import signal
import subprocess
import sys
import time


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit())
    children = [
        subprocess.Popen([".venv/bin/chinwag", "serve", "--debug", *sys.argv[1:]]),
        subprocess.Popen(["node_modules/.bin/vite"], cwd="client"),
    ]
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.2)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


if __name__ == "__main__":
    main()
