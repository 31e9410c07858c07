"""The field of a relation to an image: thumbnails, and the details of the chosen image in place."""

import pytest
from lxml import html

from publishing.admin.image_chooser import NEWEST
from publishing.images.models import Image
from tests import factories
from tests.publishing.content.test_permissions import change_url, sign_in

pytestmark = pytest.mark.django_db


def select_of(client, record, name):
    return html.fromstring(client.get(change_url(record)).content).get_element_by_id(f"id_{name}")


def describe_url(image):
    return f"/admin/publishing/image/{image.pk}/describe/"


@pytest.mark.parametrize(("make", "name"), [("author", "picture"), ("article", "cover")])
def test_relations_to_images_are_chosen_by_thumbnail(admin_page, make, name):
    image = factories.image(alt="A harbour")
    select = select_of(admin_page, getattr(factories, make)(**{name: image}), name)
    chosen = select.xpath("option[@selected]")[0]
    assert (chosen.get("value"), chosen.text) == (str(image.pk), "A harbour")
    assert chosen.get("data-thumbnail") == image.file.url
    assert {"data-find-url", "data-upload-url", "data-describe-url"} <= {*select.attrib}


def test_old_images_stay_chosen_beside_the_newest_and_others_are_found_by_search(admin_page):
    old = factories.image(alt="Old")
    Image.objects.bulk_create(Image(file=f"images/{n}.png", alt=str(n), width_px=1, height_px=1) for n in range(50))
    select = select_of(admin_page, factories.article(cover=old), "cover")
    assert len(select) == NEWEST + 2
    assert select.value == str(old.pk)
    older = Image.objects.get(alt="0")
    found = admin_page.get("/admin/publishing/find/?kind=publishing.image").json()["results"]
    assert f"publishing.image/{older.pk}" in {result["ref"] for result in found}


def test_an_author_uploads_but_does_not_describe_images_of_others(client):
    person = sign_in(client, "Author")
    article = factories.article(state="draft", owner=person, cover=factories.image())
    select = select_of(client, article, "cover")
    assert "data-upload-url" in select.attrib
    assert "data-describe-url" not in select.attrib
    assert client.get(describe_url(article.cover)).status_code == 403


def test_details_are_changed_in_place_and_name_the_uses(client):
    sign_in(client, "Editor")
    image = factories.image(alt="A harbour")
    factories.article(title="By the sea", cover=image)
    fields = client.get(describe_url(image)).json()["fields"]
    assert "By the sea" in fields
    data = {"alt": "A quay at noon", "credit": "Ada", "focal_x": 10, "focal_y": 90}
    assert client.post(describe_url(image), data).json()["title"] == "A quay at noon"
    image.refresh_from_db()
    assert (image.alt, image.credit, image.focus) == ("A quay at noon", "Ada", (10, 90))
    refused = client.post(describe_url(image), data | {"alt": ""})
    assert (refused.status_code, "mark it as decorative" in refused.json()["problem"]) == (400, True)
