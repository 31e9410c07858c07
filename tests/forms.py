"""The data that a browser would send for a form."""

from lxml import html


def values_of(page: bytes | str, form_id: str) -> dict[str, list[str]]:
    """Return the values of the form with that id in `page`, without those of its buttons."""
    text = page if isinstance(page, str) else page.decode()
    form = next(form for form in html.document_fromstring(text).forms if form.get("id") == form_id)
    found = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value.removeprefix("\n"))
    return found
