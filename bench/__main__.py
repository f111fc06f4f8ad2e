"""Measures everything and prints one table; `--write` puts it into bench/README.md too."""

import argparse
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import begin, connect, fanout, post, size, start, table, timeline, uploads
from bench.flight import SIZE, Called, Relayed
from bench.people import People, seat, sit_down
from bench.servers import chinwag, floor, seed
from bench.table import Line


@dataclass(frozen=True)
class Plan:
    """How much is measured: rounds are medians, seconds are a round's."""

    members: int
    posts: int
    rounds: int
    seconds: float
    connections: int
    photographs: int
    messages: int


FULL = Plan(members=1000, posts=40, rounds=7, seconds=1.0, connections=2000, photographs=20, messages=100_000)
QUICK = Plan(members=100, posts=5, rounds=1, seconds=0.2, connections=200, photographs=3, messages=2_000)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the load, once: shows that all of it runs")
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    words = parser.parse_args()
    if words.quick and words.write:
        parser.error("what --quick measures is not worth writing down")
    if sys.platform != "linux":
        raise SystemExit("bench: what is measured (epoll, another process's clock, /proc) is there on Linux alone")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and folders are cleaned up then, too
    plan = QUICK if words.quick else FULL
    allow_files(3 * plan.members + 2 * plan.connections)
    # /var/tmp and not /tmp, which is often memory: there an fsync costs nothing.
    with TemporaryDirectory(prefix="chinwag-bench-", dir="/var/tmp") as folder:
        data, load = Path(folder) / "data", os.getloadavg()[0]
        printed = table.render(measure(plan, data), data, load)
    print(printed)
    if words.write:
        table.write(printed)


def allow_files(n: int) -> None:
    """Lets this process and the servers open `n` files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < n:
        raise SystemExit(f"bench: {n} open files are needed and {hard} allowed: raise the limit (ulimit -Hn)")
    if soft != resource.RLIM_INFINITY and soft < n:
        resource.setrlimit(resource.RLIMIT_NOFILE, (n, hard))


def measure(plan: Plan, data: Path) -> list[Line]:
    said("people")
    people = seat(data, plan.members)
    lines = []
    for part in (fan_out, posts, taking_part, memory, starts, first_load, photographs, long_room):
        said(part.__name__)
        lines += part(plan, data, people)
    return lines


def said(what: str) -> None:
    print(f"bench: {what.replace('_', ' ')} …", file=sys.stderr, flush=True)


def fan_out(plan: Plan, data: Path, people: People) -> list[Line]:
    with floor() as least, seed() as first, chinwag(data) as ours:
        sides = [
            fanout.Side(least, fanout.crowd_of(least, plan.members), Relayed()),
            fanout.Side(first, fanout.crowd_of(first, plan.members), Relayed()),
            fanout.Side(ours, sit_down(ours, people.tokens), Called(people.room)),
        ]
        ours.settle()
        costs = fanout.measure(sides, rounds=plan.rounds, posts=plan.posts, seconds=plan.seconds)
    (low, low_many), (slow, slow_many), (cost, many) = costs
    load = f"{plan.members:,} members, {SIZE} bytes"
    return [
        Line(
            f"Fan-out, {load}, one post at a time: CPU µs a delivery",
            f"{cost:.2f} ({cost / low:.2f} × floor)",
            "≤ 1.5 × floor",
            f"{low:.2f}",
            f"{slow:.2f}",
        ),
        Line(
            "Fan-out, the same, 32 posts in flight: CPU µs a delivery",
            f"{many:.2f} ({many / low_many:.2f} × floor)",
            "≤ 0.6",
            f"{low_many:.2f}",
            f"{slow_many:.2f}",
        ),
    ]


def posts(plan: Plan, data: Path, people: People) -> list[Line]:
    rates = post.measure(data, people, rounds=plan.rounds, seconds=plan.seconds)
    ways = {
        "over 50 WebSockets": "≥ 6,000",
        "over one": "",
        "over 50 that all listen": "≥ 5,000",
        "over `POST /rpc`": "",
    }
    return [
        Line(
            f"Durable posts, {post.POSTERS} in flight, {name}: acknowledged a second",
            f"{rate.posts:,.0f} (p50 {rate.p50 * 1e3:.1f} ms, p99 {rate.p99 * 1e3:.1f} ms)",
            aim,
        )
        for (name, aim), rate in zip(ways.items(), rates, strict=True)
    ]


def taking_part(plan: Plan, data: Path, people: People) -> list[Line]:
    cost = begin.measure(data, people, rounds=plan.rounds)
    return [Line(f"`sync.start` with {begin.ROOMS} rooms: CPU ms", f"{cost * 1e3:.2f}", "≤ 2")]


def memory(plan: Plan, data: Path, people: People) -> list[Line]:
    rest, each = connect.measure(data, people, connections=plan.connections)
    return [
        Line("Memory at rest: MB", f"{rest / 1e6:.1f}", "≤ 80"),
        Line(f"Memory of an idle signed-in connection (of {plan.connections:,}): kB", f"{each / 1e3:.1f}", "≤ 16"),
    ]


def starts(plan: Plan, data: Path, _people: People) -> list[Line]:
    again, first = start.measure(data, starts=min(plan.rounds, 5))
    return [
        Line("From start to healthy: s", f"{again:.2f}", "≤ 1"),
        Line("From the very first start, in an empty folder, to healthy: s", f"{first:.2f}"),
    ]


def first_load(_plan: Plan, data: Path, _people: People) -> list[Line]:
    by_brotli, by_gzip = size.measure(data)
    return [Line("First load over the wire: kB", f"{by_brotli / 1e3:.1f} (gzip {by_gzip / 1e3:.1f})", "≤ 59")]


def photographs(plan: Plan, data: Path, people: People) -> list[Line]:
    felt = uploads.measure(data, people, photographs=plan.photographs)
    sent = f"{plan.photographs} photographs of 12 megapixels at once"
    memory = f"{felt.after / 1e6:.1f} (before {felt.before / 1e6:.1f}, most {felt.peak / 1e6:.1f})"
    return [
        Line(
            f"{sent}: what a ping waits meanwhile, p99: ms",
            f"{felt.p99 * 1e3:.1f} (p50 {felt.p50 * 1e3:.1f}, longest {felt.longest * 1e3:.1f})",
            "≤ 50",
        ),
        Line("The same: until all have previews: s", f"{felt.took:.1f}"),
        Line("The same: memory of the server after: MB", memory, "≤ 120"),
        Line("The same: most memory of its decoders: MB", f"{felt.decoders / 1e6:.1f}"),
    ]


def long_room(plan: Plan, data: Path, _people: People) -> list[Line]:
    felt = timeline.measure(
        data.parent / "long", messages=plan.messages, rounds=min(plan.rounds, 3), seconds=10 * plan.seconds
    )
    wheel, drag, busy, alone = felt.wheel, felt.drag, felt.burst, felt.alone
    name = f"A room of {plan.messages:,} messages"
    return [
        Line(f"{name}: opened, and again when it is kept: ms", f"{felt.new:.0f}, {felt.kept:.0f}"),
        Line("The same: by the wheel: frames a second", f"{wheel.rate:.0f} (longest {wheel.longest:.0f} ms)", "60"),
        Line("The same: by the bar: frames a second", f"{drag.rate:.0f} (longest {drag.longest:.0f} ms)", "60"),
        Line(
            "The same: memory of its scripts before, and after: MB", f"{felt.before / 1e6:.1f}, {felt.after / 1e6:.1f}"
        ),
        Line(
            f"{timeline.BURST} messages a second while one types: from a key to its frame: longest, p95: ms",
            f"{busy.longest:.0f}, {busy.p95:.0f} ({busy.tasks} tasks over 50 ms)",
            "≤ 100",
        ),
        Line(
            "The same while nothing is said: longest, p95: ms",
            f"{alone.longest:.0f}, {alone.p95:.0f} ({alone.tasks} tasks over 50 ms)",
        ),
        Line(
            "Slow 4G, until the room is usable: first visit, next visit, without any cache: s",
            f"{felt.cold / 1e3:.1f}, {felt.cached / 1e3:.1f}, {felt.uncached / 1e3:.1f}",
        ),
    ]


if __name__ == "__main__":
    main()
