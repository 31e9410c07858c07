"""Reduce an uploaded image to its pixels: upright, 8-bit sRGB, without metadata.

Date, location, camera, preview and comments are removed.
"""

from io import BytesIO
from typing import cast

from PIL import Image as PILImage
from PIL import ImageCms, ImageOps, ImageSequence

# High quality, since photographs are encoded a second time here.
OPTIONS_BY_FORMAT = {
    "JPEG": {"quality": 92, "subsampling": 0, "progressive": True, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 92, "method": 4},
    "GIF": {"optimize": True},
    "AVIF": {"quality": 88, "speed": 6},
}
SRGB = ImageCms.createProfile("sRGB")


def cleaned(file, picture) -> bytes:
    """Return the image in `file`, inspected as `picture`, in its own format. Animations are preserved."""
    file.seek(0)
    with PILImage.open(file, formats=[picture.format, "MPO"]) as image:
        if picture.frames > 1:
            return _encoded_animation(image, picture.format)
        return _encoded(upright(image), picture.format)


def upright(image: PILImage.Image) -> PILImage.Image:
    """Return a copy as people see it: rotated by its EXIF orientation, in sRGB, without metadata."""
    image = in_srgb(ImageOps.exif_transpose(image, in_place=False))
    transparency = image.info.get("transparency") if image.mode == "P" else None
    image.info = {} if transparency is None else {"transparency": transparency}
    return image


def in_srgb(image: PILImage.Image) -> PILImage.Image:
    """Return `image` in mode L, P, RGB or RGBA, with its colour profile applied."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith(("I", "F")):
        # 16 bits: Pillow would clip values above 255 instead of dividing.
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode == "1":
        image = image.convert("L")
    elif _has_other_alpha(image) or (image.mode == "P" and profile):
        image = image.convert("RGBA")
    if profile:
        image = _by_profile(image, profile)
    return image if image.mode in {"L", "P", "RGB", "RGBA"} else image.convert("RGB")


def _has_other_alpha(image) -> bool:
    """Return whether its transparency is stored differently from RGBA; a palette keeps its own."""
    return image.mode in {"LA", "PA", "La", "RGBa"} or (image.mode in {"L", "RGB"} and "transparency" in image.info)


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


def _encoded(image, format_name: str) -> bytes:
    if format_name == "JPEG" and image.mode not in {"L", "RGB"}:
        image = image.convert("RGB")
    buffer = BytesIO()
    image.save(buffer, format_name, **OPTIONS_BY_FORMAT[format_name])
    return buffer.getvalue()


def _encoded_animation(image, format_name: str) -> bytes:
    frames, durations = [], []
    for frame in ImageSequence.Iterator(image):
        durations.append(frame.info.get("duration", 100) or 100)
        frames.append(upright(frame).convert("RGBA"))
    loop = image.info.get("loop")
    endless = {} if loop is None else {"loop": loop}
    buffer = BytesIO()
    options = {**OPTIONS_BY_FORMAT[format_name], "duration": durations, **endless}
    if format_name == "GIF":
        options["disposal"] = 2
    frames[0].save(buffer, format_name, save_all=True, append_images=frames[1:], **options)
    return buffer.getvalue()
