"""Serving a file, whole or the one part of it that is asked for (RFC 9110, section 14)."""

import re
from pathlib import Path

from django.http import HttpResponse
from django.utils.cache import get_conditional_response

from ops.http.file_responses import sent

# One range; of several at once the whole is sent, which the RFC allows.
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class UnsatisfiableError(Exception):
    """No byte of the file lies in the range."""


def file_response(request, path: Path, etag: str, content_type: str) -> HttpResponse:
    """Return the file, or the part of it that the request asks for and may have; 304 where the client has it already.
    `etag` is a strong one.

    Raises UnsatisfiableError where there is no such part, FileNotFoundError where the file has gone, BusyError where
    too many are on their way.
    """
    if unchanged := get_conditional_response(request, etag=etag):  # before the file is opened
        unchanged.headers["ETag"] = etag
        return unchanged
    size = path.stat().st_size
    wanted = _range(request, etag, size)
    first, last = wanted or (0, size - 1)
    file = path.open("rb")
    file.seek(first)
    response = sent(file, last - first + 1, content_type, status=206 if wanted else 200)
    if wanted:
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["ETag"] = etag
    return response


def _range(request, etag: str, size: int) -> tuple[int, int] | None:
    """Return the first and the last byte of the part that is asked for, None for the whole."""
    match = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or not match or request.headers.get("If-Range", etag).strip() != etag:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        first, last = max(0, size - int(last)), size - 1 if int(last) else -1
    else:
        first, last = int(first), min(int(last or size - 1), size - 1)
        if match[2] and int(match[2]) < first:
            return None  # no range at all
    if first > last:
        raise UnsatisfiableError(size)
    return first, last
