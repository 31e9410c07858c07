"""The sources of a page as numbered notes, the citations of them, and who says what the page states."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from catalog.rules.choices import Confidence, Level
from catalog.rules.levels import DOUBTS, Provenance, provenance_of_source
from catalog.rules.partial_dates import PartialDate

STRENGTH = Confidence.values
MARKS = re.compile(r" \([✓○]\)")
COPY = re.compile(r"\bcop(y|ies)\b", re.IGNORECASE)  # in the note of a source that was read in one


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
    read: int = 0
    checked: int = 0
    checked_on: date | None = None

    @property
    def label(self) -> str:
        return "" if self.confidence in DOUBTS else str(Confidence(self.confidence).label)

    @property
    def how(self) -> str:
        """Return the words before its day: how it was read."""
        if self.read < self.cited:
            return "as of" if self.confidence in DOUBTS else "from a list, as of"
        return "copy read on" if COPY.search(self.note) else "read at its source on"

    def checks(self, firm: str) -> str:
        """Return which of the cited statements were read there or checked by the firm; "" if all were read."""
        sentences = []
        if self.checked_on:
            number = "all" if self.checked == self.cited else f"{self.checked:,} of"
            what = f"{number} its {self.cited:,} cited statements" if self.cited > 1 else "the cited statement"
            sentences.append(f"{firm} checked {what} there, last on {PartialDate.parse(str(self.checked_on))}.")
        if self.checked < self.read < self.cited:
            sentences.append(f"{self.read:,} of its {self.cited:,} cited statements were read there.")
        return " ".join(sentences)

    @property
    def day(self) -> str:
        """Return its day in words: "24 November 2026"."""
        return str(PartialDate.parse(self.read_on))


@dataclass(frozen=True)
class Citation:
    """Notes cited for a fact; `reservation` states reservations, and `remark` what the source says instead."""

    notes: list[SourceNote]
    reservation: str = ""
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


def numbered(
    own_evidence: list[dict], of_offers: list[dict], sources: dict[str, dict], first: Iterable[str]
) -> SourceNotes:
    """Return the sources of a page by id, numbered in order of `first`; `own_evidence` is that of the model itself."""
    confidences_by_source, read, checks = {key: Counter() for key in first}, Counter(), defaultdict(list)
    for item in (*own_evidence, *of_offers):
        confidences_by_source.setdefault(item["source"], Counter())[item["confidence"]] += 1
        read[item["source"]] += item["is_checked"]
        if day := provenance_of_source(item).day:
            checks[item["source"]].append(day)
    documents = [sources[key] for key in confidences_by_source if key in sources]
    return SourceNotes(
        {
            document["id"]: SourceNote(
                number,
                **{name: document[name] or "" for name in ("title", "url", "publisher", "read_on", "note")},
                confidence=confidences_by_source[document["id"]].most_common(1)[0][0],
                cited=confidences_by_source[document["id"]].total(),
                read=read[document["id"]],
                checked=len(checks[document["id"]]),
                checked_on=max(checks[document["id"]], default=None),
            )
            for number, document in enumerate(documents, start=1)
        }
    )


def citations(evidence: Iterable[dict], notes: dict[str, SourceNote]) -> list[Citation]:
    """Return one citation for all notes without reservations, then one for each note with a reservation or remark."""
    plain, others = [], []
    for item in sorted(evidence, key=lambda item: STRENGTH.index(item["confidence"])):
        if not (note := notes.get(item["source"])):
            continue
        is_said = item["confidence"] in DOUBTS or item["confidence"] != note.confidence
        reservation = str(Confidence(item["confidence"]).label) if is_said else ""
        if reservation or item["note"]:
            others.append(Citation([note], reservation, item["note"]))
        elif note not in plain:
            plain.append(note)
    return [Citation(sorted(plain, key=lambda note: note.number)), *others] if plain else others


def who_says(provenances: Iterable[Provenance | None], firm: str) -> str:
    """Return how many of some facts are from lists, were read at the source, and were checked by the firm."""
    stated = [provenance for provenance in provenances if provenance]
    by_level = Counter(provenance.level for provenance in stated)
    last = max((provenance.day for provenance in stated if provenance.day), default=None)
    text_by_level = {
        Level.FIRM: f"checked by {firm} (✓), last on {PartialDate.parse(str(last)) if last else ''}",
        Level.SOURCE: "read at the source",
        Level.LIST: "from lists only (○)",
    }
    if not stated:
        return "Who says so: no source is on record."
    if len(by_level) == 1:  # then no fact has a mark
        return f"Who says so: all facts {MARKS.sub('', text_by_level[stated[0].level])}."
    parts = [f"{by_level[level]} {text_by_level[level]}" for level in text_by_level if by_level[level]]
    return f"Who says so: {'; '.join(parts)}."
