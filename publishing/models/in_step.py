"""What is known of the texts of records, kept in step with them."""

from publishing.models.claim import Claim, claiming_fields
from publishing.models.name_mention import NameMention
from publishing.models.reference import Reference
from publishing.richtext import rich_text_fields


def note_texts(records):
    """Note what the texts of `records` (of one model) refer to, claim and name. In the transaction that writes them."""
    Reference.objects.sync(records)
    Claim.objects.sync(records)
    NameMention.objects.sync(records)


def noted_fields(model) -> frozenset[str]:
    """Names of the fields of `model` from which that follows: its texts, what it is, and whether readers see it."""
    return rich_text_fields(model) | claiming_fields(model) | {"state", *model.address_fields}
