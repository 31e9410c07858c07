"""Report the warnings that readers of a text get: notices of retired records, marks in tables, doubtful facts.

The page and these checks ask the same `Texts`, so they cannot disagree.
"""

from collections.abc import Iterator

from publishing.content.facts import NAME, Ended
from publishing.quality.preflight.links import is_in_filled_table
from publishing.quality.preflight.rules import Finding, PreflightSubject, check, finding_of
from publishing.rendering.tables.fill import UNKNOWN, Filled, warning_of
from publishing.richtext.document import Mention, mention, words_of
from publishing.richtext.table_element import ATTRIBUTE, TableDefinition

CELLS_NAMED = 3  # in one finding


@check
def check_ended(subject: PreflightSubject) -> list[Finding]:
    """Report each record of the notice above the text once, at its first place; within a snippet it has none."""
    places = {}
    for item, place in _cited_facts(subject):
        places.setdefault((item.label, item.pk), place)
    for definition, filled, place in _filled_tables(subject):
        for key in filled.keys:
            places.setdefault((definition.label, key), place)
    return [_of_ended(ended, places.get(record, {})) for record, ended in subject.reader_texts.ended_by_place.items()]


def _of_ended(ended: Ended, place: dict) -> Finding:
    since = f" since {ended.since}" if ended.since else ""
    replacement = f" Its replacement is “{ended.replacement}”." if ended.replacement else ""
    return finding_of("facts_ended", title=ended.title, since=since, replacement=replacement, **place)


@check
def check_facts(subject: PreflightSubject) -> list[Finding]:
    """Report cited facts that readers see with a mark, or with the words of the last save."""
    findings = []
    for item, place in _cited_facts(subject):
        fact = subject.reader_texts.facts.get((item.label, item.pk, item.fact))
        if fact and fact.is_doubtful:
            findings.append(finding_of("fact_doubtful", words=item.words, title=fact.title, **place))
        elif fact is None and (item.label, item.pk) in subject.reader_texts.targets:
            findings.append(finding_of("fact_unknown", words=item.words, **place))
    return findings


@check
def check_rows(subject: PreflightSubject) -> list[Finding]:
    """Report the marks and the unknown values in tables from the catalogue."""
    findings = []
    for definition, filled, place in _filled_tables(subject):
        label, facts = definition.label, subject.reader_texts.facts
        for key in filled.keys:
            mark = warning_of(definition, key, facts).strip(" ()")
            if mark and (label, key) not in subject.reader_texts.ended_by_place:
                findings.append(finding_of("compared_marked", row=facts[label, key, NAME].value, mark=mark, **place))
        head, *rows = filled.rows(facts)
        cells = [
            f"{row[0]} ({name})"
            for row in rows
            for name, value in zip(head[1:], row[1:], strict=True)
            if value == UNKNOWN
        ]
        if cells:
            more = f" and {len(cells) - CELLS_NAMED} more" if len(cells) > CELLS_NAMED else ""
            findings.append(finding_of("compared_unknown", cells=f"{', '.join(cells[:CELLS_NAMED])}{more}", **place))
    return findings


def _cited_facts(subject: PreflightSubject) -> Iterator[tuple[Mention, dict]]:
    """Yield the facts cited in sentences and in tables written by hand, each with its place for a finding."""
    for field, tree in subject.texts.items():
        for index, link in enumerate(tree.iter("a")):
            item = mention(link.get("href"), words_of(link))
            if item and item.fact and not is_in_filled_table(link):
                yield item, {"field": field, "tags": "a", "index": index}


def _filled_tables(subject: PreflightSubject) -> Iterator[tuple[TableDefinition, Filled, dict]]:
    """Yield the tables that are filled with the rows of today, each with its place for a finding. No charts."""
    for field, tree in subject.texts.items():
        for index, table in enumerate(tree.iter("table")):
            if text := table.get(ATTRIBUTE):
                filled = subject.reader_texts.tables.current(text)
                if filled.comparison and filled.is_current and not filled.chart:
                    caption = table.find("caption")
                    caption_text = words_of(caption) if caption is not None else ""
                    yield (
                        filled.comparison,
                        filled,
                        {"field": field, "tags": "table", "index": index, "caption": caption_text},
                    )
