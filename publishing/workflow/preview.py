"""The page of a record as readers would see it if what was written were published."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from publishing.content.follow_up import prepare_texts
from publishing.content.internal_request import page_at
from publishing.content.publishable import State
from publishing.revisions.snapshot import current, read, same, write
from publishing.workflow.actions import locked


def page_of(record, content: dict | None, site):
    """Return the page, as a response, of a record (stored or not) that says `content`; None where there can be none.
    Without `content` it is that of the record as it is.

    What cannot be shown is left out and returned as the second: a list of ValidationErrors. `site` (SiteSettings) is
    that of the page. Nothing is kept: the record is written and rolled back, so that lists, links and pictures on the
    page follow as they would.
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
    """The row as it would be stored, without what cannot be; None where even then it could not. And what is wrong."""
    problems = []
    for _ in range(2):
        row = locked(record) if record.pk else type(record)()
        row.state = State.DRAFT  # of which nothing is demanded
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
