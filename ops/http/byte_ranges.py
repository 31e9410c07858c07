"""Serve a file, or a single range of it (RFC 9110, section 14)."""

import re
from pathlib import Path

from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response

from ops.http.file_responses import send_file

# A single range. A request for several gets the whole file, which the RFC allows.
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class UnsatisfiableError(Exception):
    """The requested range contains no byte of the file."""


def file_response(request, path: Path, etag: str, content_type: str) -> HttpResponseBase:
    """Return the file or the requested range of it; 304 if the client already has it. `etag` must be strong.

    Raises UnsatisfiableError if the range is outside the file, FileNotFoundError if the file is gone,
    TooManyDownloadsError if too
    many large files are being sent.
    """
    if unchanged := get_conditional_response(request, etag=etag):  # before the file is opened
        unchanged.headers["ETag"] = etag
        return unchanged
    size = path.stat().st_size
    wanted = _range(request, etag, size)
    first, last = wanted or (0, size - 1)
    file = path.open("rb")
    file.seek(first)
    response = send_file(file, last - first + 1, content_type, status=206 if wanted else 200)
    if wanted:
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["ETag"] = etag
    return response


def _range(request, etag: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte of the requested range; None for the whole file."""
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
            return None  # not a valid range
    if first > last:
        raise UnsatisfiableError(size)
    return first, last
