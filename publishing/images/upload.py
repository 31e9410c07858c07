"""Check an image by its header before pixels are decoded; reduce it to upright 8-bit sRGB without metadata."""

import hashlib
import struct
import warnings
import zlib
from io import BytesIO
from pathlib import PurePath
from typing import cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.defaultfilters import filesizeformat
from PIL import Image as PILImage
from PIL import ImageCms, ImageOps, UnidentifiedImageError

from publishing.images import svg

EXTENSIONS_BY_FORMAT = {"JPEG": {"jpg", "jpeg"}, "PNG": {"png"}, "WEBP": {"webp"}, "GIF": {"gif"}, "AVIF": {"avif"}}
# High quality, since photographs are encoded a second time here.
OPTIONS_BY_FORMAT = {
    "JPEG": {"quality": 92, "subsampling": 0, "progressive": True, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 92, "method": 4},
    "GIF": {"optimize": True},
    "AVIF": {"quality": 88, "speed": 6},
}
# Phones store a second image (a preview, a depth map) in a JPEG file, which Pillow calls MPO; browsers show the first.
PHONES = "MPO"
SRGB = ImageCms.createProfile("sRGB")
# Exceptions that Pillow's readers raise for broken files.
DAMAGE = (OSError, EOFError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError, RuntimeError)
DAMAGE += (struct.error, zlib.error)


def size_in_words(size_bytes: int) -> str:
    return filesizeformat(size_bytes).replace("KB", "kB")


def inspect(file) -> tuple[str, str]:
    """Return Pillow's name of the format of `file` (a Django File), and its SHA-256. Raises ValidationError for users.

    Size and header are checked first, so that a small file which unpacks to gigabytes is refused before it is decoded.
    """
    if file.size > settings.IMAGE_MAX_BYTES:
        limit = size_in_words(settings.IMAGE_MAX_BYTES)
        raise ValidationError(f"This file is {size_in_words(file.size)}; images may be up to {limit}.")
    file.seek(0)
    try:
        # Pillow warns of large sizes; our own limit refuses them with a clear message.
        with warnings.catch_warnings(action="ignore", category=PILImage.DecompressionBombWarning):
            image = PILImage.open(file, formats=list(EXTENSIONS_BY_FORMAT))
        format_name = "JPEG" if image.format == PHONES else image.format or ""
        _refuse_what_does_not_fit(image, format_name, file.name or "")
        image.load()
    except PILImage.DecompressionBombError as error:
        raise ValidationError("This image has too many pixels. Reduce its size and try again.") from error
    except UnidentifiedImageError as error:
        raise ValidationError("This file is not a JPEG, PNG, WebP, GIF, AVIF or SVG image.") from error
    except DAMAGE as error:
        raise ValidationError("This image is damaged or incomplete. Upload another copy.") from error
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return format_name, digest.hexdigest()


def _refuse_what_does_not_fit(image, format_name: str, name: str):
    if image.width * image.height > settings.IMAGE_MAX_PIXELS:
        raise ValidationError(
            f"This image has {image.width} × {image.height} pixels; the maximum is "
            f"{settings.IMAGE_MAX_PIXELS // 1_000_000} million in total. Reduce its size and try again."
        )
    extension = PurePath(name).suffix.lower().lstrip(".")
    if extension not in EXTENSIONS_BY_FORMAT[format_name]:
        raise ValidationError(f"This file is named “.{extension}” but contains a {format_name} image. Rename it.")
    if getattr(image, "is_animated", False) and image.format != PHONES:
        raise ValidationError("This image is animated, and readers cannot stop it. Choose a still one.")


class CleanFile(SimpleUploadedFile):
    content_hash: str  # SHA-256 of the upload


def prepare(file: File) -> CleanFile:
    """Return the same image without metadata, in its own format. Raises ValidationError with a sentence for users."""
    if isinstance(file, CleanFile):
        return file
    if svg.is_svg(file.name):
        content = file.read(svg.MOST_BYTES + 1)
        prepared = CleanFile(PurePath(file.name or "").name, svg.cleaned(content), "image/svg+xml")
        prepared.content_hash = hashlib.sha256(content).hexdigest()
        return prepared
    format_name, content_hash = inspect(file)
    buffer = BytesIO()
    try:
        with PILImage.open(file, formats=[format_name, PHONES]) as opened:
            image = upright(opened)
        if format_name == "JPEG" and image.mode not in {"L", "RGB"}:
            image = image.convert("RGB")
        image.save(buffer, format_name, **OPTIONS_BY_FORMAT[format_name])
    except DAMAGE as error:
        raise ValidationError("This image is damaged or incomplete. Upload another copy.") from error
    prepared = CleanFile(PurePath(file.name or "").name, buffer.getvalue(), PILImage.MIME[format_name])
    prepared.content_hash = content_hash
    return prepared


def upright(image: PILImage.Image) -> PILImage.Image:
    """Return a copy as people see it: rotated by its EXIF orientation, in sRGB, without metadata."""
    image = in_srgb(ImageOps.exif_transpose(image, in_place=False))
    transparency = image.info.get("transparency") if image.mode == "P" else None
    image.info = {} if transparency is None else {"transparency": transparency}
    return image


def in_srgb(image: PILImage.Image) -> PILImage.Image:
    """Return `image` in mode L, P, RGB or RGBA, with its colour profile applied."""
    profile = image.info.get("icc_profile")
    has_other_alpha = image.mode in {"LA", "PA", "La", "RGBa"} or (
        image.mode in {"L", "RGB"} and "transparency" in image.info
    )
    if image.mode.startswith(("I", "F")):
        # 16 bits: Pillow would clip values above 255 instead of dividing.
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode == "1":
        image = image.convert("L")
    elif has_other_alpha or (image.mode == "P" and profile):
        image = image.convert("RGBA")
    if profile:
        image = _by_profile(image, profile)
    return image if image.mode in {"L", "P", "RGB", "RGBA"} else image.convert("RGB")


def _by_profile(image: PILImage.Image, profile: bytes) -> PILImage.Image:
    """Return `image` converted to sRGB. A profile that cannot be read is ignored, as in browsers."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        colours = image if alpha is None else image.convert("RGB")
        turned = cast(PILImage.Image, ImageCms.profileToProfile(colours, source, SRGB, outputMode="RGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    if alpha is not None:
        turned.putalpha(alpha)
    return turned


class PictureFormField(forms.ImageField):
    """An upload field whose errors describe what is wrong with an image."""

    default_validators = []  # Django's would refuse SVG by its name

    def to_python(self, data: File | None) -> CleanFile | None:
        file = forms.FileField.to_python(self, data)
        return None if file is None else prepare(file)
