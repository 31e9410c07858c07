"""Covers and share images that the program draws itself."""

import gzip
import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.files.storage import default_storage
from PIL import Image as PILImage
from PIL import ImageChops

from catalog.models import AIModel
from catalog.rules.choices import Existence
from publishing.content.publishable import State
from publishing.images.illustrations import typesetting
from publishing.images.illustrations.card import card
from publishing.images.illustrations.drawing import GRIDS, SUBJECTS, Drawing, as_svg, drawing_about
from publishing.images.illustrations.motifs import MOTIFS, TONES, Bar, Dot
from publishing.images.illustrations.share_card import share_url
from publishing.images.illustrations.typesetting import set_in_lines
from tests import factories

DRAWING = Drawing("tokens", "0a1b2c3d")


def picture(content: bytes):
    image = PILImage.open(BytesIO(content))
    image.load()
    return image


def is_same(one: bytes, other: bytes) -> bool:
    return is_same_picture(picture(one), picture(other))


def is_same_picture(one, other) -> bool:
    return ImageChops.difference(one, other).getbbox() is None


# Covers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("motif", MOTIFS)
@pytest.mark.parametrize("shape", GRIDS)
def test_every_motif_fits_every_shape_whatever_chance_says(motif, shape):
    columns, rows, _ = GRIDS[shape]
    for number in range(60):
        marks = Drawing(motif, f"{number:08x}").marks(shape)
        assert any(mark.tone == "accent" for mark in marks)
        assert len(marks) < 700
        for mark in marks:
            assert mark.tone in TONES
            for x, y in points_of(mark):
                assert -0.1 <= x <= columns + 0.1
                assert -0.1 <= y <= rows + 0.1


def points_of(mark):
    if isinstance(mark, Dot):
        return [(mark.x - mark.radius, mark.y - mark.radius), (mark.x + mark.radius, mark.y + mark.radius)]
    if isinstance(mark, Bar):
        assert mark.width > 0
        assert mark.height > 0
        return [(mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height)]
    return mark.points


def test_drawing_is_the_same_each_time_and_another_for_each_text():
    one = drawing_about("what-a-token-costs", "What a token costs")
    assert as_svg(one, "wide") == as_svg(drawing_about("what-a-token-costs", "What a token costs"), "wide")
    assert as_svg(one, "wide") != as_svg(drawing_about("another", "What a token costs"), "wide")


@pytest.mark.parametrize(
    ("title", "motif"),
    [
        ("How to read a model’s end-of-life notice", "lifetimes"),
        ("A year’s bill for two models", "tokens"),
        ("Test a model on your own data: evaluation", "curves"),
    ],
)
def test_drawing_shows_what_the_text_is_about(title, motif):
    assert drawing_about("slug", title).motif == motif


def test_every_motif_stands_for_something():
    assert set(SUBJECTS) == set(MOTIFS)


def test_cover_is_sound_svg_for_light_and_dark_and_may_be_kept(client):
    response = client.get(DRAWING.shown("wide")["url"])
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert "immutable" in response.headers["Cache-Control"]
    assert "default-src 'none'; sandbox" in response.headers["Content-Security-Policy"]
    text = response.content.decode()
    assert ElementTree.fromstring(text).get("width") == "960"
    assert "prefers-color-scheme:dark" in text
    assert len(text) < 30_000
    packed = client.get(DRAWING.shown("wide")["url"], headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content).decode() == text


@pytest.mark.parametrize(
    "name", ["tokens-0a1b2c3d-huge-2", "nothing-0a1b2c3d-wide-2", "tokens-0a1b2c3d4-wide-2", "tokens-0a1b2c3d-wide-999"]
)
def test_nothing_else_is_drawn(client, db, name):
    assert client.get(f"/drawings/{name}.svg").status_code == 404


def test_article_without_a_cover_shows_a_drawing_in_lists_and_at_its_head(db, client):
    article = factories.article(title="What a token costs")
    head = client.get(article.get_absolute_url()).content.decode()
    assert f'src="{article.drawing.shown("whole")["url"]}"' in head
    for path in ("/articles/", "/"):
        assert article.drawing.seed in client.get(path).content.decode()


def test_plain_page_has_no_cover(db):
    assert factories.article(kind="page").shown_cover is None


# Share images --------------------------------------------------------------------------------------


def share_image_of(client, record) -> tuple[str, dict]:
    html = client.get(record.get_absolute_url()).content.decode()
    return html, dict(re.findall(r'<meta property="(og:image[^"]*)" content="([^"]*)">', html))


@pytest.mark.parametrize("make", [factories.article, factories.question, lambda: factories.publishable(AIModel, "abc")])
def test_page_names_a_picture_of_1200_by_630_that_is_there(db, client, settings, make):
    record = make()
    _, named = share_image_of(client, record)
    assert (named["og:image:width"], named["og:image:height"]) == ("1200", "630")
    assert str(record) in named["og:image:alt"]
    response = client.get(named["og:image"].removeprefix(settings.SITE_URL))
    assert response.headers["Content-Type"] == "image/png"
    assert "max-age=31536000, immutable" in response.headers["Cache-Control"]
    image = picture(response.getvalue())
    assert (image.format, image.size) == ("PNG", (1200, 630))


def test_picture_of_the_editor_is_used_with_its_own_size(db, client, settings):
    cover = factories.image(file=factories.picture_file(size=(64, 48)))
    _, named = share_image_of(client, factories.article(cover=cover))
    assert named["og:image"] == settings.SITE_URL + cover.file.url
    assert (named["og:image:width"], named["og:image:height"]) == ("64", "48")


def test_picture_and_address_follow_the_title(db, client):
    article = factories.article(title="The first title")
    old = share_url(article, "Vitrine")
    for noughts in ("0", "000"):
        response = client.get(old.replace(f"/{article.pk}-", f"/{noughts}{article.pk}-"))
        assert (response.status_code, response.headers["Location"]) == (302, old)
    first = client.get(old).getvalue()
    article.title = "Quite another title"
    article.save()
    assert share_url(article, "Vitrine") != old
    response = client.get(old)
    assert (response.status_code, response.headers["Location"]) == (302, share_url(article, "Vitrine"))
    assert not is_same(first, client.get(share_url(article, "Vitrine")).getvalue())


def test_picture_is_drawn_once(db, client, monkeypatch):
    article = factories.article()
    first = client.get(share_url(article, "Vitrine")).getvalue()

    def fail(*args):
        raise AssertionError("It was drawn again.")

    monkeypatch.setattr("publishing.images.illustrations.share_card.card", fail)
    assert client.get(share_url(article, "Vitrine")).getvalue() == first


def test_title_of_a_draft_is_in_no_picture_even_for_those_who_may_read_it(db, admin_page):
    draft = factories.article(title="Not yet to be known", state=State.DRAFT)
    assert admin_page.get(share_url(draft, "Vitrine")).status_code == 404
    html, named = share_image_of(admin_page, draft)
    assert "Not yet to be known" in html
    assert named == {}


@pytest.mark.parametrize(
    "path", ["auth.user/1-0", "articles.article/99999999999999999999-0", "nothing/1-0", "articles.article/1-0"]
)
def test_no_picture_of_what_is_no_record(db, client, path):
    assert client.get(f"/share/{path}.png").status_code == 404


def test_unverified_name_is_marked_as_such():
    model = AIModel(name="Phantom 9", existence=Existence.UNVERIFIED)
    assert model.card_words() == ("“Phantom 9”", "AI model, not verified")


@pytest.mark.parametrize(
    "title",
    ["A", "word " * 60, "W" * 200, "A word that is " + "verylong" * 20, "", "GPT-4o mini", "x" * 5000],
    ids=["one letter", "many words", "one long word", "long word among others", "nothing", "short", "far too long"],
)
def test_any_length_of_title_stays_inside(title):
    if found := set_in_lines(title, 652, 378):
        lines, font = found
        assert len(lines) * font.size * typesetting.LEADING <= 378
        for line in lines:
            assert font.getlength(line) <= 652
    assert bool(found) == bool(title)
    assert picture(card(title, "Article", "Vitrine", DRAWING)).size == (1200, 630)


def test_short_titles_are_set_larger_than_long_ones():
    (_, short), (lines, long) = set_in_lines("GPT-4", 652, 378), set_in_lines("word " * 80, 652, 378)
    assert short.size > long.size
    assert lines[-1].endswith("…")


@pytest.mark.parametrize("title", ["模型的选择", "كيف تختار نموذجا", "Как выбрать модель", "मॉडल कैसे चुनें"])
def test_letters_that_the_font_lacks_are_not_drawn_as_boxes(title):
    assert set_in_lines(title, 652, 378) is None
    without = card(title, "Article", "Vitrine", DRAWING)
    assert picture(without).size == (1200, 630)
    assert is_same(without, card("", "Article", "Vitrine", DRAWING))


def test_pictograph_is_passed_over():
    lines, _ = set_in_lines("Ready 🚀 to go👍🏽 \u200d", 652, 378)
    assert lines == ["Ready to go"]


@pytest.mark.parametrize("half", [b"", b"\x89PNG\r\n half of it"])
def test_picture_that_was_written_by_half_is_drawn_again(db, client, half):
    address = share_url(factories.article(title="Whole"), "Vitrine")
    whole = client.get(address).getvalue()
    for stored in Path(default_storage.path("drawn")).iterdir():
        stored.write_bytes(half)
    assert client.get(address).getvalue() == whole
    assert [stored.read_bytes() for stored in Path(default_storage.path("drawn")).iterdir()] == [whole]


def test_full_disk_keeps_nobody_from_the_picture(db, client, monkeypatch):
    def save(name, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", save)
    response = client.get(share_url(factories.article(title="Whole"), "Vitrine"))
    assert (response.status_code, picture(response.getvalue()).size) == (200, (1200, 630))


@pytest.mark.parametrize(
    ("kind", "name"), [("Article", "W" * 60), ("Article", "A name " * 8), ("Article · A. Long-Name and " * 5, "A")]
)
def test_long_names_stay_beside_the_drawing(kind, name):
    drawn, short = (picture(card("Title", *words, DRAWING)) for words in ((kind, name), ("Article", "A")))
    panel = (1200 - 420, 0, 1200, 630)
    assert is_same_picture(drawn.crop(panel), short.crop(panel))


def test_name_of_the_site_that_the_font_lacks_is_left_to_the_mark():
    assert is_same(card("Title", "Article", "模型", DRAWING), card("Title", "Article", "", DRAWING))
