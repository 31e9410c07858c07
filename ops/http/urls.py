"""Addresses of this site."""

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.utils.encoding import iri_to_uri

# Of which nothing has to be resolved: no dots that lead upwards, no query, no second slash.
PLAIN = re.compile(r"/(?:[\w-][\w.-]*/)*(?:[\w-][\w.-]*)?", re.ASCII)


def route(name: str, *values) -> str:
    """As Django's `reverse`, which takes longer than to look an address up that was asked for before."""
    return _reversed(name, values, settings.ROOT_URLCONF)


@lru_cache(maxsize=4_096)
def _reversed(name, values, urlconf) -> str:
    # The site stands at the top of its address, as SITE_URL has no path, so it is the same under any prefix.
    return "/" + reverse(name, urlconf, args=values).removeprefix(get_script_prefix())


def absolute(path: str) -> str:
    """Return `path` (from the first slash on) with the name of the site before it."""
    if PLAIN.fullmatch(path):
        return f"{settings.SITE_URL}{path}"
    return urljoin(f"{settings.SITE_URL}/", path)


def markdown_address(address: str) -> str:
    """Return where a page can be had as Markdown: /articles/x.md for /articles/x/."""
    return f"{address.rstrip('/')}.md"


def change_url(record) -> str:
    """Return where a record is edited: in the admin of its kind."""
    model = record.search_kind() if hasattr(record, "search_kind") else type(record)
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[record.pk])


def with_query(address: str, query: str) -> str:
    """Return `address` with `query` added to its own, before its fragment."""
    # Encoded first: a tab would be passed over, and of "/", tab and "/" another site's address be made.
    parts = urlsplit(iri_to_uri(address))
    return parts._replace(query="&".join(filter(None, [parts.query, query]))).geturl()
