"""The list of images, where each is used, replacing a file, and uploads from a text."""

import hashlib
import os
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles.models import Article
from publishing.content.snippet import Snippet
from publishing.images.models import UNDESCRIBED, Image, sweep
from publishing.quality.where_used import seen_by, where_used
from publishing.revisions.models import Action
from publishing.site.models import SiteSettings
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from tests import factories
from tests.publishing.admin.test_admin import text_of
from tests.publishing.content.test_permissions import change_url, sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/publishing/image/"
UPLOAD = f"{LIST}upload/"


def showing(image) -> str:
    return f'<figure><img src="ref:publishing.image/{image.pk}" alt=""></figure>'


def draft_over(record, **fields):
    content = latest_content(record)
    return perform_action(record, ActionRequest(Action.SAVE, content | {"fields": content["fields"] | fields}))


def file_of(name: str):
    """Return a file that differs from those of other names."""
    return factories.picture_file(f"{name}.png", colour=f"#{hashlib.sha256(name.encode()).hexdigest()[:6]}")


def listed(client, query=""):
    return {image.alt for image in client.get(f"{LIST}?{query}").context["cl"].result_list}


@pytest.fixture
def pictures():
    """One image for each kind of use, and one that is unused."""
    names = ("Cover", "In a text", "Portrait", "In a draft", "Cover of a draft", "In a snippet", "Unused")
    found = {name: factories.image(alt=name) for name in names}
    factories.article(cover=found["Cover"])
    factories.article(body=showing(found["In a text"]) * 2)
    factories.author(picture=found["Portrait"])
    draft_over(factories.article(), body=f"<p>New.</p>{showing(found['In a draft'])}")
    draft_over(factories.article(), cover=found["Cover of a draft"].pk)
    Snippet.objects.create(name="Advice", body=showing(found["In a snippet"]))
    return found


# The grid ------------------------------------------------------------------------------------------


def test_list_finds_by_text_credit_and_file_and_by_use(client, pictures):
    sign_in(client, "Editor")
    factories.image(alt="Harbour", credit="Ada", file=factories.picture_file("quay.png"))
    factories.image(alt="", is_decorative=True)
    for words in ("harb", "ada", "quay"):
        assert listed(client, f"q={words}") == {"Harbour"}
    assert listed(client, "used=no") == {"Unused", "Harbour", ""}
    assert listed(client, "used=yes") == {*pictures} - {"Unused"}
    assert listed(client, "text=decorative") == {""}
    factories.image(alt=f"{UNDESCRIBED}: quay.png")
    assert listed(client, "text=no") == {f"{UNDESCRIBED}: quay.png"}


def test_tags_are_added_to_several_and_found(client):
    sign_in(client, "Editor")
    one, two, three = (factories.image(alt=name, file=file_of(name)) for name in ("one", "two", "three"))
    action = {"action": "add_tags", "_selected_action": [one.pk, two.pk], "tags": "Harbour, At sea"}
    client.post(LIST, action)
    assert listed(client, "tag=harbour") == listed(client, "q=at+sea") == {"one", "two"}
    found = client.get("/admin/publishing/find/?kind=publishing.image&q=harbour").json()["results"]
    assert {image["title"] for image in found} == {"one", "two"}
    three.tags.add("Unused")
    client.post(f"{LIST}{three.pk}/delete/", {"post": "yes"})
    assert not Image.objects.filter(pk=three.pk).exists()


def test_files_that_were_uploaded_twice_are_listed_with_their_size(client):
    sign_in(client, "Editor")
    for name in ("blue", "blue again", "other"):
        factories.image(alt=name, file=file_of(name.split()[0]))
    assert listed(client, "file=twice") == {"blue", "blue again"}
    assert "40 × 30 pixels, 1" in text_of(client.get(LIST))
    assert "bytes" in text_of(client.get(LIST))


def test_twenty_pictures_cost_as_many_queries_as_two(client):
    sign_in(client, "Editor")
    counts = []
    for number in (2, 18):
        for _ in range(number):
            factories.article(cover=factories.image())
        client.get(LIST)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# Where used ----------------------------------------------------------------------------------------


def test_form_names_texts_relations_and_drafts(client, pictures):
    sign_in(client, "Editor")
    for name, how in [
        ("Cover", "cover"),
        ("In a text", "as an image"),
        ("In a draft", "in its draft"),
        ("In a snippet", "in its text"),
    ]:
        assert how in text_of(client.get(change_url(pictures[name])))
    assert "No other record." in text_of(client.get(change_url(pictures["Unused"])))


def test_an_author_is_told_of_no_draft_of_others(client):
    person = sign_in(client, "Author")
    image, question = factories.image(), factories.question()
    link = f'<p><a href="ref:faq.question/{question.pk}">it</a></p>'
    own = factories.article(title="Her own plan", state="draft", owner=person, body=showing(image) + link)
    factories.article(title="Secret plan", state="draft", owner=factories.user("Author"), body=showing(image) + link)
    live = factories.article(title="Seen by all", body=link)
    draft_over(live, cover=image.pk)
    for record in (image, question):
        text = text_of(client.get(change_url(record)))
        assert "Her own plan" in text
        assert "Secret plan" not in text
    assert "And 2 records that you do not have permission to view." in text_of(client.get(change_url(image)))
    assert "And 1 record that you do not have permission to view." in text_of(client.get(change_url(question)))
    shown, hidden = seen_by(factories.user("Editor"), where_used(image))
    assert ({use.source.title for use in shown}, hidden) == ({"Her own plan", "Secret plan"}, 0)
    assert seen_by(factories.user(), where_used(image)) == ([], 2)
    assert own in [use.source for use in seen_by(person, where_used(image))[0]]


def test_question_before_the_trash_names_no_draft_of_others(client):
    person = sign_in(client, "Author")
    own = factories.article(title="Mine", state="draft", owner=person)
    link = f'<p><a href="ref:articles.article/{own.pk}">it</a></p>'
    factories.article(title="Secret plan", state="draft", owner=factories.user("Author"), body=link)
    response = client.get(change_url(own).replace("/change/", "/delete/"))
    assert "Secret plan" not in response.content.decode()


USES = {
    "In a draft": "A draft of",
    "Cover of a draft": "A draft of",
    "In a snippet": "Advice</a> shows “In a snippet”",
    "In a text": "</a> shows “In a text”",
}


@pytest.mark.parametrize("name", USES)
def test_a_picture_that_a_text_or_draft_or_snippet_shows_is_not_deleted(client, pictures, name):
    sign_in(client, "Editor")
    response = client.post(f"{LIST}{pictures[name].pk}/delete/", {"post": "yes"})
    assert response.content.decode().count(USES[name]) == 1
    assert Image.objects.filter(pk=pictures[name].pk).exists()
    assert client.post(f"{LIST}{pictures['Unused'].pk}/delete/", {"post": "yes"}).status_code == 302


# Another file --------------------------------------------------------------------------------------


def replace(client, image, **changes):
    data = {"file": factories.picture_file("new.png", size=(80, 60), colour="navy"), "alt": image.alt, "credit": ""}
    data |= {"focal_x": image.focal_x, "focal_y": image.focal_y, "_continue": "yes", **changes}
    return client.post(change_url(image), data, follow=True)


def test_another_file_takes_the_place_of_the_picture_wherever_it_is_used(client):
    sign_in(client, "Editor")
    image = factories.image(alt="A sign", focal_x=10)
    image.render()
    article = factories.article(body=showing(image), cover=image)
    old, old_hash = image.file.name, image.content_hash
    DBTaskResult.objects.all().delete()
    replace(client, image, alt="A new sign")
    image.refresh_from_db()
    assert image.file.name != old
    assert image.content_hash != old_hash
    assert (image.width_px, image.rendered, image.focal_x) == (80, "", 10)
    assert DBTaskResult.objects.count() == 1  # it makes the copies
    page = client.get(article.get_absolute_url()).content.decode()
    assert page.count(image.file.url) >= 2
    assert old not in page
    message = LogEntry.objects.latest("pk").get_change_message()
    assert message == "Changed Image file and Alternative text."


def test_the_old_file_goes_only_when_nobody_can_want_it_any_more(client):
    sign_in(client, "Editor")
    image = factories.image()
    image.render()
    old, copies = image.file.name, Image.objects.get().file.name.removeprefix("images/")
    replace(client, image)
    image.refresh_from_db()
    image.render()
    sweep()
    assert default_storage.exists(old)  # pages that are open now refer to it
    long_ago = (timezone.now() - timedelta(days=2)).timestamp()
    for folder, _, files in os.walk(default_storage.location):
        for name in files:
            os.utime(os.path.join(folder, name), (long_ago, long_ago))
    sweep()
    assert not default_storage.exists(old)
    assert default_storage.exists(image.file.name)
    left = default_storage.listdir("renditions")[0]
    kept = [name for name in left if any(files for _, _, files in os.walk(default_storage.path(f"renditions/{name}")))]
    assert kept == [image.file.name.removeprefix("images/")]
    assert copies not in kept


def test_a_file_that_cannot_be_read_changes_nothing(client):
    sign_in(client, "Editor")
    image = factories.image()
    before = image.file.name
    broken = factories.picture_file()
    broken = type(broken)("new.png", b"no picture", "image/png")
    assert "This file is not a JPEG" in replace(client, image, file=broken).content.decode()
    image.refresh_from_db()
    assert image.file.name == before


def test_an_author_replaces_nothing(client):
    sign_in(client, "Author")
    image = factories.image()
    assert replace(client, image).status_code == 403
    image.refresh_from_db()
    assert image.width_px == 40


# Upload out of a text ------------------------------------------------------------------------------


def upload(client, **changes):
    return client.post(UPLOAD, {"file": factories.picture_file(), "alt": "A square", **changes})


@pytest.mark.parametrize("role", ["Author", "Editor", "Catalogue manager"])
def test_whoever_may_add_pictures_uploads_one_out_of_a_text(client, role):
    person = sign_in(client, role)
    assert client.get(UPLOAD).json()["token"]
    answer = upload(client, credit="Ada").json()
    image = Image.objects.get()
    assert answer["ref"] == f"publishing.image/{image.pk}"
    assert (image.alt, image.credit, image.focus) == ("A square", "Ada", (50, 50))
    assert LogEntry.objects.get().user == person


@pytest.mark.parametrize("role", ["", None])
def test_others_upload_nothing(client, role):
    if role is not None:
        sign_in(client, "Author")
        client.force_login(factories.user())
    assert upload(client).status_code == (302 if role is None else 403)
    assert client.get(UPLOAD).status_code == (302 if role is None else 403)
    assert not Image.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"alt": ""}, "Describe what the image shows, or mark it as decorative."),
        ({"alt": "x" * 301}, "at most 300"),
        ({"file": ""}, "This field is required."),
        ({"file": factories.picture_file("picture.txt")}, "Rename it."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_stores_nothing(client, changes, words):
    sign_in(client, "Author")
    answer = upload(client, **changes)
    assert answer.status_code == 400
    assert words in answer.json()["problem"]
    assert not Image.objects.exists()


def test_an_upload_that_is_too_large_is_refused_before_it_is_read(client, settings):
    sign_in(client, "Author")
    settings.IMAGE_MAX_BYTES = 50
    assert "images may be up to" in upload(client).json()["problem"]


def test_the_very_same_file_is_not_stored_twice(client):
    sign_in(client, "Author")
    first = upload(client).json()
    assert upload(client, alt="Said otherwise").json() == first
    assert Image.objects.count() == 1


def test_a_post_from_elsewhere_is_refused():
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user("Author"))
    assert upload(client).status_code == 403
    assert not Image.objects.exists()


def test_words_for_one_place_leave_the_others(client):
    image = factories.image(alt="A sign")
    here = showing(image).replace('alt=""', 'alt="Here: the way to the exit"')
    factories.article(slug="here", body=here)
    factories.article(slug="there", body=showing(image))
    assert Article.objects.count() == 2
    assert 'alt="Here: the way to the exit"' in client.get("/articles/here/").content.decode()
    assert 'alt="A sign"' in client.get("/articles/there/").content.decode()


def test_a_cover_has_words_for_its_place_too_and_they_are_part_of_a_draft(client):
    sign_in(client, "Editor")
    cover = factories.image(alt="A sign")
    article = factories.article(slug="here", cover=cover)
    assert 'alt="A sign"' in client.get("/articles/here/").content.decode()
    draft_over(article, cover_alt="The way out")
    assert 'name="cover_alt" value="The way out"' in client.get(change_url(article)).content.decode()
    client.logout()
    assert 'alt="A sign"' in client.get("/articles/here/").content.decode()
    perform_action(article, ActionRequest(Action.PUBLISH, latest_content(article)))
    assert 'alt="The way out"' in client.get("/articles/here/").content.decode()
    assert "![The way out]" in client.get("/articles/here.md").content.decode()
    assert "The way out" in client.get("/articles/feed.atom").content.decode()
    perform_action(
        article, ActionRequest(Action.PUBLISH, latest_content(article) | {"fields": {"cover": None, "slug": "here"}})
    )
    assert "The way out" not in client.get("/articles/here/").content.decode()


# Many at once --------------------------------------------------------------------------------------


def texts_of(images, **fields) -> dict:
    """Return the fields of the page that describes several images; `fields` are lists."""
    data = {"form-TOTAL_FORMS": len(images), "form-INITIAL_FORMS": len(images)}
    for place, image in enumerate(images):
        data[f"form-{place}-id"] = image.pk
        data |= {f"form-{place}-{name}": values[place] for name, values in fields.items()}
    return data


@pytest.mark.parametrize("role", ["Author", "Editor"])
def test_many_files_are_uploaded_and_described_in_one_pass(client, role):
    sign_in(client, role)
    names = [f"{number}.png" for number in range(10)]
    broken = factories.picture_file("torn.png")
    broken = type(broken)("torn.png", b"no picture", "image/png")
    for name in names:
        assert client.post(UPLOAD, {"file": file_of(name), "later": "yes"}).status_code == 200
    assert (
        "not a JPEG, PNG, WebP, GIF, AVIF or SVG image"
        in client.post(UPLOAD, {"file": broken, "later": "yes"}).json()["problem"]
    )
    images = list(Image.objects.order_by("pk"))
    url = f"{LIST}texts/?images={','.join(str(image.pk) for image in images)}"
    assert len(images) == 10
    assert {image.is_described for image in images} == {False}
    assert images[0].alt == f"{UNDESCRIBED}: 0.png.png"
    assert client.get(url).context["formset"].forms[0]["alt"].value() == ""

    missing = client.post(url, texts_of(images, alt=["", *names[1:]]))
    assert "or mark it as decorative" in text_of(missing)
    assert Image.objects.undescribed().count() == 10

    data = texts_of(images, alt=["", *names[1:]]) | {"form-0-is_decorative": "on", "tags": "fair"}
    assert client.post(url, data).status_code == 302
    assert not Image.objects.undescribed().exists()
    assert Image.objects.filter(is_decorative=True).count() == 1
    assert Image.objects.filter(tags__name="fair").count() == 10
    # They can be changed again only with the permission for it.
    assert len(client.get(url).context["formset"].forms) == (10 if role == "Editor" else 0)


def test_what_is_used_is_not_deleted_and_its_uses_are_linked(admin_page):
    image = factories.image()
    article = factories.article(title="By the sea", cover=image)
    site = SiteSettings.objects.current()
    site.logo = image
    site.save()
    for response in (
        admin_page.post(f"{LIST}{image.pk}/delete/", {"post": "yes"}),
        admin_page.post(LIST, {"action": "delete_selected", "_selected_action": image.pk, "post": "yes"}),
    ):
        assert "still used" in text_of(response)
        assert "protected" not in text_of(response)
        for record in (article, site):
            assert f'href="{change_url(record)}"' in response.content.decode()


def test_a_text_with_a_draft_and_a_scheduled_update_is_named_once(admin_page, administrator):
    image = factories.image()
    article = factories.article()
    content = latest_content(article)
    content["fields"]["cover"] = image.pk
    moment = timezone.now() + timedelta(days=1)
    for action, options in ((Action.SCHEDULE, {"go_live_at": moment}), (Action.SAVE, {})):
        content["fields"]["summary"] = f"By {action}."
        perform_action(article, ActionRequest(action, content, author=administrator, **options))
    page = admin_page.get(f"/admin/publishing/image/{image.pk}/change/").text
    assert page.count("in its draft") == 1


def test_typed_tags_survive_a_refused_save_of_texts(admin_page):
    image = factories.image(alt=f"{UNDESCRIBED}: a.png")
    url = f"/admin/publishing/image/texts/?images={image.pk}"
    sent = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": image.pk, "form-0-alt": "", "tags": "one, two"}
    assert 'value="one, two"' in admin_page.post(url, sent).text
