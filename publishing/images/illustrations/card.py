"""The share image of a page: title, kind, site mark and a drawing. 1200 × 630 pixels, PNG."""

from io import BytesIO

from PIL import Image, ImageDraw

from publishing.images.illustrations.drawing import GRIDS, Drawing
from publishing.images.illustrations.motifs import TONES, Bar, Dot
from publishing.images.illustrations.typesetting import ASCENT, LEADING, SANS, cut, drawable, loaded, set_in_lines

WIDTH, HEIGHT = 1200, 630
PANEL = 420
MARGIN = 64
TITLE_WIDTH = WIDTH - PANEL - 2 * MARGIN
TITLE_TOP = MARGIN + 60
PAPER = "#fbf9f4"
NAME_SIZES = (34, 30, 26, 22)
NAME_WEIGHT = 600
NAME_WIDTH = TITLE_WIDTH - 42  # to the right of the mark
SCALE = 3  # drawn larger and then shrunk, for smooth edges
LIGHT = {tone: light for tone, (light, _) in TONES.items()}


def card(title: str, kind: str, site_name: str, drawing: Drawing) -> bytes:
    """Return the PNG. A title is left out if our font lacks its letters; the drawing then fills the width."""
    words = set_in_lines(title, TITLE_WIDTH, HEIGHT - TITLE_TOP - MARGIN - 88)
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    canvas = ImageDraw.Draw(image)
    if words:
        image.paste(painted(drawing, "tall"), (WIDTH - PANEL, 0))
        _write(canvas, words, kind, site_name)
    else:
        canvas.rectangle((0, 0, WIDTH, HEIGHT), fill=LIGHT["wash"])
        image.paste(painted(drawing, "wide"), (WIDTH - 960, 0))
        _write_mark(canvas, site_name, HEIGHT - MARGIN)
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def painted(drawing: Drawing, shape: str) -> Image.Image:
    """Return a drawing in pixels, on its background, in the colours of the light theme."""
    columns, rows, unit = GRIDS[shape]
    large = unit * SCALE
    image = Image.new("RGB", (columns * large, rows * large), LIGHT["wash"])
    canvas = ImageDraw.Draw(image)
    for mark in drawing.marks(shape):
        fill = LIGHT[mark.tone]
        match mark:
            case Dot():
                canvas.circle((mark.x * large, mark.y * large), mark.radius * large, fill=fill)
            case Bar():
                right, bottom = mark.x + mark.width, mark.y + mark.height
                canvas.rectangle((mark.x * large, mark.y * large, right * large, bottom * large), fill=fill)
            case _:
                _stroke(canvas, [(x * large, y * large) for x, y in mark.points], mark.width * large, fill)
    return image.resize((columns * unit, rows * unit), Image.Resampling.LANCZOS)


def _stroke(canvas, points, width, fill):
    canvas.line(points, fill=fill, width=max(1, round(width)), joint="curve")
    for end in (points[0], points[-1]):
        canvas.circle(end, width / 2, fill=fill)


def _write(canvas, words, kind, site_name):
    font = loaded(SANS, 30, 600)
    kind = cut(drawable(kind, SANS), font, TITLE_WIDTH)
    canvas.text((MARGIN, MARGIN + 24), kind, font=font, fill=LIGHT["accent"], anchor="ls")
    lines, font = words
    for number, line in enumerate(lines):
        baseline = TITLE_TOP + font.size * (ASCENT + number * LEADING)
        canvas.text((MARGIN, baseline), line, font=font, fill=LIGHT["ink"], anchor="ls")
    canvas.rectangle((MARGIN, HEIGHT - MARGIN - 58, MARGIN + 56, HEIGHT - MARGIN - 55), fill=LIGHT["ink"])
    _write_mark(canvas, site_name, HEIGHT - MARGIN)


def _write_mark(canvas, site_name, baseline):
    unit = 30 / 28  # the mark of components/mark.html, as tall as the letters
    x, y = MARGIN - 4 * unit, baseline - 28 * unit
    points = [(x + px * unit, y + py * unit) for px, py in ((4, 7), (16, 28), (28, 7))]
    canvas.line(points, fill=LIGHT["ink"], width=4, joint="curve")
    canvas.circle((x + 16 * unit, y + 8.5 * unit), 5 * unit, fill=LIGHT["accent"])
    if name := set_in_lines(site_name, NAME_WIDTH, round(NAME_SIZES[0] * LEADING), NAME_WEIGHT, NAME_SIZES):
        ([line], font) = name
        canvas.text((MARGIN + 42, baseline), line, font=font, fill=LIGHT["ink"], anchor="ls")
