"""Parse any HTML into a tree, as browsers read it but without scripts."""

import re

import nh3
from django.core.exceptions import ValidationError
from lxml import html as lxml_html
from lxml.html import HtmlElement

from publishing.richtext.allowlist import MOST_ELEMENTS, MOST_NESTED, UNSTORABLE, is_too_deep
from publishing.richtext.schema import MEANT

# Tags beyond the allowlist of texts that carry meaning or are reported.
_TAGS = {
    *MEANT,
    *("h1", "h5", "h6", "span", "nav", "menu", "search", "u", "s", "strike", "del", "ins", "q", "sub", "sup", "mark"),
    *("font", "big", "abbr", "time", "label", "bdi", "bdo", "wbr", "ruby", "rt", "rp", "data", "picture"),
    *("thead", "tfoot", "colgroup", "col"),
    *("iframe", "video", "audio", "object", "embed", "canvas", "input", "select", "textarea", "button"),
}
_ATTRIBUTES = {
    "*": {"style", "class", "id", "role", "aria-level", "data-aria-level", "hidden"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "iframe": {"src"},
    "aside": {"data-kind"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan", "scope"},
}
_SCHEMES = {"http", "https", "mailto", "tel", "ref", "fact", "file", "data", "cid", "blob", "about"}
_cleaner = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"script", "style", "noscript", "template", "svg", "math", "title"},
    attributes=_ATTRIBUTES,
    url_schemes=_SCHEMES,
    link_rel=None,
    strip_comments=True,
)
_PARSER = lxml_html.HTMLParser(huge_tree=True, encoding="utf-8")
SCRIPT = re.compile(r"<(?:script|svg|math)[\s>]", re.IGNORECASE)
# Elements that hide everything after them if not closed; browsers do not treat `<iframe …/>` as closed.
_HIDING = "iframe|video|audio|object|canvas|noembed|noframes|noscript|script|style|template|textarea|title|xmp"
_SELF_CLOSED = re.compile(rf"<({_HIDING})\b([^<>]*)/>", re.IGNORECASE)
_OPENING = re.compile(rf"<({_HIDING})\b[^<>]*>", re.IGNORECASE)
_CLOSING = re.compile(rf"</({_HIDING})\b", re.IGNORECASE)
MOST_SIGNS = 2_000_000  # characters without embedded images; a novel has half as many
_PICTURE = re.compile(r"data:image/[^\"'\s>]*", re.IGNORECASE)


def tree_of(html: str) -> HtmlElement:
    """Return the tree of `html`, a document or a part of one, below an element of our own.

    Raises ValidationError if it is too long or too deep: parsers need quadratic time for that, or drop elements.
    """
    has_too_many = html.count("<") - html.count("</") > MOST_ELEMENTS  # more than a body may have
    if has_too_many or (len(html) > MOST_SIGNS and len(_PICTURE.sub("", html)) > MOST_SIGNS):
        raise ValidationError("This text is too long to import at once. Split it and import the parts.")
    if is_too_deep(html):
        raise ValidationError(f"More than {MOST_NESTED} nested elements are too deep to import.")
    cleaned = UNSTORABLE.sub("", _cleaner.clean(_closed(UNSTORABLE.sub("", html))))
    # As bytes, because lxml refuses strings with an encoding declaration.
    written = f"<html><body><div>{cleaned}</div></body></html>".encode()
    return next(lxml_html.document_fromstring(written, parser=_PARSER).iter("body"))


def _closed(html: str) -> str:
    """Return `html` with unclosed comments and elements closed, since they would hide the text after them."""
    html = _SELF_CLOSED.sub(r"<\1\2></\1>", html)
    end = html.rfind("-->") + 1
    html = html[:end] + html[end:].replace("<!--", "&lt;!--")
    last = {tag[1].lower(): tag.start() for tag in _CLOSING.finditer(html)}
    return _OPENING.sub(
        lambda tag: tag[0] if tag.start() < last.get(tag[1].lower(), 0) else f"{tag[0]}</{tag[1]}>", html
    )


def style_of(element: HtmlElement) -> dict[str, str]:
    """Return the declarations of the style attribute, in lower case."""
    declarations = (part.partition(":") for part in (element.get("style") or "").lower().split(";"))
    return {name.strip(): value.strip() for name, colon, value in declarations if colon}


def classes_of(element: HtmlElement) -> list[str]:
    return (element.get("class") or "").split()
