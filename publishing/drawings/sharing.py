"""Which picture a record is shared with where no editor chose one, and under which address."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from publishing.drawings.card import card
from publishing.drawings.drawing import RECIPE

FOLDER = "drawn"


def share_digest(record, site_name: str) -> str:
    """A hash of all that the card shows: the address changes with it, as for every file that is kept for a year."""
    drawing = record.drawing
    shown = "\0".join([str(RECIPE), site_name, *record.card_words(), drawing.motif, drawing.seed])
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def share_url(record, site_name: str) -> str:
    return reverse("share_image", args=[record._meta.label_lower, record.pk, share_digest(record, site_name)])


def share_file(record, site_name: str):
    """Return the card of a record as an open file: drawn when it is first asked for, then kept in the storage."""
    name = f"{FOLDER}/{share_digest(record, site_name)}.png"
    if not default_storage.exists(name):
        # Two at once draw the same: what the second saves under another name is swept away later.
        default_storage.save(name, ContentFile(card(*record.card_words(), site_name, record.drawing)))
    return default_storage.open(name)
