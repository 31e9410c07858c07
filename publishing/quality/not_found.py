"""Log the addresses that readers request in vain."""

import re
from urllib.parse import urlsplit

from django.conf import settings

from publishing.content.miss import MAX_LENGTH, Miss
from publishing.quality.count_misses import BatchedCounter

PROGRAMS = re.compile(
    r"bot\b|bot[/_-]|crawl|spider|slurp|scan|curl|wget|python|java/|libwww|headless|http-?client|okhttp|axios|node|"
    r"monitor|uptime|preview|facebookexternalhit|feed|fetch|lighthouse|\+?https?://",
    re.IGNORECASE,
)
# Paths that only vulnerability scanners ask for, or that browsers request on their own.
PROBES = re.compile(
    r"\.(?:php\d?|phtml|aspx?|jspx?|do|action|cgi|pl|sh|exe|dll|env|ini|conf(?:ig)?|ya?ml|toml|json|xml|txt|log|sql|db|"
    r"sqlite3?|bak|backup|old|orig|save|swp|zip|tar|t?gz|bz2|7z|rar|war|jar|pem|key|crt|map|js|css|ico|png|webmanifest)$"
    r"|/\.|\.\.|//|[\\<>'\"`|{}$;@*]"
    r"|/(?:wp|wordpress|xmlrpc|cgi-bin|phpmyadmin|pma|mysql|adminer|vendor|actuator|solr|jenkins|telescope|owa|ecp|"
    r"autodiscover|boaform|hnap1|console|debug|server-status|node_modules|backup|admin(?:istrator)?|\w*login)"
    r"(?:[-/._]|$)",
    re.IGNORECASE,
)
# Paths meant for programs or for other pages, not for readers.
ELSEWHERE = ("/api/", "/static/", "/media/", "/drawings/", "/share/", "/preview/")

counter = BatchedCounter(Miss.Kind.ADDRESS)


def note(request):
    """Count `request` as not found, if a reader made it. No queries."""
    if is_by_a_reader(request):
        counter.count(request, request.path_info, page_that_led(request))


def is_by_a_reader(request) -> bool:
    """Return whether a person seems to have requested a page: not a program, not the browser itself, not an editor."""
    path, headers = request.path_info, request.headers
    agent = headers.get("User-Agent", "")
    return (
        request.method == "GET"
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and agent.startswith("Mozilla/")
        and not PROGRAMS.search(agent)
        and headers.get("Sec-Fetch-Dest", "document") == "document"
        and "prefetch" not in headers.get("Sec-Purpose", "")
        and len(path) <= MAX_LENGTH
        and path.isprintable()
        and not path.startswith(ELSEWHERE)
        and not PROBES.search(path)
    )


def page_that_led(request) -> str:
    """Return the page with the link, as the browser reports it: a path of this site or a URL elsewhere, without query
    and user name; "" if it is not reported or cannot be told apart from an e-mail address."""
    try:
        parts = urlsplit(request.headers.get("Referer", "")[: 4 * MAX_LENGTH])
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host:
        return ""
    netloc = f"{host}:{port}" if port else host
    is_own = netloc in {request.get_host().lower(), urlsplit(settings.SITE_URL).netloc.lower()}
    path = "" if "@" in parts.path or "%40" in parts.path else parts.path
    address = path or "/" if is_own else f"{parts.scheme}://{netloc}{path}"
    return address[:MAX_LENGTH] if address.isprintable() else ""
