"""The body composed from sections, by which search, Markdown, references, claims and “Needs review” know them."""

from collections import defaultdict
from html import escape

from django.apps import apps

from articles.sections.schema import Choice, ImageKey, RecordKey, RichText, filled, is_key, parts_of


def composed(sections: list[dict]) -> str:
    """Return one body with all texts, images and links of stored sections, in order. A query per kind of record."""
    titles, html = _titles(sections), ""
    for section in sections:
        keys = ""
        for form_class, values in parts_of(section):
            filled_fields = filled(form_class, values)
            part = "".join(
                field.html(value, values, titles) for _, field, value in filled_fields if hasattr(field, "html")
            )
            keys, html = (keys + part, html) if is_key(form_class) else (keys, html + part)
        html += f"<ul>{keys}</ul>" if keys else ""
    return html


def bodies_of(sections: list[dict]) -> list[str]:
    """Return the rich texts of stored sections."""
    return [value for _, _, value in _filled(sections, RichText)]


def described(sections: list[dict]) -> str:
    """Return stored sections as a body with the name of every field, for comparing versions."""
    titles, html = _titles(sections), ""
    for section in sections:
        for number, (form_class, values) in enumerate(parts_of(section)):
            name = form_class.title_of_type
            html += f"<p>{name.capitalize()} {number}</p>" if number else f"<h2>{name}</h2>"
            for field_name, field, value in filled(form_class, values):
                if isinstance(field, RichText | ImageKey):
                    html += field.html(value, values, titles)
                    continue
                if isinstance(field, RecordKey):
                    value = titles.get((field.model_label, value), "(deleted)")
                elif isinstance(field, Choice):
                    value = field.words[value]
                label = field.label or field_name.replace("_", " ").capitalize()
                html += f"<p>{escape(str(label))}: {escape(str(value))}</p>"
    return html


def keys_in(sections: list[dict]) -> dict[str, set[int]]:
    """Return the keys of the records that stored sections show, by label of their model."""
    keys = defaultdict(set)
    for _, field, key in _filled(sections, RecordKey):
        keys[field.model_label].add(key)
    return keys


def _filled(sections, kind):
    return (entry for section in sections for part in parts_of(section) for entry in filled(*part, kind))


def _titles(sections) -> dict[tuple[str, int], str]:
    titles = {}
    for label, keys in sorted(keys_in(sections).items()):
        records = apps.get_model(label)._base_manager.in_bulk(keys)
        titles |= {(label, key): str(record) for key, record in records.items()}
    return titles
