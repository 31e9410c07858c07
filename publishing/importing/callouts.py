"""Recognise callouts: alerts in Markdown (`> [!NOTE]`), and asides whose class names a kind."""

import re

from lxml.html import HtmlElement

from publishing.importing.markup import classes_of

_KINDS = {"note": "note", "info": "note", "important": "note", "tip": "tip", "hint": "tip"}
_KINDS |= dict.fromkeys(["warning", "caution", "danger"], "warning")
_ALERT = re.compile(r"\s*\[!(\w+)\]\s*")


def take_kind(element: HtmlElement) -> str:
    """Return the kind of callout that an `aside` or `blockquote` is, "" for none, and remove its marker."""
    if element.tag == "aside":
        for title in element.find_class("callout__kind"):  # copied from a page of this site
            title.drop_tree()
        names = [element.get("data-kind") or "", *re.split(r"[\s_-]+", " ".join(classes_of(element)))]
        return next((_KINDS[name.lower()] for name in names if name.lower() in _KINDS), "")
    first = element[0] if element.tag == "blockquote" and len(element) else None
    alert = _ALERT.match(first.text or "") if first is not None and first.tag == "p" else None
    kind = _KINDS.get(alert[1].lower(), "") if alert else ""
    if kind:
        first.text = first.text[alert.end() :]
    return kind
