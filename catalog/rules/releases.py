"""The rule of release dates: a date that its own record contradicts is left out of charts, lists and comparisons."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import EventKind

NEAR = timedelta(days=31)  # an id or a first price may be dated some weeks beside the release
HALF_A_YEAR = timedelta(days=183)  # a small or preview variant may come some months before its model
DATES_OF_IDS = (
    re.compile(r"(?<!\d)(?P<year>20\d\d)-?(?P<month>0[1-9]|1[0-2])-?(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(r"(?<!\d)(?P<month>0[1-9]|1[0-2])-(?P<year>20\d\d)(?!\d)"),
    re.compile(r"-(?P<year>2[3-9])(?P<month>0[1-9]|1[0-2])(?!\d)"),
)


def plausible_release(document: dict, offerings: Iterable[dict], extended: str | None = None) -> str | None:
    """Return the release date of a model, None if it is unknown or implausible. `offerings` are its documents.

    A date is implausible
    1. more than 31 days before that in each of its ids: those at its vendors' own providers, or else at all;
    2. more than 31 days after its first price, unless it was announced or in preview before;
    3. more than half a year before the release of the model whose name it extends, `extended`: "o3" of "o3-mini".
    """
    if not document["released_on"]:
        return None
    period, offerings = PartialDate.parse(document["released_on"]), [*offerings]
    vendor_providers = {vendor["reference_provider"] for vendor in document["vendors"]}
    own_ids = [offering["api_id"] for offering in offerings if offering["provider"]["id"] in vendor_providers]
    ids = own_ids or [offering["api_id"] for offering in offerings]
    days = [date_of_id(api_id) for api_id in ids or [document["slug"]]]
    dated = [day for day in days if day]
    if dated and len(dated) == len(days) and min(dated) > period.last_day + NEAR:
        return None
    prices = [PartialDate.parse(price["valid_from"]).last_day for offering in offerings for price in offering["prices"]]
    is_early = any(event["kind"] in (EventKind.ANNOUNCED, EventKind.PREVIEW) for event in document["events"])
    if prices and not is_early and min(prices) < period.first_day - NEAR:
        return None
    if extended and PartialDate.parse(extended).first_day > period.last_day + HALF_A_YEAR:
        return None
    return document["released_on"]


def date_of_id(text: str) -> date | None:
    """Return the first day of the date in an id, such as "mistral-large-2512"; None without one."""
    for pattern in DATES_OF_IDS:
        if match := pattern.search(text):
            parts = {name: int(value) for name, value in match.groupdict().items()}
            try:
                return date(parts["year"] % 100 + 2000, parts["month"], parts.get("day", 1))
            except ValueError:
                continue
    return None


def names_extended(slug: str) -> list[str]:
    """Return the slugs that a slug extends, the longest first: "o4-mini" and "o4" of "o4-mini-deep-research"."""
    parts = slug.split("-")
    return ["-".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
