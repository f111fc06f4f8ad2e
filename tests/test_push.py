"""Pushes of a whole server, at a push service that checks every token and opens every body as a browser does."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chinwag import app, clock
from chinwag.fetch import Fetcher
from chinwag.services import pushing
from tests.push_service import HOSTS, PushService
from tests.world import Server, serving, settings, until

pytestmark = pytest.mark.wide


@pytest.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PushService]:
    """A push service that everybody trusts; and nobody waits."""
    monkeypatch.setattr(pushing, "WAIT", 0)
    monkeypatch.setattr(pushing, "AGAIN", 0)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "push.pem"))
    service = PushService(tmp_path)
    service.start()
    yield service
    await service.stop()
    assert service.refused == []


def reach(server: Server, service: PushService) -> None:
    """Let a server reach it, though it is at home."""
    server.app.pusher.fetcher = Fetcher(look_up=service.look_up, allows=lambda _: True)


async def subscribe(server: Server, service: PushService, token: str, name: str, host: str = HOSTS[0]) -> Any:
    service.key = (await server.rpc(token, "push.list"))["key"]
    return await server.rpc(token, "push.subscribe", **service.browser(name, host))


async def post(server: Server, token: str, body: str) -> Any:
    return await server.rpc(token, "messages.post", room=1, body=body, nonce=body)


async def test_what_is_said_reaches_every_browser_by_its_own_push_service(
    any_server: Server, service: PushService
) -> None:
    reach(any_server, service)
    (_, ann), (_, bob) = any_server.add("ann"), any_server.add("bob")
    phone = any_server.token(1)
    for name, token, host in zip(("desk", "phone"), (ann, phone), HOSTS[1:], strict=True):
        await subscribe(any_server, service, token, name, host)
    await any_server.rpc(ann, "preferences.set", shows_text=True)
    said = await post(any_server, bob, "hello there")
    await until(lambda: bool(service.said("desk") and service.said("phone")))
    for name in ("desk", "phone"):
        (got,) = service.said(name)
        assert (got["by"], got["text"], got["path"]) == ("Bob", "hello there", f"/rooms/lobby/{said['seq']}")
    headers = service.got[0].headers
    assert (headers["urgency"], headers["ttl"]) == ("normal", "86400")
    states: list[str] = []
    while states != ["sent", "sent"]:
        states = [one["state"] for one in (await any_server.rpc(ann, "push.log"))["pushes"]]
        assert set(states) <= {"sending", "sent"}


async def test_whoever_has_a_page_open_is_told_once_they_have_left_it(server: Server, service: PushService) -> None:
    reach(server, service)
    (ann_id, ann), (_, bob), (_, cleo) = server.add("ann"), server.add("bob"), server.add("cleo")
    for name, token in (("ann", ann), ("cleo", cleo)):
        await subscribe(server, service, token, name)
    page = await server.client(ann)
    await page.start()
    await until(lambda: ann_id in server.app.presences.online())
    for number, body in enumerate(("one", "two"), 1):
        await post(server, bob, body)
        await until(lambda number=number: len(service.said("cleo")) == number)  # type: ignore[misc]
    assert service.said("ann") == []
    await page.call("presence.set", state="away")
    await until(lambda: len(service.said("ann")) == 1)
    await page.close()


async def test_what_is_read_at_one_device_goes_from_the_other(server: Server, service: PushService) -> None:
    reach(server, service)
    (_, ann), (_, bob) = server.add("ann"), server.add("bob")
    await subscribe(server, service, ann, "phone")
    said = await post(server, bob, "hello")
    await until(lambda: len(service.said("phone")) == 1)
    await server.rpc(ann, "reads.mark", room=1, seq=said["seq"])
    await until(lambda: len(service.said("phone")) == 2)
    shown, gone = service.said("phone")
    assert (gone["kind"], gone["closes"]) == ("read", [shown["tag"]])
    assert service.got[0].headers["topic"] == service.got[1].headers["topic"], "it takes its place if it waits there"


async def test_a_push_service_that_is_busy_is_asked_again_and_a_browser_that_is_gone_never(
    server: Server, service: PushService
) -> None:
    reach(server, service)
    (_, ann), (_, bob), (_, cleo) = server.add("ann"), server.add("bob"), server.add("cleo")
    for name, token in (("busy", ann), ("gone", cleo)):
        await subscribe(server, service, token, name)
    service.answer("busy", 429, Retry_After="1")
    service.answer("busy", 503, Retry_After="1")
    service.answer("gone", 410)
    await post(server, bob, "hello")
    await until(lambda: len(service.said("busy")) == 1, 20)
    assert service.answers == {"busy": [], "gone": []}
    while (await server.rpc(cleo, "push.list"))["devices"]:
        pass
    (entry,) = (await server.rpc(cleo, "push.log"))["pushes"]
    assert (entry["state"], entry["problem"]) == ("failed", "This browser takes no more notifications.")


async def test_nothing_inside_our_own_network_can_be_posted_to(server: Server, service: PushService) -> None:
    (_, ann), (_, bob) = server.add("ann"), server.add("bob")
    server.app.pusher.fetcher = Fetcher(look_up=service.look_up)  # which has the address of this machine
    await subscribe(server, service, ann, "phone")
    await post(server, bob, "hello")
    entry: dict[str, Any] = {"problem": ""}
    while not entry["problem"]:
        entries = (await server.rpc(ann, "push.log"))["pushes"]
        entry = entries[0] if entries else entry
    assert (entry["state"], entry["problem"]) == ("waiting", "The push service could not be reached.")
    assert service.got == []


async def test_a_token_is_used_for_hours_and_then_made_anew(
    server: Server, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(server, service)
    (_, ann), (_, bob) = server.add("ann"), server.add("bob")
    await subscribe(server, service, ann, "phone")
    began, passed = clock.now(), 0
    for number, hours in enumerate((-7, -6.9, 0), 1):
        passed = int(hours * 3_600 * clock.SECOND)
        monkeypatch.setattr(clock, "now", lambda passed=passed, number=number: began + passed + number * clock.SECOND)
        await post(server, bob, f"number {number}")
        await until(lambda number=number: len(service.said("phone")) == number)  # type: ignore[misc]
    tokens = [got.headers["authorization"] for got in service.got]
    assert tokens[0] == tokens[1] != tokens[2]


async def test_of_two_processes_one_sends(postgres: Any, valkey: Any, service: PushService, tmp_path: Path) -> None:
    given = {"database": postgres.database(), "redis": valkey.url}
    one, other = settings(tmp_path / "one", **given), settings(tmp_path / "other", **given)
    async with serving(one) as first, serving(other, app.open_database(other)) as second:
        for server in (first, second):
            reach(server, service)
        (_, ann), (_, bob) = first.add("ann"), first.add("bob")
        await subscribe(first, service, ann, "phone")
        assert (await second.rpc(ann, "push.list"))["key"] == service.key
        for number in range(1, 6):
            await post((first, second)[number % 2], bob, f"number {number}")
            await until(lambda number=number: len(service.said("phone")) >= number)  # type: ignore[misc]
        assert len(service.said("phone")) == 5


async def test_a_server_that_is_told_not_to_asks_nobody(service: PushService, tmp_path: Path) -> None:
    async with serving(settings(tmp_path / "data", push=False)) as server:
        _, ann = server.add("ann")
        assert await server.rpc(ann, "push.list") == {"devices": [], "key": ""}


async def test_what_waits_outlives_the_server(service: PushService, tmp_path: Path) -> None:
    config = settings(tmp_path / "data")
    async with serving(config) as server:
        (_, ann), (_, bob) = server.add("ann"), server.add("bob")
        await subscribe(server, service, ann, "phone")
        await post(server, bob, "hello")
    async with serving(config) as server:
        reach(server, service)
        await until(lambda: len(service.said("phone")) == 1, 30)
