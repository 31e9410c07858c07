"""Sources that editors give as a link: the page, as read on a day."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from catalog.history.checking import checked_today
from catalog.models import AIModel, Evidence, Source
from catalog.rules.choices import Confidence
from publishing.content.permissions import AnyUser


def source_of_link(url: str, day: date) -> Source:
    """Return the source for a page as read on `day`; a new one is titled like the last one of the page, if any."""
    sources = Source.objects.filter(url=url).order_by("-read_on", "pk")
    if source := sources.filter(read_on=day).first():
        return source
    parts, last = urlsplit(url), sources.first()
    host = parts.netloc.removeprefix("www.")
    title = last.title if last else f"{host}{parts.path.rstrip('/')}"[:300]
    return Source.objects.create(title=title, publisher=last.publisher if last else host[:200], url=url, read_on=day)


def confidence_in(url: str, model: AIModel | None, others: Iterable[str] = ()) -> Confidence:
    """Return whether a page is of a vendor of the model, or of one of the `others` (addresses of its provider)."""
    sites = [*(model.vendors.values_list("website", flat=True) if model else ()), *others]
    homes = {urlsplit(site).netloc.removeprefix("www.") for site in sites} - {""}
    host = urlsplit(url).netloc
    is_own = any(host == home or host.endswith(f".{home}") for home in homes)
    return Confidence.VENDOR if is_own else Confidence.THIRD_PARTY


def cite(url: str, day: date, confidence: Confidence, user: AnyUser, *, fact: str = "", **subject: Any) -> Evidence:
    """Attach the page to a fact of the subject, such as `model=…`, as found there by the editor today."""
    values = {"confidence": confidence, **checked_today(user)}
    row, _ = Evidence.objects.update_or_create(source=source_of_link(url, day), fact=fact, **subject, defaults=values)
    return row
