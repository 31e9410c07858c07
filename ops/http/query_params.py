"""Parse query parameters by type and range: invalid values raise BadRequest (400), never a server error."""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseRedirect

MAX_NUMBER = 2**31 - 1
EARLIEST_DAY = date(2000, 1, 1)
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def key_in(text: str | None) -> int | None:
    """Return the primary key in `text`; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def whole_number(text: str, name: str, least: int = 0, most: int = MAX_NUMBER) -> int:
    """Return the number in `text`, in ASCII digits. Raises BadRequest outside of `least` to `most`."""
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    if not is_number or not least <= int(text) <= most:
        raise BadRequest(f"{name} is not a whole number from {least} to {most}.")
    return int(text)


def amount(text: str, name: str) -> Decimal:
    """Return the number in `text`, which may have a decimal point. Raises BadRequest for anything else."""
    if not AMOUNT.fullmatch(text):
        raise BadRequest(f"{name} is not a number such as 3 or 0.25.")
    return Decimal(text)


def past_day(text: str, today: date) -> date:
    """Return the day in `text`, such as 2026-03-01. Raises BadRequest for anything else, and for days after `today`."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if day.isoformat() != text or not EARLIEST_DAY <= day <= today:
        raise BadRequest(f"Enter a day from {EARLIEST_DAY} to {today}, such as 2026-03-01.")
    return day


def one_of(text: str, name: str, choices: Collection[str]) -> str:
    """Return `text`, which must be in `choices`. Raises BadRequest, which lists those, except "" for none."""
    if text not in choices:
        raise BadRequest(f"{name} must be one of {', '.join(filter(None, choices))}.")
    return text


def words(text: str, most: int = 200) -> str:
    """Return a search text without control characters and lone surrogates, cut to `most` characters."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[: most * 4])
    return " ".join(printable.split())[:most]


def canonical_redirect(
    request: HttpRequest, pairs: list[tuple[str, str]], known_names: Collection[str]
) -> HttpResponseRedirect | None:
    """Return a redirect to `pairs` in this order, or None. Parameters not in `known_names` stay at the end."""
    sent = [(name, value) for name, values in request.GET.lists() for value in values]
    wanted = [*pairs, *((name, value) for name, value in sent if name not in known_names)]
    if sent == wanted:
        return None
    return HttpResponseRedirect(f"{request.path}?{urlencode(wanted)}" if wanted else request.path)


def page_of(queryset: Any, request: HttpRequest, per_page: int) -> Page:
    """Return the page of `queryset` that `?page=` asks for. Raises BadRequest for no number, Http404 past the last."""
    number = whole_number(request.GET.get("page", "1"), "page", least=1)
    paginator = Paginator(queryset, per_page)
    if number > 1 or not isinstance(queryset, QuerySet):
        if number > paginator.num_pages:
            raise Http404
        return paginator.page(number)
    rows = list(queryset[: per_page + 1])
    if len(rows) <= per_page:
        paginator.count = len(rows)  # a list of one page needs no count query
    page = paginator.page(number)
    page.object_list = rows[:per_page]
    return page
