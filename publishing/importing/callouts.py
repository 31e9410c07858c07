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
    if element.tag != "blockquote" or not len(element) or element[0].tag != "p":
        return ""
    text = element[0].text or ""
    alert = _ALERT.match(text)
    if alert is None or alert[1].lower() not in _KINDS:
        return ""
    element[0].text = text[alert.end() :]
    return _KINDS[alert[1].lower()]
