"""A generated drawing used when there is no image: chosen by the subject of a text, unique to it, and reproducible."""

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from ops.http.urls import route
from publishing.images.illustrations.motifs import MOTIFS, TONES, Mark

# Increase when motifs change: it is part of the URL, since browsers cache a drawing for a year.
RECIPE = 3
SCALE = 2  # PNGs are drawn larger and then shrunk, for smooth edges
# By shape: columns, rows, and pixels per unit. "whole" is the band at the top of a page, "share" a link preview.
GRIDS = {"whole": (24, 6, 50), "wide": (16, 9, 60), "square": (7, 7, 48), "share": (20, 10, 60)}
# Word prefixes, by motif. A word of the title counts more than one of the summary.
SUBJECTS = {
    "lifetimes": (
        *("retire", "end-of-life", "notice", "renew", "deprecat", "lifecycle", "mov", "migrat", "running"),
        *("open", "weight", "network", "system", "custom", "agent", "build", "source", "creat", "design"),
    ),
    "tokens": ("token", "prompt", "context", "text", "word", "cost", "price", "bill", "budget", "cheap", "contract"),
    "attention": (
        *("language", "llm", "transform", "attent", "chat", "assistant", "translat", "generativ", "search"),
        *("test", "evaluat", "benchmark", "measur", "train", "fine-tun", "learn", "choos", "select", "compar"),
    ),
}
NAME = re.compile(rf"(?P<motif>{'|'.join(MOTIFS)})-(?P<seed>[0-9a-f]{{8}})-(?P<shape>{'|'.join(GRIDS)})-{RECIPE}")


@dataclass(frozen=True)
class Drawing:
    """A generated drawing. It can replace an Image: it has the same `sources`, `shown`, `spoken_alt` and `credit`."""

    motif: str
    seed: str
    spoken_alt = ""
    credit = ""

    def marks(self, shape: str) -> list[Mark]:
        columns, rows, _ = GRIDS[shape]
        # Not for security: the same seed must give the same drawing.
        return MOTIFS[self.motif](Random(f"{self.seed}{shape}"), columns, rows)  # nosec B311

    def sources(self, shape: str) -> list[dict]:
        return []  # one SVG file fits all widths

    def shown(self, shape: str) -> dict:
        columns, rows, unit = GRIDS[shape]
        name = "share_image" if shape == "share" else "drawing"
        url = route(name, f"{self.motif}-{self.seed}-{shape}-{RECIPE}")
        return {"url": url, "width": columns * unit, "height": rows * unit}


@lru_cache(maxsize=1_024)
def drawing_about(key: str, title: str, summary: str = "") -> Drawing:
    """Return the drawing for a text. `key` (a slug) makes it different from others on the same subject."""
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


LIGHT = {tone: light for tone, (light, _) in TONES.items()}
_LIGHT = "".join(f".{tone}{{color:{light}}}" for tone, light in LIGHT.items())
_DARK = "".join(f".{tone}{{color:{dark}}}" for tone, (_, dark) in TONES.items())
STYLE = f"{_LIGHT}@media(prefers-color-scheme:dark){{{_DARK}}}rect{{fill:currentColor}}"


def as_svg(drawing: Drawing, shape: str) -> str:
    """Return the SVG document. Only numbers and constants are written into it."""
    columns, rows, unit = GRIDS[shape]
    marks = "".join(_element(mark) for mark in drawing.marks(shape))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {columns} {rows}" width="{columns * unit}" '
        f'height="{rows * unit}"><style>{STYLE}</style><rect class="wash" width="{columns}" height="{rows}"/>'
        f"{marks}</svg>"
    )


def _element(mark: Mark) -> str:
    place = f'x="{mark.x:.2f}" y="{mark.y:.2f}" width="{mark.width:.2f}" height="{mark.height:.2f}"'
    return f'<rect class="{mark.tone}" {place} rx="{mark.radius:.2f}"/>'


@lru_cache(maxsize=16)
def as_png(drawing: Drawing, shape: str) -> bytes:
    """Return the drawing in the light colours, for link previews, which show no SVG."""
    columns, rows, unit = GRIDS[shape]
    large = unit * SCALE
    image = Image.new("RGB", (columns * large, rows * large), LIGHT["wash"])
    canvas = ImageDraw.Draw(image)
    for mark in drawing.marks(shape):
        box = mark.x, mark.y, mark.x + mark.width, mark.y + mark.height
        canvas.rounded_rectangle([side * large for side in box], mark.radius * large, LIGHT[mark.tone])
    buffer = BytesIO()
    image.resize((columns * unit, rows * unit), Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()
