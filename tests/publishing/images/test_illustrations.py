"""Covers and share images that the program draws itself."""

import re
from io import BytesIO

import pytest
from PIL import Image as PILImage
from PIL import ImageChops, ImageColor

from catalog.models import AIModel
from publishing.content.publishable import State
from publishing.images.illustrations.drawing import (
    COLUMNS,
    RECIPE,
    ROWS,
    SHARE,
    TOP,
    UNIT_PX,
    Drawing,
    as_png,
    drawing_about,
    drawing_of,
)
from publishing.images.illustrations.motifs import MOTIFS, TONES
from tests import factories
from tests.catalog import factories as catalog


def picture(content: bytes):
    image = PILImage.open(BytesIO(content))
    image.load()
    return image


def is_same(one: bytes, other: bytes) -> bool:
    return is_same_picture(picture(one), picture(other))


def is_same_picture(one, other) -> bool:
    return ImageChops.difference(one, other).getbbox() is None


# Covers --------------------------------------------------------------------------------------------


VALUES = ("0", "z", "00", "zz", "0z", "z0a5", "000000", "zzzzzzz", "5h0i0z12", "0123456789abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize("motif", MOTIFS)
def test_every_motif_fits_whatever_its_values(motif):
    for values in (*VALUES, VALUES[-1] + VALUES[-1][:24]):
        marks = Drawing(motif, values).marks
        assert marks
        assert len(marks) < 700
        for mark in marks:
            assert mark.tone in TONES
            for x, y in points_of(mark):
                assert -0.1 <= x <= COLUMNS + 0.1
                assert -0.1 <= y <= ROWS + 0.1


def points_of(mark):
    assert mark.width > 0
    assert mark.height > 0
    assert 2 * mark.radius <= min(mark.width, mark.height) + 0.001
    return [(mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height)]


def test_drawing_is_the_same_each_time_and_another_for_each_text():
    one = drawing_about("what-a-token-costs", "What a token costs")
    assert as_png(one) == as_png(drawing_about("what-a-token-costs", "What a token costs"))
    assert as_png(one) != as_png(drawing_about("another", "What a token costs"))


def fact(key, words, name="released_on") -> str:
    return f'<p><a href="fact:catalog.aimodel/{key}/{name}">{words}</a></p>'


LIVES = "".join(fact(key, f"1 May {2020 + key}") + fact(key, str(2023 + key), "retired_on") for key in range(1, 4))
NUMBERS = "".join(fact(key, words, "input_price") for key, words in enumerate(("0.50", "3.00", "15.00"), 1))
SECTIONS = "<p>One.</p><h2 id='a'>A</h2><p>Two.</p><p>Three.</p>"


@pytest.mark.parametrize(
    ("body", "motif"),
    [
        (LIVES + NUMBERS, "lifetimes"),
        (NUMBERS + SECTIONS, "bands"),
        (SECTIONS, "tokens"),
    ],
)
def test_drawing_is_composed_of_what_the_text_cites(body, motif):
    assert drawing_of(body, "slug", "Title").motif == motif


def test_values_are_those_of_the_text():
    assert drawing_of(LIVES, "slug", "Title").values == drawing_of(LIVES, "other", "Other").values
    longer = LIVES.replace("2026", "2028")
    assert drawing_of(longer, "slug", "Title").values != drawing_of(LIVES, "slug", "Title").values
    assert drawing_of(NUMBERS, "slug", "Title").values == drawing_of(NUMBERS + "<p>More words.</p>", "s", "T").values


@pytest.mark.parametrize("motif", MOTIFS)
def test_one_large_value_leaves_no_empty_cover(motif):
    marks = [mark for mark in Drawing(motif, "1512z131").marks if mark.tone not in {"soft", "night"}]
    assert min(mark.y for mark in marks) < ROWS / 3
    assert max(mark.y + mark.height for mark in marks) > ROWS * 2 / 3
    assert min(mark.x for mark in marks) < COLUMNS / 3
    assert max(mark.x + mark.width for mark in marks) > COLUMNS * 2 / 3


def test_drawing_of_an_article_follows_its_body(db):
    article = factories.article(body=LIVES)
    before = article.drawn
    article.summary = "Said in other words."
    article.save()
    assert article.drawn == before
    article.body = LIVES.replace("2026", "2028")
    article.save()
    assert article.drawn != before
    assert factories.article(body="", state=State.DRAFT).drawn == ""
    article.drawn = "dots-0a1b"  # of a former version
    assert article.drawing.motif == "tokens"


def test_picture_shows_the_title_or_the_first_figure(db, client):
    study = factories.article(kind="case_study", title="Two lists")
    assert study.drawing.words == ("Two lists",)
    for label, value in (("Problem", "They differ"), ("lines to read", "148 of 1,126"), ("the same", "598 of 726")):
        study.details.create(label=label, value=value, position=study.details.count())
    study = type(study).objects.get(pk=study.pk)
    assert study.drawing.words == ("148 of 1,126", "lines to read")
    titled = factories.article(title="Two lists")
    assert not is_same(*(client.get(one.drawing.url).content for one in (study, titled)))
    assert not is_same(*(client.get(one).content for one in (titled.drawing.url, titled.drawing.url.partition("?")[0])))


@pytest.mark.parametrize("words", ["W", "Two lists", "word " * 40, "x" * 200])
def test_words_of_any_length_are_above_the_drawing(words):
    blank, written = (picture(as_png(Drawing("bands", "5", said))) for said in (("’",), (words,)))
    left, _, right, lower = ImageChops.difference(blank, written).getbbox()
    assert left > UNIT_PX / 2
    assert right < (COLUMNS - 0.5) * UNIT_PX
    assert lower < (TOP + SHARE) * UNIT_PX


@pytest.mark.parametrize("title", ["W", "word " * 40])
def test_name_of_the_site_and_a_line_below_the_title_are_above_the_drawing(title):
    plain = Drawing("bands", "5", (title,))
    named, lined = plain.shared("Vitrine"), plain.shared("Vitrine", "2.50 USD, last day 14 January 2027 " * 2)
    images = [picture(as_png(one)) for one in (plain, named, lined)]
    _, upper, right, lower = ImageChops.difference(*images[:2]).getbbox()
    assert (upper > 0, lower < 1.5 * UNIT_PX, right < COLUMNS / 2 * UNIT_PX) == (True, True, True)
    _, _, right, lower = ImageChops.difference(*images[1:]).getbbox()
    assert (right < (COLUMNS - 0.5) * UNIT_PX, lower < (TOP + SHARE) * UNIT_PX) == (True, True)
    assert Drawing("bands", "5", ("148", "lines")).shared("Vitrine", "a line").words == ("148", "lines")


def test_picture_of_a_model_carries_its_prices_and_its_last_day(db, client):
    provider = catalog.provider(name="Own")
    model = catalog.model(name="One", vendors=[catalog.vendor(reference_provider=provider)], released_on="2025-01-01")
    offering = catalog.offering(model=model, provider=provider, checked_on="2026-11-24", listing="listed")
    for meter, amount in (("input", "2.5"), ("output", "10")):
        catalog.price(offering=offering, meter=meter, amount=amount)

    def alt() -> str:
        return share_image_of(client, model)[1]["og:image:alt"]

    assert alt() == "Vitrine. One. 2.50 / 10.00 USD per million tokens, no last day announced"
    catalog.event(model=model, kind="retired", date="2100-01-14")
    assert alt() == "Vitrine. One. 2.50 / 10.00 USD per million tokens, last day 14 January 2100"
    model.events.update(date="2026-01-14")
    assert alt() == "Vitrine. One. Retired since 14 January 2026"


def test_words_that_the_fonts_lack_are_left_out(db):
    assert "?" not in factories.article(title="Что стоит токен").drawing.url
    assert "?" not in factories.article(title="Что стоит токен").drawing.shared("Витрина").url


def test_words_of_others_are_not_drawn(client, db):
    address, _, words = factories.article(title="Two lists").drawing.url.partition("?words=")
    assert client.get(f"{address}?words={words}").status_code == 200
    assert client.get(f"{address}?words={words[:-1]}").status_code == 404
    assert client.get(f"{address}?words=Ours").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        f"tokens-0a1b-huge-{RECIPE}",
        f"nothing-0a1b-{RECIPE}",
        f"tokens-{61 * '1'}-{RECIPE}",
        "tokens-0a1b-999",
    ],
)
def test_nothing_else_is_drawn(client, db, name):
    assert client.get(f"/drawings/{name}.png").status_code == 404


def test_drawing_of_an_article_is_its_link_preview_and_not_on_pages_where_it_would_look_like_a_chart(db, client):
    article = factories.article(title="What a token costs")
    page = client.get(article.get_absolute_url()).text
    assert article.drawing.shared("Vitrine").url in page
    assert '<meta property="og:image:alt" content="Vitrine. What a token costs">' in page
    assert article.drawing.values not in client.get("/articles/").text


# Share images --------------------------------------------------------------------------------------


def share_image_of(client, record) -> tuple[str, dict]:
    html = client.get(record.get_absolute_url()).content.decode()
    return html, dict(re.findall(r'<meta property="(og:image[^"]*)" content="([^"]*)">', html))


@pytest.mark.parametrize("make", [factories.article, factories.question, lambda: factories.publishable(AIModel, "abc")])
def test_page_names_a_picture_with_its_size_that_is_there(db, client, settings, make):
    record = make()
    _, named = share_image_of(client, record)
    assert (named["og:image:width"], named["og:image:height"]) == ("1200", "600")
    response = client.get(named["og:image"].removeprefix(settings.SITE_URL))
    assert response.headers["Content-Type"] == "image/png"
    assert "max-age=31536000, immutable" in response.headers["Cache-Control"]
    image = picture(response.content)
    assert (image.format, image.size) == ("PNG", (1200, 600))
    other = client.get(make().drawing.url).content
    assert not is_same(response.content, other)


def test_picture_of_the_editor_is_used_with_its_own_size(db, client, settings):
    cover = factories.image(file=factories.picture_file(size=(64, 48)))
    _, named = share_image_of(client, factories.article(cover=cover))
    assert named["og:image"] == settings.SITE_URL + cover.file.url
    assert (named["og:image:width"], named["og:image:height"]) == ("64", "48")


@pytest.mark.parametrize("motif", MOTIFS)
def test_every_motif_is_painted(motif):
    image = picture(as_png(Drawing(motif, "0a1b2c3d")))
    assert {*map(ImageColor.getrgb, TONES.values())} & {colour for _, colour in image.getcolors(2**20)}


def test_no_picture_of_what_is_no_drawing(db, client):
    assert client.get("/drawings/tokens-0a1b2c3d-999.png").status_code == 404
