"""What an editor is told of a text from elsewhere: what came along, and what was left out."""

from collections import Counter

from publishing.richtext.document import parse

# Each with the words for one and for several; `{}` is the number.
LEFT_OUT = {
    "looks": ("fonts, colours and sizes", "fonts, colours and sizes"),
    "picture": (
        "{} picture that lies on another site or on your computer: add it with the button Picture",
        "{} pictures that lie on another site or on your computer: add them with the button Picture",
    ),
    "picture_refused": (
        "{} picture that is damaged, too large or of a kind that browsers do not show",
        "{} pictures that are damaged, too large or of a kind that browsers do not show",
    ),
    "picture_right": ("{} picture, since you may not add pictures", "{} pictures, since you may not add pictures"),
    "picture_many": ("{} picture beyond the first fifty", "{} pictures beyond the first fifty"),
    "embedded": ("{} embedded video, frame or script", "{} embedded videos, frames or scripts"),
    "form": ("{} field or button of a form", "{} fields and buttons of forms"),
    "formula": ("{} formula or chart: add it as a picture", "{} formulas or charts: add them as pictures"),
    "struck": ("the line through struck-out words", "the lines through struck-out words"),
    "deleted": ("{} passage marked as deleted", "{} passages marked as deleted"),
    "comment": ("{} comment in the margin", "{} comments in the margin"),
    "hidden": ("{} hidden passage", "{} hidden passages"),
    "contents": (
        "the table of contents, since the page has its own",
        "the table of contents, since the page has its own",
    ),
    "menu": ("{} menu or frame around the text", "{} menus and frames around the text"),
    "link": (
        "{} link that leads nowhere from here; its words stayed",
        "{} links that lead nowhere from here; their words stayed",
    ),
    "nested_table": ("{} table inside another; its words stayed", "{} tables inside others; their words stayed"),
}
# What is not left out, but for the editor to look at.
TO_DO = {
    "headless": (
        "{} table has no header row: if its first row holds headings, press “Header row on or off”.",
        "{} tables have no header row: where the first row holds headings, press “Header row on or off”.",
    ),
    "alt": (
        "{} picture does not say yet what it shows: write that before publishing.",
        "{} pictures do not say yet what they show: write that before publishing.",
    ),
}
KEPT = [
    ("h2, h3, h4", "heading", "headings"),
    ("ul, ol", "list", "lists"),
    ("table", "table", "tables"),
    ("a", "link", "links"),
    ("img", "picture", "pictures"),
    ("small", "note", "notes"),
]


class Report:
    """Counts by the names above."""

    def __init__(self):
        self.counts = Counter()

    def say(self, name: str, number: int = 1):
        self.counts[name] += number

    def lines(self, html: str = "") -> list[str]:
        """Sentences: what of it stands in `html`, the result; what is not there; what is to be done."""
        things = kept(html) if html else ""
        lines = [things] if things else []
        left_out = [_words(*LEFT_OUT[name], self.counts[name]) for name in LEFT_OUT if self.counts[name]]
        if left_out:
            lines.append(f"Left out: {'; '.join(left_out)}.")
        return lines + [_words(*TO_DO[name], self.counts[name]) for name in TO_DO if self.counts[name]]


def kept(html: str) -> str:
    """What a cleaned text holds beside paragraphs, in one sentence; "" for words alone."""
    tree = parse(html)
    parts = []
    for tags, one, several in KEPT:
        if number := sum(1 for _ in tree.iter(*tags.split(", "))):
            parts.append(f"{number} {one if number == 1 else several}")
    return f"Taken over: {', '.join(parts)} and the words." if parts else ""


def _words(one: str, several: str, number: int) -> str:
    return (one if number == 1 else several).format(number)
