"""Addresses of this site."""

from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import iri_to_uri


def absolute(path: str) -> str:
    """Return `path` (from the first slash on) with the name of the site before it."""
    return urljoin(f"{settings.SITE_URL}/", path)


def change_url(record) -> str:
    """Return where a record is edited: in the admin of its kind."""
    model = record.search_kind() if hasattr(record, "search_kind") else type(record)
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[record.pk])


def with_query(address: str, query: str) -> str:
    """Return `address` with `query` added to its own, before its fragment."""
    # Encoded first: a tab would be passed over, and of "/", tab and "/" another site's address be made.
    parts = urlsplit(iri_to_uri(address))
    return parts._replace(query="&".join(filter(None, [parts.query, query]))).geturl()
