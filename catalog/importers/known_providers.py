"""The kinds and countries of known providers, and the reference providers of their vendors."""

import tomllib
from itertools import chain
from pathlib import Path

from catalog.models import Evidence, Provider, Source, Vendor
from catalog.rules.choices import ProviderKind

KNOWN = tomllib.loads(Path(__file__).with_name("providers.toml").read_text("utf-8"))
OF_VENDORS: dict[str, list[str]] = KNOWN["vendor"]
HEADQUARTERS: dict[str, dict] = {slug: entry for entry in KNOWN["headquarters"] for slug in entry["providers"]}
BY_KIND: dict[str, list[str]] = {ProviderKind.VENDOR: [*chain(*OF_VENDORS.values())], **KNOWN["kinds"]}


def fill_in_known_providers() -> None:
    """Set kinds, countries and reference providers where they are empty: after imports, which may add providers."""
    for kind, slugs in BY_KIND.items():
        Provider._base_manager.filter(kind="", slug__in=slugs).update(kind=kind)
    keys = dict(Provider._base_manager.filter(slug__in=chain(*OF_VENDORS.values())).values_list("slug", "pk"))
    for vendor in Vendor._base_manager.filter(reference_provider=None, slug__in=OF_VENDORS).only("slug"):
        if known := [keys[slug] for slug in OF_VENDORS[vendor.slug] if slug in keys]:
            Vendor._base_manager.filter(pk=vendor.pk).update(reference_provider=known[0])
    # Where evidence says that the country is unknown, it stays so.
    lacking = Provider._base_manager.filter(country="", slug__in=HEADQUARTERS).exclude(evidence__fact="country")
    for provider in lacking.only("slug"):
        found = HEADQUARTERS[provider.slug]
        about = {"title": found["title"], "url": found["url"], "read_on": KNOWN["read_on"]}
        source, _ = Source.objects.get_or_create(**about, defaults={"note": "Read in a stored copy."})
        said = {"confidence": found["confidence"], "is_checked": True}
        Evidence.objects.create(provider=provider, source=source, fact="country", **said)
        Provider._base_manager.filter(pk=provider.pk).update(country=found["country"])
