"""Addresses that are too long are refused before Django looks for their view."""

import pytest

from ops.http.long_addresses import MESSAGE, MOST_CHARACTERS, refuse_long_addresses


@pytest.mark.parametrize(
    ("method", "length", "status", "body"),
    [
        ("GET", MOST_CHARACTERS, "200 OK", b"passed on"),
        ("GET", MOST_CHARACTERS + 1, "414 URI Too Long", MESSAGE),
        ("POST", 60_000, "414 URI Too Long", MESSAGE),
        ("HEAD", 60_000, "414 URI Too Long", b""),
    ],
)
def test_only_long_paths_are_refused(method, length, status, body):
    def application(environ, start_response):
        start_response("200 OK", [])
        return [b"passed on"]

    statuses = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": "/" + "a" * (length - 1), "QUERY_STRING": "q=" + "a" * 5_000}
    answer = refuse_long_addresses(application)(environ, lambda status, headers: statuses.append(status))
    assert (b"".join(answer), statuses) == (body, [status])
