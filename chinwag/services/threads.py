"""Threads: answers to a message, and who follows them."""

from collections.abc import Collection

import msgspec

from chinwag.changes import Message, Thread
from chinwag.errors import Invalid, NotFound
from chinwag.services import access, mentions, notices, own
from chinwag.services.access import Standing
from chinwag.services.shapes import BIGGEST, Id, Limit, Seq
from chinwag.store import members, messages, threads
from chinwag.store import notices as notice_store
from chinwag.store.tx import Tx

SHOWN = 3


class Followed(msgspec.Struct):
    """A thread that one follows: its root, a tombstone perhaps, and its latest answers, oldest first. `last` is its
    place in the list, to give as `before`."""

    thread: Thread
    root: Message
    answers: list[Message]
    last: int


class Threads(msgspec.Struct):
    """Some threads that one follows, the last answered first, and whether there are more."""

    threads: list[Followed]
    more: bool


def page(tx: Tx, *, before: Id = BIGGEST, limit: Limit = 20, unread: bool = False) -> Threads:
    """The answered threads that one follows, all or those with something unread."""
    me = access.me(tx)
    found = threads.page(tx, me.id, before=before, unread=unread, limit=limit + 1)
    roots = {root.id: root for root in access.these_messages(tx, [thread.thread for thread, _ in found])}
    shown = [
        Followed(
            thread=thread,
            root=roots[thread.thread],
            answers=messages.page_latest(tx, thread.thread, SHOWN),
            last=last,
        )
        for thread, last in found[:limit]
        if thread.thread in roots
    ]
    return Threads(threads=shown, more=len(found) > limit)


def follow(tx: Tx, *, message: Id, on: bool) -> Thread:
    """Follow the thread of a message, or no longer. What was answered before is read."""
    standing, root = access.thread(tx, message)
    assert tx.caller.user is not None
    me, present = tx.caller.user, find(tx, standing, root)
    if present.following == on:
        return present
    end = tx.seqs([standing.topic])[standing.topic]

    def write(revs: own.Revs) -> None:
        if present.rev:
            unread = threads.count_unread(tx, me, root.id, present.read_seq) if on else 0
            last = threads.find_last(tx, root.id)
            threads.change(tx, me, root.id, following=on, unread=unread, last=last, rev=revs[me])
        else:
            last = threads.find_last(tx, root.id)
            threads.add(tx, revs, thread=root.id, room=standing.id, read_seq=end, last=last)

    own.change(tx, [me], write)
    return find(tx, standing, root)


def mark(tx: Tx, *, thread: Id, seq: Seq) -> Thread:
    """The answers of a thread are read up to a seq of its room, and what the inbox says of them is done. The mark never
    goes back, and never past the room's end."""
    standing, root = access.thread(tx, thread, field="thread")
    assert tx.caller.user is not None
    me, present = tx.caller.user, find(tx, standing, root)
    place = min(seq, tx.seqs([standing.topic])[standing.topic])
    done = notice_store.page_read_in_thread(tx, me, root.id, place)
    moves = present.rev > 0 and place > present.read_seq

    def write(revs: own.Revs) -> None:
        if moves:
            unread = threads.count_unread(tx, me, root.id, place) if present.following else 0
            threads.change(tx, me, root.id, read_seq=place, unread=unread, rev=revs[me])
        if done:
            notice_store.finish(tx, done)
            members.stamp_mine(tx, [me], [standing.id])

    own.change(tx, [me] if moves or done else [], write)
    return find(tx, standing, root)


def find(tx: Tx, standing: Standing, root: Message) -> Thread:
    """The caller's own view of a thread in a room that they are in."""
    assert tx.caller.user is not None
    return threads.find(tx, tx.caller.user, root.id) or Thread(thread=root.id, room=standing.id, following=False)


def root_of_answer(tx: Tx, standing: Standing, thread: int) -> Message:
    """The message of a room that is answered; a tombstone perhaps, as a thread outlives its root."""
    root = messages.find(tx, thread)
    if root is None or root.room != standing.id:
        raise NotFound("thread")
    if root.thread is not None:
        raise Invalid("thread", f"This is an answer itself: its thread is that of message {root.thread}.")
    return root


def root_at(tx: Tx, room: int, seq: int) -> Message | None:
    """What the message at a place of a room answers, if that stands in a thread alone."""
    found = messages.find_seq(tx, room, seq)
    return messages.find(tx, found.thread) if found and found.thread is not None and not found.also else None


def counted(tx: Tx, root: Message | None, answer: Message) -> list[Message]:
    """The root of an answer, once it counts it, if it is still there."""
    if root is None or root.deleted:
        return []
    return [messages.count_answer(tx, root.id, answer)]


def said(tx: Tx, standing: Standing, root: Message, answer: Message, *, online: Collection[int]) -> None:
    """Tell a thread's followers of an answer, and whom it calls, each by one notice.

    Whoever wrote the root or answers follows the thread, and so does whoever is called by name, unless they chose not
    to.
    """
    me = answer.author
    called = notices.whom(tx, standing, answer, new=answer.mentions, online=online)
    views = threads.page_follows(tx, root.id)
    followers = {user for user, following in views.items() if following}
    others = followers - {me}
    asked = {root.author, *mentions.people(answer.mentions)} - views.keys()
    present = {row.user: row for row in members.page_callable(tx, standing.id, by=me, users=others | asked)}
    newly = asked & present.keys()
    loud = [user for user, row in present.items() if user not in called and not notices.is_quiet(row, tx.now)]
    noticed = set(notices.with_space(tx, loud))

    def write(revs: own.Revs) -> None:
        new = {"thread": root.id, "room": standing.id, "last": answer.id}
        threads.add(tx, {user: revs[user] for user in revs if user in newly}, read_seq=answer.seq - 1, unread=1, **new)
        if me in revs and me not in views:
            threads.add(tx, {me: revs[me]}, read_seq=answer.seq, **new)
        elif me in revs:
            again = {"following": True, "read_seq": answer.seq, "last": answer.id}
            threads.change(tx, me, root.id, rev=revs[me], **again)
        threads.answered(tx, root.id, sorted(others & revs.keys()), answer=answer.id)
        notices.mention(tx, revs, answer, called)
        notices.add_answer(tx, {user: revs[user] for user in revs if user in noticed}, answer)

    if me in followers:
        threads.change(tx, me, root.id, last=answer.id)  # only its place in a list moves: there is nothing to tell
    own.change(tx, {*others, *newly, *called} | ({me} - followers), write)


def called(tx: Tx, standing: Standing, answer: Message, *, new: Collection[str]) -> None:
    """Whoever an edited answer calls by name only now follows its thread, unless they chose not to."""
    thread, people = answer.thread, mentions.people(new)
    if thread is None or not people:
        return
    asked = set(people) - threads.page_follows(tx, thread).keys()
    newly = [row.user for row in members.page_callable(tx, standing.id, by=answer.author, users=asked)]
    place = {"thread": thread, "room": standing.id, "read_seq": answer.seq - 1, "last": threads.find_last(tx, thread)}

    def write(revs: own.Revs) -> None:
        for user, rev in revs.items():
            unread = threads.count_unread(tx, user, thread, answer.seq - 1)
            threads.add(tx, {user: rev}, unread=unread, **place)

    own.change(tx, newly, write)


def recounted(tx: Tx, gone: Message) -> list[Message]:
    """The root of an answer that was deleted, once it no longer counts it, if it is still there."""
    root = messages.find(tx, gone.thread) if gone.thread else None
    return [messages.refresh(tx, root.id, rev=gone.rev)] if root and not root.deleted else []


def forget(tx: Tx, gone: Message) -> None:
    """An answer, if this was one, is unread by nobody any more."""
    if (thread := gone.thread) is not None:
        users = threads.page_unread_by(tx, thread, gone.seq, author=gone.author)
        own.change(tx, users, lambda revs: threads.taken_back(tx, thread, list(revs)))
