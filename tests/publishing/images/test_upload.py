import random
import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from PIL import Image as PILImage

from publishing.content.snippet import Snippet
from publishing.images.models import Image
from publishing.images.upload import EXTENSIONS_BY_FORMAT, PictureFormField, inspect
from tests import factories

SUFFIXES = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "GIF": "gif", "AVIF": "avif"}


def file(content: bytes, name="picture.png"):
    return SimpleUploadedFile(name, content)


def encoded(format, size=(40, 30), **options) -> bytes:
    buffer = BytesIO()
    PILImage.effect_noise(size, 80).convert("RGB").save(buffer, format, **options)
    return buffer.getvalue()


def animated(format, frames: int, size=(8, 8)) -> bytes:
    buffer = BytesIO()
    pictures = [PILImage.new("RGB", size, (number * 40 % 256, number % 256, 90)) for number in range(frames)]
    pictures[0].save(buffer, format, save_all=True, append_images=pictures[1:])
    return buffer.getvalue()


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_that_claims(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


def gif_that_claims(width: int, height: int) -> bytes:
    frame = b"\x2c" + struct.pack("<HHHH", 0, 0, 1, 1) + b"\x00\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\x00\x00" + b"\x00\x00\x00\xff\xff\xff" + frame + b";"


@pytest.fixture
def nothing_decoded(monkeypatch):
    """Make the test fail if a pixel is decoded."""

    def fail(*args, **kwargs):
        raise AssertionError("A pixel was decoded.")

    for plugin in ("ImageFile.ImageFile", "GifImagePlugin.GifImageFile", "WebPImagePlugin.WebPImageFile"):
        monkeypatch.setattr(f"PIL.{plugin}.load", fail)
    monkeypatch.setattr("PIL.AvifImagePlugin.AvifImageFile.load", fail)


@pytest.mark.parametrize("format", SUFFIXES)
def test_sound_picture_is_accepted(format):
    upload = file(encoded(format, (64, 48)), f"photo.{SUFFIXES[format].upper()}")
    found, content_hash = inspect(upload)
    assert found == format
    assert len(content_hash) == 64
    assert upload.tell() == 0


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF"])
def test_animation_is_refused(format):
    assert "animated" in refused(file(animated(format, 3), f"a.{SUFFIXES[format]}"))


def test_photograph_with_a_preview_behind_it_counts_as_jpeg():
    buffer = BytesIO()
    photo = PILImage.new("RGB", (40, 30), "teal")
    photo.save(buffer, "MPO", save_all=True, append_images=[PILImage.new("RGB", (20, 15))])
    assert inspect(file(buffer.getvalue(), "IMG_1.JPG"))[0] == "JPEG"


def test_hash_is_of_the_whole_content():
    one, two = encoded("PNG"), encoded("PNG")
    assert inspect(file(one)) == inspect(file(one, "other.png"))
    assert inspect(file(one)) != inspect(file(two))


def refused(upload) -> str:
    with pytest.raises(ValidationError) as problem:
        inspect(upload)
    (sentence,) = problem.value.messages
    assert sentence.endswith(".")
    return sentence


def test_too_large_a_file_is_refused_with_both_sizes(settings, nothing_decoded):
    settings.IMAGE_MAX_BYTES = 2048
    sentence = refused(file(b"\x89PNG" + bytes(4096)))
    assert "4.0" in sentence
    assert "2.0" in sentence


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"BM" + bytes(100),
        b"GIF89a<script>alert(1)</script>",
        b"P6 1 1 255\n\x00\x00\x00",
    ],
    ids=["empty", "text", "svg", "svg with prolog", "pdf", "bmp", "gif in name only", "ppm"],
)
def test_what_is_no_picture_of_the_five_types_is_refused(content, nothing_decoded):
    assert "image" in refused(file(content))


@pytest.mark.parametrize("format", ["BMP", "TIFF", "ICO", "PPM", "TGA"])
def test_pictures_of_other_types_are_refused_whatever_their_name(format, nothing_decoded):
    assert "not a JPEG" in refused(file(encoded(format), "picture.png"))


@pytest.mark.parametrize("name", ["picture.jpg", "picture.html", "picture.svg", "picture", "picture.png.exe"])
def test_name_that_lies_about_the_type_is_refused(name, nothing_decoded):
    assert "contains a PNG image" in refused(file(encoded("PNG"), name))


@pytest.mark.parametrize(
    ("width", "height"), [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (10_000, 10_000), (50_000_001, 1)]
)
def test_gigapixel_bomb_is_refused_by_its_head(width, height, nothing_decoded):
    assert "pixels" in refused(file(png_that_claims(width, height)))


def test_gif_bomb_is_refused_by_its_head(nothing_decoded):
    assert "pixels" in refused(file(gif_that_claims(65_535, 65_535), "a.gif"))


def test_picture_at_the_limit_is_accepted(settings):
    settings.IMAGE_MAX_PIXELS = 40 * 30
    assert inspect(file(encoded("PNG")))
    settings.IMAGE_MAX_PIXELS -= 1
    refused(file(encoded("PNG")))


def test_text_that_unpacks_to_a_gigabyte_is_refused():
    bomb = png_chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(80_000_000), 9))
    content = encoded("PNG")
    refused(file(content[:33] + bomb + content[33:]))


@pytest.mark.parametrize("format", SUFFIXES)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_truncated_picture_is_refused_in_words(format, share):
    content = encoded(format, (200, 150))
    refused(file(content[: int(len(content) * share)], f"cut.{SUFFIXES[format]}"))


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF"])
@pytest.mark.parametrize("share", [0.3, 0.8])
def test_truncated_animation_is_refused_or_measured_but_no_error_of_ours(format, share):
    content = animated(format, 5, (60, 40))
    accepted_or_refused(file(content[: int(len(content) * share)], f"cut.{SUFFIXES[format]}"))


@pytest.mark.parametrize("format", SUFFIXES)
def test_damaged_picture_is_refused_or_measured_but_no_error_of_ours(format):
    chance = random.Random(format)
    content = encoded(format) if format != "GIF" else animated("GIF", 3)
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(chance.choice([1, 4, 20])):
            damaged[chance.randrange(min(len(damaged), chance.choice([60, 10_000])))] = chance.randrange(256)
        accepted_or_refused(file(bytes(damaged), f"damaged.{SUFFIXES[format]}"))


def accepted_or_refused(upload):
    with suppress(ValidationError):
        inspect(upload)


def test_form_field_takes_the_same_care():
    with pytest.raises(ValidationError, match="not a JPEG"):
        PictureFormField().clean(file(b"text"))
    assert PictureFormField().clean(file(encoded("PNG"))).content_type == "image/png"


def test_every_type_has_its_extensions():
    assert set(EXTENSIONS_BY_FORMAT) == set(SUFFIXES)


# The table -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", SUFFIXES)
def test_image_knows_its_size_and_hash_and_lies_under_a_name_made_of_them(db, format):
    upload = file(encoded(format, (300, 200)), f"Großes Bild.{SUFFIXES[format].upper()}")
    image = Image.objects.create(file=upload, alt="Noise")
    assert (image.width_px, image.height_px) == (300, 200)
    assert image.file.name == f"images/{image.content_hash[:16]}-grosses-bild.{SUFFIXES[format]}"
    assert inspect(image.file)[0] == format


@pytest.mark.parametrize("name", ["../../evil.png", "/etc/evil.png", "a/b/evil.png", "evil\\..\\x.png"])
def test_name_of_an_upload_cannot_choose_its_folder(db, name):
    image = factories.image(file=file(encoded("PNG"), name))
    assert image.file.name.startswith("images/")
    assert image.file.name.count("/") == 1


def test_bad_file_is_refused_on_the_way_past_the_form_too(db):
    with pytest.raises(ValidationError):
        Image.objects.create(file=file(b"<svg/>", "x.png"), alt="No picture")
    assert not Image.objects.exists()


def test_image_says_what_it_shows_or_is_decoration(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.image(alt="")
    decoration = factories.image(alt="", is_decorative=True)
    assert decoration.spoken_alt == ""
    assert factories.image(alt="A cat").spoken_alt == "A cat"
    with pytest.raises(ValidationError, match="or mark it as decorative"):
        Image(file=decoration.file, alt="", content_hash="x").full_clean()


def test_replaced_file_gets_another_address(db):
    image = factories.image()
    before = image.file.url, image.content_hash
    image.file = factories.picture_file(size=(50, 50), colour="navy")
    image.save()
    assert (image.file.url, image.content_hash) != before
    assert image.width_px == 50


def test_picture_in_use_as_a_cover_cannot_be_deleted(db):
    image = factories.image()
    factories.article(cover=image)
    with pytest.raises(ProtectedError):
        image.delete()


def test_picture_shown_in_a_text_cannot_be_deleted_in_the_admin(admin_page):
    image = factories.image()
    factories.article(title="Shows it", body=f'<figure><img src="ref:publishing.image/{image.pk}" alt="A"></figure>')
    one = admin_page.post(f"/admin/publishing/image/{image.pk}/delete/", {"post": "yes"})
    many = admin_page.post(
        "/admin/publishing/image/", {"action": "delete_selected", "_selected_action": image.pk, "post": "yes"}
    )
    assert "Shows it" in one.content.decode()
    assert "Shows it" in many.content.decode()
    assert Image.objects.exists()


def test_texts_of_snippets_are_read_once_for_all_pictures_to_delete(admin_page):
    keys = [factories.image(file=factories.picture_file(colour=colour)).pk for colour in ("navy", "teal", "plum")]
    Snippet.objects.create(name="Shows it", body=f'<figure><img src="ref:publishing.image/{keys[1]}" alt="A"></figure>')
    with CaptureQueriesContext(connection) as queries:
        page = admin_page.post("/admin/publishing/image/", {"action": "delete_selected", "_selected_action": keys})
    assert page.content.decode().count("Shows it</a> shows") == 1
    assert sum('"publishing_snippet"."body"' in query["sql"] for query in queries) == 1


def test_admin_says_in_words_what_is_wrong_with_a_picture(admin_page):
    upload = {"file": file(png_that_claims(60_000, 60_000)), "alt": "Bomb", "focal_x": 50, "focal_y": 50}
    response = admin_page.post("/admin/publishing/image/add/", upload)
    assert "too many pixels" in response.content.decode()
    assert not Image.objects.exists()


def test_admin_notes_that_the_very_same_file_is_there_already(admin_page):
    content = encoded("PNG")
    factories.image(file=file(content), alt="The first")
    upload = {"file": file(content), "alt": "The second", "focal_x": 50, "focal_y": 50}
    response = admin_page.post("/admin/publishing/image/add/", upload, follow=True)
    assert "already exists as “The first”" in response.content.decode()


# Serving -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", SUFFIXES)
def test_uploaded_picture_is_served_at_once_and_for_a_year(db, client, format):
    image = factories.image(file=file(encoded(format), f"p.{SUFFIXES[format]}"))
    response = client.get(image.file.url)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == f"image/{format.lower()}"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=31536000" in response.headers["Cache-Control"]
    assert "Content-Disposition" not in response.headers or "inline" in response.headers["Content-Disposition"]
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert b"".join(response) == image.file.read()


@pytest.mark.parametrize("name", ["page.html", "script.js", "drawing.svg", "nothing"])
def test_other_files_in_the_media_folder_are_only_handed_over_as_downloads(client, settings, name):
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / name).write_text("<svg onload=alert(1)>")
    response = client.get(f"/media/{name}")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "path", ["images/", "../secret-key", "%2e%2e/secret-key", "/etc/passwd", "%00", "a" * 5000, "%ED%A0%80", "x/" * 200]
)
def test_no_other_file_of_the_machine_is_served(db, client, settings, path):
    (settings.MEDIA_ROOT / "images").mkdir(parents=True)
    (settings.MEDIA_ROOT.parent / "secret-key").write_text("xyzzy")
    response = client.get(f"/media/{path}")
    assert response.status_code == 404
    assert b"xyzzy" not in response.content
