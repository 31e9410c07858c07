"""Records with drafts over the live page and a full history."""

from typing import cast

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models

from publishing.content.publishable import Publishable


class Revised(models.Model):
    """The base of records with revisions. Subclasses name the rows that are saved in a revision with them."""

    # Reverse relations whose rows editors write in the form of this record, such as its authors in order.
    revised_rows: tuple[str, ...] = ()

    revisions = GenericRelation(
        "publishing.Revision", content_type_field="record_type", object_id_field="record_id", related_name="+"
    )
    share_links = GenericRelation(
        "publishing.ShareLink", content_type_field="record_type", object_id_field="record_id", related_name="+"
    )
    claims = GenericRelation(
        "publishing.Claim", content_type_field="source_type", object_id_field="source_id", related_name="+"
    )
    comments = GenericRelation(
        "publishing.Comment", content_type_field="record_type", object_id_field="record_id", related_name="+"
    )

    is_approved = False  # set by with_reviews(): whether an editor approved the latest version

    class Meta:
        abstract = True

    @property
    def status(self) -> str:
        status = super().status  # pyright: ignore[reportAttributeAccessIssue] of Publishable
        return "Approved" if self.is_approved and status == "In review" else status

    @property
    def full_status(self) -> str:
        """Return the status; for a record fetched by `with_reviews()`, including unpublished changes."""
        record = cast(Publishable, self)  # as each of them is
        parts = [record.status]
        if getattr(self, "update_at", None):
            parts.append("update scheduled")
        draft_state = getattr(self, "draft_state", None)
        if draft_state and record.state != "published":
            parts.append("with autosaved changes")  # that could not be applied to the row
        elif draft_state:
            in_review = "changes approved" if self.is_approved else "changes in review"
            parts.append(in_review if draft_state == "in_review" else "with unpublished changes")
        return ", ".join(parts)
