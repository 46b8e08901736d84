"""What the daemon says while it works: events with fields, on standard error.

On a terminal they are lines for people; elsewhere JSON, one object a line, so that nothing a mail says can
forge a line.  No words of a mail and no whole address may be given to it.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import MutableMapping
from typing import Any

import msgspec


def _without_rich() -> Any:
    """Import structlog; rich, which it would load for tracebacks that are never shown, takes 7 MB."""
    modules: dict[str, Any] = sys.modules  # where None means "not to be found"
    kept = modules.get("rich")
    modules["rich"] = None
    try:
        return importlib.import_module("structlog")
    finally:
        del modules["rich"]
        if kept is not None:
            modules["rich"] = kept


structlog = _without_rich()

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure(level: str = "info") -> None:
    """Set up logging for this process; the libraries' own loggers only speak of trouble."""
    terminal = sys.stderr.isatty()
    stamped = (
        [] if "JOURNAL_STREAM" in os.environ else [structlog.processors.TimeStamper(fmt="iso", utc=True)]
    )
    shown = _for_people if terminal else structlog.processors.JSONRenderer(serializer=_encode)
    structlog.configure(
        processors=[structlog.processors.add_log_level, *stamped, shown],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")


def logger() -> Any:
    """Return the program's logger."""
    return structlog.get_logger()


def _for_people(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    """Return a line such as `10:04:12 watching  account=mail.example`, without control characters."""
    at = str(event.pop("timestamp", ""))[11:19]
    level, what = event.pop("level"), event.pop("event")
    mark = "" if level in ("info", "debug") else f"{level}: "
    fields = "  ".join(f"{name}={value}" for name, value in event.items() if value != "")
    line = f"{at} {mark}{what}  {fields}".strip()
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


def _encode(value: object, **_: object) -> str:
    return msgspec.json.encode(value).decode()
