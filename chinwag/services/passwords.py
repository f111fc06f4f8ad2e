"""Passwords: what may be one, and their Argon2id hashes (19 MiB, two passes, one lane, after OWASP).

A hash takes about 20 ms of one core, without the interpreter's lock: callers run `hash` and `verify` in a pool of two
threads.
"""

import re
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from chinwag.errors import Invalid, TooLarge

LEAST = 12
MOST = 256

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
_BROKEN = re.compile("[\x00\ud800-\udfff]")


def clean_password(text: str, *, field: str = "password") -> str:
    """A new password exactly as it was typed: 12 to 256 characters, no NUL and no lone surrogates."""
    if len(text) < LEAST:
        raise Invalid(field, f"A password must have at least {LEAST} characters.")
    if len(text) > MOST:
        raise TooLarge(f"A password must have at most {MOST} characters.", field=field)
    if _BROKEN.search(text):
        raise Invalid(field, "This has characters in it that are no text.")
    return text


def hash(password: str) -> str:  # noqa: A001
    """The encoded hash to keep, with its parameters and a new salt."""
    return _HASHER.hash(password)


def verify(hashed: str | None, password: str) -> bool:
    """Whether it is the password. Nobody's hash (None) is never matched, and takes as long as somebody's.

    What could be nobody's password is refused at once, which tells nothing of whose it might be.
    """
    if len(password) > MOST or _BROKEN.search(password):
        return False
    try:
        _HASHER.verify(_nobodys() if hashed is None else hashed, password)
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


def needs_rehash(hashed: str) -> bool:
    """Whether it was made with other parameters than today's: hash the password anew when it is next given."""
    return _HASHER.check_needs_rehash(hashed)


@cache
def _nobodys() -> str:
    return _HASHER.hash("what nobody's password is compared with")
