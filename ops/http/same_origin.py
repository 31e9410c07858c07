"""Check that a form was sent from a page of this site, by the browser's headers, as public pages have no CSRF token."""

from urllib.parse import urlsplit

from django.conf import settings


def is_from_this_site(request) -> bool:
    """Return whether all headers that name the origin of a request name this site, and at least one is present.

    All browsers since 2020 send Origin, since 2023 also Sec-Fetch-Site; older ones send at least a Referer.
    """
    fetched_from, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if fetched_from is not None and fetched_from != "same-origin":
        return False
    if origin is not None:
        return origin in _own_origins(request)
    return fetched_from is not None or _origin_of(request.headers.get("Referer", "")) in _own_origins(request)


def _own_origins(request) -> set[str]:
    """Return the public origin and that of this request, whose host ALLOWED_HOSTS has accepted."""
    return {settings.SITE_URL, f"{request.scheme}://{request.get_host()}".lower()}


def _origin_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()
