"""The one table, and the machine that it was measured on."""

import os
import platform
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import tornado

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- the table begins -->\n", "<!-- the table ends -->\n"


@dataclass
class Line:
    """One thing that was measured; the floor and the seed only for fan-out."""

    what: str
    chinwag: str
    aim: str = ""
    floor: str = ""
    seed: str = ""


def render(lines: list[Line], data: Path, load: float) -> str:
    """The table in Markdown, the machine under it; `load` is how busy that was before."""
    rows: list[tuple[str, ...]] = [("", "Chinwag", "aim", "C floor", "first handler")]
    rows += [(line.what, line.chinwag, line.aim, line.floor, line.seed) for line in lines]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    rule = ("-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:]))
    table = "".join(f"| {' | '.join(padded(row, widths))} |\n" for row in (rows[0], rule, *rows[1:]))
    return f"{table}\n{machine(data)} Load average before: {load:.1f}.\n"


def padded(row: tuple[str, ...], widths: list[int]) -> list[str]:
    """The first column to the left, the others to the right."""
    return [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]


def machine(data: Path) -> str:
    return (
        f"{os.cpu_count()} cores ({processor()}), Linux {platform.release()}, CPython {platform.python_version()}, "
        f"Tornado {tornado.version}, SQLite {sqlite3.sqlite_version}; "
        f"data on {filesystem(data)}, an fsync {fsync(data) * 1e3:.2f} ms."
    )


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.machine()


def filesystem(folder: Path) -> str:
    """The kind of file system that the folder is on: an fsync on tmpfs would prove nothing."""
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    under = [(len(at), kind) for _, at, kind, *_ in mounts if folder.resolve().is_relative_to(at)]
    return max(under)[1]


def fsync(folder: Path) -> float:
    """Seconds, the median, to append 4 kB and have it on disk: what no durable post can be faster than."""
    took, file = [], folder / "fsync"
    with file.open("wb", buffering=0) as out:
        for _ in range(100):
            began = perf_counter()
            out.write(bytes(4096))
            os.fsync(out.fileno())
            took.append(perf_counter() - began)
    file.unlink()
    return median(took)


def write(table: str) -> None:
    """Puts the table in the place of the last one."""
    before, _, rest = README.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}")
