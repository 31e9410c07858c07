"""Check that tables from the catalogue show readers what the editor chose."""

from publishing.content.facts import cited
from publishing.quality.preflight.rules import Finding, PreflightSubject, check, found
from publishing.rendering.tables.fill import Filled, Tables, rows_by_key
from publishing.richtext.document import serialize, words_of
from publishing.richtext.table_element import ATTRIBUTE, InvalidTableError, comparison


@check
def check_comparisons(subject: PreflightSubject) -> list[Finding]:
    findings = []
    for field, tree in subject.texts.items():
        places = {table: place for place, table in enumerate(tree.iter("table")) if table.get(ATTRIBUTE) is not None}
        if not places:
            continue
        tables = Tables(serialize(tree))
        facts = cited([], tables.wanted())
        for table, place in places.items():
            named = {key: words_of(row[0]) for key, row in _stored_rows(table).items()}
            known = {"field": field, "tags": "table", "index": place, "caption": _caption(table)}
            findings += _of_table(tables.current(table.get(ATTRIBUTE), facts), named, known)
    return findings


def _of_table(filled: Filled, named: dict[int, str], known: dict) -> list[Finding]:
    wanted = filled.comparison
    if wanted is None:
        return [found("compared_unreadable", problem=filled.problem, **known)]
    if not filled.is_current:
        return [found("compared_empty", **known)]
    return [
        found("compared_hidden", row=named.get(key, f"number {key}"), **known)
        for key in wanted.keys
        if key not in filled.keys
    ]


def _stored_rows(table) -> dict:
    try:
        return rows_by_key(table, comparison(table.get(ATTRIBUTE)))
    except InvalidTableError:
        return {}


def _caption(table) -> str:
    caption = table.find("caption")
    return words_of(caption) if caption is not None else ""
