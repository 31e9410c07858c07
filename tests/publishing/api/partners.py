"""Partners and their keys for tests."""

from itertools import count

from publishing.api.partner import Partner, PartnerKey

numbers = count(1)


def partner(**fields) -> Partner:
    values = {"organisation": f"Partner {next(numbers)}", "contact_email": "data@example.com"}
    return Partner.objects.create(**{**values, **fields})


def issued(**fields) -> tuple[PartnerKey, str]:
    """A key, and the words that open."""
    return PartnerKey.objects.create_key(**{"partner": fields.get("partner") or partner(), "name": "Mirror", **fields})


def sent(text: str) -> dict:
    """The header that brings a key, as the test client takes it."""
    return {"Authorization": f"Bearer {text}"}
