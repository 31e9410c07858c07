"""Images: a file with its alt text, credit and focus. Jobs keep the files consistent with the table."""

import logging
from collections import defaultdict
from contextlib import nullcontext
from datetime import timedelta
from pathlib import PurePath
from typing import Any, Self, cast

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.fields.files import ImageFieldFile
from django.forms import Field
from django.tasks import task
from django.utils import timezone
from taggit.managers import TaggableManager

from ops.db.queryset import QuerySet
from ops.http.slugs import slug_for
from publishing.images.renditions import FOLDER as RENDITIONS
from publishing.images.renditions import FORMATS, SHAPES, key_for, render, rendition_name
from publishing.images.svg import is_svg
from publishing.images.svg import size as size_of_svg
from publishing.images.upload import DAMAGE, PictureFormField, prepare

logger = logging.getLogger(__name__)
FOLDER = "images"
GRACE = timedelta(days=1)  # an upload is stored before its row is committed
PERCENT = [MaxValueValidator(100)]
UNDESCRIBED = "Needs alternative text"  # how the alt text of an undescribed image begins


class PictureFile(ImageFieldFile):
    instance: "Image"
    _committed: bool

    def prepare(self) -> None:
        """Clean an assigned file that is not stored yet. Raises ValidationError."""
        if self and not self._committed:
            self.file = _prepared(self.file, self.name)

    def save(self, name: str, content: File, save: bool = True) -> None:
        """Store `content` after cleaning, whether from a form, code or an import. Raises ValidationError."""
        prepared = _prepared(content, name)
        self.instance.content_hash, self.instance.size_bytes = prepared.content_hash, prepared.size
        self.instance.rendered = ""
        super().save(name, prepared, save)

    def _get_image_dimensions(self):
        if is_svg(self.name) and not hasattr(self, "_dimensions_cache"):
            with self.open("rb") if self._committed else nullcontext(self.file) as file:
                file.seek(0)
                self._dimensions_cache = size_of_svg(file.read())
                file.seek(0)
        return super()._get_image_dimensions()  # pyright: ignore[reportAttributeAccessIssue]


def _prepared(content, name):
    if not content.name:
        content.name = name
    return prepare(content)


class PictureField(models.ImageField):
    attr_class = PictureFile

    def formfield(self, **kwargs: Any) -> Field | None:
        return super().formfield(**{"form_class": PictureFormField, "max_length": None, **kwargs})


def content_path(image: "Image", filename: str) -> str:
    """Return a path that changes with the content, so that browsers can cache the file indefinitely."""
    name = PurePath(filename)
    return f"{FOLDER}/{image.content_hash[:16]}-{slug_for(name.stem, 'picture')[:60]}{name.suffix.lower()}"


def says_something(alt: str) -> bool:
    return bool(alt.strip()) and not alt.startswith(UNDESCRIBED)


class ImageQuerySet(QuerySet["Image"]):
    def undescribed(self) -> Self:
        """Return the images that still need an alternative text."""
        return self.filter(is_decorative=False, alt__startswith=UNDESCRIBED)

    def duplicates(self) -> Self:
        """Return the images whose file was uploaded more than once."""
        counts = self.model.objects.order_by().values("content_hash").annotate(count=models.Count("pk"))
        return self.filter(content_hash__in=counts.filter(count__gt=1).values("content_hash"))

    def newest_first(self) -> Self:
        return self.order_by("-uploaded_at", "-pk")


class Image(models.Model):
    file = PictureField(
        "image file",
        upload_to=content_path,
        width_field="width_px",
        height_field="height_px",
        help_text="JPEG, PNG, WebP, GIF or AVIF, up to 15 MB, or a simple SVG.",
    )
    alt = models.CharField(
        "alternative text",
        max_length=300,
        blank=True,
        help_text="What the image shows, in one sentence. Read out by screen readers.",
    )
    is_decorative = models.BooleanField(
        "decorative", default=False, help_text="It adds nothing to the text; screen readers skip it."
    )
    credit = models.CharField(max_length=200, blank=True, help_text="Author and licence.")
    focal_x = models.PositiveSmallIntegerField("focal point from the left, %", default=50, validators=PERCENT)
    focal_y = models.PositiveSmallIntegerField("focal point from the top, %", default=50, validators=PERCENT)
    width_px = models.PositiveIntegerField(editable=False, null=True)
    height_px = models.PositiveIntegerField(editable=False, null=True)
    size_bytes = models.PositiveIntegerField(editable=False, null=True)
    content_hash = models.CharField("SHA-256 of the upload", max_length=64, editable=False, db_index=True)
    rendered = models.CharField(
        max_length=20, blank=True, editable=False, help_text="Under which key its renditions lie; empty while none do."
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    tags = TaggableManager(blank=True, help_text="To find it again in the library. Separated by commas.")

    objects = ImageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_decorative=True) | ~Q(alt=""),
                name="image_has_alt_or_is_decorative",
                violation_error_message="Describe what the image shows, or mark it as decorative.",
            ),
            models.CheckConstraint(condition=Q(focal_x__lte=100, focal_y__lte=100), name="image_focus_is_inside"),
        ]

    def __str__(self):
        return self.alt or PurePath(self.file.name or "").name

    @property
    def is_described(self) -> bool:
        return self.is_decorative or says_something(self.alt)

    @property
    def spoken_alt(self) -> str:
        """Return the `alt` attribute: "" for decorative images."""
        return "" if self.is_decorative else self.alt

    def get_absolute_url(self) -> str:
        return self.file.url

    @property
    def focus(self) -> tuple[int, int]:
        return self.focal_x, self.focal_y

    @property
    def needs_rendering(self) -> bool:
        return not is_svg(self.file.name) and self.rendered != key_for(self.focus)

    def sources(self, shape: str) -> list[dict]:
        """Return the data of each `<source>` (type, srcset as pairs of URL and width), smallest files first."""
        if not self.rendered:
            return []
        sizes = SHAPES[shape].sizes(self.width_px, self.height_px)
        return [
            {
                "type": f"image/{suffix}",
                "srcset": [(self._rendition_url(shape, width, suffix), width) for width, _ in sizes],
            }
            for suffix in FORMATS
        ]

    def shown(self, shape: str) -> dict:
        """Return URL, width and height for the `<img>`: the file itself, or a crop of it."""
        if self.rendered and SHAPES[shape].ratio:
            width, height = SHAPES[shape].sizes(self.width_px, self.height_px)[-1]
            return {"url": self._rendition_url(shape, width, "webp"), "width": width, "height": height}
        return {"url": self.file.url, "width": self.width_px, "height": self.height_px}

    @property
    def thumbnail(self) -> dict:
        """Return URL, width and height of the smallest rendition of the whole image, or of the file without one."""
        if not self.rendered:
            return self.shown("whole")
        width, height = SHAPES["whole"].sizes(self.width_px, self.height_px)[0]
        return {"url": self._rendition_url("whole", width, "webp"), "width": width, "height": height}

    def _rendition_url(self, shape: str, width: int, suffix: str) -> str:
        return self.file.storage.url(rendition_name(self.file.name or "", self.rendered, shape, width, suffix))

    def render(self) -> None:
        """Make the missing renditions."""
        if not self.needs_rendering:
            return
        key = render(self.file, self.file.storage, self.focus)
        # Not save(): an editor may have changed the row in the meantime, even its file.
        Image.objects.filter(pk=self.pk, file=self.file.name).update(rendered=key)
        self.rendered = key

    def save(self, *args: Any, **kwargs: Any) -> None:
        cast(PictureFile, self.file).prepare()  # before a transaction begins, which an invalid file would break
        if (names := kwargs.get("update_fields")) and "file" in names:
            kwargs["update_fields"] = {*names, "content_hash", "size_bytes", "rendered", "width_px", "height_px"}
        super().save(*args, **kwargs)
        if self.needs_rendering:
            # The task is queued in the same transaction, and the worker encodes without blocking requests.
            render_picture.enqueue(self.pk)


@task
def render_picture(pk: int):
    if image := Image.objects.filter(pk=pk).first():
        image.render()


def render_missing() -> None:
    """Make missing renditions, each recorded when done: after bulk loads, or after a worker was killed."""
    for image in Image.objects.order_by("pk").iterator(chunk_size=100):
        if image.needs_rendering:
            try:
                image.render()
            except DAMAGE:  # one lost or broken file must not prevent the renditions of others
                logger.exception("Image %s could not be rendered.", image.pk)


def sweep() -> int:
    """Delete files of deleted or replaced images; return their number."""
    current, stored = defaultdict(set), set()
    for name, key in Image.objects.values_list("file", "rendered"):
        stored.add(name)
        current[PurePath(name).name].add(key)
    count = sum(_delete(name) for name in _files(FOLDER) if name not in stored)
    for name in _files(RENDITIONS):
        _, owner, key, *_ = PurePath(name).parts
        if key not in current.get(owner, ()):
            count += _delete(name)
    return count


def _files(folder: str) -> list[str]:
    """Return the names of all files in a folder of the storage, recursively."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    below = [name for inner in folders for name in _files(f"{folder}/{inner}")]
    return [*(f"{folder}/{name}" for name in files), *below]


def _delete(name: str) -> bool:
    try:
        if default_storage.get_modified_time(name) > timezone.now() - GRACE:
            return False
    except FileNotFoundError:  # another process deleted it
        return False
    default_storage.delete(name)
    return True
