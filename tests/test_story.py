"""Two people talk: the shortest whole story over the real server, on each kind of database."""

import asyncio

import pytest

from tests.world import Fault, Server


async def test_what_one_says_the_other_hears_and_reads(any_server: Server) -> None:
    _, ann_token = any_server.add("ann", role="owner")
    bob_id, bob_token = any_server.add("bob")
    ann, bob = await any_server.client(ann_token), await any_server.client(bob_token)
    await ann.start()
    await bob.start()
    room = await ann.call("rooms.create", name="Ops", kind="private")
    with pytest.raises(Fault, match="no such room"):
        await bob.call("messages.page", room=room["id"])
    await ann.call("members.add", room=room["id"], user=bob_id)
    await bob.until(lambda: f"room:{room['id']}" in bob.held)
    said = await asyncio.gather(
        *(ann.call("messages.post", room=room["id"], body=f"m{n}", nonce=f"n{n}") for n in range(20))
    )
    await bob.has(f"room:{room['id']}", said[-1]["seq"])
    assert bob.bodies(room["id"]) == [f"m{n}" for n in range(20)]
    assert bob.holes == 0
    await ann.call("members.remove", room=room["id"], user=bob_id)
    await bob.until(lambda: f"room:{room['id']}" not in bob.held)
    heard = len(bob.heard)
    await ann.call("messages.post", room=room["id"], body="now he is gone", nonce="last")
    await bob.call("accounts.me")
    assert "now he is gone" not in "".join(bob.heard[heard:])
    await ann.close()
    await bob.close()
