"""Fields that the documents of all apps share."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from publishing.addresses import absolute
from publishing.rendering.texts import Texts


class AbsoluteURLField(serializers.CharField):
    """The address of a record's page, with the name of the site."""

    def __init__(self, **kwargs):
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance):
        return instance.get_absolute_url()

    def to_representation(self, value):
        return absolute(value)


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
    """A body as HTML for readers, with absolute links. The references of one response are looked up at once."""

    def __init__(self, **kwargs):
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value) -> str:
        texts = self.context.setdefault("texts", {})
        if self.source not in texts:
            owner = self.parent
            records = owner.parent.instance if owner.parent else [owner.instance]
            bodies = [getattr(record, self.source) for record in records]
            texts[self.source] = Texts(*bodies, is_absolute=True, owners=records)
        return texts[self.source].html(value)
