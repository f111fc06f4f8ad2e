"""Polls: a question with two to ten answers, asked as a message. What one chooses may be changed until it is closed."""

from typing import Annotated

from msgspec import Meta

from chinwag.changes import Message, Poll
from chinwag.errors import Conflict, Forbidden, Invalid, NotFound
from chinwag.services import access, drafts
from chinwag.services.markdown import render
from chinwag.services.messages import made_already
from chinwag.services.names import clean_line
from chinwag.services.shapes import Id, Nonce
from chinwag.store import messages, polls
from chinwag.store.tx import Tx

OPTION_MOST = 100

Options = Annotated[list[str], Meta(min_length=2, max_length=10)]
Choice = Annotated[list[Annotated[int, Meta(ge=0, le=9)]], Meta(max_length=10)]


def create(tx: Tx, *, room: Id, question: str, options: Options, nonce: Nonce, many: bool = False) -> Message:
    """Ask something in a room, with two to ten answers. Its body says the same in words, for search and for clients
    that show no polls. The same nonce again gives the message that it made."""
    if (made := made_already(tx, nonce)) is not None:
        return made
    standing = access.posting_room(tx, room)
    author = tx.caller.user
    assert author is not None
    access.check_posting(tx, standing)
    question, options = _clean(question, options)
    body = "\n".join([question, "", *(f"{number}. {option}" for number, option in enumerate(options, 1))])
    seq = tx.take(standing.topic)
    html = render(body)
    said = messages.add(tx, room=room, seq=seq, author=author, nonce=nonce, body=body, html=html, kind="poll")
    polls.add(tx, said.id, question=question, options=options, many=many)
    message = messages.refresh(tx, said.id, rev=seq)
    tx.change(standing.topic, seq, messages=[message])
    drafts.settle(tx, standing)
    return message


def _clean(question: str, options: list[str]) -> tuple[str, list[str]]:
    question = clean_line(question, field="question")
    options = [clean_line(option, OPTION_MOST, field="options") for option in options]
    if not question:
        raise Invalid("question", "A poll needs a question.")
    if not all(options) or len({option.casefold() for option in options}) < len(options):
        raise Invalid("options", "The answers of a poll must not be empty, and each must be another.")
    return question, options


def vote(tx: Tx, *, message: Id, options: Choice) -> Message:
    """Choose answers by their places, from 0; what one chose before counts no more. None takes one's vote back."""
    standing, found, poll = _open_poll(tx, message)
    user = tx.caller.user
    assert user is not None
    chosen = sorted(set(options))
    if chosen and chosen[-1] >= len(poll.options):
        raise Invalid("options", "The poll has no such answer.")
    if len(chosen) > 1 and not poll.many:
        raise Invalid("options", "Only one answer can be chosen in this poll.")
    if chosen == [option for option, users in enumerate(poll.votes) if user in users]:
        return found
    seq = tx.take(standing.topic)
    polls.vote(tx, message, user=user, options=chosen)
    changed = messages.refresh(tx, message, rev=seq)
    tx.change(standing.topic, seq, messages=[changed])
    return changed


def close(tx: Tx, *, message: Id) -> Message:
    """End a poll of one's own, or as a moderator anybody's: its result stays."""
    standing, found, _ = _open_poll(tx, message)
    if found.author != tx.caller.user and (standing.rank < 1 or standing.kind == "direct"):
        raise Forbidden("Only its author and the room's moderators can close a poll.")
    seq = tx.take(standing.topic)
    polls.close(tx, message)
    changed = messages.refresh(tx, message, rev=seq)
    tx.change(standing.topic, seq, messages=[changed])
    return changed


def _open_poll(tx: Tx, message: int) -> tuple[access.Standing, Message, Poll]:
    standing, found = access.changing_message(tx, message, archived=True)
    if found.poll is None:
        raise NotFound("poll")
    if found.poll.closed or standing.archived:
        raise Conflict("This poll is closed.", field="message")
    return standing, found, found.poll
