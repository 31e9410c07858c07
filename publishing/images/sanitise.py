"""What is left of an uploaded picture: its pixels, upright, in 8 bits of sRGB. Where and when it was taken, by which
camera, its preview and its comments are not kept."""

from io import BytesIO

from PIL import Image as PILImage
from PIL import ImageCms, ImageOps, ImageSequence

# What readers see of a photograph must not suffer by being encoded once more.
OPTIONS_BY_FORMAT = {
    "JPEG": {"quality": 92, "subsampling": 0, "progressive": True, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 92, "method": 4},
    "GIF": {"optimize": True},
    "AVIF": {"quality": 88, "speed": 6},
}
SRGB = ImageCms.createProfile("sRGB")


def cleaned(file, picture) -> bytes:
    """Return the picture in `file`, inspected as `picture`, in its own format. An animation stays one."""
    file.seek(0)
    with PILImage.open(file, formats=[picture.format, "MPO"]) as image:
        if picture.frames > 1:
            return _encoded_animation(image, picture.format)
        return _encoded(upright(image), picture.format)


def upright(image):
    """Return a copy as a person sees it: turned as its camera said, its colours in sRGB, without metadata."""
    image = in_srgb(ImageOps.exif_transpose(image))
    transparency = image.info.get("transparency") if image.mode == "P" else None
    image.info = {} if transparency is None else {"transparency": transparency}
    return image


def in_srgb(image):
    """Return `image` in one of the modes L, P, RGB and RGBA, its profile applied."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith(("I", "F")):
        # 16 bits: Pillow would cut off what is above 255 instead of dividing.
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode == "1":
        image = image.convert("L")
    elif _has_other_alpha(image) or (image.mode == "P" and profile):
        image = image.convert("RGBA")
    if profile:
        image = _by_profile(image, profile)
    return image if image.mode in {"L", "P", "RGB", "RGBA"} else image.convert("RGB")


def _has_other_alpha(image) -> bool:
    """Whether its transparency is told in another way than RGBA does; a palette keeps its own."""
    return image.mode in {"LA", "PA", "La", "RGBa"} or (image.mode in {"L", "RGB"} and "transparency" in image.info)


def _by_profile(image, profile: bytes):
    """Return `image` with the meaning of its numbers moved to sRGB. A profile that cannot be read is passed over, as
    browsers do."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        colours = image if alpha is None else image.convert("RGB")
        turned = ImageCms.profileToProfile(colours, source, SRGB, outputMode="RGB")
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
