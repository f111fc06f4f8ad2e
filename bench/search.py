"""Searching real conversations: `python -m bench.search FILE [--messages N] [--database URL]`.

FILE is lines of JSON, gzipped, `{room, author, body}`; beyond what it has, messages are made of the halves of two. They
are put into a new database, the index is made by `chinwag search rebuild`'s own steps, and 200 queries drawn from the
text are asked, by somebody who is in all rooms; ten more are checked against a plain scan.
"""

import argparse
import gzip
import json
import os
import random
import re
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sqlalchemy import Connection, Engine, insert, text

from chinwag import app, clock
from chinwag.config import load
from chinwag.services import accounts, rooms, search, tokens
from chinwag.store.engine import connect
from chinwag.store.tables import messages
from chinwag.store.tx import Caller, Tx
from chinwag.store.words import fold

QUERIES = 200
STEP = 1_000_000
"""Microseconds between two messages."""

Said = list[dict[str, str]]


def said(file: Path, count: int) -> Said:
    """So many messages: those of the file, and then some made of the halves of two."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        real = [json.loads(line) for line in lines]
    real = [one for one in real if one["body"].strip()][:count]
    chance = random.Random(1)
    made = []
    for _ in range(count - len(real)):
        first, second = chance.choice(real), chance.choice(real)
        words, others = first["body"].split(" "), second["body"].split(" ")
        made.append({**first, "body": " ".join(words[: len(words) // 2 + 1] + others[len(others) // 2 :])})
    return [*real, *made]


def fill(engine: Engine, all_of_it: Said) -> Caller:
    """Put messages into an empty database; returns somebody who is in all rooms."""
    with connect(engine) as connection, connection.begin():
        tx = Tx(connection, Caller())
        me = accounts.add(tx, handle="reader", name="Reader", email=None, role="member", kind="person", password=None)
        numbers: dict[str, int] = {}
        authors: dict[str, int] = {}
        for name in sorted({one["room"] for one in all_of_it}):
            numbers[name] = rooms.add(tx, slug=f"room-{len(numbers)}", name=name, private=False, handles=["reader"]).id
        for number, name in enumerate(sorted({one["author"] for one in all_of_it})[:2_000]):
            authors[name] = accounts.add(
                tx, handle=f"u{number}", name=f"User {number}", email=None, role="member", kind="person", password=None
            ).id
        session = tokens.issue(tx, user=me.id, label="bench").id
        begin = clock.now() - len(all_of_it) * STEP
        seqs: dict[int, int] = {}
        for start in range(0, len(all_of_it), 5_000):
            batch = []
            for number, one in enumerate(all_of_it[start : start + 5_000], start):
                room = numbers[one["room"]]
                seqs[room] = seqs.get(room, 10) + 1
                values: dict[str, Any] = {
                    "room": room,
                    "seq": seqs[room],
                    "rev": seqs[room],
                    "author": authors.get(one["author"], me.id),
                }
                body = one["body"][:8_000].replace("\0", "")
                html = '<a href="x">' if "http" in body else ""
                values |= {
                    "nonce": f"{number}",
                    "at": begin + number * STEP,
                    "body": body,
                    "html": html,
                    "deleted": False,
                }
                batch.append(values)
            tx.write(insert(messages), batch)
    tidy(engine)
    return Caller(me.id, session)


def tidy(engine: Engine) -> None:
    """What PostgreSQL does by itself within a minute or so of many new rows."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def rebuild(engine: Engine) -> float:
    """Seconds that the index takes."""
    began = time.perf_counter()
    more = _act(engine, Caller(), search.begin_anew) is None
    while more:
        more = _act(engine, Caller(), search.fill)
    return time.perf_counter() - began


def size(engine: Engine) -> int:
    """Bytes of the index."""
    sqlite = engine.dialect.name == "sqlite"
    statement = "SELECT sum(length(block)) FROM search_data" if sqlite else "SELECT pg_total_relation_size('search')"
    with connect(engine) as connection:
        return int(connection.execute(text(statement)).scalar_one())


def drawn(all_of_it: Said) -> list[str]:
    """Queries of each kind, of words that stand in the text, the common as often as they are."""
    chance = random.Random(2)
    found: list[str] = []
    while len(found) < QUERIES:
        words = re.findall(r"[^\W_]{2,}", chance.choice(all_of_it)["body"])
        if len(words) < 4:
            continue
        place = chance.randrange(len(words) - 2)
        first, second, third = words[place : place + 3]
        found.append(
            (
                first,
                first[: chance.randint(1, 4)],
                f"{first} {third}",
                f'"{first} {second}"',
                f"{first} from:u{chance.randrange(100)}",
                f"{first} -{second}",
                f"{first} in:room-0",
                f"{chance.choice(words)} has:link",
            )[len(found) % 8]
        )
    return found


def checked(all_of_it: Said, ask: Any) -> int:
    """How many of ten queries find what a plain scan finds (the newest 100)."""
    han = re.findall("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7ff]{3,}", " ".join(one["body"] for one in all_of_it))
    queries = ["the", "ubu", "segfaul", "xorg conf", "apt-get", '"does not work"', "install -ubuntu", "grub error"]
    queries += [han[0][:2], han[-1][1:3]] if han else ["é", "naïve"]
    folded = [" " + " ".join(fold(one["body"]).split()) + " " for one in all_of_it]
    right = 0
    for query in queries:
        wanted = [number + 1 for number, words in enumerate(folded) if all(_has(words, it) for it in _pieces(query))]
        found = ask(query, limit=100)
        right += [one.id for one in found.messages] == wanted[::-1][:100]
    return right


def _pieces(query: str) -> list[tuple[str, bool, bool]]:
    """Each with whether it is to be there and whether its last word is whole."""
    pieces = re.findall(r'(-?)(?:"([^"]*)"|(\S+))', query)
    return [(" ".join(fold(phrase or word).split()), not minus, bool(phrase)) for minus, phrase, word in pieces]


def _has(words: str, piece: tuple[str, bool, bool]) -> bool:
    sought, there, whole = piece
    begins = "" if sought[0] > "\u3000" else " "
    return (f"{begins}{sought}{' ' * whole}" in words) == there


def _worked(connection: Connection) -> float:
    """Milliseconds that a processor worked so far: here, and in PostgreSQL's process for this connection."""
    here = 1000 * time.process_time()
    if connection.dialect.name == "sqlite":
        return here
    process = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
    return here + int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e6


def _act(engine: Engine, caller: Caller, service: Any, **params: Any) -> Any:
    with connect(engine) as connection, connection.begin():
        return service(Tx(connection, caller), **params)


def main() -> None:
    """Measure once, and print the row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--messages", type=int, default=226_000)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = app.open_database(load({"data": Path(folder) / "data", "database": given.database}, {}))
        all_of_it = said(given.file, given.messages)
        me = fill(engine, all_of_it)
        took = rebuild(engine)
        tidy(engine)
        with connect(engine, reader=True) as connection:

            def ask(query: str, limit: int = 20) -> Any:
                with connection.begin():
                    return search.find(Tx(connection, me), query=query, limit=limit)

            ask("warm")
            waits, works = list[float](), list[float]()
            queries = drawn(all_of_it)
            for query in queries:
                worked, began = _worked(connection), time.perf_counter()
                ask(query)
                waits.append(1000 * (time.perf_counter() - began))
                works.append(_worked(connection) - worked)
            right = checked(all_of_it, ask)
            worst = sorted(zip(works, queries, strict=True))[-3:]
        print(f"{engine.dialect.name}, {len(all_of_it):,} messages: index {size(engine) / 1e6:.0f} MB in {took:.0f} s;")
        for name, found in (("waited", waits), ("of which processors worked", works)):
            print(f"{name} p50 {median(found):.1f} ms, p99 {quantiles(found, n=100)[98]:.1f} ms")
        print(f"{right} of 10 right; load average {os.getloadavg()[0]:.1f}")
        print("most work:", ", ".join(f"{query} {work:.0f} ms" for work, query in worst))
        engine.dispose()


if __name__ == "__main__":
    main()
