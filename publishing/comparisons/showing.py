"""What readers get around a comparison table: the day of its values, the list behind it, the way to its file."""

from django.urls import reverse
from django.utils.formats import date_format

from publishing.comparisons.filling import Filled
from publishing.comparisons.keeping import caption_of
from publishing.comparisons.kinds import comparable
from publishing.models import Publishable
from publishing.richtext import rich_text_fields
from publishing.richtext.comparison import MARK, MOST_RECORDS, in_tree
from publishing.richtext.document import parse


class Addresses:
    """Where the tables of some records can be had as files: by the text in which they stand and their place in it."""

    def __init__(self, owners, counts: dict[str, int] | None = None):
        self._places = {}
        for owner in owners:
            number = 0
            for body in bodies_of(owner):
                self._places.setdefault(body, (owner, number))
                number += len(in_tree(parse(body))) if counts is None else counts[body]

    def of(self, body: str, place: int) -> str:
        """Return the path of the file of the table that is the one after `place` others in `body`, "" for none."""
        owner, before = self._places.get(body, (None, 0))
        return table_url(owner, before + place + 1) if owner is not None else ""


def bodies_of(record) -> list[str]:
    """The texts of a record that hold tables of the catalogue, in the order in which these are numbered."""
    names = sorted(rich_text_fields(type(record)) & record.__dict__.keys())
    return [text for name in names if MARK in (text := getattr(record, name) or "")]


def table_url(record: Publishable, number: int) -> str:
    if hasattr(record, "tables_address"):  # a draft, which somebody looks at or shared
        return f"{record.tables_address}{number}.csv" if record.tables_address else ""
    return reverse("table_csv", args=[record._meta.concrete_model._meta.label_lower, record.pk, number])


def day_in_words(filled: Filled) -> str:
    """Return of which day a table is, as it stands behind its caption."""
    found = filled.comparison
    if found is None:
        return ""
    day = date_format(found.as_of, "j F Y") if found.as_of else ""
    if filled.is_of_today:
        return f"(as of {day})" if day else "(values of today, kept as they are when this is published)"
    if found.is_frozen:
        return f"(kept as of {day})" if day else ""
    return f"(as last known on {day})" if day else ""


def source_in_words(filled: Filled) -> str:
    """Return where a table is from."""
    if filled.is_of_today:
        return "From the catalogue, with its values of today."
    if filled.comparison.is_frozen:
        return "From the catalogue, as it was on that day; it may say otherwise by now."
    return "From the catalogue, which no longer shows these records."


def date_caption(filled: Filled):
    """Write behind the caption of which day the values are."""
    if words := day_in_words(filled):
        caption = caption_of(filled.element)
        line = caption.makeelement("span", {"class": "table-day"})
        line.text = words
        last = caption[-1] if len(caption) else None
        if last is not None:
            last.tail = f"{(last.tail or '').rstrip()} "
        else:
            caption.text = f"{(caption.text or '').rstrip()} "
        caption.append(line)


def unlink_values(filled: Filled):
    """Leave of each value its words and the number of its source: the row begins with the way to the record already."""
    for link in [link for cell in filled.element.iter("td") for link in cell.iter("a") if link.get("class") == "fact"]:
        link.tag = "span"
        del link.attrib["href"]


def add_source(filled: Filled, after, csv_url: str, address):
    """Say below the table where it is from, in the place after the element `after`; `address` makes links of paths."""
    found = filled.comparison
    if found is None:
        return
    line = after.makeelement("p", {"class": "table-source"})
    line.text = source_in_words(filled)
    if found.listed is not None and filled.is_of_today:
        before = f" The first {MOST_RECORDS} of " if filled.has_more else " The rows are those of "
        after_it = ", which finds nothing today." if filled.is_empty else "."
        _add_link(line, before, address(comparable[found.label].list_url(found.listed)), "this list", after_it)
    if csv_url:
        _add_link(line, " ", address(csv_url), "Download as CSV", "")
    line.tail, after.tail = after.tail, None
    after.addnext(line)


def _add_link(line, before: str, address: str, words: str, after: str):
    link = line.makeelement("a", {"href": address})
    link.text, link.tail = words, after
    if len(line):
        line[-1].tail = f"{line[-1].tail or ''}{before}"
    else:
        line.text += before
    line.append(link)
