"""The report of an import for editors: what was taken over, and what was left out."""

from collections import Counter

from ops.toml_files import toml_beside
from publishing.richtext.document import parse

WORDS = toml_beside(__file__, "report.toml")
MOST_KEYS = 50
LEFT_OUT, TO_DO = WORDS["left_out"], WORDS["to_do"]
KEPT = [
    ("h2, h3, h4", "heading", "headings"),
    ("ul, ol", "list", "lists"),
    ("table", "table", "tables"),
    ("a", "link", "links"),
    ("img", "image", "images"),
    ("small", "note", "notes"),
]


class Report:
    """Counts of events by their names in report.toml."""

    def __init__(self):
        self.counts = Counter()
        self.unused_keys: list[str] = []  # of the front matter

    def say(self, name: str, number: int = 1) -> None:
        self.counts[name] += number

    def lines(self, html: str = "") -> list[str]:
        """Return sentences: what the result `html` contains, what was left out, and what is left to do."""
        things = contents_in_words(html) if html else ""
        lines = [things] if things else []
        left_out = [_in_number(LEFT_OUT[name], self.counts[name]) for name in LEFT_OUT if self.counts[name]]
        if left_out:
            lines.append(f"Left out: {'; '.join(left_out)}.")
        if self.unused_keys:
            lines.append(f"Not taken from the front matter: {', '.join(self.unused_keys[:MOST_KEYS])}.")
        return lines + [_in_number(TO_DO[name], self.counts[name]) for name in TO_DO if self.counts[name]]


def contents_in_words(html: str) -> str:
    """Return in one sentence what a cleaned text contains besides paragraphs; "" for plain text."""
    tree = parse(html)
    parts = []
    for tags, singular, plural in KEPT:
        if number := sum(1 for _ in tree.iter(*tags.split(", "))):
            parts.append(f"{number} {singular if number == 1 else plural}")
    return f"Imported: text, {', '.join(parts)}." if parts else ""


def _in_number(forms: list[str], number: int) -> str:
    singular, plural = forms
    return (singular if number == 1 else plural).format(number)
