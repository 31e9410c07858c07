"""A drawing in place of a picture: chosen by what a text is about, different for each, always the same for one."""

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from ops.http.urls import route
from publishing.images.illustrations.motifs import MOTIFS, TONES, Bar, Dot, Mark

# Raised when motifs change: addresses change with it, since browsers keep a drawing for a year.
RECIPE = 1
# By shape: columns, rows, and pixels to a unit. A whole one, at the head of a page, is a band.
GRIDS = {"whole": (24, 6, 50), "wide": (16, 9, 60), "square": (7, 7, 48), "tall": (6, 9, 70)}
# Beginnings of words, by motif. A word of the title counts for more than one of the summary.
SUBJECTS = {
    "lifetimes": ("retire", "end-of-life", "notice", "renew", "deprecat", "lifecycle", "mov", "migrat", "running"),
    "costs": ("cost", "price", "bill", "budget", "cheap", "proposal", "money"),
    "tokens": ("token", "prompt", "context", "text", "word"),
    "ledger": ("data", "privacy", "secur", "personal", "confiden", "contract", "legal", "licen"),
    "network": ("open", "weight", "network", "system", "custom", "agent", "build", "source", "creat", "design"),
    "curves": ("test", "evaluat", "benchmark", "measur", "train", "fine-tun", "learn", "choos", "select", "compar"),
    "attention": ("language", "llm", "transform", "attent", "chat", "assistant", "translat", "generativ", "search"),
}
NAME = re.compile(rf"(?P<motif>{'|'.join(MOTIFS)})-(?P<seed>[0-9a-f]{{8}})-(?P<shape>{'|'.join(GRIDS)})-{RECIPE}")


@dataclass(frozen=True)
class Drawing:
    """Stands wherever an Image stands: it has the same `sources`, `shown`, `spoken_alt` and `credit`."""

    motif: str
    seed: str
    spoken_alt = ""
    credit = ""

    def marks(self, shape: str) -> list[Mark]:
        columns, rows, _ = GRIDS[shape]
        # Not a secret: chance that comes out the same each time is what is wanted.
        return MOTIFS[self.motif](Random(f"{self.seed}{shape}"), columns, rows)  # nosec B311

    def sources(self, shape: str) -> list[dict]:
        return []  # one file fits all widths

    def shown(self, shape: str) -> dict:
        columns, rows, unit = GRIDS[shape]
        url = route("drawing", f"{self.motif}-{self.seed}-{shape}-{RECIPE}")
        return {"url": url, "width": columns * unit, "height": rows * unit}


@lru_cache(maxsize=1_024)
def drawing_about(key: str, title: str, summary: str = "") -> Drawing:
    """Return the drawing for a text. `key` (a slug) makes it differ from all others on the same subject."""
    seed = zlib.crc32(key.encode())
    words = [(word, 3) for word in _words(title)] + [(word, 1) for word in _words(summary)]
    points = {
        motif: sum(weight for word, weight in words if word.startswith(beginnings))
        for motif, beginnings in SUBJECTS.items()
    }
    best = max(points.values())
    fitting = sorted(motif for motif, count in points.items() if count == best)
    return Drawing(fitting[seed % len(fitting)], f"{seed:08x}")


def _words(text: str) -> list[str]:
    return re.findall(r"[\w-]+", text.lower())


_LIGHT = "".join(f".{tone}{{color:{light}}}" for tone, (light, _) in TONES.items())
_DARK = "".join(f".{tone}{{color:{dark}}}" for tone, (_, dark) in TONES.items())
STYLE = (
    f"{_LIGHT}@media(prefers-color-scheme:dark){{{_DARK}}}circle,rect{{fill:currentColor}}"
    "polyline{fill:none;stroke:currentColor;stroke-linecap:round;stroke-linejoin:round}"
)


def as_svg(drawing: Drawing, shape: str) -> str:
    """Return the document. Nothing but numbers and our own names is written into it."""
    columns, rows, unit = GRIDS[shape]
    marks = "".join(_element(mark) for mark in drawing.marks(shape))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {columns} {rows}" width="{columns * unit}" '
        f'height="{rows * unit}"><style>{STYLE}</style><rect class="wash" width="{columns}" height="{rows}"/>'
        f"{marks}</svg>"
    )


def _element(mark: Mark) -> str:
    match mark:
        case Dot():
            return f'<circle class="{mark.tone}" cx="{mark.x:.2f}" cy="{mark.y:.2f}" r="{mark.radius:.2f}"/>'
        case Bar():
            place = f'x="{mark.x:.2f}" y="{mark.y:.2f}"'
            return f'<rect class="{mark.tone}" {place} width="{mark.width:.2f}" height="{mark.height:.2f}"/>'
        case _:
            points = " ".join(f"{x:.2f},{y:.2f}" for x, y in mark.points)
            return f'<polyline class="{mark.tone}" points="{points}" stroke-width="{mark.width:.2f}"/>'
