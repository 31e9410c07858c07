"""Store images embedded in a text as Images, like uploads."""

import base64
import binascii
import hashlib
import re

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from publishing.images.models import UNDESCRIBED, Image
from publishing.importing.report import Report
from publishing.site.menus import own_path

EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/jpg": "jpg", "image/gif": "gif", "image/webp": "webp"}
EXTENSIONS |= {"image/avif": "avif"}
MOST = 50
_DATA = re.compile(r"data:(image/[a-z+.-]+)(?:;[\w=.-]+)*;base64,", re.IGNORECASE)
_LONGEST = 2_000  # characters of an alt text that are read
# Additions of word processors to the alt texts that they generate.
_BY_ITSELF = re.compile(
    r"(?<!\s)\s*(?:Description automatically generated.*|AI-generated content may be incorrect\.?.*)\Z", re.DOTALL
)
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|webp|avif|emf|wmf|svg|bmp|tiff?)\Z", re.IGNORECASE)


class Pictures:
    """The images of one text, which `source` names in the alt text of an image that has none.

    A call with src and alt of an `<img>` stores it and returns both for the body; None, with a report, if it cannot.
    """

    def __init__(self, user, report: Report, source: str):
        self.user = user
        self.report = report
        self.source = source
        self.count = 0
        self.stored: list[Image] = []

    def __call__(self, src: str, alt: str) -> tuple[str, str] | None:
        alt = " ".join(_BY_ITSELF.sub("", " ".join(alt.split())[:_LONGEST]).split())[:300]
        alt = "" if _FILE_NAME.match(alt) else alt
        if src.startswith(f"ref:{Image._meta.label_lower}/"):
            return src, alt
        data = _DATA.match(src)
        if data is None:
            return self._of_this_site(src, alt)
        if not self.user.has_perm("publishing.add_image"):
            return self._without("picture_right")
        self.count += 1
        if self.count > MOST:
            return self._without("picture_many")
        try:
            content = base64.b64decode(src[data.end() :], validate=False)
            image = self._stored(content, EXTENSIONS.get(data[1].lower(), ""), alt)
        except (binascii.Error, ValueError, ValidationError):
            return self._without("picture_refused")
        return f"ref:{Image._meta.label_lower}/{image.pk}", alt or image.spoken_alt

    def _stored(self, content: bytes, extension: str, alt: str) -> Image:
        stored_image = Image.objects.filter(content_hash=hashlib.sha256(content).hexdigest()).order_by("pk").first()
        if stored_image is not None:
            return stored_image
        file = SimpleUploadedFile(f"{self.source}.{extension}", content)
        image = Image(file=file, alt=alt or f"{UNDESCRIBED}: image {self.count} of {self.source}"[:300])
        image.save()
        self.stored.append(image)
        if not alt:
            self.report.say("alt")
        return image

    def _of_this_site(self, src: str, alt: str) -> tuple[str, str] | None:
        """Return the src and alt for an image that is already stored on this site."""
        path = own_path(src)
        image = Image.objects.filter(file=path.partition("/media/")[2]).first() if "/media/" in path else None
        if image is None:
            return self._without("picture")
        return f"ref:{Image._meta.label_lower}/{image.pk}", alt or image.spoken_alt

    def _without(self, reason: str) -> None:
        self.report.say(reason)
