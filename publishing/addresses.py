"""Addresses of this site."""

from urllib.parse import urljoin

from django.conf import settings


def absolute(path: str) -> str:
    """Return `path` (from the first slash on) with the name of the site before it."""
    return urljoin(f"{settings.SITE_URL}/", path)
