from django.db.models import Exists, F, OuterRef, Prefetch
from django.db.models.functions import Lower

from catalog.models.family import Family
from catalog.models.tags import Modality, ModelInputModality, ModelOutputModality, ModelVendor, Vendor
from catalog.rules.choices import Existence
from publishing.models import PublishableQuerySet

# Those of unknown release, "", stand last; then the name decides, then the key.
LATEST_FIRST = (F("released_on").desc(), Lower("name"), F("name"), F("id"))


class AIModelQuerySet(PublishableQuerySet):
    def listed(self):
        """What lists show: published, and known to exist. A name without a source is listed only when asked for."""
        return self.published().exclude(existence=Existence.UNVERIFIED)

    def unverified(self):
        return self.filter(existence=Existence.UNVERIFIED)

    def latest_release_first(self):
        return self.order_by(*LATEST_FIRST)

    def for_readers(self):
        """With what `public_family`, `public_vendors` and their like need: only what is public. Three queries more."""
        return (
            self.select_related("family", "replaced_by")
            .annotate(
                has_public_family=_is_published(Family.objects, "family_id"),
                has_public_replacement=_is_published(self.model.objects, "replaced_by_id"),
            )
            .with_public_links()
        )

    def for_page(self):
        return self.select_related("reviewed_by")

    def with_public_links(self):
        """With what `public_vendors`, `public_inputs` and `public_outputs` need. Three queries more."""
        return self.prefetch_related(
            _public_links("vendor_links", ModelVendor, Vendor),
            _public_links("input_links", ModelInputModality, Modality),
            _public_links("output_links", ModelOutputModality, Modality),
        )

    def for_search(self):
        return self.prefetch_related("aliases", _public_links("vendor_links", ModelVendor, Vendor))

    def with_events(self):
        """With the lab's events, for `status_on`. One query more."""
        return self.prefetch_related("events")


def _is_published(manager, outer: str) -> Exists:
    return Exists(manager.published().filter(pk=OuterRef(outer)))


def _public_links(relation: str, through, tag) -> Prefetch:
    """Through rows rather than tags, since taggit's own prefetch refuses a queryset of ours."""
    rows = through.objects.filter(tag__in=tag.objects.published()).select_related("tag").order_by("tag__name", "pk")
    return Prefetch(relation, rows, to_attr=f"public_{relation}")
