"""How events are logged: one in a line, in words or as JSON (LOG_FORMAT), with the number of the request that it is of,
and without secrets. Nothing that somebody sent can begin a line, or steer a terminal."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

from django.conf import settings

from ops.logging.redaction import redacted

request_id: ContextVar[str] = ContextVar("request_id", default="")
CONTINUED = "\n  | "  # before each further line of a traceback: no event begins so


class Formatter(logging.Formatter):
    """The base of both. What `extra={"event": {…}}` says of an event is written as it is, by JSON alone."""

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
        # ASCII alone: what is no letter in it, as U+2028, begins a new line for some programs.
        return json.dumps(event | self.parts(record), ensure_ascii=True, default=str)


def formatter() -> Formatter:
    """Return the one that the settings ask for. The server's own log uses it too: config/granian-log.json."""
    return JSONFormatter() if settings.LOG_FORMAT == "json" else TextFormatter()


def escaped(text: str) -> str:
    """Return `text` in one line, with what cannot be seen written out: line ends, control and direction characters."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
