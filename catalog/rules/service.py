"""Who says that a model is in service at a provider."""

from catalog.rules.grouping import grouped


def evidence_of_status(offering: dict) -> list[dict]:
    """Return the evidence for the status of an offering: of its events, or else of what the provider's list says."""
    of_events = [item for event in offering["events"] for item in event["evidence"]]
    of_record = grouped((item["fact"], item) for item in offering["evidence"])
    return of_events or of_record.get("listing") or of_record.get(None, [])
