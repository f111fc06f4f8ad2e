"""A push service and the browsers behind it, written from the standards (RFC 8030, 8188, 8291, 8292) and from nothing
of ours: it lets in whose token is right, opens what it was sent as the browser would, and answers as it is told."""

import hmac
import json
import ssl
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import tornado.httpserver
import tornado.netutil
import tornado.web
from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com")
DAY = 86_400


class BadPush(Exception):
    """What came is not as the standards say."""


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def check_token(authorization: str, *, origin: str, key: str, now: float) -> dict[str, Any]:
    """The claims of a token, if it is by the key that the browser was told, for us, and neither over nor too long."""
    scheme, _, rest = authorization.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    if scheme.lower() != "vapid" or parts.get("k") != key:
        raise BadPush("another server's key")
    head, claims, signature = parts["t"].split(".")
    raw = bytes_of(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(parts["k"]))
    both = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        public.verify(both, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise BadPush("a forged token") from None
    said: dict[str, Any] = json.loads(bytes_of(claims))
    if json.loads(bytes_of(head))["alg"] != "ES256" or said["aud"] != origin or len(raw) != 64:
        raise BadPush("a token for somebody else")
    if not now < said["exp"] <= now + DAY or not said["sub"].startswith(("https://", "mailto:")):
        raise BadPush("a token that is over, lasts too long, or is nobody's")
    return said


class Browser:
    """The browser's side of a subscription: its keys, and reading what it is sent."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._secret = sha256(point(self._private.public_key())).digest()[:16]
        self.p256dh = text(point(self._private.public_key()))
        self.auth = text(self._secret)

    def read(self, body: bytes) -> bytes:
        """What was said: the one record of a body in `aes128gcm` (RFC 8188), whose key id is the sender's key."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        if size < 18 or len(record) > size or len(body) > 4096:
            raise BadPush("more than one record")
        try:
            shared = self._private.exchange(
                ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
            )
            info = b"WebPush: info\x00" + point(self._private.public_key()) + sender
            master = _expand(_extract(self._secret, shared), info, 32)
            root = _extract(salt, master)
            key = _expand(root, b"Content-Encoding: aes128gcm\x00", 16)
            nonce = _expand(root, b"Content-Encoding: nonce\x00", 12)
            padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\x00")
        except (ValueError, InvalidTag):
            raise BadPush("not for this browser") from None
        if not padded.endswith(b"\x02"):
            raise BadPush("not the last record")
        return padded[:-1]


def _extract(salt: bytes, key: bytes) -> bytes:
    """RFC 5869, 2.2."""
    return hmac.digest(salt, key, "sha256")


def _expand(key: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869, 2.3, for at most one round."""
    return hmac.digest(key, info + b"\x01", "sha256")[:length]


@dataclass
class Got:
    """A push as it came: to which browser, with which headers, and what it said."""

    name: str
    headers: dict[str, str]
    said: dict[str, Any]


@dataclass
class PushService:
    """Serves https for all of `HOSTS`. `key` is the server's that browsers were told; of `answers` each is given once,
    in order, by the browser's name, and then 201."""

    folder: Path
    key: str = ""
    got: list[Got] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    answers: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    browsers: dict[str, Browser] = field(default_factory=dict)

    def start(self) -> None:
        """Serve on the running loop."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.make_certificate())
        routes = [(r"/push/(.*)", _Push, {"service": self})]
        application = tornado.web.Application(routes, log_function=lambda _: None)
        self._server = tornado.httpserver.HTTPServer(application, ssl_options=context)
        sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        self._server.add_sockets(sockets)

    async def stop(self) -> None:
        """Stop."""
        self._server.stop()
        await self._server.close_all_connections()

    def make_certificate(self) -> Path:
        """A key and a certificate for all hosts, which whoever is to trust it names in SSL_CERT_FILE."""
        path = self.folder / "push.pem"
        key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=2))
            .add_extension(names, critical=True)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        pem = serialization.Encoding.PEM
        path.write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
        return path

    async def look_up(self, host: str, _port: int) -> list[Any]:
        """Where these hosts are for a test."""
        return [(2, ("127.0.0.1", self.port))] if host in HOSTS else []

    def browser(self, name: str, host: str = HOSTS[0]) -> dict[str, str]:
        """A new browser behind a host: what it tells the server."""
        made = self.browsers[name] = Browser()
        return {"endpoint": f"https://{host}/push/{name}", "p256dh": made.p256dh, "auth": made.auth}

    def answer(self, name: str, status: int, **headers: str) -> None:
        """What a browser's next push is answered with."""
        self.answers.setdefault(name, []).append((status, {k.replace("_", "-"): v for k, v in headers.items()}))

    def said(self, name: str) -> list[dict[str, Any]]:
        """What a browser has got."""
        return [one.said for one in self.got if one.name == name]


class _Push(tornado.web.RequestHandler):
    def initialize(self, service: PushService) -> None:
        self.service = service

    def post(self, name: str) -> None:
        service, headers = self.service, {key.lower(): value for key, value in self.request.headers.get_all()}
        waiting = service.answers.get(name) or [(201, {})]
        status, given = waiting.pop(0)
        try:
            origin = f"https://{self.request.host}"
            check_token(headers["authorization"], origin=origin, key=service.key, now=time.time())
            self._check_headers(headers)
            said = json.loads(service.browsers[name].read(self.request.body))
        except (BadPush, KeyError, ValueError) as error:
            service.refused.append(f"{name}: {error!r}")
            self.set_status(403)
            return
        if status == 201:
            service.got.append(Got(name, headers, said))
        self.set_status(status)
        for key, value in given.items():
            self.set_header(key, value)

    def _check_headers(self, headers: dict[str, str]) -> None:
        """RFC 8030, 5.2 to 5.4."""
        allowed = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        topic = headers.get("topic", "")
        if not headers["ttl"].isdecimal() or len(topic) > 32 or set(topic) - allowed:
            raise BadPush("headers that are wrong")
        if headers.get("urgency", "normal") not in ("very-low", "low", "normal", "high"):
            raise BadPush("an urgency that there is not")
        if headers["content-encoding"] != "aes128gcm":
            raise BadPush("another encoding")
