"""Files on their way to whoever asked.

The server sends a stream from the thread that answers, and waits there until the other side has taken it. Whoever takes
nothing would keep that thread, and a few of them all threads. So what is small is handed over whole, and of what is
large no more is under way at once than leaves threads for all other requests.
"""

from threading import BoundedSemaphore
from typing import BinaryIO

from django.http import FileResponse, HttpResponse

SMALL = 1024 * 1024  # bytes
MOST_AT_ONCE = 1  # in a process, of the threads that `manage.py serve` gives it

_places = BoundedSemaphore(MOST_AT_ONCE)


class BusyError(Exception):
    """As many large files are being sent as may be: it can be tried again soon. A view may let it pass: 503."""


class LargeFileResponse(FileResponse):
    block_size = 64 * 1024


class Transfer:
    """What of an open file is left to read, up to `length` bytes. It keeps its place until it is closed."""

    def __init__(self, file: BinaryIO, length: int):
        if not _places.acquire(blocking=False):
            file.close()
            raise BusyError
        self.file, self.left, self.is_open = file, length, True

    def read(self, size: int) -> bytes:
        part = self.file.read(min(size, self.left))
        self.left -= len(part)
        return part

    def close(self):
        if self.is_open:
            self.is_open = False
            self.file.close()
            _places.release()


def sent(file: BinaryIO, length: int, content_type: str, status: int = 200) -> HttpResponse:
    """Return a response of the next `length` bytes of an open file, which is closed when they are sent.

    Raises BusyError, with the file closed.
    """
    if length <= SMALL:
        with file:
            return HttpResponse(file.read(length), content_type=content_type, status=status)
    response = LargeFileResponse(Transfer(file, length), content_type=content_type, status=status)
    response.headers["Content-Length"] = str(length)
    return response
