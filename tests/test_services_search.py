"""Searching: the language, what is found and what is not, the index through changes, and the same on both databases."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chinwag import clock
from chinwag.errors import Invalid, NotFound, TooLarge
from chinwag.services import search
from chinwag.services.search_query import WORDS, read
from chinwag.services.snippets import snippet
from chinwag.store import messages, search_postgresql
from chinwag.store import search as index
from chinwag.store.search import Term
from chinwag.store.tx import Caller, Tx
from chinwag.store.words import asked, cut, fold
from tests.world import Stage, refused


class Talk:
    """Ann and Bob in a room of theirs, and what they said."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ann, self.bob, self.eve = stage.add("ann"), stage.add("bob"), stage.add("eve")
        self.room: int = stage.call("rooms.create", self.ann, name="Ops", kind="private", users=[self.bob.user]).id
        self.count = 0

    def say(self, body: str, by: Caller | None = None, room: int | None = None) -> int:
        self.count += 1
        nonce = f"{self.count}"
        said = self.stage.call("messages.post", by or self.ann, room=room or self.room, body=body, nonce=nonce)
        return int(said.id)

    def find(self, query: str, by: Caller | None = None, **params: Any) -> list[int]:
        found = self.stage.call("messages.search", by or self.bob, query=query, **params)
        return [one.id for one in found.messages]


@pytest.fixture
def talk(stage: Stage) -> Talk:
    return Talk(stage)


# How text is cut


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't apt-get snake_case 1.5", "don t apt get snake case 1 5"),
        ("Grüße, ÇA où Łódź İstanbul", "grusse ca ou lodz istanbul"),
        ("résumé re\u0301sume\u0301", "resume resume"),
        ("ﬁne ①② ＷＩＤＥ", "fine 12 wide"),
        ("入門", "入門 門"),
        ("Python入門書", "python 入門 門書 書"),
        ("ｶﾞｷﾞ ガギ", "ガギ ギ ガギ ギ"),
        ("한국어", "한국 국어 어"),
        ("हिन्दी में", "हिन्दी में"),
        ("so\u00adft zero\u200bwidth", "soft zerowidth"),
        ("🎉party🎉", "🎉 party 🎉"),
        ("x" * 100, "x" * 64),
        ("!!! ... \ue000", ""),
    ],
)
def test_a_text_is_cut_into_words(text: str, words: str) -> None:
    assert " ".join(cut(text)) == words


def test_what_is_asked_in_a_script_without_spaces_is_any_part_of_a_run() -> None:
    assert asked("門", prefix=False) == (("門",), True)
    assert asked("入門書", prefix=True) == (("入門", "門書"), False)
    assert asked("python入", prefix=True) == (("python", "入"), True)
    assert asked("apt", prefix=True) == (("apt",), True)


# The language


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("before:yesterday", "before:yesterday"),
        ("after:2026-02-30", "after:2026-02-30"),
        ("on:٢٠٢٦-٠١-٠١", "on:"),
        ("-on:2026-01-01", "-on:2026-01-01"),
        ("has:cheese", "link, file, image, code or reaction"),
        ("is:", "is:"),
        ("from:@", "from:"),
        ("from:nobody", "from:"),
        ("in:nowhere", "in:"),
        ("in:@nobody", "in:"),
        ("   ", "word"),
        ("!!!", "word"),
        ('"""', "word"),
    ],
)
def test_what_is_wrong_with_a_query_is_named(talk: Talk, query: str, named: str) -> None:
    with pytest.raises(Invalid) as caught:
        talk.find(query)
    assert caught.value.field == "query"
    assert named in str(caught.value)


def test_a_query_of_ten_thousand_quotes_is_refused(talk: Talk) -> None:
    with refused(TooLarge, "query"):
        talk.find('"' * 10_000)
    with refused(Invalid, "query"):
        talk.find('"' * 256)
    with refused(TooLarge, "query"):
        talk.find("a " * 33)


@given(st.text(max_size=256))
def test_every_query_is_taken_apart_or_refused(query: str) -> None:
    try:
        asked = read(query)
    except (Invalid, TooLarge):
        return
    assert len(asked.words) + len(asked.without) + len(asked.filters) + len(asked.dates) <= WORDS


# What is found


def test_all_words_must_be_there_as_beginnings_of_words_whatever_their_case_and_accents(talk: Talk) -> None:
    first = talk.say("The Café serves Grüße")
    talk.say("The restaurant")
    assert talk.find("cafe grus") == [first]
    assert talk.find("CAFÉ THE") == [first]
    assert talk.find("afe") == []
    assert talk.find("cafe restaurant") == []


def test_the_newest_are_first_and_more_are_read_below_the_last(talk: Talk) -> None:
    said = [talk.say(f"word {number}") for number in range(7)][::-1]
    found = talk.stage.call("messages.search", talk.bob, query="word", limit=3)
    assert ([one.id for one in found.messages], found.more) == (said[:3], True)
    found = talk.stage.call("messages.search", talk.bob, query="word", limit=4, before=said[2])
    assert ([one.id for one in found.messages], found.more) == (said[3:], False)


def test_a_phrase_is_words_side_by_side_and_its_last_word_is_whole(talk: Talk) -> None:
    first = talk.say("the disk is full again")
    second = talk.say("full is the disk, fully")
    assert talk.find('"disk is full"') == [first]
    assert talk.find('"the disk"') == [second, first]
    assert talk.find('"is the dis"') == []
    assert talk.find('"disk is full') == [first]


def test_a_word_with_signs_in_it_is_a_phrase(talk: Talk) -> None:
    first = talk.say("try apt-get upgrade")
    talk.say("get apt")
    assert talk.find("apt-ge") == [first]


def test_scripts_without_spaces_are_found_by_any_part(talk: Talk) -> None:
    first = talk.say("東京都に住んでいます")
    second = talk.say("京都に行きました")
    assert talk.find("京都") == [second, first]
    assert talk.find("東京都") == [first]
    assert talk.find("行") == [second]
    assert talk.find("京に") == []
    assert talk.find("ました") == [second]
    thai = talk.say("ภาษาไทยง่าย")
    assert talk.find("ไทย") == [thai]


def test_a_minus_leaves_out(talk: Talk) -> None:
    first = talk.say("apt upgrade")
    second = talk.say("apt remove", talk.bob)
    assert talk.find("apt -upgr") == [second]
    assert talk.find("-remove") == [first]
    assert talk.find('apt -"apt remove"') == [first]
    assert talk.find("apt -from:bob") == [first]


def test_filters_by_author_follow_a_new_handle(talk: Talk) -> None:
    first = talk.say("one")
    second = talk.say("two", talk.bob)
    assert talk.find("from:ann") == [first]
    assert talk.find("from:@BOB") == [second]
    assert talk.find("from:me") == [second]
    talk.stage.call("accounts.edit", talk.ann, handle="anne")
    assert talk.find("from:anne") == [first]


def test_filters_by_room_know_address_name_and_person(talk: Talk) -> None:
    other = talk.stage.call("rooms.create", talk.bob, name="Big room").id
    direct = talk.stage.call("rooms.direct", talk.bob, users=[talk.ann.user]).id
    here, there = talk.say("word"), talk.say("word", talk.bob, other)
    between = talk.say("word", talk.bob, direct)
    assert talk.find("in:#ops word") == [here]
    assert talk.find('in:"big ROOM"') == [there]
    assert talk.find("in:big-room") == [there]
    assert talk.find("in:@ann") == [between]
    assert talk.find("word", room=other) == [there]
    assert talk.find("word -in:ops") == [between, there]


def test_dates_are_days_in_ones_own_time_zone(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {}
    for day in ("2025-12-31T12", "2026-01-31T23", "2026-02-01T00", "2026-03-05T12"):
        at = clock.stamp(datetime.fromisoformat(day + ":30:00+00:00"))
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        said[day] = talk.say("word")
    first, second, third, fourth = said.values()
    assert talk.find("before:2026-02-01") == [second, first]
    assert talk.find("after:2026-01-31") == [fourth, third]
    assert talk.find("on:2026-01-31 word") == [second]
    assert talk.find("after:2025-12-31 before:2026-02-01") == [second]
    assert talk.find("after:2026-02-01 before:2026-02-01") == []
    assert talk.find("before:0001-01-01") == talk.find("after:9999-12-31") == []


def test_has_and_is(talk: Talk) -> None:
    link = talk.say("see https://chinwag.test/x")
    code = talk.say("run `make`")
    plain = talk.say("plain")
    assert talk.find("has:link") == [link]
    assert talk.find("has:code") == [code]
    assert talk.find("-has:link -has:code") == [plain]
    assert talk.find("has:file") == talk.find("has:image") == talk.find("has:reaction") == []
    assert talk.find("is:pinned") == talk.find("is:thread") == talk.find("is:saved") == []
    assert talk.find("-is:saved") == [plain, code, link]


def test_what_others_do_with_a_message_is_found_as_long_as_it_is_so(talk: Talk) -> None:
    said = talk.say("word")
    talk.say("another")
    call = talk.stage.call
    for sought, method, params in (
        ("has:reaction", "messages.react", {"emoji": "👍"}),
        ("is:pinned", "messages.pin", {}),
        ("is:saved", "saved.set", {}),
    ):
        assert talk.find(sought) == []
        call(method, talk.bob, message=said, on=True, **params)
        assert talk.find(sought) == talk.find(f"word {sought}") == [said]
        call(method, talk.bob, message=said, on=False, **params)
        assert talk.find(sought) == []
    call("saved.set", talk.bob, message=said, on=True)
    assert talk.find("is:saved", talk.ann) == []


def test_answers_are_found_with_the_thread_that_they_stand_in(talk: Talk) -> None:
    root = talk.say("soup?")
    answer = talk.stage.call("messages.post", talk.bob, room=talk.room, thread=root, body="pumpkin", nonce="x").id
    found = talk.stage.call("messages.search", talk.ann, query="pumpkin").messages
    assert [(one.id, one.thread) for one in found] == [(answer, root)]
    assert talk.find("is:thread") == [answer]
    assert talk.find("-is:thread") == [root]


def test_files_are_found_by_their_names_until_they_are_deleted(talk: Talk) -> None:
    file = talk.stage.file(talk.ann, talk.room, name="Größe der Wolke.png")
    said = talk.stage.call("messages.post", talk.ann, room=talk.room, body="", nonce="x", files=[file]).id
    assert talk.find("wolke gross") == talk.find("has:file") == talk.find("has:image") == [said]
    named = talk.stage.call("messages.search", talk.bob, query="wolk").names.files
    assert [(one.file.name, one.message) for one in named] == [("Größe der Wolke.png", said)]
    assert talk.stage.call("messages.search", talk.eve, query="wolk").names.files == []
    talk.stage.call("files.delete", talk.ann, file=file)
    assert talk.find("wolke") == talk.find("has:file") == talk.find("has:image") == []
    assert talk.stage.call("messages.search", talk.bob, query="wolk").names.files == []


# Access


def test_nobody_finds_what_was_said_where_they_are_not(talk: Talk) -> None:
    talk.say("secret")
    assert talk.find("secret", talk.eve) == []
    assert talk.find("-other", talk.eve) == []
    with refused(Invalid, "query"):
        talk.find("in:ops", talk.eve)
    with refused(NotFound, "room"):
        talk.find("secret", talk.eve, room=talk.room)


def test_whoever_leaves_finds_nothing_any_more_and_whoever_comes_finds_all(talk: Talk) -> None:
    said = talk.say("secret")
    assert talk.find("secret") == [said]
    talk.stage.call("members.remove", talk.ann, room=talk.room, user=talk.bob.user)
    assert talk.find("secret") == []
    talk.stage.call("members.add", talk.ann, room=talk.room, user=talk.eve.user)
    assert talk.find("secret", talk.eve) == [said]


def test_whoever_is_in_very_many_rooms_finds_the_same(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    said = talk.say("secret")
    monkeypatch.setattr(search, "ROOMS_MOST", 0)
    assert talk.find("secre") == [said]
    assert talk.find("secret", talk.eve) == []


@pytest.mark.parametrize(("newest", "furthest"), [(1, 1), (2, 6), (3, 100), (100, 100)])
def test_however_far_the_newest_are_looked_at_one_by_one_the_same_is_found(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, newest: int, furthest: int
) -> None:
    monkeypatch.setattr(search_postgresql, "NEWEST", newest)
    monkeypatch.setattr(search_postgresql, "FURTHEST", furthest)
    said = [talk.say("third word" if number % 3 == 0 else "word") for number in range(14)][::-1]
    assert talk.find("word", limit=20) == said
    assert talk.find("third", limit=3) == said[1::3][:3]
    assert talk.find('"third word"', limit=20, before=said[1]) == said[4::3]
    assert talk.find("none") == talk.find("word", before=said[-1]) == []


# The index


def test_a_repeated_search_finds_what_came_meanwhile(talk: Talk) -> None:
    first = talk.say("word")
    assert talk.find("word") == talk.find("word") == [first]
    second = talk.say("word")
    assert talk.find("word") == [second, first]
    talk.stage.call("messages.edit", talk.ann, message=first, body="other")
    assert talk.find("word") == [second]
    talk.stage.call("messages.delete", talk.ann, message=second)
    assert talk.find("word") == []


def test_an_edited_message_is_found_by_its_new_words_alone(talk: Talk) -> None:
    said = talk.say("old https://chinwag.test")
    talk.stage.call("messages.edit", talk.ann, message=said, body="new `code`")
    assert talk.find("old") == talk.find("has:link") == []
    assert talk.find("new") == talk.find("has:code") == [said]


def test_a_deleted_message_is_found_by_nothing(talk: Talk) -> None:
    said = talk.say("words")
    talk.stage.call("messages.delete", talk.ann, message=said)
    assert talk.find("words") == talk.find("from:ann") == talk.find("in:ops") == []


def test_an_index_made_anew_finds_the_same_and_says_when_it_is_not_whole(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [talk.say(f"word {number}") for number in range(5)]
    monkeypatch.setattr(search, "FILL", 2)
    talk.stage.act(search.begin_anew)
    talk.stage.act(search.fill)
    found = talk.stage.call("messages.search", talk.bob, query="word")
    assert ([one.id for one in found.messages], found.whole) == ([said[4], said[3]], False)
    talk.stage.call("messages.edit", talk.ann, message=said[0], body="other")
    talk.stage.call("messages.edit", talk.ann, message=said[4], body="another")
    talk.stage.call("messages.delete", talk.ann, message=said[1])
    said.append(talk.say("word"))
    while talk.stage.act(search.fill):
        pass
    found = talk.stage.call("messages.search", talk.bob, query="word")
    assert ([one.id for one in found.messages], found.whole) == ([said[5], said[3], said[2]], True)
    assert talk.find("other") == [said[0]]
    assert talk.find("another") == [said[4]]


def test_a_search_that_takes_too_long_is_given_up(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = clock.stamp(datetime(2026, 1, 31, 12, tzinfo=UTC))
    monkeypatch.setattr(clock, "now", lambda: at)
    talk.stage.act(_many, room=talk.room, user=talk.ann.user)
    monkeypatch.setattr(index, "SECONDS", 0)
    with refused(Invalid, "query"):
        talk.find('"a b" before:2026-01-31')
    monkeypatch.setattr(index, "SECONDS", 20)
    assert talk.find("zebra") == []


def _many(tx: Tx, *, room: int, user: int) -> None:
    for number in range(3_000):
        body = "a b c d e f " * 60
        messages.add(tx, room=room, seq=10_000 + number, author=user, nonce=f"many{number}", body=body, html="")


# A plain scan


def _matches(body: str, query: str) -> bool:
    """Whether a message is found, by looking at it alone: all pieces of the query by the rules of the protocol."""
    text = f" {' '.join(_spelled(body))} "
    for piece in query.split():
        wanted, phrase = not piece.startswith("-"), piece.removeprefix("-").startswith('"')
        sought = " ".join(_spelled(piece.removeprefix("-").strip('"')))
        if not sought:
            continue
        spaceless = _is_han(sought[-1])
        begins = "" if _is_han(sought[0]) else " "
        found = begins + sought + ("" if spaceless or not phrase else " ") in text
        if found != wanted:
            return False
    return True


def _spelled(text: str) -> list[str]:
    """Words as they stand, but runs of Han apart from their neighbours."""
    spaced = ""
    for character in fold(text):
        if spaced and spaced[-1] != " " and _is_han(spaced[-1]) != _is_han(character):
            spaced += " "
        spaced += character
    return spaced.split()


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


SOUGHT = st.text(alphabet="aábc京都東 -!", min_size=1, max_size=6).filter(lambda text: bool(cut(text)))
BODIES = st.lists(st.text(alphabet="aábcC京都東 -!", min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=6)
ASKED = st.lists(
    st.builds(
        lambda word, quoted, minus: ("-" if minus else "") + (f'"{word}"' if quoted else word),
        SOUGHT.map(lambda word: "".join(word.split()).strip("-")).filter(lambda word: bool(cut(word))),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
).map(" ".join)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BODIES, st.lists(ASKED, min_size=1, max_size=5))
def test_what_is_found_is_what_a_plain_scan_finds(talk: Talk, bodies: list[str], queries: list[str]) -> None:
    room = talk.stage.call("rooms.create", talk.bob, name=f"Room {talk.count}", kind="private").id
    said = {talk.say(body, talk.bob, room): body for body in bodies}
    for query in queries:
        expected = [one for one in reversed(said) if _matches(said[one], query)]
        assert talk.find(query, room=room, limit=100) == expected, query


# Snippets


def pieces(body: str, *terms: Term) -> list[str]:
    from chinwag.changes import Message
    from chinwag.services.markdown import render

    at = datetime(2026, 1, 1, tzinfo=UTC)
    message = Message(id=1, room=1, seq=1, author=1, at=at, body=body, html=render(body))
    return snippet(message, terms)


def test_a_snippet_marks_whole_words_and_parts_of_runs_as_they_were_written() -> None:
    assert pieces("The **Café** is near", Term(("caf",), True)) == ["The ", "Café", " is near"]
    assert pieces("東京都です", Term(("京都",))) == ["東", "京都", "です"]
    assert pieces("a <b> & c", Term(("c",), True)) == ["a <b> & ", "c", ""]
    assert pieces("x y", Term(("x",)), Term(("x", "y"))) == ["", "x y", ""]
    assert pieces("nothing here") == ["nothing here"]
    assert pieces("see [this](https://host.test/page)", Term(("host",))) == [
        "see [this](https://",
        "host",
        ".test/page)",
    ]


def test_a_snippet_of_a_long_message_is_what_stands_around_the_first_word() -> None:
    found = pieces("before " * 300 + "needle " + "after " * 300, Term(("needle",)))
    assert (found[0][0], found[1], found[2][-1]) == ("…", "needle", "…")
    assert sum(map(len, found)) <= 290


@given(st.text(max_size=400), st.text(min_size=1, max_size=4))
def test_the_pieces_of_a_snippet_are_bounded_and_each_marked_one_is_not_empty(body: str, word: str) -> None:
    words, prefix = asked(word, prefix=True)
    found = pieces(body, *([Term(words, prefix)] if words else []))
    assert len(found) % 2 == 1
    assert all(found[1::2])
    assert sum(map(len, found)) <= 282
