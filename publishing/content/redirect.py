"""Redirects of moved and retired URLs."""

import logging

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models
from django.db.models import F, Q
from django.utils import timezone

from publishing.content.follow_up import SavedRecords, after_write
from publishing.content.miss import Miss

logger = logging.getLogger(__name__)
MAX_HOPS = 10


class RedirectManager(models.Manager):
    def redirect(self, path: str, to: models.Model) -> None:
        """Redirect `path` to the record `to`, wherever it moves later."""
        self.update_or_create(
            path=path,
            defaults={
                "target_type": ContentType.objects.get_for_model(to),
                "target_id": to.pk,
                "new_path": "",
                "is_gone": False,
            },
        )

    def count_hit(self, path: str) -> None:
        """Count a use of the redirect. A database that cannot write now must not fail the request."""
        try:
            self.filter(path=path).update(hits=F("hits") + 1, last_hit_at=timezone.now())
        except DatabaseError:
            logger.warning("A hit on a redirect could not be counted.", exc_info=True)

    def answer(self, path: str) -> "Redirect | None":
        """Return the redirect at the end of the chain that begins at `path`; None if it leads nowhere or in a loop."""
        row = self.filter(path=path).first()
        for _ in range(MAX_HOPS):
            following = self.filter(path=row.new_path).first() if row and row.new_path else None
            if following is None:
                break
            row = following
        else:
            return None
        return row if row and (row.is_gone or row.destination not in {None, path}) else None


class Redirect(models.Model):
    """A URL without a page: its new URL, or the fact that it is gone for good."""

    path = models.CharField(
        "old address", max_length=500, unique=True, help_text="Start with a slash, for example /articles/old/."
    )
    target_type = models.ForeignKey(
        ContentType, models.CASCADE, null=True, blank=True, related_name="+", editable=False
    )
    target_id = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    target = GenericForeignKey("target_type", "target_id")
    new_path = models.CharField(
        "new address",
        max_length=500,
        blank=True,
        help_text="Start with a slash. Leave empty if the redirect follows a record.",
    )
    is_gone = models.BooleanField("gone for good", default=False, help_text="The page was removed on purpose.")
    hits = models.PositiveIntegerField(default=0, editable=False)
    last_hit_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RedirectManager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_gone=True, target_id=None, new_path="")
                | Q(is_gone=False, target_id__isnull=False, new_path="")
                | Q(is_gone=False, target_id=None) & ~Q(new_path=""),
                name="redirect_has_one_answer",
            )
        ]

    def __str__(self):
        return self.path

    def save(self, *args, **kwargs) -> None:
        super().save(*args, **kwargs)
        Miss.objects.forget_addresses(self.path)

    @property
    def destination(self) -> str | None:
        """Return the URL it leads to now; None while its record is not public."""
        if self.target_id is None:
            return self.new_path or None
        record = self.target_type.model_class().objects.published().filter(pk=self.target_id).first()
        return record and record.get_absolute_url()

    def clean(self) -> None:
        super().clean()
        for name in ("path", "new_path"):
            value = getattr(self, name)
            if value and (not value.startswith("/") or value.startswith(("//", "/\\"))):
                raise ValidationError({name: "Start with one slash, without the domain."})
            if not all(map(str.isprintable, value)):
                # URL parsers drop tabs and line breaks, so the rest could become a different URL.
                raise ValidationError(
                    {name: "The address contains an invalid character, such as a tab or a line break."}
                )
        if "?" in self.path or "#" in self.path:
            raise ValidationError({"path": "Remove everything after a question mark or a hash."})
        if bool(self.new_path) + self.is_gone + (self.target_id is not None) != 1:
            raise ValidationError("Enter a new address or tick “gone for good”, but not both.")
        seen, path = {self.path}, self.new_path
        while path:
            if path in seen:
                raise ValidationError({"new_path": "This leads back to the old address. Choose another page."})
            seen.add(path)
            path = next(iter(type(self).objects.filter(path=path).values_list("new_path", flat=True)), "")


@after_write.register
def redirect_old_urls(written: SavedRecords):
    """Redirect old URLs that readers may know to the records, and delete redirects of the present URLs."""
    if not written.touches({"state", "deleted_at", *written.model.address_fields}):
        return
    for record in written.records:
        old = written.old_addresses.get(record.pk)
        if old and old != record.get_absolute_url() and record.first_published_at:
            Redirect.objects.redirect(old, to=record)
    records = [record for record in written.records if record.state == "published" and record.deleted_at is None]
    public = [record.get_absolute_url() for record in records]
    if public:
        Redirect.objects.filter(path__in=public).delete()
        Miss.objects.forget_addresses(*public)
