"""A copy of a text, to begin another from."""

from publishing.revisions.models import Act
from publishing.workflow.actions import ActionRequest, ActionResult, create_record

# What a copy does not take over: it has an address of its own, no dates, and belongs to whoever made it.
NOT_COPIED = {"slug": "", "publish_at": None, "expire_at": None}


def duplicate(record, content: dict, user, form_session: str = "") -> ActionResult:
    """Make a draft that says what `content` says of `record`, with its tags and rows.

    Raises ValidationError, with nothing done, where that cannot be.
    """
    fields = content["fields"] | NOT_COPIED | {"owner": user.pk}
    rows = {name: [{**row, "id": None} for row in rows] for name, rows in content["rows"].items()}
    title = content["fields"].get(record.title_field) or str(record)
    content = {**content, "fields": fields, "rows": rows}
    note = f"Copy of “{title}”"[:200]
    return create_record(
        type(record)(), ActionRequest(Act.SAVE, content, author=user, note=note, form_session=form_session)
    )
