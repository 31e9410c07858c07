"""Footnotes, which every program writes as two links that lead to each other: turned into notes in their place."""

TAG = "x-note"  # which no text from outside can hold: the first reading knows no such element
_CONTAINERS = {"li", "p", "div", "dd"}
_NO_NOTE = {"h1", "h2", "h3", "h4", "h5", "h6", "table", "img", "pre"}
_LONGEST = 3_000  # signs


def gather_notes(tree):
    """Put each note where its sign stands, as an element `x-note`, and take the lists of notes away."""
    places = {}
    for element in tree.iter():
        for name in (element.get("id"), element.get("name")):
            if name:
                places.setdefault(name, element)
    containers = []
    for sign in [link for link in tree.iter("a") if (link.get("href") or "").startswith("#")]:
        target = places.get(sign.get("href")[1:])
        container = None if target is None else _container(target)
        if container is None or container in sign.iterancestors() or not _leads_back(container, sign, places):
            continue
        if next(container.iter(*_NO_NOTE), None) is not None or len(container.text_content()) > _LONGEST:
            continue
        note = sign.makeelement(TAG, {})
        _copy_words(container, note, places, sign)
        note.tail, sign.tail = sign.tail, None
        sign.addprevious(note)
        sign.getparent().remove(sign)
        _without_sign_brackets(note)
        if container not in containers:
            containers.append(container)
    for container in containers:
        _take_away(container)


def _container(target):
    """The whole note around the anchor that its sign leads to."""
    around = [element for element in [target, *target.iterancestors()] if element.tag in _CONTAINERS]
    if not around:
        return None
    nearest = around[0]
    # Google Docs and Word set each note in a division of its own, around its paragraphs.
    outer = nearest.getparent()
    own_division = outer is not None and outer.tag == "div" and len(outer) == 1 and nearest.tag == "p"
    return outer if own_division else nearest


def _leads_back(container, sign, places) -> bool:
    near = {sign, *list(sign.iterancestors())[:3], *sign.iter()}
    return any(places.get(link.get("href")[1:]) in near for link in _back_links(container))


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
