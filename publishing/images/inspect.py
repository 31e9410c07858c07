"""What is an acceptable picture file: looked at before a pixel is decoded."""

import hashlib
import struct
import warnings
import zlib
from dataclasses import dataclass
from pathlib import PurePath

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.defaultfilters import filesizeformat
from PIL import Image as PILImage
from PIL import UnidentifiedImageError

from publishing.images.sanitise import cleaned

EXTENSIONS_BY_FORMAT = {"JPEG": {"jpg", "jpeg"}, "PNG": {"png"}, "WEBP": {"webp"}, "GIF": {"gif"}, "AVIF": {"avif"}}
# A photograph with a second one behind it (a preview, a depth map), as phones write them: browsers show the first.
FORMATS_READ_AS = {"MPO": "JPEG"}

# What Pillow's readers raise over broken files.
DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    SyntaxError,
    ArithmeticError,
    LookupError,
    TypeError,
    RuntimeError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class Picture:
    """What the head of a file says: its format as Pillow names it, its size in pixels, how many pictures it holds; and
    the SHA-256 of the whole."""

    format: str
    width_px: int
    height_px: int
    sha256: str
    frames: int = 1


def inspect(file) -> Picture:
    """Return what the picture in `file` (a Django File) is. Raises ValidationError with a sentence for its reader.

    Size and type are judged from the length and the head of the file, so that a small file which unpacks to
    gigabytes is refused before it is unpacked. The position of `file` is at its beginning afterwards.
    """
    if file.size > settings.IMAGE_MAX_BYTES:
        limit = filesizeformat(settings.IMAGE_MAX_BYTES)
        raise ValidationError(f"This file is {filesizeformat(file.size)}; pictures may be up to {limit}.")
    image = _head(file)
    format_name = FORMATS_READ_AS.get(image.format, image.format)
    frames = _frames(image)
    pixels = image.width * image.height * frames
    if pixels > settings.IMAGE_MAX_PIXELS:
        raise ValidationError(
            f"This picture has {image.width} × {image.height} pixels; up to "
            f"{settings.IMAGE_MAX_PIXELS // 1_000_000} million in all are accepted. Make it smaller and try again."
        )
    extension = PurePath(file.name or "").suffix.lower().lstrip(".")
    if extension not in EXTENSIONS_BY_FORMAT[format_name]:
        raise ValidationError(f"This file is named “.{extension}” but holds a {format_name} picture. Rename it.")
    _decode(image)
    return Picture(format_name, image.width, image.height, _sha256(file), frames)


def _head(file):
    file.seek(0)
    try:
        with warnings.catch_warnings():
            # Pillow warns of large sizes; ours are refused by our own limit, in words.
            warnings.simplefilter("ignore", PILImage.DecompressionBombWarning)
            return PILImage.open(file, formats=list(EXTENSIONS_BY_FORMAT))
    except PILImage.DecompressionBombError as error:
        raise ValidationError("This picture has far too many pixels. Make it smaller and try again.") from error
    except UnidentifiedImageError as error:
        raise ValidationError("This is not a picture in JPEG, PNG, WebP, GIF or AVIF.") from error
    except DAMAGE as error:
        raise ValidationError("This picture is damaged and cannot be read.") from error


def _frames(image) -> int:
    """How many pictures an animation holds, by its blocks; none of them is decoded."""
    if image.format in FORMATS_READ_AS:
        return 1
    try:
        return getattr(image, "n_frames", 1)
    except DAMAGE as error:
        raise ValidationError("This picture is damaged and cannot be read to its end.") from error


def _decode(image):
    try:
        image.load()
    except DAMAGE as error:
        raise ValidationError("This picture is damaged and cannot be read to its end.") from error


def _sha256(file) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def prepare(file):
    """Return what is stored and served in place of an upload: the same picture with nothing but the picture in it.

    Its attribute `picture` says what the upload was. Raises ValidationError with a sentence for its reader.
    """
    if hasattr(file, "picture"):
        return file
    picture = inspect(file)
    try:
        content = cleaned(file, picture)
    except DAMAGE as error:
        raise ValidationError("This picture is damaged and cannot be read to its end.") from error
    prepared = SimpleUploadedFile(PurePath(file.name).name, content, PILImage.MIME[picture.format])
    prepared.picture = picture
    return prepared


class PictureFormField(forms.ImageField):
    """An upload field that says in words what is wrong with a picture."""

    def to_python(self, data):
        file = forms.FileField.to_python(self, data)
        return None if file is None else prepare(file)
