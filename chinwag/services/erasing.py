"""Erasing: what is deleted is gone, from wherever it was. Who may is asked before."""

from chinwag.changes import Message, room_topic
from chinwag.services import notices, threads
from chinwag.store import files, messages, quotes
from chinwag.store.tx import Tx


def erase(tx: Tx, found: Message) -> Message:
    """Leave an empty row of a message, nothing of its files, an empty quote where it was passed on, and no notice; and
    tell it. Whoever comes second finds it done."""
    topic, message = room_topic(found.room), found.id
    tx.lock(topic)
    present = messages.find(tx, message)
    if present is None or present.deleted:
        return present or found
    copies = quotes.page(tx, message)
    seqs = tx.take_all({topic} | {room_topic(room) for _, room in copies})
    rows: dict[str, list[Message]] = {name: [] for name in seqs}
    for copy, room in copies:
        rows[room_topic(room)].append(messages.empty_quote(tx, copy, rev=seqs[room_topic(room)]))
    files.remove(tx, files.page_of_message(tx, message))
    changed = messages.wipe(tx, message, rev=seqs[topic])
    rows[topic] += [changed, *threads.recounted(tx, changed)]
    for name, seq in seqs.items():
        tx.change(name, seq, messages=rows[name])
    threads.forget(tx, changed)
    notices.forget(tx, changed)
    return changed
