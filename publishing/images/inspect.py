"""Check that an upload is an acceptable image file, by its header, before any pixel is decoded."""

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
# Phones store a second image (a preview, a depth map) in a JPEG file; browsers show the first.
FORMATS_READ_AS = {"MPO": "JPEG"}

# Exceptions that Pillow's readers raise for broken files.
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
class ImageInfo:
    """The metadata of an image file: Pillow's name of the format, size in pixels, number of frames, SHA-256."""

    format: str
    width_px: int
    height_px: int
    sha256: str
    frames: int = 1


def inspect(file) -> ImageInfo:
    """Return the metadata of the image in `file` (a Django File). Raises ValidationError with a sentence for the user.

    Size and type are checked by file size and header, so that a small file which unpacks to gigabytes is refused before
    it is decoded. Afterwards the position of `file` is at its beginning.
    """
    if file.size > settings.IMAGE_MAX_BYTES:
        limit = filesizeformat(settings.IMAGE_MAX_BYTES)
        raise ValidationError(f"This file is {filesizeformat(file.size)}; pictures may be up to {limit}.")
    image = _head(file)
    format_name = FORMATS_READ_AS.get(image.format or "", image.format or "")
    frames = _frames(image)
    pixels = image.width * image.height * frames
    if pixels > settings.IMAGE_MAX_PIXELS:
        raise ValidationError(
            f"This picture has {image.width} × {image.height} pixels; the maximum is "
            f"{settings.IMAGE_MAX_PIXELS // 1_000_000} million in total. Reduce its size and try again."
        )
    extension = PurePath(file.name or "").suffix.lower().lstrip(".")
    if extension not in EXTENSIONS_BY_FORMAT[format_name]:
        raise ValidationError(f"This file is named “.{extension}” but contains a {format_name} picture. Rename it.")
    _decode(image)
    return ImageInfo(format_name, image.width, image.height, _sha256(file), frames)


def _head(file):
    file.seek(0)
    try:
        with warnings.catch_warnings():
            # Pillow warns of large sizes; our own limit refuses them with a clear message.
            warnings.simplefilter("ignore", PILImage.DecompressionBombWarning)
            return PILImage.open(file, formats=list(EXTENSIONS_BY_FORMAT))
    except PILImage.DecompressionBombError as error:
        raise ValidationError("This picture has too many pixels. Reduce its size and try again.") from error
    except UnidentifiedImageError as error:
        raise ValidationError("This file is not a JPEG, PNG, WebP, GIF or AVIF picture.") from error
    except DAMAGE as error:
        raise ValidationError("This picture is damaged. Upload another copy.") from error


def _frames(image) -> int:
    """Return the number of frames of an animation, from its blocks, without decoding."""
    if image.format in FORMATS_READ_AS:
        return 1
    try:
        return getattr(image, "n_frames", 1)
    except DAMAGE as error:
        raise ValidationError("This picture is damaged or incomplete. Upload another copy.") from error


def _decode(image):
    try:
        image.load()
    except DAMAGE as error:
        raise ValidationError("This picture is damaged or incomplete. Upload another copy.") from error


def _sha256(file) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


class CleanFile(SimpleUploadedFile):
    picture: ImageInfo  # of the upload


def prepare(file) -> CleanFile:
    """Return the file to store instead of an upload: the same image without metadata.

    Raises ValidationError with a sentence for the user.
    """
    if isinstance(file, CleanFile):
        return file
    picture = inspect(file)
    try:
        content = cleaned(file, picture)
    except DAMAGE as error:
        raise ValidationError("This picture is damaged or incomplete. Upload another copy.") from error
    prepared = CleanFile(PurePath(file.name).name, content, PILImage.MIME[picture.format])
    prepared.picture = picture
    return prepared


class PictureFormField(forms.ImageField):
    """An upload field whose errors describe what is wrong with an image."""

    def to_python(self, data):
        file = forms.FileField.to_python(self, data)
        return None if file is None else prepare(file)
