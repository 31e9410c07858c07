from django.db.models import F, Prefetch
from django.db.models.functions import Lower

from catalog.models.tags import ModelVendor, Vendor
from catalog.rules.choices import Existence
from publishing.content.publishable import PublishableQuerySet

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

    def for_search(self):
        return self.prefetch_related("aliases", _public_links("vendor_links", ModelVendor, Vendor))


def _public_links(relation: str, through, tag) -> Prefetch:
    """Through rows rather than tags, since taggit's own prefetch refuses a queryset of ours."""
    rows = through.objects.filter(tag__in=tag.objects.published()).select_related("tag").order_by("tag__name", "pk")
    return Prefetch(relation, rows, to_attr=f"public_{relation}")
