from datetime import UTC, datetime

import pytest

from chinwag.changes import Reaction
from chinwag.errors import Conflict, Invalid, NotFound
from chinwag.services.emoji_table import by_name, emoji_of
from chinwag.store.tx import Caller
from tests.world import Stage, refused


def say(stage: Stage, by: object, body: str = "hello") -> int:
    """Something in the lobby."""
    message: int = stage.call("messages.post", by, room=1, body=body, nonce=body).id  # type: ignore[arg-type]
    return message


def test_reactions_stand_in_the_order_in_which_they_came_with_who_put_them(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    message = say(stage, ann)
    stage.call("messages.react", bob, message=message, emoji="🎉", on=True)
    stage.call("messages.react", bob, message=message, emoji="👀", on=True)
    changed = stage.call("messages.react", ann, message=message, emoji="🎉", on=True)
    assert changed.reactions == [
        Reaction(emoji="🎉", users=[bob.user or 0, ann.user or 0]),
        Reaction(emoji="👀", users=[bob.user or 0]),
    ]
    changed = stage.call("messages.react", bob, message=message, emoji="👀", on=False)
    assert [one.emoji for one in changed.reactions] == ["🎉"]
    assert stage.call("messages.page", ann, room=1).messages == [changed]


def test_a_reaction_that_is_there_already_or_is_not_there_changes_nothing(stage: Stage) -> None:
    ann = stage.add("ann")
    message = say(stage, ann)
    first = stage.call("messages.react", ann, message=message, emoji="🎉", on=True)
    told = len(stage.told)
    assert stage.call("messages.react", ann, message=message, emoji="🎉", on=True) == first
    assert stage.call("messages.react", ann, message=message, emoji="👀", on=False) == first
    assert len(stage.told) == told


@pytest.mark.parametrize(
    "emoji",
    [
        *("", "a", "ok", "🎉🎉", "🎉" * 25, "a" * 64, "🎉 ", "1", "\ufe0f", "👍🏽🏽", "\u200d", "🏽", "🇦", "🇦🇦"),
        *(":tada:", ":nothing:", "::", ":", "👨\u200d👩" + "\u200d👧" * 8, "🎉\ufe0f" + "\u0301", "<img src=x>"),
    ],
)
def test_what_is_not_one_emoji_is_refused_and_takes_no_seq(stage: Stage, emoji: str) -> None:
    ann = stage.add("ann")
    message = say(stage, ann)
    told = len(stage.told)
    with refused(Invalid, "emoji"):
        stage.call("messages.react", ann, message=message, emoji=emoji, on=True)
    assert len(stage.told) == told


def test_a_reaction_is_kept_as_unicode_writes_it_however_it_was_typed(stage: Stage) -> None:
    ann = stage.add("ann")
    message = say(stage, ann)
    stage.call("messages.react", ann, message=message, emoji="❤", on=True)
    changed = stage.call("messages.react", ann, message=message, emoji="❤️", on=True)
    assert [one.emoji for one in changed.reactions] == ["❤️"]


def test_a_message_has_at_most_twenty_kinds_and_any_number_of_each(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    message = say(stage, ann)
    faces = [chr(point) for point in range(0x1F600, 0x1F600 + 21)]
    for face in faces[:20]:
        stage.call("messages.react", ann, message=message, emoji=face, on=True)
    with refused(Conflict, "emoji"):
        stage.call("messages.react", bob, message=message, emoji=faces[20], on=True)
    stage.call("messages.react", bob, message=message, emoji=faces[0], on=True)
    stage.call("messages.react", ann, message=message, emoji=faces[1], on=False)
    assert len(stage.call("messages.react", bob, message=message, emoji=faces[20], on=True).reactions) == 20


def test_nothing_is_put_to_what_is_deleted_or_archived_and_nothing_is_left_of_it(stage: Stage) -> None:
    ann, bob = stage.add("ann", role="owner"), stage.add("bob")
    room = stage.call("rooms.create", ann, name="Attic", users=[bob.user]).id
    kept = stage.call("messages.post", bob, room=room, body="kept", nonce="kept").id
    gone = stage.call("messages.post", bob, room=room, body="gone", nonce="gone").id
    stage.call("messages.react", ann, message=gone, emoji="🎉", on=True)
    assert stage.call("messages.delete", bob, message=gone).reactions == []
    with refused(NotFound, "message"):
        stage.call("messages.react", ann, message=gone, emoji="🎉", on=True)
    stage.call("rooms.archive", ann, room=room, on=True)
    for call, params in (("messages.react", {"emoji": "🎉"}), ("messages.pin", {})):
        with refused(Conflict, "room"):
            stage.call(call, ann, message=kept, on=True, **params)


def heard(stage: Stage, by: Caller) -> list[tuple[str, int | None, str]]:
    """What somebody's inbox says of reactions, and who put them, the newest first."""
    notices = stage.call("inbox.page", by, kind="reaction", undone=True).notices
    return [(one.text, one.by, one.kind) for one in notices]


def test_the_author_hears_of_each_reaction_of_others_until_it_is_taken_back(stage: Stage) -> None:
    ann, bob, cleo = stage.add("ann"), stage.add("bob"), stage.add("cleo")
    message = say(stage, ann)
    for by in (ann, bob, cleo):
        stage.call("messages.react", by, message=message, emoji="❤", on=True)
    stage.call("messages.react", bob, message=message, emoji="👀", on=True)
    by_bob, by_cleo = ("❤️", bob.user, "reaction"), ("❤️", cleo.user, "reaction")
    assert heard(stage, ann) == [("👀", bob.user, "reaction"), by_cleo, by_bob]
    stage.call("messages.react", bob, message=message, emoji="👀", on=False)
    assert heard(stage, ann) == [by_cleo, by_bob]
    for on in (False, True, False, True):
        stage.call("messages.react", bob, message=message, emoji="❤", on=on)
    assert heard(stage, ann) == [by_bob, by_cleo]
    assert heard(stage, bob) == []
    assert stage.call("inbox.mark_all", ann).inbox == 0


@pytest.mark.parametrize("why", ["of nothing", "muted", "blocked", "left"])
def test_whoever_wants_to_hear_nothing_of_a_room_or_of_somebody_hears_of_no_reaction(stage: Stage, why: str) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    room = stage.call("rooms.create", bob, name="Ops", users=[ann.user]).id
    message = stage.call("messages.post", ann, room=room, body="hello", nonce="1").id
    if why == "of nothing":
        stage.call("mine.set", ann, room=room, notify="none")
    elif why == "muted":
        stage.call("mine.set", ann, room=room, muted_until=datetime(2099, 1, 1, tzinfo=UTC))
    elif why == "blocked":
        stage.call("users.block", ann, user=bob.user, on=True)
    else:
        stage.call("rooms.leave", ann, room=room)
    stage.call("messages.react", bob, message=message, emoji="🎉", on=True)
    assert heard(stage, ann) == []


def test_a_message_that_is_deleted_takes_what_tells_of_its_reactions_with_it(stage: Stage) -> None:
    ann, bob = stage.add("ann"), stage.add("bob")
    message = say(stage, ann)
    stage.call("messages.react", bob, message=message, emoji="🎉", on=True)
    stage.call("messages.delete", ann, message=message)
    assert heard(stage, ann) == []
    assert stage.call("inbox.mark_all", ann).inbox == 0


def test_every_emoji_of_the_table_and_each_of_its_tones_is_one_emoji_and_has_a_name_of_its_own() -> None:
    assert len(set(by_name().values())) == 1_918
    for emoji in by_name().values():
        assert emoji_of(emoji) == emoji
    for text in ("👍🏽", "👩🏿‍🚀", "🧑🏻‍🤝‍🧑🏿", "👩🏻‍🤝‍👩🏿", "🫱🏻‍🫲🏿", "🕵🏽‍♂️", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇦🇹", "1️⃣", "🏳️‍🌈", "👨‍👩‍👧‍👦"):
        assert emoji_of(text) == text
    assert [by_name()[name] for name in ("+1", "tada", "heart", "joy", "rocket")] == ["👍", "🎉", "❤️", "😂", "🚀"]
