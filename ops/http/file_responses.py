"""Responses that send files.

The server sends a stream from the thread that handled the request, which waits until the client has read it. A file
that fits in memory is handed over whole, so a slow client occupies no thread. Larger files are streamed, but never from
all threads: slow clients must not stop the site.
"""

from collections.abc import Iterator
from typing import BinaryIO

from django.http import HttpResponse, StreamingHttpResponse

SMALL = 8 * 1024 * 1024  # bytes
BLOCK = 64 * 1024  # bytes
MOST_AT_ONCE = 1  # per process, out of the threads that `manage.py serve` gives it

_being_sent: set[BinaryIO] = set()


class TooManyDownloadsError(Exception):
    """The maximum number of large files is being sent. Views may leave it uncaught: it becomes a 503."""


def send_file(
    file: BinaryIO, length: int, content_type: str, status: int = 200
) -> HttpResponse | StreamingHttpResponse:
    """Return a response with the next `length` bytes of an open file, which is closed when they are sent.

    Raises TooManyDownloadsError, with the file closed.
    """
    if length <= SMALL:
        with file:
            return HttpResponse(file.read(length), content_type=content_type, status=status)
    if len(_being_sent) >= MOST_AT_ONCE:
        file.close()
        raise TooManyDownloadsError
    headers = {"Content-Length": str(length)}
    return StreamingHttpResponse(_blocks(file, length), content_type=content_type, status=status, headers=headers)


def _blocks(file: BinaryIO, length: int) -> Iterator[bytes]:
    """Yield the file in blocks. It counts as being sent from the first block, so an unsent response never counts."""
    _being_sent.add(file)
    try:
        with file:
            while part := file.read(min(BLOCK, length)):
                length -= len(part)
                yield part
    finally:
        _being_sent.discard(file)
