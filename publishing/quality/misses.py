"""Count what readers miss: addresses without a page, and searches without a result. No personal data is stored.

A thread writes the counts; if the process is killed, those of the last seconds are lost. The network of a reader is
remembered in memory only, for an hour: each reader counts once, and one client alone cannot fill the list.
"""

import logging
import re
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from ops.db.background_writer import BackgroundWriter
from ops.http.client_ip import client_address, network_of
from ops.http.reader import is_by_a_reader
from publishing.content.miss import MAX_LENGTH, Miss
from publishing.search.results import Answer
from publishing.search.words import fold

logger = logging.getLogger(__name__)
MOST_PENDING = 200
# Counted entries per network and hour, and the number of networks remembered. Further networks wait for the next hour.
MOST_PER_NETWORK, MOST_NETWORKS = 20, 5_000
HOUR_SECONDS = 3600
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
# Limits of a search that is counted.
MOST_LETTERS = 80
MOST_WORDS, LONGEST_WORD, MOST_DIGITS = 8, 30, 6
LETTERS = re.compile(r"[^\W\d_]{2}")
# E-mail and web addresses, the queries of vulnerability scanners, and meaningless input.
NONSENSE = re.compile(
    r"[@<>{}\[\]\\|;=`~^*$%]|https?:|www\.|://|\.\.|--|(.)\1{4}|\b(?:select|union|script|alert)\b.{,80}\("
)
# A spelt-out e-mail address, a URL with a path, a date, or a key: letters with groups of digits between them.
PERSONAL = re.compile(
    r"\bat\b.{,80}(?:\bdot\b|\w\.[a-z]{2})|\(at\)|\w\.[a-z]{2,}/\S|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b"
    r"|\b(?=(?:[a-z]*\d){5})[a-z]*\d+[a-z]+\d+[a-z]*\d*\b"
)
VOWELS = re.compile("[aeiouy]")
LONG_CONSONANTS = 7


class MissCounter(BackgroundWriter):
    """Counts how many readers missed each entry, for one kind of miss."""

    pause_seconds = 10

    def __init__(self, kind: Miss.Kind):
        super().__init__()
        self.kind = kind
        self.pending: dict[str, list] = {}
        self.asked_by: dict[str, set[str]] = {}  # network: what it asked for in the current hour
        self.hour = 0

    def count(self, request: HttpRequest, text: str, came_from: str = "") -> None:
        """Count the reader who made `request`, once an hour per `text`. No queries."""
        network = network_of(client_address(request))
        hour = int(time.time() // HOUR_SECONDS)
        with self.lock:
            if hour != self.hour:
                self.hour = hour
                self.asked_by.clear()
            before = self.asked_by.get(network, set())
            is_too_much = len(before) >= MOST_PER_NETWORK or (not before and len(self.asked_by) >= MOST_NETWORKS)
            is_full = text not in self.pending and len(self.pending) >= MOST_PENDING
            if text in before or is_too_much or is_full:
                return
            self.asked_by[network] = before | {text}
            entry = self.pending.setdefault(text, [0, ""])
            entry[0] += 1
            entry[1] = came_from or entry[1]
            self._write_soon()

    def write(self) -> None:
        """Write the pending counts. They are only hints: if the database refuses them, they are dropped."""
        with self.lock:
            pending, self.pending = self.pending, {}
        if pending:
            try:
                Miss.objects.add(self.kind, {text: tuple(entry) for text, entry in pending.items()})
            except DatabaseError:
                logger.warning("What readers missed could not be noted.", exc_info=True)


addresses, searches = MissCounter(Miss.Kind.ADDRESS), MissCounter(Miss.Kind.SEARCH)


def note_address(request: HttpRequest) -> None:
    """Count `request` as not found, if a reader made it. No queries."""
    if _counts(request):
        addresses.count(request, request.path_info, page_that_led(request))


def _counts(request) -> bool:
    """Return whether a person seems to have requested a page: not a program, not the browser itself, not an editor."""
    path = request.path_info
    return (
        is_by_a_reader(request.META)
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


def note_search(request: HttpRequest, answer: Answer) -> None:
    """Count a reader's search if no page contains all of its words. No queries."""
    if (answer.total == 0 or answer.is_partial or answer.suggestion) and _counts(request):
        text = in_one_spelling(answer.query.text)
        if text:
            searches.count(request, text)


def in_one_spelling(query: str) -> str:
    """Return `query` without case, accents and surrounding punctuation; "" if it must not be stored."""
    terms = " ".join(word.strip(".,:;!?\"'“”„‘’()«»") for word in fold(query).split()).split()
    text = " ".join(terms)
    is_kept = (
        len(text) <= MOST_LETTERS
        and len(terms) <= MOST_WORDS
        and all(len(word) <= LONGEST_WORD and _can_be_said(word) for word in terms)
        and sum(letter.isdigit() for letter in text) <= MOST_DIGITS
        and LETTERS.search(text)
        and not NONSENSE.search(text)
        and not PERSONAL.search(text)
    )
    return text if is_kept else ""


def _can_be_said(word: str) -> bool:
    """Return whether the word is short, in another script, or contains a vowel."""
    return len(word) < LONG_CONSONANTS or not (word.isascii() and word.isalpha()) or bool(VOWELS.search(word))
