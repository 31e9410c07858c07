"""Smaller copies of images: which exist, how pages show them, and how their files follow the table."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.core.files.storage import default_storage
from django.template import Context, Template
from django.utils import timezone
from PIL import Image as PILImage

from publishing.images.models import Image, render_missing, sweep
from publishing.images.renditions import SHAPES
from publishing.rendering.texts import Texts
from tests import factories
from tests.publishing.images.test_sanitise import is_clean


def image(size=(1200, 800), **fields) -> Image:
    return factories.image(file=factories.picture_file(size=size), **fields)


def rendered(size=(1200, 800), **fields) -> Image:
    record = image(size, **fields)
    record.render()
    return record


def widths(record, shape) -> list[int]:
    return [width for _, width in record.sources(shape)[0]["srcset"]]


def show(record, **options) -> str:
    words = " ".join(f"{name}={value!r}" for name, value in options.items())
    template = Template('{% load publishing %}{% picture image "whole" sizes="50vw" ' + words + " %}")
    return template.render(Context({"image": record})).strip()


@pytest.mark.parametrize(
    ("width", "expected"),
    [(1, [1]), (300, [300]), (480, [480]), (700, [480, 700]), (1200, [480, 960, 1200]), (4000, [480, 960, 1600])],
)
def test_widths_grow_to_the_largest_wanted_and_never_past_the_picture(width, expected):
    assert [width for width, _ in SHAPES["whole"].sizes(width, 10)] == expected


def test_every_address_of_a_picture_leads_to_a_file_of_the_promised_type_and_width(db, client):
    record = rendered()
    for shape in SHAPES:
        for source in record.sources(shape):
            for url, width in source["srcset"]:
                response = client.get(url)
                assert response.status_code == 200
                assert response.headers["Content-Type"] == source["type"]
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
                assert "max-age=31536000, immutable" in response.headers["Cache-Control"]
                with default_storage.open(url.removeprefix("/media/")) as file:
                    assert PILImage.open(file).width == width
    for shown in [*map(record.shown, SHAPES), record.thumbnail]:
        with default_storage.open(shown["url"].removeprefix("/media/")) as file:
            assert PILImage.open(file).size == (shown["width"], shown["height"])


def test_the_list_of_images_shows_each_as_a_whole_whether_it_has_renditions_or_not(db):
    picture = rendered((900, 300))
    assert (picture.thumbnail["width"], picture.thumbnail["height"]) == (480, 160)
    picture.rendered = ""
    assert picture.thumbnail == picture.shown("whole")


def test_tiny_picture_has_its_copies_too(db):
    record = rendered((1, 1))
    assert [widths(record, shape) for shape in SHAPES] == [[1], [1], [1]]


@pytest.mark.parametrize(("focus", "is_red"), [((5, 50), True), ((95, 50), False)])
def test_crop_keeps_what_the_editor_marked(db, focus, is_red):
    picture = PILImage.new("RGB", (900, 300), "blue")
    picture.paste("red", (0, 0, 300, 300))
    upload = factories.picture_file(size=(900, 300))
    upload.seek(0)
    picture.save(upload, "PNG")
    upload.truncate()
    record = factories.image(file=upload, focal_x=focus[0], focal_y=focus[1])
    record.render()
    with default_storage.open(record.shown("square")["url"].removeprefix("/media/")) as file:
        red, _, blue = PILImage.open(file).convert("RGB").getpixel((50, 50))
    assert (red > 200 and blue < 60) is is_red


def test_focus_at_the_edge_crops_inside_the_picture():
    for focus in [(0, 0), (100, 100), (0, 100)]:
        left, top, right, bottom = SHAPES["wide"].box(301, 500, focus)
        assert 0 <= left < right <= 301
        assert 0 <= top < bottom <= 500


def test_picture_without_copies_yet_is_shown_itself(db):
    record = image()
    html = show(record)
    assert "<picture" not in html
    assert f'src="{record.file.url}"' in html


def test_picture_element_offers_avif_before_webp_and_keeps_its_place(db):
    record = rendered(alt='A "red" <square>')
    html = show(record)
    assert re.findall(r'<source type="([^"]+)"', html) == ["image/avif", "image/webp"]
    assert re.findall(r"(\d+)w", html) == ["480", "960", "1200"] * 2
    assert html.count('sizes="50vw"') == 2
    assert 'width="1200" height="800"' in html
    assert 'alt="A &quot;red&quot; &lt;square&gt;"' in html
    assert 'loading="lazy" decoding="async"' in html
    assert "fetchpriority" not in html
    assert html.startswith("<picture>")
    assert html.endswith("</picture>")


def test_lead_picture_is_loaded_at_once(db):
    html = show(rendered(), is_lead=True)
    assert 'fetchpriority="high"' in html
    assert "loading" not in html


def test_decoration_and_a_picture_beside_its_title_are_passed_over_in_reading(db):
    assert 'alt=""' in show(rendered(alt="", is_decorative=True))
    assert 'alt=""' in show(rendered(alt="A square"), alt="")


def test_picture_in_a_text_has_its_copies(db):
    record = rendered(alt="A square")
    body = f'<figure><img src="ref:publishing.image/{record.pk}" alt=""><figcaption>It.</figcaption></figure>'
    html = Texts(body).html(body)
    assert html.count("<source") == 2
    assert 'alt="A square"' in html
    assert 'loading="lazy"' in html
    assert re.search(r"<figure><picture><source [^>]+><source [^>]+><img [^>]+></picture><figcaption>", html)
    absolute = Texts(body, is_absolute=True).html(body)
    assert not re.search(r'(?:srcset="|, )/', absolute)


def test_source_that_came_past_the_field_is_dropped(db):
    body = (
        '<figure><picture><source srcset="https://evil.example/x.png 1x"><img src="/a.png" alt="A"></picture></figure>'
    )
    html = Texts(body).html(body)
    assert "evil.example" not in html
    assert 'src="/a.png"' in html


def test_many_pictures_cost_no_more_queries_than_one(db, django_assert_num_queries):
    records = [rendered((60, 40)) for _ in range(6)]
    figures = [f'<figure><img src="ref:publishing.image/{record.pk}" alt="A"></figure>' for record in records]
    for body in (figures[0], "".join(figures)):
        with django_assert_num_queries(2):
            assert Texts(body).html(body).count("<picture>") == body.count("<figure>")


def test_article_shows_its_cover_first_and_eagerly(db, client):
    article = factories.article(cover=rendered(alt="The cover"))
    html = client.get(article.get_absolute_url()).content.decode()
    lead = re.search(r'<figure class="piece__cover piece__figure">.*?</figure>', html, re.DOTALL)[0]
    assert 'alt="The cover"' in lead
    assert 'fetchpriority="high"' in lead
    assert "<source" in lead


def test_picture_of_an_author_is_shown(db, client):
    author = factories.author(picture=rendered(alt="A face"))
    assert 'alt="A face"' in client.get(author.get_absolute_url()).content.decode()


# Files in step with the table ----------------------------------------------------------------------


def test_upload_queues_its_copies(db):
    record = image()
    (queued,) = queued_tasks()
    assert queued.args_kwargs["args"] == [record.pk]
    record.render()
    record.save()
    assert len(queued_tasks()) == 1
    record.focal_x = 10
    record.save()
    assert len(queued_tasks()) == 2


def queued_tasks():
    return list(apps.get_model("django_tasks_database.DBTaskResult").objects.all())


def test_what_is_missing_is_made_and_nothing_else(db, monkeypatch):
    records = [image((60, 40)) for _ in range(2)]
    records[0].render()
    render_missing()
    assert all(is_done(record) for record in records)
    monkeypatch.setattr(Image, "render", None)
    render_missing()


def is_done(record) -> bool:
    return Image.objects.exclude(rendered="").filter(pk=record.pk).exists()


def test_one_lost_file_does_not_keep_the_others_from_their_copies(db, caplog):
    lost, sound = image((60, 40)), image((70, 40))
    default_storage.delete(lost.file.name)
    render_missing()
    assert caplog.messages == [f"Image {lost.pk} could not be rendered."]
    assert is_done(sound)
    assert not is_done(lost)


def test_interrupted_run_keeps_what_was_done(db, monkeypatch):
    first, second = image((60, 40)), image((70, 40))
    render = Image.render

    def until_the_second(picture):
        if picture == second:
            raise KeyboardInterrupt
        render(picture)

    monkeypatch.setattr(Image, "render", until_the_second)
    with pytest.raises(KeyboardInterrupt):
        render_missing()
    assert is_done(first)
    assert not is_done(second)


def test_moved_focus_gives_other_addresses(db):
    record = rendered((60, 40))
    before = record.sources("square")
    record.focal_x = 20
    record.save()
    assert record.sources("square") == before, "Until they are made anew, those that are there are shown."
    record.render()
    assert record.sources("square") != before
    with default_storage.open(record.sources("square")[0]["srcset"][0][0].removeprefix("/media/")) as file:
        assert is_clean(PILImage.open(file))


def test_files_of_deleted_and_replaced_pictures_are_swept_after_a_day(db):
    kept, deleted, replaced = rendered((60, 40)), rendered((61, 40)), rendered((62, 40))
    old = [deleted.file.name, replaced.file.name, replaced.shown("square")["url"].removeprefix("/media/")]
    deleted.delete()
    replaced.file = factories.picture_file(size=(63, 40))
    replaced.save()
    current = [kept.file.name, kept.shown("square")["url"].removeprefix("/media/"), replaced.file.name]
    assert sweep() == 0
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert sweep() > 2
    assert not any(default_storage.exists(name) for name in old)
    assert all(default_storage.exists(name) for name in current)


def test_sweep_of_a_new_site_finds_nothing(db):
    assert sweep() == 0
