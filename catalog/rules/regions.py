"""Regions of providers, by the country of their headquarters."""

EEA = """Austria Belgium Bulgaria Croatia Cyprus Czechia Denmark Estonia Finland France Germany Greece Hungary Iceland
Ireland Italy Latvia Liechtenstein Lithuania Luxembourg Malta Netherlands Norway Poland Portugal Romania Slovakia
Slovenia Spain Sweden"""
ELSEWHERE = "elsewhere"
# No name begins with another one.
REGIONS = {
    "eea": ("EU and EEA", EEA.split()),
    "uk_ch": ("United Kingdom, Switzerland", ["United Kingdom", "Switzerland"]),
    "us": ("United States", ["United States"]),
    "china": ("China", ["China"]),
    ELSEWHERE: ("Other countries", []),
    "unknown": ("Unknown", [""]),
}
REGION_OF = {country: region for region, (_, countries) in REGIONS.items() for country in countries}


def region_of(country: str | None) -> str:
    """Return the region of a country by its English name."""
    return REGION_OF.get(country or "", ELSEWHERE)
