"""The kinds and countries of known providers, the reference providers of their vendors, and the vendors of families."""

from itertools import chain

from django.db.models import F, Max, Min

from catalog.models import Evidence, Family, Provider, Source, Vendor
from catalog.rules.choices import ProviderKind
from ops.toml_files import toml_beside

KNOWN = toml_beside(__file__, "providers.toml")
OF_VENDORS: dict[str, list[str]] = KNOWN["vendor"]
HEADQUARTERS: dict[str, dict] = {slug: entry for entry in KNOWN["headquarters"] for slug in entry["providers"]}
BY_KIND: dict[str, list[str]] = {ProviderKind.VENDOR: [*chain(*OF_VENDORS.values())], **KNOWN["kinds"]}


def fill_in_after_import() -> None:
    """Set what is empty: kinds, countries and reference providers, and the vendor that all models of a family have."""
    for kind, slugs in BY_KIND.items():
        Provider._base_manager.filter(kind="", slug__in=slugs).update(kind=kind)
    keys = dict(Provider._base_manager.filter(slug__in=chain(*OF_VENDORS.values())).values_list("slug", "pk"))
    for vendor in Vendor._base_manager.filter(reference_provider=None, slug__in=OF_VENDORS).only("slug"):
        if provider_keys := [keys[slug] for slug in OF_VENDORS[vendor.slug] if slug in keys]:
            Vendor._base_manager.filter(pk=vendor.pk).update(reference_provider=provider_keys[0])
    # Where evidence says that the country is unknown, it stays so.
    lacking = Provider._base_manager.filter(country="", slug__in=HEADQUARTERS).exclude(evidence__fact="country")
    for provider in lacking.only("slug"):
        headquarters = HEADQUARTERS[provider.slug]
        about = {"title": headquarters["title"], "url": headquarters["url"], "read_on": KNOWN["read_on"]}
        source, _ = Source.objects.get_or_create(**about, defaults={"note": "Read in a stored copy."})
        trust = {"confidence": headquarters["confidence"], "is_checked": True}
        Evidence.objects.create(provider=provider, source=source, fact="country", **trust)
        Provider._base_manager.filter(pk=provider.pk).update(country=headquarters["country"])
    for vendor in Vendor._base_manager.filter(country="", slug__in=OF_VENDORS).only("slug"):  # the same company
        if headquarters := HEADQUARTERS.get(OF_VENDORS[vendor.slug][0]):
            Vendor._base_manager.filter(pk=vendor.pk).update(country=headquarters["country"])
    first, last = Min("models__vendor_links__tag"), Max("models__vendor_links__tag")
    unnamed = Family._base_manager.filter(vendor=None).annotate(first=first, last=last)
    for key, vendor in unnamed.filter(first=F("last")).values_list("pk", "first"):
        Family._base_manager.filter(pk=key).update(vendor=vendor)
