"""Log formats: one event per line, as text or JSON (LOG_FORMAT), with the request id and without secrets.

User input cannot start a new line or send control sequences to a terminal.
"""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

from django.conf import settings

from ops.logging.redaction import redacted

request_id: ContextVar[str] = ContextVar("request_id", default="")
CONTINUED = "\n  | "  # before each further line of a traceback: no event begins like this


class Formatter(logging.Formatter):
    """The base of both formats. Only JSON includes the values of `extra={"event": {…}}`."""

    def parts(self, record: logging.LogRecord) -> dict:
        found = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        if number := getattr(record, "request_id", "") or request_id.get():
            found["request_id"] = number
        if record.exc_info and record.exc_info[0]:
            found["error"] = record.exc_info[0].__name__
            found["traceback"] = redacted(self.formatException(record.exc_info))
        elif record.stack_info:
            found["traceback"] = redacted(self.formatStack(record.stack_info))
        return found


class TextFormatter(Formatter):
    def format(self, record):
        parts = self.parts(record)
        number = f" [{parts['request_id']}]" if "request_id" in parts else ""
        line = escaped(f"{parts['time']} {parts['level']} {parts['logger']}{number}: {parts['message']}")
        lines = parts.get("traceback", "").split("\n")
        return CONTINUED.join([line, *map(escaped, filter(None, lines))])


class JSONFormatter(Formatter):
    def format(self, record):
        event = {
            name: redacted(value) if isinstance(value, str) else value
            for name, value in getattr(record, "event", {}).items()
        }
        # ASCII only: some programs treat separators such as U+2028 as line ends.
        return json.dumps(event | self.parts(record), ensure_ascii=True, default=str)


def formatter() -> Formatter:
    """Return the formatter for LOG_FORMAT. The server's own log uses it too: config/granian-log.json."""
    return JSONFormatter() if settings.LOG_FORMAT == "json" else TextFormatter()


def escaped(text: str) -> str:
    """Return `text` in one line, with invisible characters escaped: line ends, control and direction characters."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
