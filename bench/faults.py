"""What faults do to two servers that share PostgreSQL and Valkey, while ten people post a hundred messages a second.

`python -m bench.faults [--only WORD]` prints a line for each fault, in Markdown: what was acknowledged, lost, doubled
or out of order, how long whoever posted waited until it was, and how long after that a listener heard, at most.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.servers import Postgres, Valkey
from tests.storm import Findings, Storm

POSTERS = 10
PAUSE = 0.09
"""Seconds that each waits between an answer and what they say next."""
AROUND = 3.0
"""Seconds of talk before a fault, and after it."""


async def nothing(_storm: Storm) -> None:
    await asyncio.sleep(1)


FAULTS: dict[str, Callable[[Storm], Awaitable[None]]] = {
    "nothing": nothing,
    "Valkey killed, back empty after 1 s": Storm.valkey_is_killed,
    "Valkey paused for 10 s": lambda storm: storm.valkey_is_paused(10),
    "a server killed, started again": Storm.a_server_is_killed,
    "PostgreSQL killed, back after 0.5 s": Storm.postgresql_is_killed,
    "PostgreSQL paused for 12 s": Storm.postgresql_is_paused,
}


async def measure(postgres: Postgres, valkey: Valkey, fault: Callable[[Storm], Awaitable[None]]) -> Findings:
    """Talk, the fault, and talk again."""
    with tempfile.TemporaryDirectory() as folder:
        storm = Storm(postgres, valkey, Path(folder), posters=POSTERS, pause=PAUSE)
        try:
            async with storm.talking():
                await asyncio.sleep(AROUND)
                await fault(storm)
                await asyncio.sleep(AROUND)
            return storm.compare()
        finally:
            storm.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="bench.faults", description="Two servers, and what may happen to them.")
    parser.add_argument("--only", default="", metavar="WORD", help="the faults whose name has this in it")
    only = parser.parse_args().only
    postgres, valkey = Postgres(), Valkey()
    wrong = False
    print("| | acknowledged | lost | doubled | out of order | unheard | acknowledged after | heard after that |")
    print("|---|---|---|---|---|---|---|---|")
    try:
        for name, fault in FAULTS.items():
            if only not in name:
                continue
            found = asyncio.run(measure(postgres, valkey, fault))
            wrong = wrong or bool(found.faults)
            counts = (found.acknowledged, found.lost, found.doubled, found.out_of_order + found.holes, found.unheard)
            times = (f"{found.longest_answer:.2f} s", f"{found.longest_heard:.2f} s")
            print("|", " | ".join([name, *map(str, counts), *times]), "|", flush=True)
    finally:
        valkey.kill()
        postgres.close()
    sys.exit(wrong)


if __name__ == "__main__":
    main()
