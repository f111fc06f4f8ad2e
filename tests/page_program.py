"""`chinwag …` that finds the pages of a test behind all links, at this machine's port $PAGE_PORT."""

import os
from functools import partial
from typing import Any

from chinwag import cli, previews
from chinwag.fetch import Fetcher


async def look_up(_host: str, _port: int) -> list[Any]:
    return [(2, ("127.0.0.1", int(os.environ["PAGE_PORT"])))]


if __name__ == "__main__":
    vars(previews)["Fetcher"] = partial(Fetcher, look_up=look_up, allows=lambda _: True)
    cli.main()
