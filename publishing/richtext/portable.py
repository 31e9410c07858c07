"""Convert a body for other sites: without anything that only this site can show."""

from html import escape

from django.utils.formats import date_format
from lxml.html import fragment_fromstring

from publishing.richtext.allowlist import clean
from publishing.richtext.document import parse, serialize
from publishing.richtext.embeds import EMBED, embed
from publishing.richtext.schema import CALLOUTS, SNIPPET
from publishing.richtext.table_element import ATTRIBUTE, InvalidTableError, comparison, in_tree

ELSEWHERE = ("http:", "https:", "mailto:", "tel:")


def portable_html(html: str) -> str:
    """Return a body without images, links to this site as words, embeds as links and callouts as quotations, so that it
    depends on the text alone and on common elements."""
    if not html:
        return ""
    tree = parse(html)
    for table, text in in_tree(tree):
        _date(table, text)
    for link in list(tree.iter("a")):
        if not (link.get("href") or "").lower().startswith(ELSEWHERE):
            link.drop_tag()
    for callout in list(tree.iter("aside")):
        callout.tag, kind = "blockquote", callout.attrib.pop("data-kind", "")
        if kind in CALLOUTS:
            callout.insert(0, fragment_fromstring(f"<p><strong>{CALLOUTS[kind]}</strong></p>"))
    for figure in list(tree.iter("figure")):
        if figure.get(SNIPPET):
            figure.drop_tag()
        elif media := embed(figure.get(EMBED)):
            link = fragment_fromstring(f'<p><a href="{escape(media.page)}">{escape(media.invitation)}</a></p>')
            figure.addprevious(link)
            for caption in figure.findall("figcaption"):
                caption.tag = "p"
            figure.drop_tag()
        elif figure.find(".//img") is not None:
            figure.drop_tree()  # its caption describes the image
    for picture in list(tree.iter("img")):
        picture.drop_tree()
    return clean(serialize(tree))


def _date(table, text: str):
    """Turn a catalogue table into a plain table with its date: elsewhere it stays as it was stored."""
    del table.attrib[ATTRIBUTE]
    caption = table.find("caption")
    try:
        day = comparison(text).as_of
    except InvalidTableError:
        return
    if day and caption is not None:
        suffix = f" (as of {date_format(day, 'j F Y')})"
        if len(caption):
            caption[-1].tail = f"{caption[-1].tail or ''}{suffix}"
        else:
            caption.text = f"{caption.text or ''}{suffix}"
