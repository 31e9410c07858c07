"""Uploads are cleaned: the image stays, without metadata about place, time and device."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as PILImage
from PIL import ImageCms, PngImagePlugin

from publishing.images.models import Image
from tests import factories

ORIENTATION, GPS = 0x0112, 0x8825
SECRET = b"Camera of a person"
TRACES = {"exif", "xmp", "icc_profile", "comment", "photoshop", "mp", "Raw profile type exif", "XML:com.adobe.xmp"}


def is_clean(image) -> bool:
    """Return whether an opened image has no metadata, like the files that `cleaned` writes."""
    return not (TRACES & image.info.keys() or len(image.getexif()) or getattr(image, "text", None))


def halves(size=(40, 20)):
    """An image with a red left and a blue right half."""
    image = PILImage.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    return image


def with_traces(orientation=1) -> PILImage.Exif:
    exif = PILImage.Exif()
    exif[ORIENTATION] = orientation
    exif[0x0110] = SECRET.decode()
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 30.0, 1.0)})
    return exif


def stored(image, format, **options) -> Image:
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return Image.objects.create(file=ContentFile(buffer.getvalue(), f"p.{format.lower()}"), alt="Two colours")


def opened(record: Image):
    with default_storage.open(record.file.name) as file:
        image = PILImage.open(BytesIO(file.read()))
    image.load()
    return image


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_place_and_camera_of_a_photograph_are_not_kept(db, format):
    buffer = BytesIO()
    halves().save(buffer, format, exif=with_traces())
    assert SECRET in buffer.getvalue()
    record = Image.objects.create(file=ContentFile(buffer.getvalue(), f"p.{format.lower()}"), alt="Two colours")
    with default_storage.open(record.file.name) as file:
        content = file.read()
    assert SECRET not in content
    assert b"Exif" not in content
    assert is_clean(opened(record))
    record.render()
    for name in files_below("renditions"):
        with default_storage.open(name) as file:
            assert is_clean(PILImage.open(file))


def files_below(folder):
    folders, files = default_storage.listdir(folder)
    return [f"{folder}/{name}" for name in files] + [
        name for inner in folders for name in files_below(f"{folder}/{inner}")
    ]


def test_comments_of_jpeg_and_png_are_not_kept(db):
    assert "comment" not in opened(stored(halves(), "JPEG", comment=SECRET)).info
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", SECRET.decode())
    notes.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    assert not opened(stored(halves(), "PNG", pnginfo=notes)).text


@pytest.mark.parametrize(
    ("orientation", "size", "corner"),
    [(1, (40, 20), "red"), (3, (40, 20), "blue"), (6, (20, 40), "red"), (8, (20, 40), "blue")],
)
def test_photograph_is_stored_as_it_was_held(db, orientation, size, corner):
    record = stored(halves(), "JPEG", exif=with_traces(orientation))
    assert (record.width_px, record.height_px) == size
    image = opened(record)
    assert image.size == size
    assert_near(image.getpixel((1, 1)), {"red": (255, 0, 0), "blue": (0, 0, 255)}[corner])


def assert_near(colour, wanted, tolerance=12):
    assert all(abs(one - other) <= tolerance for one, other in zip(colour, wanted, strict=True)), (colour, wanted)


def test_colours_of_another_space_are_moved_to_srgb(db):
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert_near(opened(stored(halves(), "PNG", icc_profile=srgb)).getpixel((1, 1)), (255, 0, 0))
    # The profile's table swaps red and blue: read without it, the image has the other colour.
    swapped = srgb.replace(b"rXYZ", b"....").replace(b"bXYZ", b"rXYZ").replace(b"....", b"bXYZ")
    for format in ("PNG", "WEBP"):
        image = opened(stored(halves(), format, icc_profile=swapped, lossless=True))
        assert "icc_profile" not in image.info
        assert_near(image.convert("RGB").getpixel((1, 1)), (0, 0, 255))
    clear = halves().convert("RGBA")
    clear.putalpha(128)
    assert_near(opened(stored(clear, "PNG", icc_profile=swapped)).getpixel((1, 1)), (0, 0, 255, 128))


def test_profile_that_cannot_be_read_is_passed_over(db):
    record = stored(halves(), "JPEG", icc_profile=b"no profile at all" * 20)
    assert_near(opened(record).getpixel((1, 1)), (255, 0, 0))
    assert is_clean(opened(record))


def test_cmyk_photograph_becomes_rgb(db):
    record = stored(halves().convert("CMYK"), "JPEG")
    assert opened(record).mode == "RGB"
    assert_near(opened(record).getpixel((1, 1)), (255, 0, 0), 40)


def test_grey_of_16_bits_keeps_its_tone(db):
    image = PILImage.new("I;16", (30, 20), 128 * 256)
    assert abs(opened(stored(image, "PNG")).convert("L").getpixel((3, 3)) - 128) <= 1


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_stays(db, mode):
    image = PILImage.new("RGBA", (30, 20), (200, 30, 30, 255))
    image.paste((0, 0, 0, 0), (0, 0, 15, 20))
    record = stored(image.quantize(4) if mode == "P" else image.convert(mode), "PNG")
    rgba = opened(record).convert("RGBA")
    assert rgba.getpixel((2, 2))[3] == 0
    assert rgba.getpixel((20, 2))[3] == 255
    record.render()
    assert record.rendered


def test_file_saved_in_code_is_cleaned_and_gets_its_hash(db):
    buffer = BytesIO()
    halves().save(buffer, "JPEG", exif=with_traces())
    record = Image(alt="Two colours")
    record.file.save("Harbour.jpg", ContentFile(buffer.getvalue()))
    record.refresh_from_db()
    assert len(record.content_hash) == 64
    assert record.file.name == f"images/{record.content_hash[:16]}-harbour.jpg"
    assert is_clean(opened(record))


def test_saving_only_the_file_keeps_hash_and_size_in_step(db):
    record = factories.image()
    record.file = factories.picture_file(size=(70, 50), colour="navy")
    record.save(update_fields=["file"])
    before = record.content_hash
    record.refresh_from_db()
    assert (record.content_hash, record.width_px) == (before, 70)
