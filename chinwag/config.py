"""Every setting, in one table: by flag, by `CHINWAG_…` in the environment, or by a TOML file, in this order.

Read once at the start and passed on as values.
"""

import argparse
import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from chinwag.errors import WrongSettings


class Setting(NamedTuple):
    """A setting: `type` is str, int, bool or Path; `weakens` says what a value gives up that is not the default or,
    for a number, is beyond it (0 is without end)."""

    name: str
    type: type
    default: Any
    help: str
    weakens: str = ""


SETTINGS = (
    Setting("data", Path, Path("chinwag-data"), "the folder that holds everything"),
    Setting("database", str, "", "a PostgreSQL URL, postgresql://…; without it SQLite in the data folder"),
    Setting("redis", str, "", "a Redis or Valkey URL, redis://…; needed by several processes"),
    Setting("host", str, "127.0.0.1", "the address to listen at"),
    Setting("port", int, 8080, "the port to listen at"),
    Setting("base_url", str, "", "where people reach the server, as in https://chat.example.org"),
    Setting("proxies", str, "", "addresses of proxies whose X-Forwarded-For is believed, separated by commas"),
    Setting("guests", bool, False, "let anybody who opens the page talk under a name", "anybody can read the lobby"),
    Setting("signup", bool, False, "let anybody sign up", "anybody can become a member"),
    Setting("processes", int, 1, "serve with so many processes (PostgreSQL and Redis)"),
    Setting("files", str, "", "keep files in an S3-compatible bucket, s3://…; without it in the data folder"),
    Setting("file_size", int, 25, "megabytes that one file may have", "files fill the disk sooner"),
    Setting(
        "files_each",
        int,
        5_000,
        "megabytes that all files of one user may have; 0 is without end",
        "one user can fill more of the disk",
    ),
    Setting("files_all", int, 0, "megabytes that all files together may have; 0 is without end"),
    Setting("push", bool, True, "tell people who are away, by the push services of their browsers"),
    Setting("debug", bool, False, "reload on change, and let in the client's development server", "never in use"),
    Setting("rates", str, "on", "“off” turns every rate limit off", "nothing slows down an abuser"),
    Setting("log", str, "auto", "“text” or “json”; “auto” is text on a terminal"),
)


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The settings in force."""

    data: Path
    database: str
    redis: str
    host: str
    port: int
    base_url: str
    proxies: str
    guests: bool
    signup: bool
    processes: int
    files: str
    file_size: int
    files_each: int
    files_all: int
    push: bool
    debug: bool
    rates: str
    log: str

    @property
    def link(self) -> str:
        """The base URL of links that are handed out."""
        return _origin(self.base_url or f"http://localhost:{self.port}")

    @property
    def secure(self) -> bool:
        """Whether people reach the server by https."""
        return self.link.startswith("https://")

    @property
    def origins(self) -> frozenset[str]:
        """The origins whose pages may talk to the server, `scheme://host[:port]`."""
        local = {_origin(f"http://{name}:{self.port}") for name in ("localhost", "127.0.0.1", "[::1]")}
        development = {"http://localhost:3000", "http://127.0.0.1:3000"} if self.debug else set()
        return frozenset(({self.link} if self.base_url else local) | development)

    @property
    def hosts(self) -> frozenset[str]:
        """What a request's `Host` may be: those of `origins`, and this machine's own name for scripts on it."""
        local = {f"{name}:{self.port}" for name in ("localhost", "127.0.0.1", "[::1]")}
        return frozenset({urlsplit(origin).netloc for origin in self.origins} | local)


def load(flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Config:
    """The settings from flags (None: not given), the environment and `flags["config"]`, a TOML file.

    Raises `WrongSettings` that names the setting for one that is unknown or wrong.
    """
    given = {**_from_file(flags.get("config") or environment.get("CHINWAG_CONFIG")), **_from_environment(environment)}
    given |= {name: value for name, value in flags.items() if value is not None and name in Config.__struct_fields__}
    values = {setting.name: given.get(setting.name, setting.default) for setting in SETTINGS}
    config = Config(**values)
    _check(config)
    return config


def given_settings(flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> set[str]:
    """The names of the settings that somebody gave."""
    file = _from_file(flags.get("config") or environment.get("CHINWAG_CONFIG"))
    named = {name for name, value in flags.items() if value is not None}
    return (set(file) | set(_from_environment(environment)) | named) & set(Config.__struct_fields__)


def _from_file(name: str | None) -> dict[str, Any]:
    if not name:
        return {}
    try:
        table = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongSettings(f"The settings in {name} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongSettings(f"The settings in {name} are not TOML: {error}.") from None
    known = {setting.name: setting for setting in SETTINGS}
    for key, value in table.items():
        if key not in known:
            raise WrongSettings(f"{name}: there is no setting “{key}”{_nearest(key)}")
        wanted = str if known[key].type is Path else known[key].type
        if type(value) is not wanted:
            raise WrongSettings(f"{name}: {key} must be {_kind(known[key])}.")
    return {key: Path(value) if known[key].type is Path else value for key, value in table.items()}


def _nearest(key: str) -> str:
    near = difflib.get_close_matches(key.lower(), Config.__struct_fields__, 1, 0.5)
    return f"; did you mean “{near[0]}”?" if near else "."


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    return {
        setting.name: parse(setting, environment[variable], variable)
        for setting in SETTINGS
        if (variable := f"CHINWAG_{setting.name.upper()}") in environment
    }


def parse(setting: Setting, text: str, where: str) -> Any:
    """A setting's value from text."""
    try:
        if setting.type is bool:
            return {
                "1": True,
                "true": True,
                "yes": True,
                "on": True,
                "0": False,
                "false": False,
                "no": False,
                "off": False,
            }[text.lower()]
        return setting.type(text)
    except (KeyError, ValueError):
        raise WrongSettings(f"{where} must be {_kind(setting)}, not “{text}”.") from None


def _kind(setting: Setting) -> str:
    return {bool: "true or false", int: "a whole number"}.get(setting.type, "text")


def _check(config: Config) -> None:
    problems = (
        (not 0 <= config.port <= 65_535, "--port must be between 0 and 65535."),
        (not 1 <= config.processes <= 64, "--processes must be between 1 and 64."),
        (config.files and not re.match("s3://[^/]", config.files), "--files must be like s3://bucket/prefix."),
        (not 1 <= config.file_size <= 10_000, "--file-size must be between 1 and 10000."),
        (config.files_each < 0 or config.files_all < 0, "--files-each and --files-all must not be below 0."),
        (config.rates not in ("on", "off"), "--rates must be “on” or “off”."),
        (config.log not in ("auto", "text", "json"), "--log must be “auto”, “text” or “json”."),
        (
            config.base_url and not _is_origin(config.base_url),
            "--base-url must be like https://chat.example.org, no path.",
        ),
        (
            config.database and not config.database.startswith(("postgresql://", "postgres://")),
            "--database must begin with postgresql:// (SQLite needs only --data).",
        ),
        (
            config.redis and not config.redis.startswith(("redis://", "rediss://", "unix://")),
            "--redis must begin with redis://, rediss:// or unix://.",
        ),
        *((not _is_url(getattr(config, name)), f"--{name} is no URL.") for name in ("database", "redis")),
        (
            config.processes > 1 and not (config.database and config.redis),
            "Several processes need --database (PostgreSQL) and --redis.",
        ),
        (not all(_is_network(one) for one in proxies(config)), "--proxies must be IP addresses or networks."),
    )
    for wrong, words in problems:
        if wrong:
            raise WrongSettings(words)


def proxies(config: Config) -> list[str]:
    """The proxies, one by one."""
    return [one.strip() for one in config.proxies.split(",") if one.strip()]


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _is_url(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _is_origin(url: str) -> bool:
    if not _is_url(url):
        return False
    parts = urlsplit(url)
    bare = parts._replace(scheme="", netloc="").geturl() in ("", "/") and "@" not in parts.netloc
    return bool(parts.scheme in ("http", "https") and parts.hostname and bare)


def _origin(url: str) -> str:
    """A base URL as browsers write it in `Origin`: in lower case, without the port that its scheme has anyway."""
    parts = urlsplit(url.rstrip("/").lower())
    usual = {"http": ":80", "https": ":443"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.removesuffix(usual)}"


def weakened(config: Config) -> list[str]:
    """A line for each setting that weakens a default."""
    lines = []
    for setting in SETTINGS:
        value = getattr(config, setting.name)
        if setting.weakens and _is_looser(setting, value):
            lines.append(f"{setting.name} = {show(value)}: {setting.weakens}.")
    if any(ip_network(one, strict=False).prefixlen == 0 for one in proxies(config)):
        lines.append(f"proxies = {show(config.proxies)}: anybody can claim to come from any address.")
    if not config.secure and not (_is_local(config.host) and _is_local(urlsplit(config.link).hostname)):
        lines.append(
            "The server is reached beyond this machine without https: set base_url and put a proxy with TLS before it."
        )
    return lines


def _is_looser(setting: Setting, value: Any) -> bool:
    looser = value > setting.default or value == 0 if setting.type is int else value != setting.default
    return bool(looser)


def _is_local(host: str | None) -> bool:
    return host in ("127.0.0.1", "::1", "localhost")


def show(value: object) -> str:
    """A value as a TOML file has it."""
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else f'"{value}"'


def hide_password(url: str) -> str:
    """A URL without its password, fit for a log."""
    parts = urlsplit(url)
    if parts.password is not None:
        url = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":***@")).geturl()
    return re.sub(r"([?&]password=)[^&]*", r"\1***", url)


def add_flags(parser: argparse.ArgumentParser, names: Iterable[str]) -> None:
    """Give a command the flags of these settings, and `--config`."""
    wanted = set(names)
    for setting in SETTINGS:
        if setting.name not in wanted:
            continue
        flag = "--" + setting.name.replace("_", "-")
        words = setting.help.replace("%", "%%")
        if setting.type is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=words)
        else:
            default = f" (default: {setting.default})" if setting.default != "" else ""
            parser.add_argument(
                flag, type=setting.type, default=None, help=words + default, metavar=setting.type.__name__.upper()
            )
    parser.add_argument("--config", metavar="FILE", help="a TOML file with settings")
