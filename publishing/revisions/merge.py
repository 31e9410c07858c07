"""The merge of two versions of a record: a choice for each block of text, and for each other field, that differs."""

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain

from publishing.content.publishable import Publishable
from publishing.revisions.diff import marked
from publishing.revisions.snapshot import different
from publishing.richtext import rich_text_fields
from publishing.richtext.field import blocks_fields
from publishing.richtext.schema import EMPTY

_TAG = re.compile(r'<(/?)([a-z]\w*+)(?:"[^"]*"|[^"<>])*>')


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
    elements, start, depth = [], 0, 0
    for tag in _TAG.finditer(html):
        depth += 0 if tag[2] in EMPTY else -1 if tag[1] else 1
        if depth == 0:
            elements.append(html[start : tag.end()])
            start = tag.end()
    return [*elements, html[start:]] if html[start:] else elements


def aligned(left: list[str], right: list[str]) -> list[tuple[list[str], list[str]]]:
    """Return the runs of two lists of blocks in order: equal ones as equal pairs, and single blocks where possible."""
    pairs = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal" and b - a == d - c:
            pairs += [
                ([left_block], [right_block]) for left_block, right_block in zip(left[a:b], right[c:d], strict=True)
            ]
        else:
            pairs.append((left[a:b], right[c:d]))
    return pairs


def to_choose(model: type[Publishable], version: dict, other: dict) -> list[tuple[str, str]]:
    """Return what differs between two versions, without fields that both derive from others."""
    derived = model.derived(version["fields"]).keys() & model.derived(other["fields"]).keys()
    return [(part, name) for part, name in different(version, other) if part != "fields" or name not in derived]


def _blocks(model, content: dict, name: str) -> list[str]:
    """Return the blocks of a field as texts, which `_joined` turns into its value again."""
    value = content["fields"].get(name)
    if name in blocks_fields(model):
        return [json.dumps(block, sort_keys=True) for block in value or []]
    return blocks(value or "")


def _joined(model, name: str, parts: list[str]) -> str | list:
    return list(map(json.loads, parts)) if name in blocks_fields(model) else "".join(parts)


def _has_blocks(model, part: str, name: str) -> bool:
    return part == "fields" and (name in rich_text_fields(model) or name in blocks_fields(model))


def pieces_of(
    model: type[Publishable], version: dict, other: dict, part: str, name: str, begun: dict | None
) -> list[Piece]:
    """Return the pieces of a text or of sections; none for other fields, of which one version is chosen.

    `begun` is the content from which both versions come, if it is known.
    """
    if not _has_blocks(model, part, name):
        return []
    field = blocks_fields(model).get(name)
    begun_blocks = {*_blocks(model, begun, name)} if begun else set()
    pieces = []
    for number, pair in enumerate(aligned(_blocks(model, version, name), _blocks(model, other, name))):
        left, right = pair
        values: list = [_joined(model, name, side) for side in pair]
        pieces.append(
            Piece(
                "" if left == right else f"{name}-{number}",
                *marked(*map(field.as_html, values) if field else values),
                may_keep_both=bool(left and right),
                chosen=changed_side("".join(left) in begun_blocks, "".join(right) in begun_blocks)
                or ("both" if left and right else "one" if left else "other"),
            )
        )
    return pieces


def changed_side(is_one_as_begun: bool, is_other_as_begun: bool) -> str:
    """Return the version that alone differs from the common beginning; "" if both or none do."""
    if is_one_as_begun == is_other_as_begun:
        return ""
    return "other" if is_one_as_begun else "one"


def merged(model: type[Publishable], version: dict, other: dict, choices: Mapping[str, str]) -> dict:
    """Return the content that `choices` make of two versions: "one", "other" or "both" by key. Of a text without a
    choice both are kept, so that nothing is lost; of another field without one, `version`."""
    content = deepcopy(version)
    for part, name in to_choose(model, version, other):
        if _has_blocks(model, part, name):
            pairs = enumerate(aligned(_blocks(model, version, name), _blocks(model, other, name)))
            chosen = [_chosen(*pair, choices.get(f"{name}-{number}", "both")) for number, pair in pairs]
            content[part][name] = _joined(model, name, [*chain(*chosen)])
        elif choices.get(f"{part}-{name}") == "other":
            content[part][name] = other[part][name]
    content["fields"] |= model.derived(content["fields"])
    return content


def _chosen(left: list, right: list, choice: str) -> list:
    if left == right:
        return left
    return {"one": left, "other": right}.get(choice, left + right)
