"""Secrets that are handed out once and kept only as their SHA-256: sessions, API tokens, links.

Each is 256 random bits with a prefix that tells its kind, so that a leaked one is recognised.
"""

import hashlib
import secrets
from typing import Literal

Prefix = Literal["cws", "cwt", "inv", "stp"]


def make(prefix: Prefix) -> str:
    """A new secret: a browser session (cws), an API token (cwt), an invite (inv), a set-up link (stp)."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """What is stored and looked up in a secret's place."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
