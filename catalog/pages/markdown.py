"""The page of a model as Markdown: the recorded facts with the numbers of their sources.

It lists dated events instead of the present status, which would change without an edit. Prices are those of today.
"""

from catalog.rules.partial_dates import PartialDate
from ops.http.urls import absolute
from publishing.rendering.markdown import heading, link, markdown_document, plain, table
from publishing.rendering.texts import Texts

UNKNOWN = "unknown"


def model_markdown(model, page) -> str:
    """Return the Markdown of an AIModel; `page` is its `ModelPage`."""
    notes = page.notes
    texts = Texts(model.body, is_absolute=True, owners=[model])
    url = absolute(model.get_absolute_url())
    name = f"“{model.name}”" if model.is_unverified else model.name
    return markdown_document(
        {
            "title": name,
            "url": url,
            "description": model.summary,
            "vendors": [vendor.name for vendor in page.vendors],
            "released": model.released_on,
            "facts_checked": model.checked_on,
            "published": model.first_published_at,
            "updated": model.last_changed_at,
            "sources": [_front_source(note) for note in notes.values()],
        },
        heading(plain(name), 1),
        *_introduction(model, page),
        *_view(model),
        *_part("Background", texts.markdown(model.body, url)),
        *([] if model.is_unverified else _part("Facts", _facts(page.facts, notes))),
        *_part("History", _events(page.events, notes)),
        *_part("Providers and prices", "\n\n".join(_offering(row, notes) for row in page.offerings)),
        *_part("Benchmarks", _benchmarks(page.benchmarks)),
        *_part("Weights", _weights(page.weights)),
        *_part("Where we looked", "\n".join(f"- {plain(title)}: {plain(words)}" for title, words in page.searched)),
        *_part("Sources", "\n".join(_source(note) for note in notes.values())),
    )


def _front_source(note) -> dict:
    return {"title": note.title, **({"url": note.url} if note.url else {}), "read": note.read_on}


def _part(title: str, text: str) -> list[str]:
    return [f"## {title}", text] if text else []


def _introduction(model, page) -> list[str]:
    aliases = ", ".join(plain(alias["text"]) for alias in page.aliases)
    replacement = page.replacement
    unknown = "**We do not know of such a model.** " if model.is_unverified else ""
    return [
        f"> {unknown}{plain(model.notice)}" if model.notice else "",
        plain(model.summary),
        f"Also written: {aliases}." if aliases else "",
        f"Replaced by {link(replacement, absolute(replacement.get_absolute_url()))}." if replacement else "",
    ]


def _view(model) -> list[str]:
    said = [
        f"**{label}:** {plain(text)}"
        for label, text in (("Use it for", model.use_for), ("Avoid it for", model.avoid_for))
        if text
    ]
    return _part("Our view", "\n\n".join(said))


def _facts(rows, notes) -> str:
    cells = [[row.label, _value(row), _cited_for(row, notes)] for row in rows]
    return table(["Fact", "Value", "Sources"], cells)


def _cited_for(row, notes) -> str:
    return _cited(row.evidence, notes) if row.is_cited else ""


def _value(fact) -> str:
    if not fact.is_known:
        return UNKNOWN
    if fact.records:
        words = ", ".join(link(record, absolute(record.get_absolute_url())) for record in fact.records)
    else:
        words = link(fact.value, fact.url) if fact.url else plain(f"{fact.value} {fact.unit}".strip())
    return f"{words} (doubtful)" if fact.is_doubtful else words


def _cited(evidence, notes) -> str:
    """Return the numbers of the sources, each with its reservations."""
    return notes.cited(evidence, _as_text)


def _as_text(citations) -> str:
    found = []
    for citation in citations:
        numbers = " ".join(f"\\[{note.number}\\]" for note in citation.notes)
        said = ": ".join(filter(None, [f"({citation.words})" if citation.words else "", citation.remark]))
        found.append(f"{numbers} {plain(said)}".strip())
    return "; ".join(found) or "no source on record"


def _events(rows, notes) -> str:
    return "\n".join(_event(row, notes) for row in rows)


def _event(event, notes) -> str:
    bound = "not before " if event.bound == "not_before" else ""
    words = f"- {bound}{event.period}: {event.label}{' (not confirmed)' if event.is_doubtful else ''}."
    replacement = event.replacement
    if replacement:
        replaced = f"Replaced by {link(replacement, absolute(replacement.get_absolute_url()))}."
    else:
        replaced = f"Named as the replacement: {plain(event.replacement_name)}." if event.replacement_name else ""
    return " ".join(filter(None, [words, plain(event.note), replaced, _cited(event.evidence, notes)]))


def _offering(row, notes) -> str:
    offering = row.values
    provider = link(row.provider, absolute(row.provider.url))
    lines = [
        f"- Id: {plain(offering['api_id'])}",
        f"- Regions: {plain(offering['regions'])}" if offering["regions"] else "",
        *(
            f"- {label}: {offering[name]:,} tokens"
            for name, label in (
                ("context_tokens", "Context"),
                ("max_input_tokens", "Longest input"),
                ("max_output_tokens", "Longest output"),
            )
            if offering[name] is not None
        ),
        f"- What becomes of the data: {plain(row.data_policy or UNKNOWN)}",
        f"- Data policy: {link('read it', offering['data_policy_url'])}" if offering["data_policy_url"] else "",
        f"- Note: {plain(offering['note'])}" if offering["note"] else "",
        f"- Listed by: {_cited(row.evidence, notes)}",
        "" if row.prices else f"- Price: {UNKNOWN}",
        _events(row.events, notes),
    ]
    prices = [[_meter(price), _price(price), _cited(price.evidence, notes)] for price in row.prices]
    parts = [f"### {provider}", "\n".join(filter(None, lines))]
    return "\n\n".join(parts + ([table(["What is counted", "Amount", "Sources"], prices)] if prices else []))


def _meter(price) -> str:
    return plain(f"{price.label} ({price.conditions})" if price.conditions else price.label)


def _price(row) -> str:
    return plain(f"{row.words}, since {row.period}" if row.period else row.words)


def _benchmarks(results) -> str:
    cells = [
        [plain(result.test), plain(f"{result.score} {result.metric}".strip()), _result_source(result)]
        for result in results
    ]
    return table(["Test", "Score", "Source"], cells) if cells else ""


def _result_source(result) -> str:
    source = link(result.source_host, result.source_url) if result.source_url else "no source on record"
    return f"{source}, {PartialDate.parse(result.measured_on)}" if result.measured_on else source


def _weights(rows) -> str:
    cells = [
        [link(row["label"], row["url"]), plain(row["format"] or UNKNOWN), plain(row["quantisation"] or UNKNOWN)]
        for row in rows
    ]
    return table(["Where", "Format", "Quantisation"], cells) if cells else ""


def _source(note) -> str:
    title = link(note.title, note.url) if note.url else plain(note.title)
    publisher = f", {plain(note.publisher)}" if note.publisher and note.publisher not in note.title else ""
    return f"{note.number}. {title}{publisher}. Read on {note.read}. {plain(note.note)}".rstrip()
