from django.db.models import F, Prefetch
from django.db.models.functions import Lower

from catalog.models.tags import ModelVendor, Vendor
from catalog.rules.choices import Existence
from publishing.content.publishable import PublishableQuerySet

# Unknown release dates, "", come last. Ties are sorted by name, then by key.
LATEST_FIRST = (F("released_on").desc(), Lower("name"), F("name"), F("id"))


class AIModelQuerySet(PublishableQuerySet):
    def listed(self):
        """Return the models of the public lists. Unverified models are shown only on request."""
        return self.published().exclude(existence=Existence.UNVERIFIED)

    def unverified(self):
        return self.filter(existence=Existence.UNVERIFIED)

    def latest_release_first(self):
        return self.order_by(*LATEST_FIRST)

    def for_search(self):
        return self.prefetch_related("aliases", _public_links("vendor_links", ModelVendor, Vendor))


def _public_links(relation: str, through, tag) -> Prefetch:
    """Prefetch through rows rather than tags, because taggit's own prefetch does not accept a custom queryset."""
    rows = through.objects.filter(tag__in=tag.objects.published()).select_related("tag").order_by("tag__name", "pk")
    return Prefetch(relation, rows, to_attr=f"public_{relation}")
