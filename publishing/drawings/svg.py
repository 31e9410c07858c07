"""A drawing as SVG, in the colours of light and of dark pages."""

from publishing.drawings.drawing import GRIDS, Drawing
from publishing.drawings.marks import TONES, Bar, Dot, Mark

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
