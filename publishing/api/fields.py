"""Fields that the documents of all apps share, as they are described; views write them (`documents`)."""

from datetime import UTC, datetime

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


class AbsoluteURLField(serializers.CharField):
    """The address of a record's page, with the name of the site."""

    def __init__(self, **kwargs):
        super().__init__(read_only=True, **kwargs)


class IdField(serializers.CharField):
    """The key that a record keeps for good, as text: the same as in the feed."""

    def __init__(self, **kwargs):
        super().__init__(
            source="pk", read_only=True, help_text="Stays the same, whatever happens to the slug.", **kwargs
        )


class ContentChangedField(serializers.DateTimeField):
    """The moment that `fetch_content_changed_at` fetches."""

    def __init__(self, **kwargs):
        words = "When the text was edited, or something that it says of other records changed."
        super().__init__(read_only=True, help_text=words, **kwargs)


@extend_schema_field({"type": "string"})
class RichHTMLField(serializers.Field):
    """A body as HTML for readers, with absolute links."""

    def __init__(self, **kwargs):
        super().__init__(read_only=True, **kwargs)
