"""How deep the elements of a text lie inside one another. Parsers take the square of that in time, or lose what lies
deep, so it is counted before any of them reads the text."""

import re

MOST_NESTED = 400  # far more than anybody writes

_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(/?)([a-z][^\s/>]*)([^<>]*)", re.IGNORECASE | re.DOTALL)
# Elements that end by themselves where another of their kind begins, or that hold nothing.
_NOT_NESTING = {
    *("p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "colgroup", "col", "option", "rt", "rp"),
    *("br", "hr", "img", "input", "meta", "link", "area", "base", "embed", "param", "source", "track", "wbr"),
    *("html", "head", "body"),
}


def is_too_deep(html: str) -> bool:
    """Whether more than 400 elements lie inside one another, at a generous count: one that is not closed where it
    should be is taken to go on."""
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
