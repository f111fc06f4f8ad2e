"""The gate says which step failed, which test and why, and ends what a step has left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.world import wait_until
from tools import gate

TESTS = """
def test_good(): pass
def test_bad(): assert 1 == 2, "they differ"
"""
SPAWNER = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"

linux = pytest.mark.skipif(sys.platform != "linux", reason="what runs is read from /proc")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> gate.Run:
    monkeypatch.setattr(gate, "RESULTS", tmp_path)
    monkeypatch.setattr(gate, "GRACE", 0.1)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    return gate.Run(tmp_path)


def test_a_failed_test_is_named_at_the_end_with_its_last_lines_and_all_are_counted(
    run: gate.Run, tmp_path: Path
) -> None:
    (tmp_path / "test_two.py").write_text(TESTS)
    words = ["-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={tmp_path}"]
    outcome = run.one(
        gate.python("two", "pytest", f"--junitxml={tmp_path}/two.xml", *words, str(tmp_path), counts=True)
    )
    end = "\n".join(gate.summary([outcome], []))
    assert (outcome.status, outcome.passed, outcome.word) == (1, 1, "FAILED")
    assert "\nFAILED test_two test_bad\n" in end
    assert "they differ" in end
    assert end.endswith("\n1 passed, 1 failed")


def test_a_step_without_tests_that_fails_is_named_with_its_last_lines(run: gate.Run) -> None:
    outcome = run.one(gate.Step("lint", [sys.executable, "-c", "print('too long'); exit(3)"]))
    assert outcome.failures == {"lint": ["too long"]}


def test_a_step_that_dies_without_a_report_has_failed(run: gate.Run) -> None:
    outcome = run.one(gate.Step("tests", [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], counts=True))
    assert (outcome.status, outcome.word) == (-9, "FAILED")


def test_a_step_that_reports_no_test_has_failed(run: gate.Run, tmp_path: Path) -> None:
    outcome = run.one(gate.Step("tests", [sys.executable, "-c", ""], counts=True))
    assert outcome.failures == {"tests": ["No test was run."]}


@linux
def test_what_a_step_leaves_running_is_named_and_ended(run: gate.Run) -> None:
    outcome = run.one(gate.Step("leaky", [sys.executable, "-c", SPAWNER]))
    assert list(outcome.failures) == ["left running"]
    assert "time.sleep(600)" in outcome.failures["left running"][0]


@linux
def test_a_run_that_is_told_to_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from tools import gate
gate.RESULTS = Path({str(tmp_path)!r})
scratch = Path({str(tmp_path)!r}, "scratch")
scratch.mkdir()
gate.Run(scratch).one(gate.Step("slow", ["sleep", "600"]))
"""
    process = subprocess.Popen([sys.executable, "-c", code], cwd=gate.ROOT)
    wait_until(lambda: (tmp_path / "slow.log").exists() and children(process.pid) != [])
    (child,) = children(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 128 + signal.SIGTERM
    wait_until(lambda: gate.running(child) == [])
    assert not (tmp_path / "scratch").exists()


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
