"""The wheel: what is in it, and that it works where there is nothing but its libraries."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from chinwag import __version__

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_client_and_every_python_file(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    static = {"index.html", "index.html.br", "index.html.gz"}
    assert {f"chinwag/static/{name}" for name in static} <= names
    assert {str(path.relative_to(ROOT)) for path in ROOT.glob("chinwag/**/*.py")} <= names
    assert any(name.startswith("chinwag/static/assets/") and name.endswith(".js.br") for name in names)
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"chinwag"}
    assert [name for name in names if "gallery" in name] == []


def test_the_installed_wheel_runs_without_the_repository_and_node(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv/bin/python"
    site = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    ).strip()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # Its libraries are those of this environment; chinwag.pth is not read from there, so the repository is not seen.
    nothing = {"PATH": "/nonexistent", "PYTHONPATH": os.pathsep.join([site, sysconfig.get_path("purelib")])}
    said = subprocess.check_output([python, "-P", "-m", "chinwag", "--version"], cwd=tmp_path, env=nothing, text=True)
    assert __version__ in said


@pytest.mark.parametrize(
    ("setting", "extra", "missing"),
    [
        ("--database=postgresql://localhost/chat", "postgresql", "psycopg"),
        ("--redis=redis://localhost", "redis", "redis"),
        ("--files=s3://chat", "s3", "obstore"),
    ],
)
def test_a_library_that_a_setting_needs_and_the_wheel_does_not_bring_is_named(
    setting: str, extra: str, missing: str, tmp_path: Path
) -> None:
    without = f"import sys; sys.modules[{missing!r}] = None; from chinwag.cli import main; main()"
    serve = [sys.executable, "-P", "-c", without, "serve", f"--data={tmp_path}", "--port=0", setting]
    done = subprocess.run(serve, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    flag, _, url = setting.partition("=")
    words = f"{flag} {url.partition('://')[0]}://… needs one more library: pip install 'chinwag[{extra}]'."
    assert (done.returncode, done.stderr) == (1, f"chinwag: {words}\n")
