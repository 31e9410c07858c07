"""What a drawing is made of. Measures are in units of a grid; whoever paints scales them."""

from dataclasses import dataclass

# By tone: on light ground, on dark ground. Those of css/tokens.css.
TONES = {
    "ink": ("#1b1f2c", "#ebe6db"),
    "soft": ("#c4b5a6", "#6a5b4f"),
    "accent": ("#bd2f17", "#f9845f"),
    "wash": ("#f9ebdf", "#2d221b"),
}


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    radius: float
    tone: str = "ink"


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    tone: str = "ink"


@dataclass(frozen=True)
class Line:
    """A line through `points`, `width` wide, with round ends."""

    points: tuple[tuple[float, float], ...]
    width: float
    tone: str = "ink"


Mark = Dot | Bar | Line
