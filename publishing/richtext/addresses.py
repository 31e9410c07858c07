"""Remove redirectors and click trackers from the links of pasted texts."""

from urllib.parse import parse_qs, urlsplit

from django.conf import settings

# Redirectors: the end of the host name, the path, and the parameters with the target.
REDIRECTORS = [
    ("www.google.com", "/url", ("q", "url")),
    (".safelinks.protection.outlook.com", "/", ("url",)),
    ("l.facebook.com", "/l.php", ("u",)),
]
MOST_HOPS = 3


def true_address(href: str) -> str:
    """Return `href` without redirectors; for a page of this site only its path."""
    href = href.strip()
    for _ in range(MOST_HOPS):
        further = _led_on(href)
        if not further:
            break
        href = further
    site = settings.SITE_URL.rstrip("/")
    if href == site or href.startswith((f"{site}/", f"{site}#", f"{site}?")):
        href = href[len(site) :]
        return href if href.startswith("/") else f"/{href}"
    return href


def _led_on(href: str) -> str:
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"}:
        return ""
    host = parts.hostname or ""
    for name, path, parameters in REDIRECTORS:
        if parts.path == path and (host == name or (name.startswith(".") and host.endswith(name))):
            query_params = parse_qs(parts.query, max_num_fields=50)
            target = next((query_params[key][0] for key in parameters if key in query_params), "")
            return target if target.startswith(("http://", "https://", "mailto:")) else ""
    return ""
