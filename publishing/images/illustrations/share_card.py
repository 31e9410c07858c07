"""Which picture a record is shared with where no editor chose one, and under which address."""

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
    """A hash of all that the card shows: the address changes with it, as for every file that is kept for a year."""
    drawing = record.drawing
    shown = "\0".join([str(RECIPE), site_name, *record.card_words(), drawing.motif, drawing.seed])
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def share_url(record, site_name: str) -> str:
    return route("share_image", record._meta.label_lower, record.pk, share_digest(record, site_name))


def share_picture(record, site_name: str) -> bytes:
    """Return the card of a record as PNG: drawn when it is first asked for, then kept in the storage.

    What another process is just writing, or could not write to its end, is drawn again; so no half of a picture is
    ever sent, to be kept by everybody for a year.
    """
    name = f"{FOLDER}/{share_digest(record, site_name)}.png"
    try:
        with default_storage.open(name) as file:
            picture = file.read()
    except OSError:
        picture = b""
    if not picture.endswith(END_OF_PNG):
        picture = card(*record.card_words(), site_name, record.drawing)
        try:
            default_storage.delete(name)
            # Of two at once, what the second saves under another name is swept away later.
            default_storage.save(name, ContentFile(picture))
        except OSError:  # a full disk keeps nobody from the picture
            logger.exception("The picture %s could not be kept.", name)
    return picture
