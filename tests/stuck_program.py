"""`chinwag …` whose database takes a post and never answers; $DRAIN and $LAST are how long it waits when it stops."""

import os
import threading
from typing import Any

from chinwag import app, cli
from chinwag.rpc import METHODS


def wait(_tx: Any, **_params: Any) -> None:
    threading.Event().wait()


if __name__ == "__main__":
    vars(METHODS["messages.post"])["function"] = wait
    for name in ("DRAIN", "LAST"):
        vars(app)[name] = float(os.environ.get(name, vars(app)[name]))
    cli.main()
