"""The sanitiser of bodies, with the elements of publishing/richtext/schema.py, and the URLs that bodies may contain.

Headings start at h2 (the page has the h1) and keep their first anchor as their id; links have neither target nor rel,
which rendering adds. `<small>` is a note, shown beside or below the text. Internal links, facts and images refer to
records: `ref:catalog.aimodel/17`, `fact:catalog.aimodel/17/context_tokens` (optionally with a wording for its value,
`?up%20to%20{}`), `<img src="ref:publishing.image/5" alt="…">` inside a figure; several are a gallery.
`<aside data-kind="tip">` is a callout. Tables and embeds have attributes of their own: table_element.py, embeds.py.
"""

import re
from collections.abc import Callable
from functools import lru_cache

import nh3
from django.core.exceptions import ValidationError

from ops.http.slugs import MAX_LENGTH
from publishing.richtext.anchors import ANCHOR
from publishing.richtext.embeds import EMBED, embed
from publishing.richtext.normalise import tidy
from publishing.richtext.schema import ATTRIBUTES, CALLOUTS, SNIPPET, TAGS, WIDTHS
from publishing.richtext.table_element import ATTRIBUTE as COMPARISON
from publishing.richtext.table_element import FORM as COMPARISON_FORM

WEB_SCHEMES = ("http", "https", "mailto", "tel")
RECORD_SCHEMES = ("ref", "fact")
IMAGE_MODEL = "publishing.image"

# A record by model and primary key (starter files and importers may use the slug instead); a fact also by its name.
_RECORD = re.compile(
    r"ref:[a-z]\w*\.[a-z]\w*/[\w-]+|fact:[a-z]\w*\.[a-z]\w*/[\w-]+/\w+(?:\?[^\s\\\x00-\x1f]{1,300})?", re.ASCII
)
_SNIPPET_RECORD = re.compile(r"ref:publishing\.snippet/[\w-]+", re.ASCII)
_IMAGE_RECORD = re.compile(rf"ref:{re.escape(IMAGE_MODEL)}/[\w-]+", re.ASCII)
# Browsers drop tabs and line breaks in a URL and read a backslash as a slash, so neither is allowed.
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f]*")
_LOCAL = re.compile(rf"{_LOCAL_PATH.pattern}|#[^\s\\\x00-\x1f]*")
_WEB = re.compile(r"https?://[^\s/\\\x00-\x1f][^\s\\\x00-\x1f]*|(?:mailto|tel):[^\s\\\x00-\x1f]+", re.IGNORECASE)
# Characters that databases, feeds or browsers cannot store or show: controls except tab and line breaks, lone
# surrogates, and Unicode noncharacters, which publishing/rendering/parts.py uses to mark holes.
UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ANY_TAG = re.compile(r"<[^<>]*>")
_SPANS_LIMIT = 100
CLEANED_CACHED = 8  # one save cleans the same text six times
_PASSES_LIMIT = 6


@lru_cache(CLEANED_CACHED)
def clean(html: str) -> str:
    """Return `html` reduced to the allowlist, in the same normal form that the editor writes; "" without content.

    Cleaning is idempotent. The sanitiser runs last, and no other step follows it.
    """
    cleaned = sanitised(html)
    for _ in range(_PASSES_LIMIT):
        again = _cleaner.clean(tidy(cleaned))
        if again == cleaned:
            break
        cleaned = again
    return cleaned


def sanitised(html: str) -> str:
    """Return `html` reduced to the allowlist, not normalised. Markup that is nested far too deep becomes plain text."""
    html = UNSTORABLE.sub("", html)
    if is_too_deep(html):
        html = f"<p>{_ANY_TAG.sub(' ', html)}</p>"
    return _cleaner.clean(html)


# Whether a value may be stored, by attribute; those of the others always.
_ALLOWED: dict[str, Callable[[str], object]] = {
    "href": lambda value: any(form.fullmatch(value) for form in (_RECORD, _LOCAL, _WEB)),
    "src": lambda value: _IMAGE_RECORD.fullmatch(value) or _LOCAL_PATH.fullmatch(value),
    COMPARISON: COMPARISON_FORM.fullmatch,
    SNIPPET: _SNIPPET_RECORD.fullmatch,
    EMBED: embed,
    "data-kind": CALLOUTS.get,
    "data-width": WIDTHS.get,
    "id": lambda value: len(value) <= MAX_LENGTH and ANCHOR.fullmatch(value),
    "scope": {"col", "row", "colgroup", "rowgroup"}.__contains__,
}


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value to store, or None to drop the attribute."""
    value = value.strip()
    if name in {"colspan", "rowspan", "start"}:
        is_number = value.isascii() and value.isdigit() and len(value) <= 3
        # 1 is the default, so it is left out, as in the editor.
        return str(int(value)) if is_number and 1 < int(value) <= _SPANS_LIMIT else None
    value = value.replace(" ", "%20") if name == "href" else value
    return value if name not in _ALLOWED or _ALLOWED[name](value) else None


_cleaner = nh3.Cleaner(
    tags=TAGS,
    # Without an entry for all tags the sanitiser would allow `lang` and `title` on each.
    attributes={"*": set()} | ATTRIBUTES,
    attribute_filter=_attribute,
    url_schemes={*WEB_SCHEMES, *RECORD_SCHEMES},
    link_rel=None,
    strip_comments=True,
)


MOST_CHARACTERS = 300_000  # of a body, with markup: longer ones would block other requests while they are saved
MOST_ELEMENTS = 20_000  # as long as many of them take


def why_too_long(html: str) -> str:
    """Return a sentence if `html` is longer than a body may be, or has more elements, else ""."""
    length = len(html) + html.count("\u00a0") * len("nbsp;")  # `&nbsp;` is stored
    if length > MOST_CHARACTERS:
        what, most = f"{length:,} characters including markup", MOST_CHARACTERS
    elif (elements := html.count("<") - html.count("</")) > MOST_ELEMENTS:
        what, most = f"{elements:,} paragraphs, cells, links and other elements", MOST_ELEMENTS
    else:
        return ""
    return f"This text has {what}; the maximum is {most:,}. Split it into several texts."


def check_length(html: str) -> None:
    """Raise ValidationError if `html` is longer than a body may be."""
    if reason := why_too_long(html):
        raise ValidationError(reason, code="too_long")


MOST_NESTED = 400  # far more than real texts need

_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(/?)([a-z][^\s/>]*)([^<>]*)", re.IGNORECASE | re.DOTALL)
# Elements that end implicitly when another of their kind begins, and empty elements.
_NOT_NESTING = {
    *("p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "colgroup", "col", "option", "rt", "rp"),
    *("br", "hr", "img", "input", "meta", "link", "area", "base", "embed", "param", "source", "track", "wbr"),
    *("html", "head", "body"),
}


def is_too_deep(html: str) -> bool:
    """Return whether too many elements are nested: parsers take quadratic time for that, or lose the inner content."""
    around = []
    for closing, name, rest in _TAG.findall(html):
        name = name.lower()
        if not name or name in _NOT_NESTING or rest.endswith("/"):
            continue
        if not closing:
            around.append(name)
            if len(around) > MOST_NESTED:
                return True
        elif around and around[-1] == name:
            around.pop()
    return False
