"""A body for readers elsewhere: what it says, without what only this site can show."""

from publishing.richtext.allowlist import clean
from publishing.richtext.comparison import ATTRIBUTE, in_tree
from publishing.richtext.document import parse, serialize

ELSEWHERE = ("http:", "https:", "mailto:", "tel:")


def portable_html(html: str) -> str:
    """Return a body in which links to this site have become words, and from which its pictures are gone.

    So it depends on nothing but itself: the addresses of records and pictures change without the text.
    """
    if not html:
        return ""
    tree = parse(html)
    for table, _ in in_tree(tree):
        del table.attrib[ATTRIBUTE]  # there it is a table as it was when the text was written
    for link in list(tree.iter("a")):
        if not (link.get("href") or "").lower().startswith(ELSEWHERE):
            link.drop_tag()
    for figure in list(tree.iter("figure")):
        if figure.find(".//img") is not None:
            figure.drop_tree()  # its caption speaks of the picture
    for picture in list(tree.iter("img")):
        picture.drop_tree()
    return clean(serialize(tree))
