"""What is known of the texts of records, kept in step with them."""

from publishing.models.name_mention import NameMention
from publishing.models.reference import Reference


def note_texts(records):
    """Note what the texts of `records` (of one model) refer to and name. In the transaction that writes them."""
    Reference.objects.sync(records)
    NameMention.objects.sync(records)
