"""The merge of two versions of a record: a choice for each block of text, and for each other field, that differs."""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher

from publishing.content.publishable import Publishable
from publishing.revisions.diff import marked
from publishing.revisions.snapshot import different
from publishing.richtext import rich_text_fields
from publishing.richtext.schema import EMPTY

_TAG = re.compile(r'<(/?)([a-z]\w*)(?:"[^"]*"|[^">])*>')


@dataclass(frozen=True)
class Piece:
    """A part of a field, as HTML with marked changes. `key` names its choice; "" if both versions are the same.

    `chosen` is the side that alone has changed the part, else "both", or the side that has it.
    """

    key: str
    one: str
    other: str
    may_keep_both: bool
    chosen: str


def blocks(html: str) -> list[str]:
    """Split a cleaned body into its outermost elements; joined, they are the body again."""
    found, start, depth = [], 0, 0
    for tag in _TAG.finditer(html):
        depth += 0 if tag[2] in EMPTY else -1 if tag[1] else 1
        if depth == 0:
            found.append(html[start : tag.end()])
            start = tag.end()
    return [*found, html[start:]] if html[start:] else found


def aligned(one: str, other: str) -> list[tuple[str, str]]:
    """Return the runs of blocks of two bodies in order: equal ones as equal pairs, and single blocks where possible."""
    left, right = blocks(one), blocks(other)
    pairs = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal" and b - a == d - c:
            pairs += zip(left[a:b], right[c:d], strict=True)
        else:
            pairs.append(("".join(left[a:b]), "".join(right[c:d])))
    return pairs


def pieces_of(
    model: type[Publishable], one: dict, other: dict, part: str, name: str, begun: dict | None
) -> list[Piece]:
    """Return the pieces of a rich text; none for other fields, of which one version is chosen.

    `begun` is the content from which both versions come, if it is known.
    """
    if part != "fields" or name not in rich_text_fields(model):
        return []
    pairs = aligned(one[part][name] or "", other[part][name] or "")
    known = {*blocks(begun[part][name] or "")} if begun else set()
    return [
        Piece(
            "" if left == right else f"{name}-{number}",
            *marked(left, right),
            may_keep_both=bool(left and right),
            chosen=changed_side(left in known, right in known) or _all_of(left, right),
        )
        for number, (left, right) in enumerate(pairs)
    ]


def _all_of(left: str, right: str) -> str:
    if left and right:
        return "both"
    return "one" if left else "other"


def changed_side(is_one_as_begun: bool, is_other_as_begun: bool) -> str:
    """Return the version that alone differs from the common beginning; "" if both or none do."""
    if is_one_as_begun == is_other_as_begun:
        return ""
    return "other" if is_one_as_begun else "one"


def merged(model: type[Publishable], one: dict, other: dict, choices: Mapping[str, str]) -> dict:
    """Return the content that `choices` make of two versions: "one", "other" or "both" by key. Of a text without a
    choice both are kept, so that nothing is lost; of another field without one, `one`."""
    content = deepcopy(one)
    for part, name in different(one, other):
        if part == "fields" and name in rich_text_fields(model):
            pairs = aligned(one[part][name] or "", other[part][name] or "")
            content[part][name] = "".join(
                _chosen(left, right, choices.get(f"{name}-{number}", "both"))
                for number, (left, right) in enumerate(pairs)
            )
        elif choices.get(f"{part}-{name}") == "other":
            content[part][name] = other[part][name]
    return content


def _chosen(left: str, right: str, choice: str) -> str:
    if left == right:
        return left
    return {"one": left, "other": right}.get(choice, left + right)
