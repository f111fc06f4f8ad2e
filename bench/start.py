"""From the start of the process to the first `/health` that says 200."""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.servers import chinwag


def measure(data: Path, *, starts: int) -> tuple[float, float]:
    """Seconds, the median of `starts`: on an existing database, and in an empty folder."""
    again = [seconds(data) for _ in range(starts)]
    first = []
    for _ in range(starts):
        with TemporaryDirectory(dir=data.parent) as empty:
            first.append(seconds(Path(empty)))
    return median(again), median(first)


def seconds(data: Path) -> float:
    began = perf_counter()
    with chinwag(data):
        return perf_counter() - began
