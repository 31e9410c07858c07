"""Duplicate a text as the start of another."""

from publishing.revisions.models import Act
from publishing.workflow.actions import ActionRequest, ActionResult, create_record

# Fields that are not copied: the copy gets its own address, has no dates, and belongs to the user who made it.
NOT_COPIED = {"slug": "", "publish_at": None, "expire_at": None}


def duplicate(record, content: dict, user, form_session: str = "") -> ActionResult:
    """Create a draft from `content`, a version of `record`, including its tags and rows.

    Raises ValidationError, without changes, if it is invalid.
    """
    fields = content["fields"] | NOT_COPIED | {"owner": user.pk}
    rows = {name: [{**row, "id": None} for row in rows] for name, rows in content["rows"].items()}
    title = content["fields"].get(record.title_field) or str(record)
    content = {**content, "fields": fields, "rows": rows}
    note = f"Copy of “{title}”"[:200]
    return create_record(
        type(record)(), ActionRequest(Act.SAVE, content, author=user, note=note, form_session=form_session)
    )
