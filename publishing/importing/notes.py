"""Convert footnotes, which programs write as pairs of links that lead to each other, to notes in the text."""

from collections import Counter
from copy import deepcopy

from lxml.html import HtmlElement

TAG = "x-note"  # `tree_of` removes unknown elements, so external HTML cannot contain it
_CONTAINERS = {"li", "p", "div", "dd"}
_AROUND_WORDS = _CONTAINERS | {"ul", "ol", "table", "tbody", "tr", "td"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_NO_NOTE = _HEADINGS | {"table", "img", "pre"}
_LONGEST = 3_000  # characters
_MOST_ELEMENTS = 300  # in a note
MOST_COPIES = 20  # references to one note


def gather_notes(tree: HtmlElement) -> None:
    """Move each note to its reference, as an element `x-note`, and remove the lists of notes."""
    places = {}
    for element in tree.iter():
        for name in (element.get("id"), element.get("name")):
            if name:
                places.setdefault(name, element)
    targets, copies = {}, Counter()  # by container, so that each is searched once however many references it has
    refused = set()  # notes that stay where they are, as text: their links back are no references either
    for sign in [link for link in tree.iter("a") if (link.get("href") or "").startswith("#")]:
        target = places.get(sign.attrib["href"][1:])
        container = None if target is None else _container(target)
        around = set(sign.iterancestors())
        is_in_note = not (around.isdisjoint(copies) and around.isdisjoint(refused))
        if container is None or container in around or is_in_note:
            continue  # the link back from a note is no reference, though leftover references still lead to that note
        if container not in targets:
            back = {places.get(link.get("href")[1:]) for link in _back_links(container)} - {None}
            targets[container] = back, _may_be_note(container)
        back, may_be_note = targets[container]
        if back.isdisjoint({sign, *list(sign.iterancestors())[:3], *sign.iter()}):
            continue
        if not may_be_note or any(element.tag in _HEADINGS for element in around):
            refused.add(container)
        elif copies.get(container, 0) < MOST_COPIES:
            copies[container] += 1
            _put_in_place_of(sign, container)
    for container in copies:
        _take_away(container)


def _may_be_note(container) -> bool:
    is_short = len(container.text_content()) <= _LONGEST and sum(1 for _ in container.iter()) <= _MOST_ELEMENTS
    return is_short and next(container.iter(*_NO_NOTE), None) is None


def _put_in_place_of(sign, container):
    """Replace a reference by a copy of its note with links and marks, without the link back."""
    note = deepcopy(container)
    for link in _back_links(note):
        link.drop_tree()
    for element in list(note.iterdescendants()):
        element.attrib.pop("id", None)
        if element.tag in _AROUND_WORDS:
            element.text = f" {element.text or ''}"
            element.drop_tag()
    note.tag, note.tail = TAG, sign.tail
    note.attrib.clear()
    parent = sign.getparent()
    parent.replace(sign, note)
    # Without a sup element around the note, which would raise all of it.
    if parent.tag == "sup" and len(parent) == 1 and not f"{parent.text or ''}{note.tail or ''}".strip(" []"):
        parent.text = note.tail = None
        parent.drop_tag()


def _container(target):
    """Return the whole note around the anchor that its reference leads to."""
    around = [element for element in [target, *target.iterancestors()] if element.tag in _CONTAINERS]
    if not around:
        return None
    nearest = around[0]
    # Google Docs and Word wrap each note in a div around its paragraphs.
    outer = nearest.getparent()
    is_alone = nearest.getprevious() is None and nearest.getnext() is None  # `len(outer)` would count all children
    own_division = outer is not None and outer.tag == "div" and is_alone and nearest.tag == "p"
    return outer if own_division else nearest


def _back_links(container) -> list:
    return [link for link in container.iter("a") if (link.get("href") or "").startswith("#")]


def _take_away(container):
    parent = container.getparent()
    if parent is None:
        return
    container.drop_tree()
    # Remove the list of notes too, with the rule above it, once it is empty.
    is_list = parent.tag in {"ol", "ul"} or "footnote-list" in (parent.get("style") or "")
    if is_list and not any(child.tag not in {"hr", "br"} for child in parent) and not (parent.text or "").strip():
        before = parent.getprevious()
        if before is not None and before.tag == "hr" and not (before.tail or "").strip():
            before.drop_tree()
        parent.drop_tree()
