"""Large files are never sent to so many clients at once that no thread is free for others."""

import io

import pytest

from ops.http import request_body
from ops.http.file_responses import MOST_AT_ONCE, SMALL, TooManyDownloadsError, send_file
from ops.limits.turns import READERS_AT_ONCE, STAFF_AT_ONCE
from ops.management.commands.serve import BLOCKING_THREADS

pytestmark = pytest.mark.django_db  # closing a response also checks the connection, if there is one


def file(size):
    return io.BytesIO(bytes(range(256)) * (size // 256) + b"x" * (size % 256))


def large():
    return send_file(file(SMALL + 9), SMALL + 9, "text/plain")


def test_what_is_small_is_handed_over_whole_and_closed():
    small = file(SMALL)
    response = send_file(small, SMALL, "text/plain")
    assert (response.streaming, len(response.content), small.closed) == (False, SMALL, True)


def test_only_some_large_files_are_sent_at_once_and_each_makes_room():
    responses = [large() for _ in range(MOST_AT_ONCE)]
    bodies = [iter(response) for response in responses]
    begun = [next(body) for body in bodies]
    refused = file(SMALL + 9)
    with pytest.raises(TooManyDownloadsError):
        send_file(refused, SMALL + 9, "text/plain")
    assert refused.closed
    assert begun[0] + b"".join(bodies[0]) == file(SMALL + 9).getvalue()
    for response in responses:
        response.close()
        response.close()  # which a server may do twice
    again = [large() for _ in range(MOST_AT_ONCE)]
    for response in again:
        next(iter(response))
    with pytest.raises(TooManyDownloadsError):
        large()
    for response in again:
        response.close()


def test_a_response_that_is_dropped_unsent_takes_no_room():
    for _ in range(3 * MOST_AT_ONCE):
        large()
    large().close()


def test_no_more_is_sent_than_was_said():
    response = send_file(file(3 * SMALL), 2 * SMALL, "text/plain", status=206)
    assert (response.status_code, response.headers["Content-Length"]) == (206, str(2 * SMALL))
    assert len(b"".join(response.streaming_content)) == 2 * SMALL
    response.close()


def test_threads_are_left_for_everybody_else():
    assert READERS_AT_ONCE + STAFF_AT_ONCE + request_body.MOST_AT_ONCE + MOST_AT_ONCE < BLOCKING_THREADS
