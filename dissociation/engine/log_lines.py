"""Log lines that people and machines can read: an event and its fields, as text or as JSON.

One event is one line, whatever is in its fields; in text only a defect's traceback follows beneath.
"""

from __future__ import annotations

import json
import logging
import re
import time
from typing import Any

_BARE = re.compile(r"[\w.:/+-]+")


def log_event(logger: logging.Logger, event: str, **fields: Any) -> None:
    """Notes that something happened.

    **Arguments:**

    - `event`: what, in words that stay the same.
    - `fields`: of this time; texts and numbers.
    """
    told = {"event": event, **fields}
    logger.info("%s", _as_text(told), extra={"fields": told})


def _as_text(fields: dict[str, Any]) -> str:
    return " ".join(f"{name}={_value(value)}" for name, value in fields.items())


def _value(value: Any) -> str:
    text = str(value)
    return text if _BARE.fullmatch(text) else json.dumps(text)


class LineFormatter(logging.Formatter):
    """Writes a record as one line.

    **Arguments:**

    - `form`: `text` for key=value, or `json`.
    """

    def __init__(self, form: str):
        super().__init__()
        self.form = form

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        head = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        fields = getattr(record, "fields", None) or {"event": record.getMessage()}
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        if self.form == "json":
            told = {**head, **fields, **({"traceback": trace} if trace else {})}
            return json.dumps(told, default=str)
        line = _as_text({**head, **fields})
        return "\n  ".join([line, *trace.splitlines()])


def log_to_stderr(form: str) -> None:
    """Lets everything that the lab logs go to stderr, once.

    **Arguments:**

    - `form`: `text` or `json`.
    """
    logger = logging.getLogger("dissociation")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(LineFormatter(form))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
