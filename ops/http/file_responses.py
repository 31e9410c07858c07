"""Responses that send files, whole or a single range of them (RFC 9110, section 14).

The server sends a stream from the thread that handled the request, which waits until the client has read it. A file
that fits in memory is handed over whole, so a slow client occupies no thread, only memory, which `manage.py serve`
limits (docs/adr/015-threads-and-turns.md). Larger files are streamed, but never from all threads.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response

SMALL = 64 * 1024 * 1024  # bytes; an export has about 12 MB for 500 models with 5,000 offerings
BLOCK = 64 * 1024  # bytes
MOST_AT_ONCE = 1  # per process, out of the threads that `manage.py serve` gives it
# A single range. A request for several gets the whole file, which the RFC allows.
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)

_being_sent: set[IO[bytes] | File] = set()


class TooManyDownloadsError(Exception):
    """The maximum number of large files is being sent. Views may leave it uncaught: it becomes a 503."""


def send_file(
    file: IO[bytes] | File, length: int, content_type: str, status: int = 200
) -> HttpResponse | StreamingHttpResponse:
    """Send the next `length` bytes of an open file, then close it. Raises TooManyDownloadsError, with it closed."""
    if length <= SMALL:
        with file:
            return HttpResponse(file.read(length), content_type=content_type, status=status)
    if len(_being_sent) >= MOST_AT_ONCE:
        file.close()
        raise TooManyDownloadsError
    headers = {"Content-Length": str(length)}
    return StreamingHttpResponse(_blocks(file, length), content_type=content_type, status=status, headers=headers)


def _blocks(file: IO[bytes] | File, length: int) -> Iterator[bytes]:
    """Yield the file in blocks. It counts as being sent from the first block, so an unsent response never counts."""
    _being_sent.add(file)
    try:
        with file:
            while part := file.read(min(BLOCK, length)):
                length -= len(part)
                yield part
    finally:
        _being_sent.discard(file)


class UnsatisfiableError(Exception):
    """The requested range contains no byte of the file."""


def file_response(request: HttpRequest, path: Path, etag: str, content_type: str) -> HttpResponseBase:
    """Return the file or the requested range of it; 304 if the client already has it. `etag` must be strong.

    Raises UnsatisfiableError for a range outside the file, FileNotFoundError if it is gone, and TooManyDownloadsError.
    """
    if unchanged := get_conditional_response(request, etag=etag):  # before the file is opened
        unchanged.headers["ETag"] = etag
        return unchanged
    size = path.stat().st_size
    wanted = _range(request, etag, size)
    first, last = wanted or (0, size - 1)
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type, headers={"Content-Length": str(size)})
    else:
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
    start, until = match.groups()
    if (not start and not until) or (start and until and int(until) < int(start)):
        return None  # not a valid range
    first = int(start) if start else max(0, size - int(until))
    last = min(int(until), size - 1) if start and until else size - 1
    if first > last:
        raise UnsatisfiableError(size)
    return first, last
