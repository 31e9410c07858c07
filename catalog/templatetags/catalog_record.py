"""Tags for the pages of records, also as Markdown: sources as numbered notes."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.lifecycle.heirs import note
from catalog.models import AIModel
from catalog.pages.model_page import ModelPage
from catalog.presenting import sources as presented
from catalog.presenting.cells import UNKNOWN, links
from catalog.presenting.rows import CURRENT, EventRow, FactRow, OfferingRow, PriceRow, path
from catalog.presenting.sources import Citation, SourceNote, SourceNotes
from catalog.rules.choices import Level
from catalog.rules.levels import Provenance
from ops.http.urls import absolute
from publishing.rendering import markdown

register = template.Library()

NO_BREAK = ",\u00a0"
SOURCES, SOURCE = '<ul class="cited">{}</ul>', '<li class="cited__row{}">{} {}</li> '
NOTE = (
    '<a class="cited__mark" href="#source-{0}"><span class="visually-hidden"><span>{1}</span>, '
    '<time datetime="{2}">{3}</time>, source </span>{0}</a>'
)
NO_SOURCE = SafeString('<em class="unknown">no source</em>')
SIGNS = {Level.LIST: "○", Level.SOURCE: "", Level.FIRM: "✓"}
MARK = (
    '\u00a0<span class="facts__said"><span aria-hidden="true">{}</span><span class="visually-hidden">, {}</span></span>'
)
FACT = '<div class="facts__row"><dt class="facts__label">{}</dt><dd class="facts__value">{}{}\u00a0{}</dd></div>\n'


@register.simple_tag
def cited(evidence: list[dict], notes: SourceNotes) -> str:
    """Render the sources of a part of the page."""
    return notes.cited(evidence, _as_list)


def _as_list(citations: list[Citation]) -> str:
    return format_html(SOURCES, format_html_join("", SOURCE, map(_source, citations))) if citations else NO_SOURCE


def _source(citation: Citation) -> tuple[str, str, str]:
    """Return the mark of a citation with something to say, its notes, and its words."""
    reservation, remark = citation.reservation, citation.remark
    notes = format_html_join(
        NO_BREAK, NOTE, ((note.number, note.title, note.read_on, note.day) for note in citation.notes)
    )
    text = f"({reservation}){f': {remark}' if remark else ''}" if reservation else remark
    return " cited__row--said" if reservation or remark else "", notes, text


@register.simple_tag
def checks(note: SourceNote, firm: str) -> str:
    return note.checks(firm)


@register.simple_tag
def level(provenance: Provenance, firm: str) -> str:
    return provenance.describe(firm)


@register.simple_tag
def who_says(facts: list[FactRow], firm: str) -> str:
    return presented.who_says((fact.provenance for fact in facts if fact.is_known and fact.is_cited), firm)


def _marks(rows: list[FactRow]) -> list[tuple[Provenance | None, str]]:
    """Return who says so of each fact, with a mark where facts differ; what was read at its source has none."""
    provenances = [row.provenance if row.is_known and row.is_cited else None for row in rows]
    is_mixed = len({provenance.level for provenance in provenances if provenance}) > 1
    return [(provenance, SIGNS[provenance.level] if provenance and is_mixed else "") for provenance in provenances]


@register.simple_tag
def fact_rows(rows: list[FactRow], notes: SourceNotes, firm: str) -> dict:
    """Return the rows of a list of facts as HTML, and the sources that most of them have in common.

    Where they differ, a mark says how far each was followed.
    """
    marks = [
        format_html(MARK, sign, provenance.describe(firm)) if provenance and sign else ""
        for provenance, sign in _marks(rows)
    ]
    by = [cited(row.evidence, notes) if row.is_cited else "" for row in rows]
    common = _common(by)
    cells = (
        (row.label, row.cell, mark, "" if sources == common else sources)
        for row, sources, mark in zip(rows, by, marks, strict=True)
    )
    return {"rows": format_html_join("", FACT, cells), "common": common}


@register.simple_tag
def offers_of(rows: list[OfferingRow], page: ModelPage | None) -> dict:
    """Return `parts` of offers, each with its number of offers and its groups, and the columns that have values.

    A group has the offers of a model on equal terms, its vendors' own apart, with their providers as links and the
    numbers of their sources, "" if these are the `common` ones. The offers of a provider, which are one part, are
    grouped by model.
    """
    rows_by_terms, parts = defaultdict(list), defaultdict(list)
    places = {str(row.provider): place for place, row in reversed([*enumerate(rows)])}  # of its first offer
    for row in sorted(rows, key=lambda row: places[str(row.provider)]):
        terms = row.input_cell, row.output_cell, row.context_tokens, row.status, row.remark
        if page:
            terms = row.part, page.is_own(row), *terms
        else:
            terms = (CURRENT, ""), row.model or row.key, *terms, row.values["regions"], row.data_cell
        rows_by_terms[terms].append(row)
    cited_by = {
        terms: marks(chain(*(row.all_evidence for row in group)), page.notes) if page else ""
        for terms, group in rows_by_terms.items()
    }
    common = _common([*cited_by.values()])
    for terms, group in rows_by_terms.items():
        providers = {(row.provider.url, row.provider.name): None for row in group}
        numbers = cited_by[terms] if cited_by[terms] != common else ""
        parts[terms[0]].append({"rows": group, "providers": providers, "links": links((*providers,)), "cited": numbers})
    return {
        "parts": [
            (part, sum(len(group["rows"]) for group in groups), groups) for part, groups in sorted(parts.items())
        ],
        "common": common,
        "regions": not page and any(row.values["regions"] for row in rows),
        "data": not page and any(row.data_cell != UNKNOWN for row in rows),
    }


def _common(cells: list[str]) -> str:
    """Return what most cells have, so that the others alone need it; "" if no two of them are the same."""
    [(cell, number)] = Counter(cell for cell in cells if cell and "unknown" not in cell).most_common(1) or [("", 0)]
    return cell if number > 1 else ""


@register.simple_tag
def marks(evidence: Iterable[dict], notes: SourceNotes) -> str:
    """Render the numbers of the sources."""
    sources = {item["source"] for item in evidence}
    return notes.marked(sources, lambda cited_notes: render_to_string("catalog/_marks.html", {"notes": cited_notes}))


# Offers often have the same words.
plain = register.filter("plain", lru_cache(maxsize=10_000, typed=True)(markdown.plain))


@register.filter
def heading(text: str) -> str:
    return markdown.heading(plain(text), 1)


@register.simple_tag
def link(text: object, url: str) -> str:
    return markdown.link(text, absolute(url))


@register.simple_tag
def facts_as_markdown(facts: list[FactRow], notes: SourceNotes) -> str:
    cited = (cited_as_text(fact.evidence, notes) if fact.is_cited else "" for fact in facts)
    rows = zip(facts, cited, _marks(facts), strict=True)
    return "\n".join(f"| {fact.label} | {_fact(fact)} | {f'{by} {sign}'.strip()} |" for fact, by, (_, sign) in rows)


def _fact(fact: FactRow) -> str:
    if not fact.is_known:
        return "unknown"
    if fact.records:
        text = ", ".join(link(record, record.url) for record in fact.records)
    else:
        text = link(fact.value, fact.url) if fact.url else plain(f"{fact.value} {fact.unit}".strip())
    return f"{text} (doubtful)" if fact.is_doubtful else text


@register.simple_tag
def events_as_markdown(events: list[EventRow], notes: SourceNotes) -> str:
    return "\n".join(f"- {_event(event)} {cited_as_text(event.evidence, notes)}" for event in events)


def _event(event: EventRow) -> str:
    day = f"not before {event.period}" if event.bound == "not_before" else str(event.period)
    sentences = [f"{day}: {event.label}{' (not confirmed)' if event.is_doubtful else ''}."]
    if event.note:
        sentences.append(plain(event.note))
    if event.heirs:
        sentences.append(f"Replacement: {heirs_as_markdown(event.heirs)}.")
    return " ".join(sentences)


@register.simple_tag
def heirs_as_markdown(heirs: list[dict]) -> str:
    pages = [(heir, heir["slug"] and path(AIModel, heir["slug"])) for heir in heirs]
    return ", then ".join(
        f"{link(heir['name'], page) if page else plain(heir['name'])}{note(heir['end'])}" for heir, page in pages
    )


@register.simple_tag
def offering_as_markdown(row: OfferingRow, notes: SourceNotes) -> str:
    """Return the section of an offering. A model has up to hundreds, for which a loop of the template would be slow."""
    labels_and_texts = [("Id", row.api_id), *row.limits, ("Data use", row.data_policy or "unknown")]
    items = [f"{label}: {plain(text)}" for label, text in labels_and_texts]
    if url := row.values["data_policy_url"]:
        items.append(f"Data policy: {link('read it', url)}")
    if note := row.values["note"]:
        items.append(f"Note: {plain(note)}")
    items.append(f"Sources: {cited_as_text(row.evidence, notes)}")
    if not row.prices:
        items.append("Price: unknown")
    lines = [f"- {item}" for item in items]
    if row.events:
        lines.append(events_as_markdown(row.events, notes))
    parts = [f"### {link(row.provider, row.provider.url)}", "\n".join(lines)]
    if row.prices:
        parts.append(markdown.table(["Item", "Price", "Sources"], [_price_cells(price, notes) for price in row.prices]))
    return "\n\n".join(parts)


def _price_cells(price: PriceRow, notes: SourceNotes) -> list[str]:
    amount = plain(price.text)
    since = f"{amount}, {'seen on' if price.is_unconfirmed else 'since'} {price.period}" if price.period else amount
    return [plain(price.item), since, cited_as_text(price.evidence, notes)]


@register.simple_tag
def cited_as_text(evidence: list[dict], notes: SourceNotes) -> str:
    """Return the numbers of the sources, each with its reservations."""
    return notes.cited(evidence, _as_text)


def _as_text(citations: list[Citation]) -> str:
    texts = []
    for citation in citations:
        numbers = " ".join(f"\\[{note.number}\\]" for note in citation.notes)
        remark = ": ".join(filter(None, [f"({citation.reservation})" if citation.reservation else "", citation.remark]))
        texts.append(f"{numbers} {plain(remark)}".strip())
    return "; ".join(texts) or "no source"
