"""Mentions and the inbox: whom a message calls, who hears of it, and what is done."""

from datetime import UTC, datetime

import pytest

from chinwag.changes import Change, Message
from chinwag.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from chinwag.store import notices as store
from chinwag.store.tx import Caller
from tests.test_services_threads import House
from tests.world import Server, Stage, refused, until


@pytest.fixture
def house(stage: Stage) -> House:
    return House(stage)


def called(house: House, body: str, by: Caller | None = None) -> list[str]:
    """Whom a message calls."""
    return house.say(by or house.ann, body).mentions


def test_people_groups_here_and_room_are_called_by_their_handles_whatever_the_case(house: House) -> None:
    amy = house.stage.add("amy", role="admin")
    crew = house.stage.call("groups.create", amy, handle="crew", name="The crew", users=[house.bob.user]).id
    bob, otto = house.bob.user, house.out.user
    message = house.say(house.ann, "@Bob, @BOB and @crew: @here @ROOM @nobody (@otto)")
    assert message.mentions == [f"user:{bob}", f"group:{crew}", "here", "room", f"user:{otto}"]
    assert f'<span class="mention" data-mention="user:{bob}">@Bob</span>' in message.html
    assert "@nobody" in message.html
    assert house.kinds(house.bob) == ["mention"]
    assert house.kinds(house.cleo) == ["mention"]
    assert (house.kinds(house.ann), house.kinds(house.out)) == ([], [])


def test_nobody_is_called_in_code_in_links_and_in_addresses(house: House) -> None:
    for body in ("`@bob`", "```\n@bob\n```", "me@bob.org", "https://x.yz/@bob", "[@bob](https://x.yz)", "x@bob"):
        assert called(house, body) == [], body
    assert house.kinds(house.bob) == []


def test_twenty_are_called_and_ten_thousand_are_bounded(house: House) -> None:
    crowd = [house.stage.add(f"c{number}").user for number in range(25)]
    for user in crowd:
        house.stage.call("members.add", house.ann, room=house.room, user=user)
    message = house.say(house.ann, " ".join(f"@c{number}" for number in range(25)))
    assert message.mentions == [f"user:{user}" for user in crowd[:20]]
    assert message.html.count("<span") == 20
    assert called(house, " @x" * 2_600) == []
    with refused(TooLarge, "body"):
        house.say(house.ann, "@x" * 10_000)


def test_guests_call_only_the_people_of_the_room(house: House) -> None:
    amy = house.stage.add("amy", role="admin")
    house.stage.call("groups.create", amy, handle="crew", name="Crew", users=[house.bob.user])
    guest = house.stage.add("gus", role="guest", kind="guest")
    house.stage.call("members.add", house.ann, room=house.room, user=guest.user)
    message = house.say(guest, "@bob @otto @crew @here @room")
    assert message.mentions == [f"user:{house.bob.user}"]
    assert "Otto" not in message.html


def test_where_only_moderators_call_the_room_it_stays_as_typed_for_others(house: House) -> None:
    amy = house.stage.add("amy", role="admin")
    house.stage.call("admin.settings", amy, calling="moderators")
    assert called(house, "@room", house.bob) == []
    assert called(house, "@room", house.ann) == ["room"]
    direct = house.stage.call("rooms.direct", house.bob, users=[house.cleo.user]).id
    said: Message = house.stage.call("messages.post", house.bob, room=direct, body="@room", nonce="direct")
    assert said.mentions == ["room"]


def test_of_a_muted_or_silenced_room_only_a_call_by_name_is_heard(house: House) -> None:
    later = datetime(2099, 1, 1, tzinfo=UTC)
    house.stage.call("mine.set", house.bob, room=house.room, notify="none")
    house.stage.call("mine.set", house.cleo, room=house.room, muted_until=later)
    house.say(house.ann, "@room")
    assert (house.kinds(house.bob), house.kinds(house.cleo)) == ([], [])
    house.say(house.ann, "@bob @cleo")
    assert (house.kinds(house.bob), house.kinds(house.cleo)) == (["mention"], ["mention"])
    mine = house.stage.call("mine.set", house.cleo, room=house.room, muted_until=None, starred=True)
    assert (mine.muted_until, mine.starred, mine.mentions) == (None, True, 1)
    house.say(house.ann, "@room")
    assert house.kinds(house.cleo) == ["mention", "mention"]


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+23:59", "1969-12-31T23:59:59+00:00"])
def test_a_room_is_muted_until_a_time_that_a_calendar_has(house: House, at: str) -> None:
    last = datetime.max.replace(tzinfo=UTC)
    with refused(Invalid, "muted_until"):
        house.stage.call("mine.set", house.bob, room=house.room, muted_until=datetime.fromisoformat(at))
    assert house.stage.call("mine.set", house.bob, room=house.room, muted_until=last).muted_until == last


def test_keywords_are_heard_as_whole_words_and_phrases_wherever_one_is(house: House) -> None:
    house.stage.call("preferences.set", house.bob, keywords=["Release", "on  fire", "発売", "release"])
    for body in ("releases", "a fire on", "nothing"):
        house.say(house.ann, body)
    assert house.kinds(house.bob) == []
    for body in ("a RELEASE!", "it is on, fire", "今日発売です"):
        house.say(house.ann, body)
    texts = [one.text for one in house.stage.call("inbox.page", house.bob).notices]
    assert texts == ["発売", "on fire", "Release"]
    late = house.stage.call("rooms.create", house.ann, name="Late", users=[house.bob.user]).id
    house.stage.call("messages.post", house.ann, room=late, body="release", nonce="late")
    assert len(house.kinds(house.bob)) == 4
    for wrong, kind in (["!"], Invalid), ([""], Invalid), (["x" * 65], TooLarge), (["a\x01b"], Invalid):
        with refused(kind, "keywords"):
            house.stage.call("preferences.set", house.bob, keywords=wrong)


def test_an_edit_tells_those_whom_it_newly_calls_and_nobody_twice(house: House) -> None:
    message = house.say(house.ann, "@bob")
    house.stage.call("messages.edit", house.ann, message=message.id, body="@bob @cleo")
    house.stage.call("messages.edit", house.ann, message=message.id, body="@cleo")
    house.stage.call("messages.edit", house.ann, message=message.id, body="@bob and @cleo")
    assert (house.kinds(house.bob), house.kinds(house.cleo)) == (["mention"], ["mention"])


def test_an_answer_that_comes_to_call_its_follower_tells_them_once(house: House) -> None:
    root = house.say(house.ann)
    answer = house.say(house.bob, "an answer", thread=root.id)
    assert house.kinds(house.ann) == ["thread"]
    house.stage.call("messages.edit", house.bob, message=answer.id, body="an answer, @ann and @cleo")
    assert (house.kinds(house.ann), house.kinds(house.cleo)) == (["mention"], ["mention"])
    assert house.stage.call("threads.mark", house.ann, thread=root.id, seq=answer.seq).unread == 0
    assert house.kinds(house.ann) == []


def test_a_deleted_message_takes_its_notices_with_it(house: House) -> None:
    message = house.say(house.ann, "a secret for @bob")
    house.stage.told.clear()
    house.stage.call("messages.delete", house.ann, message=message.id)
    told = next(one for one in house.stage.told if isinstance(one, Change) and one.topic == f"user:{house.bob.user}")
    assert [one.deleted for one in told.notices] == [True]
    assert told.counts is not None
    assert (told.counts.inbox, told.mine[0].mentions) == (0, 0)
    assert house.stage.call("inbox.page", house.bob).notices == []


def test_reading_a_room_does_its_mentions_but_those_of_its_threads(house: House) -> None:
    root = house.say(house.ann, "@bob")
    house.say(house.ann, "@bob", thread=root.id)
    end = house.say(house.ann, "@bob")
    mine = house.stage.call("reads.mark", house.bob, room=house.room, seq=end.seq - 1)
    assert (mine.mentions, house.kinds(house.bob)) == (2, ["mention", "mention"])
    assert house.stage.call("reads.mark", house.bob, room=house.room, seq=end.seq).mentions == 1
    house.stage.call("threads.mark", house.bob, thread=root.id, seq=end.seq)
    assert house.kinds(house.bob) == []


def test_a_notice_is_marked_done_and_undone_by_its_owner_alone(house: House) -> None:
    house.say(house.ann, "@bob")
    notice = house.stage.call("inbox.page", house.bob).notices[0].id
    assert house.stage.call("inbox.mark", house.bob, notice=notice, on=True).done
    assert house.kinds(house.bob) == []
    assert not house.stage.call("inbox.mark", house.bob, notice=notice, on=False).done
    assert house.stage.call("inbox.mark_all", house.bob).inbox == 0
    for caller in (house.ann, house.cleo):
        with refused(NotFound, "notice"):
            house.stage.call("inbox.mark", caller, notice=notice, on=True)


def test_the_inbox_comes_in_pages_by_kind_with_its_messages(house: House) -> None:
    said = [house.say(house.ann, f"@bob {number}").id for number in range(3)]
    root = house.say(house.bob, "root")
    said.append(house.say(house.ann, "an answer", thread=root.id).id)
    page = house.stage.call("inbox.page", house.bob, limit=2)
    assert ([one.message for one in page.notices], page.more) == ([said[3], said[2]], True)
    assert {one.id for one in page.messages} == {said[3], said[2]}
    rest = house.stage.call("inbox.page", house.bob, limit=2, before=page.notices[-1].id)
    assert ([one.message for one in rest.notices], rest.more) == ([said[1], said[0]], False)
    assert len(house.stage.call("inbox.page", house.bob, kind="mention").notices) == 3
    assert len(house.stage.call("inbox.page", house.bob, kind="thread").notices) == 1


def test_whoever_was_put_out_finds_nothing_of_the_room_in_their_inbox_also_when_they_come_back(house: House) -> None:
    house.say(house.ann, "a secret for @bob")
    house.stage.call("members.remove", house.ann, room=house.room, user=house.bob.user)
    assert house.stage.call("inbox.page", house.bob).notices == []
    house.say(house.ann, "@bob @room")
    house.stage.call("members.add", house.ann, room=house.room, user=house.bob.user)
    assert house.stage.call("inbox.page", house.bob).notices == []


def test_a_full_inbox_takes_nothing_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "UNDONE_MOST", 2)
    for number in range(4):
        house.say(house.ann, f"@bob {number}")
    assert len(house.kinds(house.bob)) == 2


def test_groups_are_made_by_administrators_and_share_one_set_of_handles_with_people(house: House) -> None:
    amy = house.stage.add("amy", role="admin")
    with refused(Forbidden):
        house.stage.call("groups.create", house.ann, handle="crew", name="Crew", users=[])
    crew = house.stage.call("groups.create", amy, handle="crew", name="Crew", users=[house.bob.user])
    for taken in ("bob", "b0b", "crew", "here", "room", "r00m"):
        with refused(Conflict, "handle"):
            house.stage.call("groups.create", amy, handle=taken, name="Another", users=[])
        with refused(Conflict, "handle"):
            house.stage.call("accounts.edit", house.cleo, handle=taken)
    assert house.stage.call("groups.edit", amy, group=crew.id, users=[house.cleo.user]).users == [house.cleo.user]
    house.stage.call("groups.remove", amy, group=crew.id)
    assert house.stage.call("groups.page", house.ann).groups == []
    assert called(house, "@crew") == []
    assert house.stage.call("accounts.edit", house.cleo, handle="crew").handle == "crew"
    acts = [one.act for one in house.stage.call("admin.audit", amy).entries]
    assert acts[:3] == ["groups.remove", "groups.edit", "groups.create"]


async def test_here_calls_those_who_are_online(server: Server) -> None:
    house = House(server.stage)
    clients = [await server.client(server.token(one.user or 0)) for one in (house.bob, house.cleo)]
    for client in clients:
        await client.start()
    await until(lambda: server.app.rpc.live.presences.online() >= {house.bob.user, house.cleo.user})
    await clients[1].call("presence.set", state="away")
    await until(lambda: house.cleo.user not in server.app.rpc.live.presences.online())
    await server.rpc(server.token(house.ann.user or 0), "messages.post", room=house.room, body="@here", nonce="here")
    assert (house.kinds(house.bob), house.kinds(house.cleo)) == (["mention"], [])
    source = house.say(house.ann)
    passed = {"message": source.id, "room": house.room, "body": "@here, look", "nonce": "passed on"}
    await server.rpc(server.token(house.ann.user or 0), "messages.forward", **passed)
    assert (house.kinds(house.bob), house.kinds(house.cleo)) == (["mention", "mention"], [])
    for client in clients:
        await client.close()
