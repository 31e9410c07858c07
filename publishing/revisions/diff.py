"""Two texts with their differences marked. lxml.html.diff makes one of both, and takes two common words for chance."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape, unescape

import nh3

from publishing.richtext.schema import EMPTY, TAGS
from publishing.richtext.table_element import ATTRIBUTE

_TOKEN = re.compile(r"<[^>]*>?|[^<\s]+|\s+")
_PICTURE = re.compile(r"<img [^>]*>?")
_ATTRIBUTE = re.compile(r'(src|alt)="([^"]*)"')
_ID = re.compile(r' id="[^"]*"')
_COMPARISON = re.compile(rf'<table {ATTRIBUTE}="[^"]*">')
NAMED = "<p>[Table from the catalogue]</p><table>"
# Number of tokens above which frequent words are not used as anchors, since all pairs of them would be tried.
_LONG = 3_000

# Without links and ids: both sides are only read, and an id would occur twice on the page.
_cleaner = nh3.Cleaner(
    tags=TAGS - {"img"} | {"ins", "del"},
    attributes={"*": set(), "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}, "ol": {"start"}},
    link_rel=None,
)


@dataclass(frozen=True)
class Word:
    """A token of a text: its HTML, and a key that is equal for equal words in equal formatting."""

    html: str
    key: tuple
    is_tag: bool


def marked(old_html: str, new_html: str) -> tuple[str, str]:
    """Mark words of only one of two cleaned bodies with <del> or <ins>; different formatting makes words differ too."""
    left, right = _words_of(old_html), _words_of(new_html)
    blocks = _opcodes([word.key for word in left], [word.key for word in right])
    # A space between two changed words is not a common word.
    last = len(blocks) - 1
    are_common = [
        kind == "equal" and not (0 < number < last and all(word.html.isspace() for word in left[a:b]))
        for number, (kind, a, b, _, _) in enumerate(blocks)
    ]
    lefts = [(left[a:b], not same) for same, (_, a, b, _, _) in zip(are_common, blocks, strict=True)]
    rights = [(right[a:b], not same) for same, (_, _, _, a, b) in zip(are_common, blocks, strict=True)]
    return _cleaner.clean(_html(lefts, "del")), _cleaner.clean(_html(rights, "ins"))


def _opcodes(left: list, right: list) -> list[tuple]:
    """Return opcodes like SequenceMatcher, which gets only what is between the common beginning and the common end."""
    shorter = min(len(left), len(right))
    start = next((place for place in range(shorter) if left[place] != right[place]), shorter)
    rest = shorter - start
    end = next((place for place in range(rest) if left[-1 - place] != right[-1 - place]), rest)
    left_middle, right_middle = left[start : len(left) - end], right[start : len(right) - end]
    between = SequenceMatcher(
        None, left_middle, right_middle, autojunk=len(left_middle) + len(right_middle) > _LONG
    ).get_opcodes()
    return [
        *([("equal", 0, start, 0, start)] if start else []),
        *((kind, *(start + place for place in places)) for kind, *places in between),
        *([("equal", len(left) - end, len(left), len(right) - end, len(right))] if end else []),
    ]


def marked_plain(old: str, new: str) -> tuple[str, str]:
    """Like `marked`, for plain text."""
    return marked(escape(old), escape(new))


def _words_of(html: str) -> list[Word]:
    parts, open_tags = [], []
    for token in _TOKEN.findall(_COMPARISON.sub(NAMED, _PICTURE.sub(_picture, html))):
        if not token.startswith("<"):
            parts.append(Word(token, (" " if token.isspace() else token, *open_tags), is_tag=False))
            continue
        name = (token.strip("</>").split() or [""])[0]
        parts.append(Word(token, (token, *open_tags), is_tag=True))
        if token.startswith("</"):
            if open_tags:
                open_tags.pop()
        elif name not in EMPTY:
            open_tags.append(_ID.sub("", token))
    return parts


def _picture(match) -> str:
    """Describe an image in words: its number and alt text."""
    attributes = dict(_ATTRIBUTE.findall(match[0]))
    number = unescape(attributes.get("src", "")).rpartition("/")[2]
    return f"[Image {escape(number)}: {attributes.get('alt') or 'no words'}]"


def _html(runs, mark: str) -> str:
    pieces, is_open = [], False
    for run, is_changed in runs:
        for word in run:
            wanted = is_changed and not word.is_tag
            if wanted != is_open:
                pieces.append(f"<{mark}>" if wanted else f"</{mark}>")
                is_open = wanted
            pieces.append(word.html)
    if is_open:
        pieces.append(f"</{mark}>")
    return "".join(pieces)
