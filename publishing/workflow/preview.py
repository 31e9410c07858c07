"""Preview the page of a record as readers would see it if the content were published."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.http import HttpResponse

from publishing.content.follow_up import prepare_texts
from publishing.content.internal_request import page_at
from publishing.content.publishable import Publishable, State
from publishing.revisions.snapshot import current, read, same, write
from publishing.site.models import SiteSettings
from publishing.workflow.actions import locked


def page_of(record: Publishable, content: dict | None, site: SiteSettings) -> tuple[HttpResponse | None, list]:
    """Return the page of a record with `content`, or as it is, and the errors; None if it cannot be rendered at all.

    Invalid values are left out. The content is written and rolled back, so that lists, links and images are right.
    """
    if content is None:
        return _page(record, site), []
    content = current(type(record), content)
    stored = record.pk and type(record)._base_manager.get(pk=record.pk)
    if stored and same(content, read(stored)):
        return _page(stored, site), []
    prepare_texts(type(record), content["fields"])
    with transaction.atomic():
        row, problems = _written(record, content)
        page = row and _page(type(record)._base_manager.get(pk=row.pk), site)
        transaction.set_rollback(True)
    return page, problems


def _page(row, site):
    return page_at(row.get_absolute_url(), site, record=row)


def _written(record, content: dict):
    """Return the row with `content` written, without invalid values, and the errors; None if it is invalid even so."""
    problems = []
    for _ in range(2):
        row = locked(record) if record.pk else type(record)()
        row.state = State.DRAFT  # drafts have no required fields
        try:
            with transaction.atomic():
                write(row, content)
        except ValidationError as error:
            problems.append(error)
            content = _without(error, content)
        else:
            return row, problems
    return None, problems


def _without(error: ValidationError, content: dict) -> dict:
    wrong = set(getattr(error, "error_dict", {})) - {NON_FIELD_ERRORS}
    if not wrong:
        return content | {"rows": {}}
    return content | {"fields": {name: value for name, value in content["fields"].items() if name not in wrong}}
