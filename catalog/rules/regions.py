"""Regions of providers, by the country of their headquarters."""

EEA = """Austria Belgium Bulgaria Croatia Cyprus Czechia Denmark Estonia Finland France Germany Greece Hungary Iceland
Ireland Italy Latvia Liechtenstein Lithuania Luxembourg Malta Netherlands Norway Poland Portugal Romania Slovakia
Slovenia Spain Sweden"""
# No name begins with another one.
COUNTRIES = {
    "eea": EEA.split(),
    "uk_ch": ["United Kingdom", "Switzerland"],
    "us": ["United States"],
    "china": ["China"],
    "unknown": [""],
}
ELSEWHERE = "elsewhere"
REGIONS = {
    "eea": "EU and EEA",
    "uk_ch": "United Kingdom, Switzerland",
    "us": "United States",
    "china": "China",
    ELSEWHERE: "Other countries",
    "unknown": "Unknown",
}
REGION_OF = {country: region for region, countries in COUNTRIES.items() for country in countries}


def region_of(country: str | None) -> str:
    """Return the region of a country by its English name."""
    return REGION_OF.get(country or "", ELSEWHERE)
