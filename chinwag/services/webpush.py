"""The cryptography of web push: what only the browser can read (RFC 8291), sent by whom a token says (VAPID, RFC 8292).

It knows nothing of devices, and sends nothing.
"""

import os
from base64 import b64decode, urlsafe_b64encode

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD = 4096
"""Bytes that a push service takes at least (RFC 8030, 7.2): all that is sent is one record of at most so many."""

BLOCK = 256
"""What is said is filled up to a multiple of so many bytes, so that its length tells little."""

MOST = RECORD - 86 - 17
"""Bytes of what is said: without the header, the tag and the delimiter."""

_CURVE = ec.SECP256R1()


def make_key() -> str:
    """A new private key of a server."""
    return _text(ec.generate_private_key(_CURVE).private_numbers().private_value.to_bytes(32, "big"))


def public_key(private: str) -> str:
    """What browsers are told of a private key."""
    return _text(_point(_private(private)))


def decode(text: str) -> bytes:
    """The bytes of base64url, with or without its padding. Raises `ValueError`."""
    bare = text.rstrip("=")
    return b64decode(bare + "=" * (-len(bare) % 4), b"-_", validate=True)


def check_device(p256dh: str) -> None:
    """Raises `ValueError` for what is no public key of a browser."""
    ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, decode(p256dh))


def encrypt(
    payload: bytes, p256dh: str, auth: str, *, private: str = "", salt: bytes = b"", block: int = BLOCK
) -> bytes:
    """A payload of at most `MOST` bytes as only the browser with these keys can read it. A key and a salt are given
    where the standard's example is made again; else they are new each time."""
    own = _private(private or make_key())
    salt = salt or os.urandom(16)
    device = decode(p256dh)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, device))
    secret = _derive(shared, decode(auth), b"WebPush: info\0" + device + _point(own), 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    said = payload + b"\2" + bytes(min(-len(payload) % block, MOST - len(payload)))
    header = salt + RECORD.to_bytes(4, "big") + b"\x41" + _point(own)
    return header + AESGCM(key).encrypt(nonce, said, None)


def authorization(private: str, *, audience: str, subject: str, ends_at: int) -> str:
    """The `Authorization` of requests to the push service at an origin, until a second since 1970, a day away at most.
    `subject` is where its operator reaches ours."""
    claims = {"aud": audience, "exp": ends_at, "sub": subject}
    parts = [_text(msgspec.json.encode(one)) for one in ({"typ": "JWT", "alg": "ES256"}, claims)]
    signature = _private(private).sign(".".join(parts).encode(), ec.ECDSA(hashes.SHA256()))
    both = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(signature))
    return f"vapid t={'.'.join([*parts, _text(both)])}, k={public_key(private)}"


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decode(text), "big"), _CURVE)


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
