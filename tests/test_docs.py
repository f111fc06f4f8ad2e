"""What is built is written down: every setting, call, error and close code, every command; and links lead somewhere."""

import importlib
import re
from pathlib import Path

import pytest

from chinwag import errors
from chinwag.config import SETTINGS, show
from chinwag.errors import Refused
from chinwag.limits import RATES, Rate
from chinwag.rpc import METHODS
from chinwag.store.engine import sqlite_url

ROOT = Path(__file__).parent.parent
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")})
PROTOCOL = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
OPERATE = (ROOT / "docs/operate.md").read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """The rows of a page's tables, as cells."""
    lines = (line for line in text.splitlines() if line.startswith("|"))
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_every_setting_is_in_the_table_with_its_default() -> None:
    table = {cells[0].strip("`"): cells for cells in rows(OPERATE) if len(cells) == 3}
    for setting in SETTINGS:
        default = show(setting.default).strip('"')
        assert table[setting.name][1].strip("`") == default, setting.name


def test_the_table_has_no_setting_that_is_gone() -> None:
    first = OPERATE.partition("| setting |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", first, re.MULTILINE) == [setting.name for setting in SETTINGS]


def test_every_call_is_described_and_none_that_is_gone() -> None:
    described = {name for cells in rows(PROTOCOL) for name in re.findall(r"`(\w+\.\w+)`", cells[0])}
    assert described - set(METHODS) == set()
    assert set(METHODS) - described == set()


def test_every_calls_params_are_described() -> None:
    text = {name: cells[1] for cells in rows(PROTOCOL) for name in re.findall(r"`(\w+\.\w+)`", cells[0])}
    wrong = []
    for name, call in METHODS.items():
        if "above" not in text[name]:
            given = re.search(r"\{(.*?)\}", text[name])
            named = re.findall(r"(\w+)\??(?: = [^,]+)?(?:,|$|\\\||\s)", given.group(1)) if given else []
            named += re.findall(r"`(\w+)`", text[name])
            wrong += [f"{name} {one}" for one in call.params.__struct_fields__ if one not in named]
    assert wrong == []


def test_every_kind_of_error_is_described_with_its_code_and_status() -> None:
    for refused in (one for one in Refused.__subclasses__() if one.kind):
        row = next(cells for cells in rows(PROTOCOL) if cells[1:2] == [f"`{refused.kind}`"])
        assert (row[0], row[2]) == (f"−{-refused.code}", str(refused.status))
    for code in {one.code for one in Refused.__subclasses__() if not one.kind}:
        assert f"−{-code}" in PROTOCOL


def test_every_limit_is_what_the_code_keeps() -> None:
    limits = [cells for cells in rows(SECURITY) if re.fullmatch(r"`[a-z.]+\w+\.[A-Z_]+`", cells[-1])]
    assert len(limits) > 30
    for _, told, where in limits:
        module, _, name = where.strip("`").rpartition(".")
        number = re.match(r"[\d,]+", told)
        assert number, told
        assert getattr(importlib.import_module(f"chinwag.{module}"), name) == int(number[0].replace(",", "")), where


def test_every_rate_is_what_the_code_keeps_and_none_is_missing() -> None:
    told = {
        re.findall(r"`(\w+)`", cells[0])[0]: Rate(int(cells[1]), float(cells[2].removesuffix(" s")))
        for cells in rows(SECURITY)
        if re.fullmatch(r"[\d.]+ s", cells[2])
    }
    assert told == RATES


def test_every_close_code_is_described() -> None:
    codes = [value for name, value in vars(errors).items() if name.startswith("CLOSE_")]
    assert codes
    for code in codes:
        assert re.search(rf"\b{code}\b", PROTOCOL), code


def test_the_files_of_the_data_folder_are_named_as_they_are() -> None:
    assert f"`{sqlite_url(Path()).rpartition('/')[2]}`" in OPERATE
    assert "`server.lock`" in OPERATE


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            found = page.parent / path if path else page
            assert found.exists(), target
            headings = re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8") if anchor else "", re.MULTILINE)
            assert not anchor or anchor in [re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_make_is_asked_to_do_it_can(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    asked = re.findall(r"(?:^    |`)make ([a-z]+)", text, re.MULTILINE)
    assert set(asked) <= targets


def test_every_command_of_the_program_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    from chinwag import cli

    with pytest.raises(SystemExit):
        cli.main(["--help"])
    commands = re.findall(r"^    ([\w-]+) ", capsys.readouterr().out, re.MULTILINE)
    assert {"serve", "check", "user"} <= set(commands)
    for command in commands:
        assert f"`chinwag {command}" in OPERATE, command


def test_every_decision_is_listed_under_its_own_title() -> None:
    folder = ROOT / "docs/decisions"
    listed = {cells[0]: cells[1] for cells in rows((folder / "README.md").read_text(encoding="utf-8"))[2:]}
    titles = {}
    for path in folder.glob("0*.md"):
        number, _, title = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").partition(" ")
        titles[f"[{number}]({path.name})"] = title
    assert listed == titles
