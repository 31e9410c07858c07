"""Pictures: a file with what must be said of it."""

from pathlib import PurePath

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from publishing.pictures import PictureFormField, inspect
from publishing.slugs import slug_for


class PictureField(models.ImageField):
    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PictureFormField, "max_length": None, **kwargs})


def content_path(image: "Image", filename: str) -> str:
    """A path that changes with the content, so that browsers may keep the file for ever."""
    name = PurePath(filename)
    return f"images/{image.content_hash[:16]}-{slug_for(name.stem, 'picture')[:60]}{name.suffix.lower()}"


class ImageQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-uploaded_at", "-pk")


class Image(models.Model):
    file = PictureField(
        "picture file",
        upload_to=content_path,
        width_field="width_px",
        height_field="height_px",
        help_text="JPEG, PNG, WebP, GIF or AVIF, up to 15 MB.",
    )
    alt = models.CharField(
        "text in place of the picture",
        max_length=300,
        blank=True,
        help_text="What the picture shows, for those who do not see it. One sentence.",
    )
    is_decorative = models.BooleanField(
        "only decoration",
        default=False,
        help_text="It says nothing that the text does not: it is passed over in reading.",
    )
    credit = models.CharField(max_length=200, blank=True, help_text="Who made it, under which licence.")
    focal_x = models.PositiveSmallIntegerField(
        "focus from the left, %", default=50, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    focal_y = models.PositiveSmallIntegerField(
        "focus from the top, %", default=50, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    width_px = models.PositiveIntegerField(editable=False, null=True)
    height_px = models.PositiveIntegerField(editable=False, null=True)
    content_hash = models.CharField("SHA-256", max_length=64, editable=False, db_index=True)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_decorative=True) | ~Q(alt=""),
                name="image_has_alt_or_is_decorative",
                violation_error_message="Say what the picture shows, or mark it as decoration.",
            ),
            models.CheckConstraint(condition=Q(focal_x__lte=100, focal_y__lte=100), name="image_focus_is_inside"),
        ]

    def __str__(self):
        return self.alt or PurePath(self.file.name).name

    @property
    def spoken_alt(self) -> str:
        """What stands in the `alt` attribute: empty for decoration."""
        return "" if self.is_decorative else self.alt

    def get_absolute_url(self):
        return self.file.url

    @property
    def admin_file_url(self) -> str:
        return reverse("admin:publishing_image_file", args=[self.pk])

    def save(self, *args, **kwargs):
        if self.file and not self.file._committed:
            picture = getattr(self.file.file, "picture", None) or inspect(self.file)
            self.content_hash = picture.sha256
        super().save(*args, **kwargs)
