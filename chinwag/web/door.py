"""Who may come through the web at all, and as whom: hosts, origins, addresses, cookies, and every answer's headers."""

import asyncio
import logging
import math
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

import msgspec
import tornado.web
from tornado.httputil import HTTPServerRequest

from chinwag.config import Config, proxies
from chinwag.dispatch import Dispatcher, note_failure
from chinwag.errors import Forbidden, Internal, NotFound, Refused, Unauthorized
from chinwag.files import Files
from chinwag.hub import Hub
from chinwag.live import Live
from chinwag.services import sessions
from chinwag.store.tx import Caller, Cookie

log = logging.getLogger(__name__)

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types chinwag vue",
    )
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(slots=True)
class Site:
    """What every handler works with."""

    config: Config
    rpc: Dispatcher
    live: Live
    files: Files
    strangers: dict[str, int] = field(default_factory=dict)
    """Connections that have not signed in, by address."""
    connections: set[Any] = field(default_factory=set)
    closing: set[Any] = field(default_factory=set)
    """Connections that have been told to go, until their sockets are closed."""
    all_closed: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    started: bool = False
    looking: "asyncio.Task[Any] | None" = None
    """A look whether the database answers."""

    @property
    def hub(self) -> Hub:
        return self.live.hub

    @property
    def cookie(self) -> str:
        """The session cookie's name. Cookies know no ports: without https it tells servers of one machine apart."""
        return "__Host-chinwag" if self.config.secure else f"chinwag-{self.config.port}"

    def spawn(self, job: Any) -> "asyncio.Task[Any]":
        """Run something that nobody has to wait for."""
        task: asyncio.Task[Any] = asyncio.ensure_future(job)
        self.tasks.add(task)
        task.add_done_callback(self._spawned)
        return task

    async def give_up(self) -> None:
        """End what still runs for nobody, before what it needs is closed."""
        running = list(self.tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _spawned(self, task: "asyncio.Task[Any]") -> None:
        self.tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Refused):
            log.error("Something in the background failed.", exc_info=error)


def address(site: Site, request: HTTPServerRequest) -> str:
    """The address that a request comes from: the peer's or, behind a proxy that is believed, what it says."""
    trusted = [ip_network(one, strict=False) for one in proxies(site.config)]

    def believed(text: str) -> bool:
        try:
            return any(ip_address(text) in network for network in trusted)
        except ValueError:
            return False

    peer = request.remote_ip or "127.0.0.1"
    if not trusted or not believed(peer):
        return peer if _is_address(peer) else "127.0.0.1"  # a unix socket has none
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    return next((hop for hop in reversed(hops) if _is_address(hop) and not believed(hop)), peer)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


async def authenticate(site: Site, request: HTTPServerRequest, *, cookies: bool) -> Caller:
    """Who sends a request: by bearer token, else by cookie (of our own page: the caller has seen to that), else nobody.

    A token that is not valid is refused; a cookie that is not is nobody.
    """
    caller = Caller(
        address=address(site, request), agent=request.headers.get("User-Agent", "")[:200], link=site.config.link
    )
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    morsel = request.cookies.get(site.cookie)
    if scheme.lower() == "bearer":
        known = await site.rpc.read(sessions.authenticate, caller, secret=token.strip(), cookie=False)
    elif cookies and morsel is not None:
        try:
            known = await site.rpc.read(sessions.authenticate, caller, secret=morsel.value, cookie=True)
        except Unauthorized:
            return caller
    else:
        return caller
    signed_in = Caller(known.user, known.session, caller.address, caller.agent, caller.link)
    if known.stale:
        site.spawn(site.rpc.writer.run(sessions.touch, signed_in, {}))
    return signed_in


def check_host(site: Site, request: HTTPServerRequest) -> None:
    """Refuse a name that is not ours: what it is sent to might be another's."""
    if request.host.lower() not in site.config.hosts:
        raise tornado.web.HTTPError(421)


def origin_allowed(site: Site, request: HTTPServerRequest) -> bool:
    """Whether a request comes from one of our own pages, or from no page at all."""
    origin = request.headers.get("Origin")
    fetch_site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if origin is not None:
        return origin in site.config.origins
    return fetch_site in ("same-origin", "none")


def _may_change(site: Site, request: HTTPServerRequest) -> bool:
    """Whether a request that has come through `origin_allowed` may do more than read: a bearer token no other page can
    send, a cookie every browser does, so it has to say that it comes from our page."""
    headers = request.headers
    by_token = headers.get("Authorization", "").lower().startswith("bearer ")
    ours = headers.get("Origin") in site.config.origins or headers.get("Sec-Fetch-Site") == "same-origin"
    return request.method in ("GET", "HEAD") or by_token or ours


class Handler(tornado.web.RequestHandler):
    """What every HTTP answer has in common."""

    caller = Caller()
    _failure: Internal | None = None

    @property
    def site(self) -> Site:
        site: Site = self.settings["site"]
        return site

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)
        if "site" in self.settings and self.site.config.secure:
            self.set_header("Strict-Transport-Security", "max-age=31536000")

    async def prepare(self) -> None:
        check_host(self.site, self.request)

    async def let_in(self) -> None:
        """For calls: refuse other sites' pages, and learn who calls."""
        if not origin_allowed(self.site, self.request):
            raise Forbidden("Requests from other sites are not let in.")
        self.set_header("Cache-Control", "no-store")
        self.caller = await authenticate(self.site, self.request, cookies=True)
        if self.caller.user is not None and not _may_change(self.site, self.request):
            raise Forbidden("With a cookie this needs the header Origin, or Sec-Fetch-Site, of our own page.")

    def set_session(self, cookie: Cookie | None) -> None:
        """Set or clear the session cookie, where a call asks for it."""
        if cookie is None:
            return
        name, secure = self.site.cookie, self.site.config.secure
        if cookie.seconds:
            age = cookie.seconds
            self.set_cookie(name, cookie.secret, max_age=age, httponly=True, secure=secure, samesite="Lax")
        else:  # Tornado leaves a `max_age` of 0 out
            self.clear_cookie(name, httponly=True, secure=secure, samesite="Lax")
            # Files that were looked at are in the browser's cache, and the next one there may be somebody else.
            self.set_header("Clear-Site-Data", '"cache"')

    def answer(self, status: int, payload: bytes, *, retry_after: float | None = None) -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        if retry_after is not None:
            self.set_header("Retry-After", str(math.ceil(retry_after)))
        self.finish(payload)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Every error is JSON of one shape, with a sentence that says what to do."""
        error = self._failure or kwargs.get("exc_info", (None, None))[1]
        self.set_header("Cache-Control", "no-store")
        if isinstance(error, Refused):
            self.answer(error.status, msgspec.json.encode({"error": error.wire()}), retry_after=error.retry_after)
            return
        words = _WORDS.get(status_code, f"{self._reason}.")
        self.answer(status_code, msgspec.json.encode({"error": {"code": -32000, "message": words}}))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """What a caller did wrong is not our log's business. Of the address nothing is logged: it may hold a secret."""
        if not isinstance(value, (Refused, tornado.web.HTTPError)):
            name = f"{self.request.method} {type(self).__name__}"
            self._failure = note_failure(name, self.caller.user, value)


_WORDS = {
    404: "There is nothing here.",
    405: "This cannot be done here.",
    415: "Please send Content-Type: application/json.",
    503: "The server restarts: please try again in a moment.",
    421: "The server does not answer to this name. Its address is set by --base-url.",
}


class Missing(Handler):
    """What is not there."""

    def get(self) -> None:
        raise NotFound("page")

    post = head = get
