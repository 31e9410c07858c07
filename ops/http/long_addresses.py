"""Refuse addresses that are too long, before anything looks for the view: some of Django's patterns for addresses take
time in proportion to the square of the length."""

from collections.abc import Callable, Iterable

MOST_CHARACTERS = 2_000  # of a path, far more than any of this site has
MESSAGE = f"The path of this address has more than {MOST_CHARACTERS:,} characters. Check the link.\n".encode()


def refuse_long_addresses(application: Callable) -> Callable:
    """Return the WSGI application that passes requests on to `application`, but answers 414 to those."""

    def refuse_or_pass_on(environ: dict, start_response: Callable) -> Iterable[bytes]:
        if len(environ.get("PATH_INFO", "")) <= MOST_CHARACTERS:
            return application(environ, start_response)
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(MESSAGE)))]
        start_response("414 URI Too Long", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [MESSAGE]

    return refuse_or_pass_on
