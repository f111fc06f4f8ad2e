"""How often each may do what: token buckets kept in this process by GCRA. Knows nothing of users or calls, only keys.

GCRA keeps one number for a key: when its bucket will be full again. See "Generic cell rate algorithm", ITU-T I.371.
"""

import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from chinwag.errors import TooMany

KEYS_MOST = 20_000
"""Keys remembered for one rate: about 3 MB. See `Limits.take` for what happens beyond."""


class Rate(NamedTuple):
    """`burst` at once, and one more each `interval` seconds."""

    burst: int
    interval: float


def _within(count: int, seconds: float) -> Rate:
    return Rate(count, seconds / count)


RATES = {
    "post": Rate(10, 1),
    "render": Rate(10, 0.5),
    "vote": Rate(10, 1),
    "react": Rate(20, 0.5),
    "profile": _within(30, 60),
    "signin": _within(5, 15 * 60),  # by account
    "signin_address": _within(20, 60 * 60),
    "signup": _within(3, 60 * 60),  # by address
    "invited": _within(60, 60 * 60),  # by address: a whole office behind one may be invited
    "visit": _within(30, 60 * 60),  # by address
    "upload": Rate(60, 1),
    "search": _within(30, 60),
    "report": _within(10, 60 * 60),
    "push_test": _within(10, 10 * 60),
    "typing": Rate(1, 3),
    "hook": _within(60, 60),
}


class Limits:
    """The buckets of one process. `clock` counts seconds and never goes back; `off` lets everything through."""

    def __init__(
        self, *, off: bool = False, rates: dict[str, Rate] = RATES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._off = off
        self._clock = clock
        self._buckets = {name: _Buckets(rate) for name, rate in rates.items()}

    def take(self, name: str, key: object) -> None:
        """Take one from the bucket of `key`, or raise `TooMany`, which costs nothing and says when there is one again.

        A full bucket is not remembered. Where more than `KEYS_MOST` of one rate are not full, those nearest to full are
        forgotten first: many keys buy an attacker neither memory nor another go with one that is used up.
        """
        if not self._off:
            wait = self._buckets[name].take(key, self._clock())
            if wait > 0:
                raise TooMany(retry_after=wait)

    def __len__(self) -> int:
        """How many keys are remembered."""
        return sum(len(buckets.full_at) for buckets in self._buckets.values())


class _Buckets:
    """One rate's buckets: when each will be full again."""

    def __init__(self, rate: Rate) -> None:
        self.interval = rate.interval
        self.tolerance = (rate.burst - 1) * rate.interval + 1e-6  # for the rounding of sums of seconds
        self.full_at: dict[object, float] = {}
        self.sweep_at = 1_024

    def take(self, key: object, now: float) -> float:
        """Seconds to wait; 0 where one was taken."""
        full_at = self.full_at.get(key, now)
        if full_at < now:
            full_at = now
        wait = full_at - now - self.tolerance
        if wait > 0:
            return wait
        self.full_at[key] = full_at + self.interval
        if len(self.full_at) > self.sweep_at:
            self._sweep(now)
        return 0

    def _sweep(self, now: float) -> None:
        """Forget what is full, then what is nearest to it; so rarely that a take stays cheap on the whole."""
        kept = sorted((item for item in self.full_at.items() if item[1] > now), key=lambda item: item[1])
        self.full_at = dict(kept[-KEYS_MOST // 2 :])
        self.sweep_at = min(max(1_024, 2 * len(self.full_at)), KEYS_MOST)


def address_key(address: str) -> str:
    """What one who comes from this IP address is counted by: IPv6 by its /64, which is one customer; IPv4 by itself."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped) if ip.ipv4_mapped else f"{IPv6Address(int(ip) >> 64 << 64)}/64"
    return str(ip)
