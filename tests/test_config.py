"""Settings: by flag, by environment, by file, in this order; and one line for whatever is wrong with them."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from chinwag import config
from chinwag.config import SETTINGS, Config, load
from chinwag.errors import WrongSettings


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    """A file for settings."""
    return tmp_path / "chinwag.toml"


def refusal(flags: dict[str, Any], environment: dict[str, str] | None = None) -> str:
    """The one line with which settings are refused."""
    with pytest.raises(WrongSettings) as caught:
        load(flags, environment or {})
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_table_is_the_config_and_its_defaults_are_in_force() -> None:
    assert tuple(setting.name for setting in SETTINGS) == Config.__struct_fields__
    present = load({}, {})
    for setting in SETTINGS:
        assert getattr(present, setting.name) == setting.default
        assert isinstance(setting.default, setting.type)
        assert setting.help[0].islower() or setting.help[0] == "“" or setting.help.startswith("a ")


def test_a_flag_goes_before_the_environment_and_that_before_the_file(toml: Path) -> None:
    toml.write_text('port = 1111\nhost = "0.0.0.1"\nlog = "text"\nguests = true\n')
    environment = {"CHINWAG_PORT": "2222", "CHINWAG_HOST": "0.0.0.2", "CHINWAG_CONFIG": str(toml)}
    found = load({"port": 3333, "host": None}, environment)
    assert (found.port, found.host, found.log, found.guests) == (3333, "0.0.0.2", "text", True)


def test_the_file_of_the_flag_goes_before_that_of_the_environment(toml: Path, tmp_path: Path) -> None:
    toml.write_text("port = 1111")
    (tmp_path / "other.toml").write_text("port = 2222")
    assert load({"config": str(tmp_path / "other.toml")}, {"CHINWAG_CONFIG": str(toml)}).port == 2222


def test_every_setting_can_be_given_in_each_way(toml: Path, tmp_path: Path) -> None:
    given: dict[str, Any] = {
        "data": tmp_path / "elsewhere",
        "database": "postgresql://db/chat",
        "redis": "redis://cache:6379",
        "host": "0.0.0.0",  # noqa: S104
        "port": 9000,
        "base_url": "https://chat.example.org",
        "proxies": "10.0.0.0/8, ::1",
        "guests": True,
        "signup": True,
        "processes": 3,
        "files": "s3://bucket/files",
        "file_size": 5,
        "files_each": 50,
        "files_all": 500,
        "push": False,
        "debug": True,
        "rates": "off",
        "log": "json",
    }
    wanted = Config(**given)
    toml.write_text("".join(f"{name} = {config.show(value)}\n" for name, value in given.items()))
    environment = {f"CHINWAG_{name.upper()}": str(value) for name, value in given.items()}
    parser = argparse.ArgumentParser()
    config.add_flags(parser, list(given))
    words = [word for name, value in given.items() for word in flag(name, value)]
    assert load(given, {}) == wanted
    assert load({"config": str(toml)}, {}) == wanted
    assert load({}, environment) == wanted
    assert load(vars(parser.parse_args(words)), {}) == wanted
    for flags, variables in (({"config": str(toml)}, {}), ({}, environment), (given, {})):
        assert config.given_settings(flags, variables) == set(given)


def flag(name: str, value: Any) -> list[str]:
    """A setting as the command line is given it."""
    word = name.replace("_", "-")
    return [f"--{word}" if value else f"--no-{word}"] if isinstance(value, bool) else [f"--{word}", str(value)]


def test_a_flag_can_say_no_to_what_the_file_says(toml: Path) -> None:
    toml.write_text("guests = true")
    parser = argparse.ArgumentParser()
    config.add_flags(parser, ["guests"])
    assert load(vars(parser.parse_args(["--no-guests", "--config", str(toml)])), {}).guests is False
    assert load({}, {"CHINWAG_GUESTS": "no"}).guests is False


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prot = 80", "there is no setting “prot”"),
        ("prot = 80", "did you mean “port”?"),
        ("base-url = 'x'", "there is no setting “base-url”; did you mean “base_url”?"),
        ("PORT = 80", "did you mean “port”?"),
        ("xyz = 80", "there is no setting “xyz”."),
        ("[server]\nport = 80", "there is no setting “server”"),
        ('port = "80"', "port must be a whole number"),
        ("port = 80.0", "port must be a whole number"),
        ("port = true", "port must be a whole number"),
        ("guests = 1", "guests must be true or false"),
        ('guests = "yes"', "guests must be true or false"),
        ("host = 1", "host must be text"),
        ("data = []", "data must be text"),
        ("port = ", "are not TOML"),
        ("port = 1\nport = 2", "are not TOML"),
        ("\0", "are not TOML"),
    ],
)
def test_a_file_with_something_wrong_says_what(toml: Path, text: str, says: str) -> None:
    toml.write_text(text)
    said = refusal({"config": str(toml)})
    assert says in said
    assert str(toml) in said


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    assert "No such file" in refusal({"config": str(tmp_path / "gone.toml")})
    assert "directory" in refusal({}, {"CHINWAG_CONFIG": str(tmp_path)})
    (tmp_path / "latin").write_bytes(b'host = "caf\xe9"')
    assert "not TOML" in refusal({"config": str(tmp_path / "latin")})


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("PORT", "http", "CHINWAG_PORT must be a whole number, not “http”."),
        ("PORT", "", "CHINWAG_PORT must be a whole number, not “”."),
        ("GUESTS", "maybe", "CHINWAG_GUESTS must be true or false, not “maybe”."),
        ("RATES", "OFF", "--rates must be “on” or “off”."),
    ],
)
def test_a_variable_with_a_wrong_value_is_named(name: str, text: str, says: str) -> None:
    assert refusal({}, {f"CHINWAG_{name}": text}) == says


@pytest.mark.parametrize(
    ("flags", "names"),
    [
        ({"port": -1}, "--port"),
        ({"port": 65_536}, "--port"),
        ({"processes": 0}, "--processes"),
        ({"processes": 65}, "--processes"),
        ({"processes": 2}, "--database"),
        ({"processes": 2, "database": "postgresql://db/chat"}, "--redis"),
        ({"rates": "maybe"}, "--rates"),
        ({"log": "xml"}, "--log"),
        ({"database": "mysql://db/chat"}, "--database"),
        ({"database": "sqlite:///chat.db"}, "--data"),
        ({"database": "chat"}, "--database"),
        ({"database": "postgresql://db:port/chat"}, "--database"),
        ({"database": "postgresql://[::1/chat"}, "--database"),
        ({"redis": "http://cache"}, "--redis"),
        ({"redis": "redis://cache:99999"}, "--redis"),
        ({"proxies": "10.0.0.0/99"}, "--proxies"),
        ({"proxies": "10.0.0.1, proxy.local"}, "--proxies"),
        *(
            ({"base_url": url}, "--base-url")
            for url in (
                "chat.example.org",
                "ftp://chat.example.org",
                "https://",
                "https://chat.example.org/chat",
                "https://chat.example.org?x=1",
                "https://chat.example.org#x",
                "https://ann@chat.example.org",
                "https://chat.example.org:port",
                "https://chat.example.org:99999",
                "https://[::1",
            )
        ),
    ],
    ids=str,
)
def test_a_value_that_makes_no_sense_is_refused_and_named(flags: dict[str, Any], names: str) -> None:
    assert names in refusal(flags)


@pytest.mark.parametrize(
    ("given", "origin", "host"),
    [
        ("https://chat.example.org", "https://chat.example.org", "chat.example.org"),
        ("https://Chat.Example.org/", "https://chat.example.org", "chat.example.org"),
        ("HTTPS://chat.example.org:443", "https://chat.example.org", "chat.example.org"),
        ("http://chat.example.org:80", "http://chat.example.org", "chat.example.org"),
        ("https://chat.example.org:8443", "https://chat.example.org:8443", "chat.example.org:8443"),
        ("http://[::1]:9000", "http://[::1]:9000", "[::1]:9000"),
    ],
)
def test_the_base_url_is_the_one_origin_however_it_is_written(given: str, origin: str, host: str) -> None:
    found = load({"base_url": given}, {})
    assert found.origins == {origin}
    assert found.link == origin
    assert host in found.hosts
    assert found.secure == origin.startswith("https")


def test_on_port_80_names_come_without_it_as_browsers_send_them() -> None:
    found = load({"port": 80}, {})
    assert "http://localhost" in found.origins
    assert {"localhost", "127.0.0.1", "[::1]"} <= found.hosts


def test_the_development_servers_origin_is_let_in_by_debug_alone() -> None:
    vite = "http://localhost:3000"
    assert vite not in load({}, {}).origins
    assert vite in load({"debug": True}, {}).origins
    assert "localhost:3000" not in load({}, {}).hosts


def test_what_weakens_a_default_is_said_and_nothing_else() -> None:
    assert config.weakened(load({}, {})) == []
    assert config.weakened(load({"base_url": "https://chat.example.org", "port": 1, "log": "json"}, {})) == []
    for flags in (
        *({"guests": True}, {"signup": True}, {"debug": True}, {"rates": "off"}, {"host": "0.0.0.0"}),  # noqa: S104
        *({"file_size": 26}, {"files_each": 5_001}, {"files_each": 0}),
        *({"base_url": "http://chat.example.org"}, {"proxies": "10.0.0.1, 0.0.0.0/0"}, {"proxies": "::/0"}),
    ):
        assert len(config.weakened(load(flags, {}))) == 1, flags
    for flags in (  # type: ignore[assignment]
        {"host": "0.0.0.0", "base_url": "https://chat.example.org"},  # noqa: S104
        {"base_url": "http://localhost:9000"},
        {"proxies": "10.0.0.0/8", "file_size": 5, "files_each": 100},
    ):
        assert config.weakened(load(flags, {})) == [], flags


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann:secret@db:5432/chat", "postgresql://ann:***@db:5432/chat"),
        ("redis://:secret@cache:6379/0", "redis://:***@cache:6379/0"),
        ("postgresql://ann:s%40cret@db/chat", "postgresql://ann:***@db/chat"),
        ("postgresql://db/chat?user=ann&password=secret", "postgresql://db/chat?user=ann&password=***"),
        ("postgresql://db/chat", "postgresql://db/chat"),
        ("", ""),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, shown: str) -> None:
    assert config.hide_password(url) == shown
