"""A room in which very much was said, put straight into the database; what is said has the marks that people use."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from bench.servers import chinwag
from chinwag import clock
from chinwag.services import accounts, markdown, passwords, rooms, tokens
from chinwag.store.engine import connect, open_engine, sqlite_url
from chinwag.store.tables import members, messages, topics
from chinwag.store.tx import Tx

EMAIL, PASSWORD = "reader@example.org", "correct horse battery"
LOBBY, LONG = "lobby", "long"
AUTHORS = 40
BODIES = 400
BATCH = 5_000
STEP = 90 * clock.SECOND
WORDS = (
    "the a we it room tomorrow release server test again maybe Berlin coffee fix why ship this that looks good".split()
)


@dataclass
class Room:
    """Its number, and the token of somebody in it who is not the reader."""

    id: int
    token: str


def fill(data: Path, count: int) -> Room:
    """A database in which the reader, who has read all of it, is in a room of `count` messages."""
    with chinwag(data):
        pass
    with connect(open_engine(sqlite_url(data))) as database, database.begin():
        tx = Tx(database)
        _person(tx, "reader", EMAIL)
        authors = [_person(tx, f"author{number}", None) for number in range(AUTHORS)]
        handles = ["reader", *(f"author{number}" for number in range(AUTHORS))]
        room = rooms.add(tx, slug=LONG, name="Long", private=False, handles=handles).id
        first = tx.take(f"room:{room}")
        for batch in _batches(room, authors, first, count):
            tx.write(insert(messages), batch)
        tx.write(update(members).where(members.c.room == room).values(read_seq=first + count))
        tx.write(update(topics).where(topics.c.name == f"room:{room}").values(seq=first + count))
        return Room(room, tokens.issue(tx, authors[0], "bench").token)


def _person(tx: Tx, handle: str, email: str | None) -> int:
    password = passwords.hash(PASSWORD) if email else None
    name = handle.title()
    return accounts.add(tx, handle=handle, name=name, email=email, role="member", kind="person", password=password).id


def _batches(room: int, authors: list[int], first: int, count: int) -> Iterator[list[dict[str, Any]]]:
    chance = random.Random(1)
    bodies = [_body(chance) for _ in range(BODIES)]
    drawn = [(body, markdown.render(body)) for body in bodies]
    began = clock.now() - count * STEP
    author = authors[0]
    for start in range(0, count, BATCH):
        batch = []
        for number in range(start, min(start + BATCH, count)):
            body, html = chance.choice(drawn)
            author = author if chance.random() < 0.5 else chance.choice(authors)
            seq = first + number
            batch.append(
                {"room": room, "seq": seq, "rev": seq, "author": author, "nonce": f"{number}", "deleted": False}
                | {"at": began + number * STEP, "body": body, "html": html}
            )
        yield batch


def _body(chance: random.Random) -> str:
    """Most are a line; some have code, a list, a quote, a link, or are long."""
    kind = chance.random()
    if kind < 0.7:
        return _line(chance, chance.randint(1, 25))
    if kind < 0.78:
        return f"{_line(chance, 5)}\n\n" + "\n".join(f"* {_line(chance, 4)}" for _ in range(4))
    if kind < 0.86:
        return "```python\n" + "\n".join(f"{word} = {number}" for number, word in enumerate(WORDS[:8])) + "\n```"
    if kind < 0.92:
        return f"> {_line(chance, 12)}\n\n{_line(chance, 6)} **{_line(chance, 2)}**"
    return f"{_line(chance, 120)} https://example.org/{chance.randint(1, 999)}"


def _line(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words))
