"""Logs: lines for people on a terminal, JSON otherwise."""

import logging
import sys
from datetime import UTC, datetime

import msgspec


class JsonFormatter(logging.Formatter):
    """An object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: vars(record)[name] for name in ("method", "user", "request") if name in vars(record)}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def begin(style: str, *, debug: bool = False) -> None:
    """Log to standard error: "text", "json", or "auto", which is text on a terminal."""
    handler = logging.StreamHandler()
    text = style == "text" or (style == "auto" and sys.stderr.isatty())
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname).1s %(message)s", "%H:%M:%S") if text else JsonFormatter()
    )
    logging.basicConfig(level=logging.DEBUG if debug else logging.INFO, handlers=[handler], force=True)
    for name in ("asyncio", "tornado.access", "markdown_it", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
