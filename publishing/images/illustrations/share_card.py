"""The generated share image of a record without one chosen by an editor, and its URL."""

import hashlib
import logging

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ops.http.urls import route
from publishing.images.illustrations.card import card
from publishing.images.illustrations.drawing import RECIPE

logger = logging.getLogger(__name__)
FOLDER = "drawn"
END_OF_PNG = b"IEND\xaeB`\x82"


def share_digest(record, site_name: str) -> str:
    """Return a hash of all that the card shows. It is part of the URL, since files are cached for a year."""
    drawing = record.drawing
    shown = "\0".join([str(RECIPE), site_name, *record.card_words(), drawing.motif, drawing.seed])
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def share_url(record, site_name: str) -> str:
    return route("share_image", record._meta.label_lower, record.pk, share_digest(record, site_name))


def share_picture(record, site_name: str) -> bytes:
    """Return the card of a record as PNG: drawn at the first request, then read from the storage.

    A file that another process is writing, or that is incomplete, is drawn again, so that caches never store half an
    image.
    """
    name = f"{FOLDER}/{share_digest(record, site_name)}.png"
    try:
        with default_storage.open(name) as file:
            picture = file.read()
    except OSError:
        picture = b""
    if not picture.endswith(END_OF_PNG):
        title, kind = record.card_words()
        picture = card(title, kind, site_name, record.drawing)
        try:
            default_storage.delete(name)
            # If two processes write at once, the second file gets another name and is deleted later by `sweep`.
            default_storage.save(name, ContentFile(picture))
        except OSError:  # a full disk must not prevent the response
            logger.exception("The picture %s could not be kept.", name)
    return picture
