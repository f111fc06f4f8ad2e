"""Reactions: an emoji put to a message, Unicode's or one of the workspace's own."""

from typing import Annotated

from msgspec import Meta

from chinwag.changes import Message
from chinwag.errors import Conflict, Invalid
from chinwag.services import access, notices
from chinwag.services.emoji_table import emoji_of
from chinwag.services.shapes import Id
from chinwag.store import emoji as emoji_store
from chinwag.store import members, messages, reactions
from chinwag.store.tx import Tx

KINDS_MOST = 20

Written = Annotated[str, Meta(max_length=64)]


def react(tx: Tx, *, message: Id, emoji: Written, on: bool) -> Message:
    """Put an emoji to a message, or take one's own back; its author hears of it. What is so already stays so."""
    standing, found = access.changing_message(tx, message)
    user = tx.caller.user
    assert user is not None
    given = {one.emoji: one.users for one in found.reactions}
    emoji = _clean(tx, emoji, given)
    if (user in given.get(emoji, [])) == on:
        return found
    if on and emoji not in given and len(given) >= KINDS_MOST:
        raise Conflict(f"A message has at most {KINDS_MOST} kinds of reaction.", field="emoji")
    seq = tx.take(standing.topic)
    if on:
        reactions.add(tx, message, user=user, emoji=emoji)
    else:
        reactions.remove(tx, message, user=user, emoji=emoji)
    changed = messages.refresh(tx, message, rev=seq)
    tx.change(standing.topic, seq, messages=[changed])
    if on:
        _tell_author(tx, changed, by=user, emoji=emoji)
    else:
        notices.withdraw(tx, kind="reaction", message=message, by=user, text=emoji)
    return changed


def _tell_author(tx: Tx, message: Message, *, by: int, emoji: str) -> None:
    """In their inbox, unless they want to hear nothing of the room or of who reacted."""
    author = members.page_callable(tx, message.room, by=by, users=[message.author])
    loud = [row.user for row in author if not notices.is_quiet(row, tx.now)]
    notices.tell(tx, loud, kind="reaction", room=message.room, message=message.id, by=by, text=emoji)


def _clean(tx: Tx, text: str, given: dict[str, list[int]]) -> str:
    """One emoji as it is kept. What stands there already may be taken up even if the workspace has it no more."""
    emoji = emoji_of(text)
    if emoji is None and (text in given or (text[:1] == text[-1:] == ":" and emoji_store.find_name(tx, text[1:-1]))):
        emoji = text
    if emoji is None:
        raise Invalid("emoji", "A reaction is one emoji, or the name of one of the workspace's own between colons.")
    return emoji
