"""Confirmation pages. Their button submits the whole request again, with a mark that they were seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from publishing.admin.admin_pages import show
from publishing.content.permissions import AnyUser
from publishing.content.publishable import Publishable
from publishing.quality.where_used import Use, seen_by, where_used

MOST_LOOKED_AT = 50
TAKING_OFF = "admin/publishing/confirm_unpublish.html"
BUTTONS = ("_save", "_addanother", "_continue", "_publish")
LEFT_OUT = {"csrfmiddlewaretoken", "_restore", *BUTTONS}


def confirmation(
    model_admin: Any, request: HttpRequest, template: str, title: str, *, without: Iterable[str] = (), **context: Any
) -> HttpResponse:
    """Return the page by `template`, which extends admin/confirmation.html and submits the fields `without` itself."""
    sent = request.POST or request.GET
    left_out = LEFT_OUT.union(without)
    pressed = next((name for name in BUTTONS if name in sent), "_go_on")
    context = {
        "is_popup": IS_POPUP_VAR in sent,
        "typed": [(name, value) for name, values in sent.lists() if name not in left_out for value in values],
        "mark": "post",
        "button": pressed,
        "action": sent.get(pressed, ""),
        "words": title,
        "back_url": request.get_full_path(),
        **context,
    }
    return show(model_admin, request, template, title, **context)


@dataclass(frozen=True)
class AffectedRecord:
    """A record that an action is about, with its uses."""

    record: Publishable
    uses: list[Use]
    hidden: int  # number of further records that use it and that the user may not see


def affected_records(user: AnyUser, records: Iterable[Publishable]) -> list[AffectedRecord]:
    return [AffectedRecord(record, *seen_by(user, where_used(record))) for record in records]


def affected_public_records(user: AnyUser, records: QuerySet | list) -> list[AffectedRecord]:
    """Return the published records among the first 50 that other records use."""
    seen = [record for record in records[:MOST_LOOKED_AT] if record.is_public]
    return [line for line in affected_records(user, seen) if line.uses or line.hidden]


def confirm_unpublish(
    model_admin: Any, request: HttpRequest, records: QuerySet | list, label: str, **context: Any
) -> HttpResponse | None:
    """Return the page that asks before used `records` are taken off the site; None if none is used or it is
    confirmed."""
    lines = [] if "post" in request.POST else affected_public_records(request.user, records)
    if not lines:
        return None
    return confirmation(model_admin, request, TAKING_OFF, f"{label}?", words=label, lines=lines, **context)
