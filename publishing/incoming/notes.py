"""Footnotes, which every program writes as two links that lead to each other: turned into notes in their place."""

TAG = "x-note"  # which no text from outside can hold: the first reading knows no such element
_CONTAINERS = {"li", "p", "div", "dd"}
_NO_NOTE = {"h1", "h2", "h3", "h4", "h5", "h6", "table", "img", "pre"}
_LONGEST = 3_000  # signs
_MOST_ELEMENTS = 300  # in a note
_MOST_COPIES = 20  # signs that lead to one note


def gather_notes(tree):
    """Put each note where its sign stands, as an element `x-note`, and take the lists of notes away."""
    places = {}
    for element in tree.iter():
        for name in (element.get("id"), element.get("name")):
            if name:
                places.setdefault(name, element)
    notes = {}
    for sign in [link for link in tree.iter("a") if (link.get("href") or "").startswith("#")]:
        target = places.get(sign.get("href")[1:])
        container = None if target is None else _container(target)
        around = set(sign.iterancestors())
        if container is None or container in around or any(note.copies for note in map(notes.get, around) if note):
            continue  # the way back out of a note is no sign, though signs that are left over lead to that note still
        if container not in notes:
            notes[container] = _Note(container, places)
        note = notes[container]
        if note.is_led_to_by(sign):
            note.copies += 1
            _put_in_place_of(sign, container, places)
    for container, note in notes.items():
        if note.copies:
            _take_away(container)


class _Note:
    """What may be a note, looked at once however many signs lead to it."""

    def __init__(self, container, places):
        self.copies = 0
        self.targets = {places.get(link.get("href")[1:]) for link in _back_links(container)} - {None}
        is_short = len(container.text_content()) <= _LONGEST and sum(1 for _ in container.iter()) <= _MOST_ELEMENTS
        self.is_note = is_short and next(container.iter(*_NO_NOTE), None) is None

    def is_led_to_by(self, sign) -> bool:
        """Whether the note leads back to that sign."""
        near = {sign, *list(sign.iterancestors())[:3], *sign.iter()}
        return self.is_note and self.copies < _MOST_COPIES and not self.targets.isdisjoint(near)


def _put_in_place_of(sign, container, places):
    note = sign.makeelement(TAG, {})
    _copy_words(container, note, places, sign)
    note.tail, sign.tail = sign.tail, None
    sign.addprevious(note)
    sign.getparent().remove(sign)
    _without_sign_brackets(note)


def _container(target):
    """The whole note around the anchor that its sign leads to."""
    around = [element for element in [target, *target.iterancestors()] if element.tag in _CONTAINERS]
    if not around:
        return None
    nearest = around[0]
    # Google Docs and Word set each note in a division of its own, around its paragraphs.
    outer = nearest.getparent()
    is_alone = nearest.getprevious() is None and nearest.getnext() is None  # `len(outer)` would count all its children
    own_division = outer is not None and outer.tag == "div" and is_alone and nearest.tag == "p"
    return outer if own_division else nearest


def _back_links(container) -> list:
    return [link for link in container.iter("a") if (link.get("href") or "").startswith("#")]


def _copy_words(container, note, places, sign):
    """The words of a note with their links and marks, without the way back."""
    back = set(_back_links(container))

    def copy(source, into):
        _append(into, source.text)
        for child in source:
            if child not in back:
                if child.tag in _CONTAINERS | {"ul", "ol", "table", "tbody", "tr", "td"}:
                    _append(into, " ")
                    copy(child, into)
                else:
                    made = into.makeelement(child.tag, dict(child.attrib))
                    made.attrib.pop("id", None)
                    into.append(made)
                    copy(child, made)
            _append(into, child.tail)

    copy(container, note)


def _append(element, text):
    if not text:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _without_sign_brackets(note):
    """A raised sign around the note would raise the note."""
    parent = note.getparent()
    if (
        parent.tag == "sup"
        and len(parent) == 1
        and not (parent.text or "").strip(" []")
        and not (note.tail or "").strip(" []")
    ):
        note.tail = parent.tail
        parent.tail = None
        parent.addprevious(note)
        parent.getparent().remove(parent)


def _take_away(container):
    parent = container.getparent()
    if parent is None:
        return
    previous, tail = container.getprevious(), container.tail
    if tail:
        if previous is not None:
            previous.tail = (previous.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    parent.remove(container)
    # The list of notes, with its rule above, once it is empty.
    is_list = parent.tag in {"ol", "ul"} or "footnote-list" in (parent.get("style") or "")
    if is_list and not any(child.tag not in {"hr", "br"} for child in parent) and not (parent.text or "").strip():
        before = parent.getprevious()
        if before is not None and before.tag == "hr" and not (before.tail or "").strip():
            before.getparent().remove(before)
        parent.drop_tree() if hasattr(parent, "drop_tree") else parent.getparent().remove(parent)
