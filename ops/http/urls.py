"""URLs of this site."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.utils.encoding import iri_to_uri

# Paths that need no resolving: no dots that lead upwards, no query, no double slash.
PLAIN = re.compile(r"/(?:[\w-][\w.-]*/)*(?:[\w-][\w.-]*)?", re.ASCII)


def route(name: str, *values: object, query: Sequence[tuple[str, str]] = ()) -> str:
    """Return the path of a URL name with the query, like Django's `reverse`, from an LRU cache."""
    path = _reversed(name, values, settings.ROOT_URLCONF)
    return f"{path}?{urlencode(query)}" if query else path


@lru_cache(maxsize=4_096)
def _reversed(name, values, urlconf) -> str:
    # SITE_URL has no path, so paths are the same under any script prefix.
    return "/" + reverse(name, urlconf, args=values).removeprefix(get_script_prefix())


def absolute(path: str) -> str:
    """Return the absolute URL of `path`, which begins with a slash."""
    if PLAIN.fullmatch(path):
        return f"{settings.SITE_URL}{path}"
    return urljoin(f"{settings.SITE_URL}/", path)


def markdown_address(address: str) -> str:
    """Return the URL of a page's Markdown version: /articles/x.md for /articles/x/, and /home.md for the front page."""
    return f"{address.rstrip('/') or '/home'}.md"


def admin_url(of: Any, name: str, *args: object) -> str:
    """Return the URL of an admin page of a model, a record, or a ModelAdmin."""
    opts = getattr(of, "opts", None) or of._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=args)


def record_url(record: Any, name: str, *args: object) -> str:
    """Return the URL of an admin page of a record."""
    return admin_url(record.search_kind() if hasattr(record, "search_kind") else record, name, record.pk, *args)


def change_url(record: Any) -> str:
    return record_url(record, "change")


def with_query(address: str, query: str) -> str:
    """Return `address` with `query` added to its own query, before the fragment."""
    # Encoded first: URL parsers drop tabs, and "/", tab and "/" would become the URL of another site.
    parts = urlsplit(iri_to_uri(address))
    return parts._replace(query="&".join(filter(None, [parts.query, query]))).geturl()
