"""Normalise sanitised HTML to the form that the editor writes, so that opening and saving a text does not change it.

The sanitiser runs again on the result, so safety does not depend on this module.
"""

import re

from lxml import etree
from lxml import html as lxml_html

from publishing.richtext.anchors import anchors_for
from publishing.richtext.embeds import EMBED
from publishing.richtext.schema import HEADINGS, INLINE, SNIPPET, WITHOUT_NOTES

_SPACE = re.compile(r"[ \t\r\n\f]+")
_HUSKS = ("strong", "em", "a", "small", "caption", "figcaption")


def tidy(html: str) -> str:
    """Return `html` in the editor's form: without empty elements and ends, attributes in order, anchors on headings."""
    tree = lxml_html.fragment_fromstring(html, create_parent="div")
    _drop_husks(tree)
    _collapse_spaces(tree)
    _name_headings(tree)
    while len(tree) and _is_empty(last := tree[-1]) and last.tag == "p" and not last.tail:
        tree.remove(last)
    for element in tree.iter():
        if len(element.attrib) > 1:
            # The editor's order: `src` before `alt`, and `scope` before the spans.
            attributes = sorted(element.attrib.items(), reverse=True)
            element.attrib.clear()
            element.attrib.update(attributes)
    return lxml_html.tostring(tree, encoding="unicode")[len("<div>") : -len("</div>")]


def _is_empty(element) -> bool:
    return len(element) == 0 and not element.text


def _drop_husks(tree):
    """Drop links and images without an address, misplaced images, notes and callouts, and figures without content."""
    for figure in list(tree.iter("figure")):
        if snippet := figure.get(SNIPPET):
            tail = figure.tail
            figure.clear()
            figure.set(SNIPPET, snippet)
            figure.tail = tail
    for picture in list(tree.iter("img")):
        if not picture.get("src") or next(picture.iterancestors("figure"), None) is None:
            picture.drop_tree()
    for figure in list(tree.iter("figure")):
        if next(figure.iter("img"), None) is not None:
            figure.attrib.pop(EMBED, None)
        elif SNIPPET in figure.attrib:
            continue
        elif EMBED in figure.attrib:
            figure.attrib.pop("data-width", None)
        else:
            for caption in figure.findall("figcaption"):
                caption.tag = "p"
            figure.drop_tag()
    for note in list(tree.iter("small")):
        if next(note.iterancestors(*WITHOUT_NOTES), None) is not None:
            note.drop_tag()
    for callout in list(tree.iter("aside")):
        if next(callout.iterancestors("aside", "figure", "td", "th"), None) is not None:
            callout.drop_tag()
        elif _is_empty(callout):
            callout.drop_tree()
        elif not callout.get("data-kind"):
            callout.set("data-kind", "note")
    for link in list(tree.iter("a")):
        if not link.get("href"):
            link.drop_tag()
    for element in reversed(list(tree.iter(*_HUSKS))):
        if _is_empty(element):
            element.drop_tree()
    for rows in list(tree.iter("tbody")):
        before = rows.getprevious()
        if before is not None and before.tag == "tbody" and not before.tail:
            before.extend(rows)
            rows.drop_tree()


def _collapse_spaces(tree: lxml_html.HtmlElement):
    """Collapse whitespace as browsers do: to one space, and to none at the edges of a block; code is unchanged."""
    last, is_after_space = None, True  # the previous words in the same block: an element, and "text" or "tail"
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if element.tag not in INLINE:
            if last is not None:
                setattr(*last, getattr(*last).rstrip(" "))
            last = None
        is_after_space = is_after_space or element.tag == "br" or element.tag not in INLINE
        if event == "start" and element.tag == "pre":
            walk.skip_subtree()
            continue
        place = (element, "text" if event == "start" else "tail")
        text = _SPACE.sub(" ", getattr(*place) or "")
        text = text.removeprefix(" ") if is_after_space else text
        setattr(*place, text)
        if text:
            last, is_after_space = place, text.endswith(" ")


def _name_headings(tree):
    """Set the permanent anchor of each heading."""
    headings = list(tree.iter(*HEADINGS))
    anchors_and_texts = [(heading.get("id", ""), " ".join(heading.text_content().split())) for heading in headings]
    for heading, anchor in zip(headings, anchors_for(anchors_and_texts), strict=True):
        heading.attrib.clear()
        if anchor:
            heading.set("id", anchor)
