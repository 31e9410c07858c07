"""Smaller copies of an image in AVIF and WebP, so that browsers load no more pixels than the page shows.

The set of renditions follows from the image size alone, so pages can write their URLs without a lookup.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db.models.fields.files import ImageFieldFile
from PIL import Image as PILImage

from publishing.images.upload import upright

# Increase when the options below change: the URLs change with it, and the worker makes all renditions again.
RECIPE = 1
FOLDER = "renditions"
FORMATS = {"avif": ("AVIF", {"quality": 60, "speed": 7}), "webp": ("WEBP", {"quality": 80, "method": 4})}


@dataclass(frozen=True)
class Shape:
    """A display format: `ratio` of width to height, None for the whole image; `widths` of its renditions in pixels."""

    ratio: float | None
    widths: tuple[int, ...]

    def box(self, width: int, height: int, focus: tuple[int, int]) -> tuple[int, int, int, int]:
        """Return the visible box of an image (left, top, right, bottom): as large as possible around `focus` (in %)."""
        if self.ratio is None:
            return 0, 0, width, height
        seen_width = max(1, min(width, round(height * self.ratio)))
        seen_height = max(1, min(height, round(width / self.ratio)))
        left = min(max(round(width * focus[0] / 100 - seen_width / 2), 0), width - seen_width)
        top = min(max(round(height * focus[1] / 100 - seen_height / 2), 0), height - seen_height)
        return left, top, left + seen_width, top + seen_height

    def sizes(self, width: int, height: int) -> list[tuple[int, int]]:
        """Return width and height of each rendition, at most those of the image."""
        left, top, right, bottom = self.box(width, height, (50, 50))
        seen_width, seen_height = right - left, bottom - top
        widths = sorted({min(wanted, seen_width) for wanted in self.widths})
        return [(wanted, max(1, round(wanted * seen_height / seen_width))) for wanted in widths]


SHAPES = {
    "whole": Shape(None, (480, 960, 1600)),
    "wide": Shape(16 / 9, (480, 960, 1600)),
    "square": Shape(1, (160, 320)),
}


def rendition_name(file_name: str, key: str, shape: str, width: int, suffix: str) -> str:
    """Return the storage name of a rendition. `key` contains the recipe and the focus."""
    return f"{FOLDER}/{PurePath(file_name).name}/{key}/{shape}-{width}.{suffix}"


def key_for(focus: tuple[int, int]) -> str:
    return f"{RECIPE}-{focus[0]}-{focus[1]}"


def srcset(pairs: list[tuple[str, int]]) -> str:
    """Return URLs and widths as a `srcset` attribute."""
    return ", ".join(f"{url} {width}w" for url, width in pairs)


def render(file: ImageFieldFile, storage: Storage, focus: tuple[int, int]) -> str:
    """Make all renditions of a stored, clean image; return their key. Existing files are overwritten."""
    key = key_for(focus)
    with file.open("rb"), PILImage.open(file) as opened:
        image = upright(opened)
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    for name, shape in SHAPES.items():
        box = shape.box(image.width, image.height, focus)
        for width, height in shape.sizes(*image.size):
            small = image.resize((width, height), PILImage.Resampling.LANCZOS, box=box)
            for suffix, (format_name, options) in FORMATS.items():
                buffer = BytesIO()
                small.save(buffer, format_name, **options)
                target = rendition_name(file.name or "", key, name, width, suffix)
                storage.delete(target)
                storage.save(target, ContentFile(buffer.getvalue()))
    return key
