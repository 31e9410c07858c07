"""A model's page as Markdown: what is on record, each fact with the numbers of its sources.

It names dated events, not "the status now", which would change without anybody writing; prices are those of today.
"""

from catalog.belongings import belongings_of
from catalog.rules.partial_dates import PartialDate
from catalog.templatetags.catalog_record import citations, numbered_sources
from publishing.addresses import absolute
from publishing.markdown import heading, link, markdown_document, plain, table
from publishing.rendering.texts import Texts

UNKNOWN = "unknown"


def model_markdown(dossier) -> str:
    """Return the text of a Dossier."""
    model, notes = dossier.model, numbered_sources(dossier)
    belongings = belongings_of(model)
    texts = Texts(model.body, is_absolute=True, owners=[model])
    url = absolute(model.get_absolute_url())
    name = f"“{model.name}”" if model.is_unverified else model.name
    return markdown_document(
        {
            "title": name,
            "url": url,
            "description": model.summary,
            "vendors": [vendor.name for vendor in model.public_vendors],
            "released": model.released_on,
            "facts_checked": model.checked_on,
            "published": model.first_published_at,
            "updated": model.last_changed_at,
            "sources": [_front_source(note.source) for note in notes.values()],
        },
        heading(plain(name), 1),
        *_introduction(model, belongings.aliases),
        *_view(model),
        *_part("Background", texts.markdown(model.body, url)),
        *([] if model.is_unverified else _part("Facts", _facts(dossier.facts, notes))),
        *_part("History", _events(dossier.events, notes)),
        *_part("Providers and prices", "\n\n".join(_offering(row, notes) for row in dossier.offerings)),
        *_part("Benchmarks", _benchmarks(belongings.benchmarks)),
        *_part("Weights", _weights(belongings.weights)),
        *_part("Where we looked", _searched(dossier.general_evidence)),
        *_part("Sources", "\n".join(_source(note) for note in notes.values())),
    )


def _front_source(source) -> dict:
    return {"title": source.title, **({"url": source.url} if source.url else {}), "read": source.read_on.isoformat()}


def _part(title: str, text: str) -> list[str]:
    return [f"## {title}", text] if text else []


def _introduction(model, aliases) -> list[str]:
    aliases = ", ".join(plain(alias.text) for alias in aliases)
    replacement = model.public_replacement
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
    cells = [[row.subject.label, _value(row), _cited_for(row, notes)] for row in rows]
    return table(["Fact", "Value", "Sources"], cells)


def _cited_for(row, notes) -> str:
    """Nothing is cited for the unknown, nor for the family, which is our own way to group."""
    is_cited = (row.subject.is_known or row.evidence) and row.subject.name != "family"
    return _cited(row.evidence, notes) if is_cited else ""


def _value(row) -> str:
    fact = row.subject
    if not fact.is_known:
        return UNKNOWN
    if fact.records:
        words = ", ".join(link(record, absolute(record.get_absolute_url())) for record in fact.records)
    else:
        words = link(fact.value, fact.url) if fact.url else plain(f"{fact.value} {fact.unit}".strip())
    return f"{words} (doubtful)" if row.is_doubtful else words


def _cited(evidence, notes) -> str:
    """The numbers of the sources, each with what is doubtful about it."""
    found = []
    for citation in citations(evidence, notes):
        numbers = " ".join(f"\\[{note.number}\\]" for note in citation.notes)
        said = ": ".join(filter(None, [f"({citation.words})" if citation.words else "", citation.remark]))
        found.append(f"{numbers} {plain(said)}".strip())
    return "; ".join(found) or "no source on record"


def _events(rows, notes) -> str:
    return "\n".join(_event(row, notes) for row in rows)


def _event(row, notes) -> str:
    event = row.subject
    bound = "not before " if event.bound == "not_before" else ""
    words = f"- {bound}{event.period}: {event.get_kind_display()}{' (not confirmed)' if row.is_doubtful else ''}."
    replacement = event.public_replacement
    if replacement:
        replaced = f"Replaced by {link(replacement, absolute(replacement.get_absolute_url()))}."
    else:
        replaced = f"Named as the replacement: {plain(event.replacement_name)}." if event.replacement_name else ""
    return " ".join(filter(None, [words, plain(event.note), replaced, _cited(row.evidence, notes)]))


def _offering(row, notes) -> str:
    offering = row.offering
    provider = link(offering.provider, absolute(offering.provider.get_absolute_url()))
    lines = [
        f"- Id: {plain(offering.api_id)}",
        f"- Regions: {plain(offering.regions)}" if offering.regions else "",
        *(
            f"- {label}: {getattr(offering, name):,} tokens"
            for name, label in (
                ("context_tokens", "Context"),
                ("max_input_tokens", "Longest input"),
                ("max_output_tokens", "Longest output"),
            )
            if getattr(offering, name) is not None
        ),
        f"- What becomes of the data: {plain(', '.join(row.data_policy) or UNKNOWN)}",
        f"- Data policy: {link('read it', offering.data_policy_url)}" if offering.data_policy_url else "",
        f"- Note: {plain(offering.note)}" if offering.note else "",
        f"- Listed by: {_cited(row.evidence, notes)}",
        "" if row.prices else f"- Price: {UNKNOWN}",
        _events(row.events, notes),
    ]
    prices = [[_meter(price.subject), _price(price), _cited(price.evidence, notes)] for price in row.prices]
    parts = [f"### {provider}", "\n".join(filter(None, lines))]
    return "\n\n".join(parts + ([table(["What is counted", "Amount", "Sources"], prices)] if prices else []))


def _meter(price) -> str:
    conditions = f" ({price.conditions_in_words})" if price.conditions_in_words else ""
    return plain(f"{price.get_meter_display()}{conditions}")


def _price(row) -> str:
    since = PartialDate.parse(row.subject.valid_from)
    return plain(f"{row.words}, since {since}" if since else row.words)


def _benchmarks(results) -> str:
    cells = [[_test(result), plain(_score(result)), _result_source(result)] for result in results]
    return table(["Test", "Score", "Source"], cells) if cells else ""


def _test(result) -> str:
    return plain(", ".join([f"{result.name} {result.version}".strip(), *result.settings]))


def _score(result) -> str:
    return f"{result.score.normalize():,f} {result.metric}".strip()


def _result_source(result) -> str:
    source = link(result.source_host, result.source_url) if result.source_url else "no source on record"
    return f"{source}, {PartialDate.parse(result.measured_on)}" if result.measured_on else source


def _weights(rows) -> str:
    cells = [
        [link(row.label, row.url), plain(row.format or UNKNOWN), plain(row.quantisation or UNKNOWN)] for row in rows
    ]
    return table(["Where", "Format", "Quantisation"], cells) if cells else ""


def _searched(evidence) -> str:
    return "\n".join(f"- {plain(item.source.title)}: {plain(_finding(item))}" for item in evidence)


def _finding(item) -> str:
    checked = "" if item.is_checked else ", not checked by us"
    return item.note or f"{item.get_confidence_display()}{checked}. {item.source.note}".strip()


def _source(note) -> str:
    source = note.source
    title = link(source.title, source.url) if source.url else plain(source.title)
    publisher = f", {plain(source.publisher)}" if source.publisher and source.publisher not in source.title else ""
    read = f"Read on {PartialDate.parse(source.read_on.isoformat())}."
    return f"{note.number}. {title}{publisher}. {read} {plain(source.note)}".rstrip()
