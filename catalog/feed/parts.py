"""The parts of documents: events, prices, evidence and the like, fetched for many records at once."""

from datetime import date
from decimal import Decimal

from catalog.feed.declaration import EVENT
from catalog.feed.rows import grouped_by, references, rows_by
from catalog.models import AIModel, Evidence, LifecycleEvent, Price, Source
from catalog.rules.facts import Fact, FactKind

# Above it not every reader of JSON tells whole numbers apart (RFC 7493, section 2.2), and no true count is as large.
LARGEST = 2**53 - 1


def known(text: str) -> str | None:
    """Text that is stored empty where it is unknown."""
    return text or None


def whole(number: int | None) -> int | None:
    return number if number is not None and -LARGEST <= number <= LARGEST else None


def decimal(value: Decimal | None) -> str | None:
    """The shortest text of the same value, the same from every database."""
    return None if value is None else f"{value.normalize():f}"


def words(value) -> list[str] | None:
    """A list of names, as a JSON column holds it; None for anything else, and for what UTF-8 cannot write."""
    if not isinstance(value, list) or not all(isinstance(name, str) and is_writable(name) for name in value):
        return None
    return value


def day(value: date | None) -> str | None:
    return value and value.isoformat()


def fact_value(fact: Fact, row: dict):
    """Return the value of a fact as documents have it; null for unknown."""
    value = row[fact.name]
    if fact.is_text:
        return known(value)
    if fact.kind is FactKind.COUNT:
        return whole(value)
    return words(value) if fact.kind is FactKind.RECORDS else value


def is_writable(text: str) -> bool:
    """Whether it has no lone surrogates, which a JSON column of SQLite can hold."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def picked(row: dict, *names: str) -> dict:
    return {name: row[name] for name in names}


class EvidenceOf:
    """The evidence of many rows of one kind: `subject` names the column that leads from evidence to them."""

    def __init__(self, subject: str, keys):
        self.rows = grouped_by(Evidence, f"{subject}_id", keys)
        sources = {row["source_id"] for rows in self.rows.values() for row in rows}
        self.sources = {row["id"]: row for row in rows_by(Source, "id", sources)}

    def of(self, key: int) -> list[dict]:
        return [self._document(row) for row in sorted(self.rows.get(key, ()), key=self._order)]

    def _order(self, row) -> tuple:
        source = self.sources[row["source_id"]]
        return row["fact"], source["title"], source["url"], source["read_on"], row["id"]

    def _document(self, row) -> dict:
        source = self.sources[row["source_id"]]
        return {
            "fact": known(row["fact"]),
            "confidence": row["confidence"],
            "is_checked": row["is_checked"],
            "note": row["note"],
            "source": {
                "title": source["title"],
                "url": known(source["url"]),
                "publisher": source["publisher"],
                "read_on": day(source["read_on"]),
                "note": source["note"],
            },
        }


class EventsOf:
    """The events of many models or offerings; `replacements` are the public models that they may name, by key."""

    def __init__(self, owner: str, keys):
        self.rows = grouped_by(LifecycleEvent, f"{owner}_id", keys)
        rows = [row for rows in self.rows.values() for row in rows]
        self.evidence = EvidenceOf("event", (row["id"] for row in rows))
        self.replacements = references(AIModel, (row["replaced_by_id"] for row in rows))

    def of(self, key: int) -> list[dict]:
        rows = sorted(
            self.rows.get(key, ()), key=lambda row: (*(str(row[name]) for name in ("date", *EVENT)), row["id"])
        )
        return [
            {
                **picked(row, "kind", "date", "bound", "note"),
                "replaced_by": self.replacements.get(row["replaced_by_id"]),
                "replacement_name": known(row["replacement_name"]),
                "evidence": self.evidence.of(row["id"]),
            }
            for row in rows
        ]


class PricesOf:
    """The prices of many offerings."""

    def __init__(self, keys):
        self.rows = grouped_by(Price, "offering_id", keys)
        self.evidence = EvidenceOf("price", (row["id"] for rows in self.rows.values() for row in rows))

    def of(self, key: int) -> list[dict]:
        return [
            {
                **picked(row, "meter", "currency", "unit", "is_withdrawn"),
                "amount": decimal(row["amount"]),
                "per_quantity": whole(row["per_quantity"]),
                "above_tokens": whole(row["above_tokens"]),
                "service_level": known(row["service_level"]),
                "conditions": known(row["conditions"]),
                "valid_from": known(row["valid_from"]),
                "evidence": self.evidence.of(row["id"]),
            }
            # What no two prices of an offering have in common.
            for row in sorted(
                self.rows.get(key, ()),
                key=lambda row: (
                    *(row["meter"], row["above_tokens"], row["service_level"], row["conditions"], row["valid_from"]),
                ),
            )
        ]
