"""Partners and their keys for tests."""

from itertools import count

from publishing.api.partner import Partner, PartnerKey

numbers = count(1)


def partner(**fields) -> Partner:
    values = {"organisation": f"Partner {next(numbers)}", "contact_email": "data@example.com"}
    return Partner.objects.create(**{**values, **fields})


def issued(**fields) -> tuple[PartnerKey, str]:
    """Create a key; return it with its secret text."""
    return PartnerKey.objects.create_key(**{"partner": fields.get("partner") or partner(), "name": "Mirror", **fields})


def sent(text: str) -> dict:
    """Return the header with a key, for the test client."""
    return {"Authorization": f"Bearer {text}"}
