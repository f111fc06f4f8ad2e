"""Pictures that strangers sent, made clean and small by a process of their own each: `decoder.py` says how.

One that eats memory or time, or brings its decoder down, is refused, and nobody else notices.
"""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from chinwag.errors import Invalid, TooLarge, TooMany

DECODER = Path(__file__).with_name("decoder.py")
SECONDS = 60
"""On a busy machine the decoder may need this for the seconds of processor time that it has."""
WAITING = 200
WORKERS = max(1, min(2, (os.cpu_count() or 1) - 1))


class Made(msgspec.Struct):
    """What the decoder says of what it wrote, or why it wrote nothing."""

    width: int = 0
    height: int = 0
    blur: str = ""
    problem: str = ""


_decoder = msgspec.json.Decoder(Made)


class Pictures:
    """Runs decoders, one or two at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = asyncio.Semaphore(WORKERS)
        self._waiting = 0

    @contextmanager
    def place(self) -> Iterator[Path]:
        """A folder for what is made, gone afterwards."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._folder, prefix="picture-") as folder:
            yield Path(folder)

    async def make(self, source: Path, folder: Path, *what: str) -> Made:
        """Have `original` and `preview` made in a folder. A picture that cannot be is refused in words."""
        if self._waiting >= WAITING:
            raise TooMany("Many pictures come in just now: please try again in a moment.", retry_after=10)
        self._waiting += 1
        try:
            async with self._turn:
                made = await _run([str(source), str(folder), *what])
        finally:
            self._waiting -= 1
        if made.problem == "pixels":
            raise TooLarge("A picture has at most 32 megapixels: please make it smaller.", field="file")
        if made.problem == "frames":
            raise TooLarge("This animation is too long: please make it shorter or smaller.", field="file")
        if made.problem:
            raise Invalid("file", "This picture is damaged: it cannot be shown.")
        return made


async def _run(words: list[str]) -> Made:
    kept = {name: os.environ[name] for name in ("PYTHONPATH", "LD_LIBRARY_PATH") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-B", str(DECODER), *words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=kept,  # no secret of the server's
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), SECONDS)
        return _decoder.decode(said)
    except (TimeoutError, msgspec.DecodeError):  # too slow, or killed by one of its limits
        return Made(problem="damaged")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
