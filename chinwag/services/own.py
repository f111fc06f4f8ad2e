"""What is users' own: changing it for one or many of them, and telling each on their own topic."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from chinwag.changes import Counts, Mine, Room, user_topic
from chinwag.store import members
from chinwag.store import notices as notice_store
from chinwag.store import threads as thread_store
from chinwag.store.tx import Tx

AT_ONCE = 500
"""So many users are written to by one statement."""

TOLD_MOST = 1_000
"""Rows of one change; whose topic has more to tell reads afresh."""

Revs = Mapping[int, int]


def change(tx: Tx, users: Iterable[int], write: Callable[[Revs], None]) -> None:
    """Change something of these users' own and tell each of them.

    Their topics are taken, always in the same order; `write` gets the new seq of each user, stamps it on what it
    changes, and may be called several times, each time with some of the users. What it stamped is told.
    """
    for some in _slices(sorted(set(users), key=user_topic)):
        seqs = tx.take_all(set(map(user_topic, some)))
        revs = {user: seqs[user_topic(user)] for user in some}
        write(revs)
        tell(tx, revs)


def _slices(users: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(users), AT_ONCE):
        yield users[start : start + AT_ONCE]


def tell(tx: Tx, revs: Revs) -> None:
    """Tell users whose topics were just taken all of theirs that carries the new seq."""
    users = list(revs)
    mine = members.page_mine_now(tx, users)
    followed, noticed = thread_store.page_now(tx, users), notice_store.page_now(tx, users)
    counts = count(tx, [user for user in users if user in followed or user in noticed])
    for user, rev in revs.items():
        views, threads, notices = mine.get(user, []), followed.get(user, []), noticed.get(user, [])
        told = {"rooms": all_gone(views), "mine": views}
        if len(views) + len(threads) + len(notices) > TOLD_MOST:
            tx.change(user_topic(user), rev, reset=True, **told)
        else:
            tx.change(user_topic(user), rev, counts=counts.get(user), threads=threads, notices=notices, **told)


def gone(room: int) -> Room:
    """What tells a user that they are in a room no more, and nothing else of it."""
    return Room(id=room, slug="", name="", kind="private", gone=True)


def all_gone(views: Iterable[Mine]) -> list[Room]:
    """The rooms of these views that their user is in no more."""
    return [gone(view.room) for view in views if view.deleted]


def count(tx: Tx, users: list[int]) -> dict[int, Counts]:
    """How much is undone in the inboxes of users, and in how many of their threads something is unread."""
    if not users:
        return {}
    seqs = tx.seqs([user_topic(user) for user in users])
    undone, unread = notice_store.count(tx, users), thread_store.count(tx, users)
    return {
        user: Counts(inbox=undone.get(user, 0), threads=unread.get(user, 0), rev=seqs[user_topic(user)])
        for user in users
    }
