"""The sources of a page as numbered notes, and the citations of them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from catalog.documents.summaries import DOUBTS
from catalog.rules.choices import Confidence
from catalog.rules.partial_dates import PartialDate

STRENGTH = Confidence.values


@dataclass(frozen=True)
class SourceNote:
    """A source with its number on the page, and the most common confidence of its evidence there."""

    number: int
    title: str
    url: str
    publisher: str
    read_on: str
    note: str
    confidence: str
    cited: int = 0
    checked: int = 0
    offers: int = 0

    @property
    def words(self) -> str:
        return "" if self.confidence in DOUBTS else str(Confidence(self.confidence).label)

    @property
    def check(self) -> str:
        """Return how many of the statements for which it is cited we read in it."""
        if self.checked in {0, self.cited}:
            return "We read the cited statements ourselves." if self.checked else "Not checked by us."
        others = f"; {self.offers:,} of the others are prices and terms of providers" * bool(self.offers)
        return f"We read {self.checked:,} of its {self.cited:,} cited statements ourselves{others}."

    @property
    def read(self) -> str:
        """Return the day of reading in words: "24 November 2026"."""
        return str(PartialDate.parse(self.read_on))


@dataclass(frozen=True)
class Citation:
    """Notes cited for a fact; `words` states reservations, and `remark` what the source says instead."""

    notes: list[SourceNote]
    words: str = ""
    remark: str = ""


class SourceNotes(dict[str, SourceNote]):
    """The sources of a page by id. A page has hundreds of citations but few different ones: each is rendered once."""

    def __init__(self, *notes):
        super().__init__(*notes)
        self._written: dict[tuple, str] = {}

    def cited(self, evidence: list[dict], write: Callable[[list[Citation]], str]) -> str:
        """Return the result of `write` for the citations of `evidence`, cached."""
        key = write, *((item["source"], item["confidence"], item["is_checked"], item["note"]) for item in evidence)
        if key not in self._written:
            self._written[key] = write(citations(evidence, self))
        return self._written[key]

    def marked(self, ids: set[str], write: Callable[[list[SourceNote]], str]) -> str:
        """Return the result of `write` for the notes of these sources, cached; each note appears once."""
        key = write, frozenset(ids)
        if key not in self._written:
            self._written[key] = write([note for source, note in self.items() if source in ids])
        return self._written[key]


def numbered(own: list[dict], of_offers: list[dict], sources: dict[str, dict], first: Iterable[str]) -> SourceNotes:
    """Return the sources of a page by id, numbered in order of `first`; `own` is the evidence of the model itself."""
    said, checked = {key: Counter() for key in first}, Counter()
    for item in (*own, *of_offers):
        said.setdefault(item["source"], Counter())[item["confidence"]] += 1
        checked[item["source"]] += item["is_checked"]
    offers = Counter(item["source"] for item in of_offers if not item["is_checked"])
    found = [sources[key] for key in said if key in sources]
    return SourceNotes(
        {
            one["id"]: SourceNote(
                number,
                **{name: one[name] or "" for name in ("title", "url", "publisher", "read_on", "note")},
                confidence=said[one["id"]].most_common(1)[0][0],
                cited=said[one["id"]].total(),
                checked=checked[one["id"]],
                offers=offers[one["id"]],
            )
            for number, one in enumerate(found, start=1)
        }
    )


def citations(evidence: Iterable[dict], notes: dict[str, SourceNote]) -> list[Citation]:
    """Return one citation for all notes without reservations, then one for each note with a reservation or remark."""
    plain, others = [], []
    for item in sorted(evidence, key=lambda item: STRENGTH.index(item["confidence"])):
        if not (note := notes.get(item["source"])):
            continue
        is_said = item["confidence"] in DOUBTS or item["confidence"] != note.confidence
        words = str(Confidence(item["confidence"]).label) if is_said else ""
        if words or item["note"]:
            others.append(Citation([note], words, item["note"]))
        elif note not in plain:
            plain.append(note)
    return [Citation(sorted(plain, key=lambda note: note.number)), *others] if plain else others
