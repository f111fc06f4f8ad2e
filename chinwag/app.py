"""The composition root: from settings to a running server, started and stopped in order; it alone knows every part."""

import asyncio
import contextlib
import fcntl
import gc
import logging
import os
import resource
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import tornado.autoreload
import tornado.netutil
from sqlalchemy import Engine

from chinwag import schema
from chinwag.alarm import Alarm
from chinwag.blobs import open_blobs
from chinwag.bus import Bus, MemoryBus
from chinwag.changes import Change, End
from chinwag.config import Config
from chinwag.dispatch import Dispatcher
from chinwag.errors import CLOSE_RESTART, CannotStart, NeedsExtra
from chinwag.files import SWEEP_EVERY, Files
from chinwag.hub import Hub, told
from chinwag.indexer import Indexer
from chinwag.limits import Limits
from chinwag.live import Live
from chinwag.meters import LAG_SECONDS
from chinwag.presence import Presences
from chinwag.previews import Previews
from chinwag.push import Pusher
from chinwag.resync import Resync
from chinwag.rpc import METHODS
from chinwag.services import invites, sync, users, workspace
from chinwag.services.files import Quota
from chinwag.store import migrate
from chinwag.store import users as user_store
from chinwag.store.breaker import Breaker
from chinwag.store.engine import check_durable, connect, open_engine, sqlite_url
from chinwag.store.readers import Readers
from chinwag.store.tx import Caller, Tx
from chinwag.store.writer import Writer
from chinwag.web.calls import BODY
from chinwag.web.door import Site
from chinwag.web.listener import Server
from chinwag.web.routes import application

log = logging.getLogger(__name__)

DRAIN = 8.0
"""Seconds that what was accepted has to finish in when the server stops."""
LAST = 9.5
"""Seconds until a server that stops is gone, whatever it still waits for."""
SIGNALS = (signal.SIGTERM, signal.SIGINT)
HEADERS = 16 * 1024
IDLE_SECONDS = 60
"""How long a connection over HTTP may say nothing between two requests."""
BODY_SECONDS = 30
"""How long a request's body may take, outside uploads."""
FREEZE_EVERY = 500
LAG_EVERY = 1.0
COMPARE_SHARED = 0.4
"""Seconds between looks at a database to which others write, who may fail to say so."""
COMPARE_ALONE = 30.0
"""The same where there is nobody else; sessions end by themselves, too."""
MEGA = 1_000_000


def open_database(config: Config) -> Engine:
    """The database of these settings, brought up to date and given its first rows. Raises `CannotStart`."""
    if not config.database:
        make_folder(config.data)
    engine = open_engine(config.database or sqlite_url(config.data))
    try:
        check_durable(engine)
        migrate.upgrade(engine)
        operate(engine, config, workspace.fill)
    except CannotStart:
        raise
    except Exception as error:
        words = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        raise CannotStart(f"The database cannot be opened: {words}") from error
    return engine


def make_folder(folder: Path) -> None:
    """Make the data folder, for its owner's eyes only, and see that it can be written to."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        raise CannotStart(f"The data folder {folder} cannot be written to: {error.strerror}.") from None


def operate(engine: Engine, config: Config, service: Callable[..., Any], **params: Any) -> Any:
    """Run a service beside whatever serves this database, as the command line does; those who are connected hear of it
    when their server next compares its seqs."""
    with connect(engine) as connection, connection.begin():
        return service(Tx(connection, Caller(link=config.link)), **params)


@contextlib.contextmanager
def sole_server(config: Config) -> Any:
    """Hold the data folder: two servers on one SQLite file would not hear of each other."""
    if config.database:
        yield
        return
    make_folder(config.data)
    with (config.data / "server.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(f"Another server uses the data folder {config.data}.") from None
        yield


def listen(config: Config) -> list[socket.socket]:
    """The listening sockets; shared with other processes of one server where there are several."""
    try:
        return tornado.netutil.bind_sockets(
            config.port, config.host, backlog=1024, reuse_port=config.processes > 1 or is_worker()
        )
    except OSError as error:
        raise CannotStart(f"Port {config.port} at {config.host} cannot be listened at: {error.strerror}.") from None


def is_worker() -> bool:
    """Whether this is one of the processes of one server."""
    return "CHINWAG_WORKER" in os.environ


class App:
    """One process of the server."""

    def __init__(self, config: Config, engine: Engine) -> None:
        self.config = config
        self._engine = engine
        self._loop = asyncio.get_running_loop()
        self._lagging: asyncio.TimerHandle | None = None
        self._clearing: asyncio.TimerHandle | None = None
        self._frozen_at = 0
        blobs = open_blobs(config.files, config.data / "files")
        self.hub = Hub(self._missed)
        self.presences = Presences(self.hub, gone=self._gone)
        self.bus = self._make_bus()  # like the blobs, before any thread: it may find that it cannot start
        self.breaker = Breaker(engine)
        self.readers = Readers(self.breaker)
        self.writer = Writer(self.breaker, self._tell, elsewhere=self._elsewhere, sqlite=not config.database)
        self.resync = Resync(self.hub, self._read, COMPARE_SHARED if config.database else COMPARE_ALONE)
        self.alarm = Alarm(self._read, self.writer.run, self.presences.online)
        self.indexer = Indexer(self.writer.run, self._spawn)
        self.files = Files(config.data / "uploads", blobs, quota(config), self.writer.run, self._read)
        self.live = Live(self.hub, self.presences, self._read, self.files.add_sent_emoji)
        self.rpc = Dispatcher(
            self.readers, self.writer, Limits(off=config.rates == "off"), self.live, self.indexer.catch_up
        )
        self.previews = Previews(self.files.picture, self._read, self.writer.run, config.link)
        self.pusher = Pusher(self._read, self.writer.run, self.presences.online, config.link)
        self.site = Site(config, self.rpc, self.live, self.files)
        self.server = Server(
            application(self.site, schema.openrpc(METHODS)),
            max_header_size=HEADERS,
            max_body_size=BODY,
            max_buffer_size=2 * 1024 * 1024,
            idle_connection_timeout=IDLE_SECONDS,
            body_timeout=BODY_SECONDS,
        )

    def _make_bus(self) -> Bus:
        if self.config.redis:
            try:
                from chinwag.bus_redis import RedisBus  # its library takes memory, and time at the start
            except ImportError:
                raise NeedsExtra("--redis redis://…", "redis") from None
            presences = self.presences
            return RedisBus(self.config.redis, self.hub, heard=presences.heard, greet=presences.greet)
        return MemoryBus(self.hub)

    async def start(self, sockets: list[socket.socket]) -> None:
        """Serve."""
        await self.bus.start()
        self.presences.start(self.bus)
        self.server.add_sockets(sockets)
        self._watch(self._loop.time() + LAG_EVERY)
        self.resync.start()
        self._clear()
        self.indexer.start()
        await self.pusher.start(on=self.config.push)
        self.alarm.start()
        self.site.started = True

    async def stop(self) -> None:
        """Refuse what is new, finish what was accepted, tell everyone to come back, and close, within ten seconds."""
        self.server.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN):
                await self.rpc.finish()
        await self.alarm.stop()
        self.presences.stop()
        self.indexer.stop()
        for connection in list(self.site.connections):
            connection.end(CLOSE_RESTART)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.5):
                await self.server.close_all_connections()
                if self.site.closing:
                    await self.site.all_closed.wait()
        for connection in list(self.site.closing):
            connection.drop()
        for timer in (self._lagging, self._clearing):
            if timer:
                timer.cancel()
        await self.pusher.stop()
        await self.site.give_up()
        await self.files.close()
        await self.previews.close()
        await self.writer.stop()
        await self.resync.stop()
        await self.bus.stop()
        await self.hub.close()
        self.rpc.close()
        self.readers.close()
        self._engine.dispose()

    def _spawn(self, job: Coroutine[Any, Any, Any]) -> None:
        self.site.spawn(job)

    async def _read(self, function: Callable[..., Any], caller: Caller, **params: Any) -> Any:
        return await self.rpc.read(function, caller, **params)

    def _gone(self, gone: list[int], then: Callable[[], None]) -> None:
        self.site.spawn(self._note_gone(gone, then))

    async def _note_gone(self, gone: list[int], then: Callable[[], None]) -> None:
        try:
            await self.writer.run(users.went, Caller(), {"gone": gone})
        finally:
            then()

    async def _missed(self, topic: str, since: int) -> Change:
        change: Change = await self._read(sync.missed, Caller(), topic=topic, since=since)
        return change

    def _tell(self, news: list[Change | End]) -> None:
        self.indexer.notice(news)
        self.previews.notice(news)
        self.pusher.notice(news)
        for one in news:
            self.bus.publish(told(one) if isinstance(one, Change) else one)

    def _elsewhere(self) -> None:
        self.indexer.note_behind()
        self.site.spawn(self.resync.once())

    def _clear(self) -> None:
        """Files that nobody wants any more."""
        self.site.spawn(self.files.sweep())
        self._clearing = self._loop.call_later(SWEEP_EVERY, self._clear)

    def _watch(self, due: float) -> None:
        """Each second: note how late the loop is, look for dead connections and a dead database, and keep the collector
        from walking what lives long, which with thousands of connections is most of a delivery's cost."""
        now = self._loop.time()
        LAG_SECONDS.observe(max(0.0, now - due))
        self.breaker.look()
        for connection in tuple(self.site.connections):
            connection.look_for_life(now)
        if abs(len(self.site.connections) - self._frozen_at) >= FREEZE_EVERY:
            self._frozen_at = len(self.site.connections)
            freeze()
        self._lagging = self._loop.call_later(LAG_EVERY, self._watch, now + LAG_EVERY)


def quota(config: Config) -> Quota:
    """What files may have, in bytes."""
    return Quota(config.file_size * MEGA, config.files_each * MEGA, config.files_all * MEGA)


def freeze() -> None:
    """Take everything that lives now out of the garbage collector's rounds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


@contextlib.asynccontextmanager
async def running(config: Config, engine: Engine, sockets: list[socket.socket]) -> AsyncIterator[App]:
    """A server that serves inside the `async with`."""
    app = App(config, engine)
    await app.start(sockets)
    try:
        yield app
    finally:
        await app.stop()


def open_many() -> None:
    """As many connections as the machine lets a process have: many give 1,024 to who does not ask."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS says that there is no end, and does not mean it
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def serve(config: Config, engine: Engine, sockets: list[socket.socket], ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)
    open_many()
    if config.debug:
        tornado.autoreload.start()
    async with running(config, engine, sockets):
        freeze()
        ready()
        await stop.wait()
        _leave_in_time()
        log.info("Stopping.")


def _leave_in_time() -> None:
    """A database that does not answer would hold the process for ever. The next signal ends it at once; but of several
    processes each is told twice to stop, by whoever tells all of them and by the first."""
    last = threading.Timer(LAST, _leave)
    last.daemon = True
    last.start()
    for number in () if is_worker() else SIGNALS:
        asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)


def _leave() -> None:
    log.warning("Not all that was begun could be finished in time.")
    os._exit(0)


def prepare(config: Config, engine: Engine, given: set[str]) -> str | None:
    """What the flags ask of the workspace; returns the set-up link while there is no owner."""
    flags = {name: getattr(config, name) for name in ("guests", "signup") if name in given}
    if flags:
        operate(engine, config, workspace.change_settings, values=flags)
    return None if operate(engine, config, user_store.has_owner) else operate(engine, config, invites.make_setup_link)
