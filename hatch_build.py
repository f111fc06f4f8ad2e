"""Refuses to build a wheel without the client, which is not in git and which hatchling would just leave out."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ClientHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable" and not Path(self.root, "chinwag/static/index.html").exists():
            raise SystemExit("chinwag/static is empty: `make build` builds the client, then the wheel.")
