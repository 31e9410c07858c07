"""The form of a page with sections: what it sends becomes the page, and a mistake is named beside its field."""

import uuid

import pytest
from lxml import html as lxml_html

from articles.models import Article, ArticleKind
from publishing.content.publishable import State
from publishing.quality.staleness import compare_due
from publishing.revisions.models import Revision
from tests import factories
from tests.articles.sections.test_page import each_type, landing
from tests.articles.test_kinds_admin import form_of
from tests.catalog import factories as catalog
from tests.forms import values_of

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/page/"


def sent(*sections, **changes) -> dict:
    """Return the data of the form with these sections, as the browser sends it."""
    data = form_of(body="", sections=[], **changes)
    for number, section in enumerate(sections):
        key = f"s{number}"
        data["sections"].append(key)
        for name, value in section.items():
            rows = value if isinstance(value, list) else []
            if rows:
                data[f"sections-{key}-rows"] = [f"r{place}" for place, _ in enumerate(rows)]
            for place, row in enumerate(rows):
                values = row if isinstance(row, dict) else {"key": row}
                data |= {f"sections-{key}-r{place}-{field}": item for field, item in values.items()}
            if not rows:
                data[f"sections-{key}-{name}"] = value
    return data


def test_the_form_makes_the_page_and_shows_it_again(admin_page, client):
    sections = each_type()
    response = admin_page.post(f"{LIST}add/", sent(*sections, title="Landing", slug="landing"))
    assert response.status_code == 302, response.context["errors"]
    article = Article.objects.get(slug="landing")
    assert [section["type"] for section in article.sections] == [section["type"] for section in sections]
    assert article.sections[4]["items"] == sections[4]["items"]
    assert article.sections[6]["people"] == sections[6]["people"]
    assert "Hero title" in client.get("/landing/").text
    form = lxml_html.fromstring(admin_page.get(f"{LIST}{article.pk}/change/").content)
    assert form.xpath("//input[@name='sections']/@value") == [str(number) for number in range(11)]
    assert form.xpath("//input[@name='sections-4-0-title']/@value") == ["Step one"]
    assert form.xpath("//select[@name='sections-6-0-key']/option[@selected]/text()") == ["Desk One"]
    assert form.xpath("//*[@name='body']/@type") == ["hidden"]
    article.refresh_from_db()
    moved = sent(article.sections[4], article.sections[0], title="Landing", slug="landing")
    assert admin_page.post(f"{LIST}{article.pk}/change/", moved).status_code == 302
    article.refresh_from_db()
    assert [section["type"] for section in article.sections] == ["steps", "hero"]
    assert article.body.index("Step one") < article.body.index("Hero title")


def test_what_is_wrong_is_named_beside_its_field_and_nothing_is_lost(admin_page):
    steps = {"type": "steps", "title": "How", "items": [{"title": "One"}, {"text": "Two"}]}
    hero = {"type": "hero", "title": "We", "button_label": "Go", "button_address": "go"}
    response = admin_page.post(f"{LIST}add/", sent(hero, steps))
    assert {*response.context["adminform"].form.errors} == {"sections"}
    page = lxml_html.fromstring(response.content)
    words = page.text_content()
    assert "Section 1 (Hero), button address: Enter an address" in words
    response = admin_page.post(f"{LIST}add/", sent({**hero, "button_address": "/go/"}, steps, summary=""))
    assert {*response.context["adminform"].form.errors} == {"summary", "sections"}
    page = lxml_html.fromstring(response.content)
    assert "Section 2 (Steps), step 2: title is required." in page.text_content()
    (wrong,) = page.xpath("//*[contains(@class, 'sections__field') and contains(@class, 'errors')]//input")
    assert wrong.get("name") == "sections-1-1-title"
    assert wrong.get("aria-invalid") == "true"
    assert page.xpath("//textarea[@name='sections-1-1-text']/text()") == ["\nTwo"]
    assert not Article.objects.exists()
    draft = admin_page.post(f"{LIST}add/", sent(hero | {"button_address": ""}, steps, _continue="save"))
    assert draft.status_code == 302


def test_each_page_can_begin_sections_also_one_with_a_text_and_an_article_never(admin_page):
    page = factories.article(kind=ArticleKind.PAGE)
    for url in (f"{LIST}{page.pk}/change/", f"{LIST}add/"):
        assert "data-begin" in admin_page.get(url).text
    hero = {"type": "hero", "title": "We build it"}
    data = sent(hero, title="Page", slug="page") | {"body": "<p>Typed before.</p>"}
    assert admin_page.post(f"{LIST}{page.pk}/change/", data).status_code == 302
    page.refresh_from_db()
    assert [one["title"] for one in page.sections] == ["We build it"]
    assert "data-sections" not in admin_page.get("/admin/articles/article/add/").text


def test_without_its_sections_a_page_has_no_text(admin_page):
    page = landing(each_type(), state=State.DRAFT)
    assert admin_page.post(f"{LIST}{page.pk}/change/", sent(_continue="save", slug="landing")).status_code == 302
    page.refresh_from_db()
    assert (page.sections, page.body) == ([], "")
    assert admin_page.post(f"{LIST}{page.pk}/change/", sent(slug="landing")).status_code == 200


def test_the_server_makes_new_sections_rows_and_copies(admin_page):
    def made(**data) -> lxml_html.HtmlElement:
        return lxml_html.fromstring(admin_page.post(f"{LIST}section/", data).content)

    new = made(type="steps")
    (key,) = new.xpath(".//input[@name='sections']/@value")
    assert new.xpath(f".//input[@name='sections-{key}-type']/@value") == ["steps"]
    row = made(type="steps", prefix=f"sections-{key}")
    (row_key,) = row.xpath(f".//input[@name='sections-{key}-rows']/@value")
    assert row.xpath(f".//input[@name='sections-{key}-{row_key}-title']/@value") == []
    source = {f"sections-{key}-type": "steps", f"sections-{key}-title": "How", f"sections-{key}-rows": ["a", "b"]}
    source |= {f"sections-{key}-a-title": "One", f"sections-{key}-b-title": "Two"}
    copy = made(type="steps", copy=f"sections-{key}", **source)
    (other,) = copy.xpath(".//input[@name='sections']/@value")
    assert other != key
    assert copy.xpath(f".//input[@name='sections-{other}-title']/@value") == ["How"]
    assert copy.xpath(".//input[contains(@name, '-title')]/@value") == ["How", "One", "Two"]
    assert admin_page.post(f"{LIST}section/", {"type": "herb"}).status_code == 400


def test_an_image_that_a_section_shows_is_not_deleted_and_its_place_is_named(admin_page):
    image = factories.image(alt="A desk")
    landing([{"type": "hero", "title": "A"}, {"type": "text", "title": "B", "image": image.pk}], title="Landing")
    url = f"/admin/publishing/image/{image.pk}/"
    response = admin_page.post(f"{url}delete/", {"post": "yes"})
    assert response.status_code == 200
    assert "Landing</a> shows “A desk” in section 2" in response.text
    assert "as an image, section 2" in admin_page.get(f"{url}change/").text


def test_needs_review_lists_a_fact_that_changed_inside_a_section(admin_page):
    model = catalog.model(name="Reader", context_tokens=8)
    landing(each_type(model), title="Landing")
    assert "Landing" not in admin_page.get("/admin/publishing/needs-review/").text
    model.context_tokens = 16
    model.save()
    compare_due(60)
    html = admin_page.get("/admin/publishing/needs-review/").text
    assert "Landing" in html
    assert "It reads" in html


def test_versions_are_compared_in_words_and_merged_by_section(admin_page):
    page = landing([{"type": "hero", "title": "One"}, {"type": "steps", "title": "How"}])
    hero = {"type": "hero", "title": "One", "show": "check"}
    draft = sent(hero, {"type": "steps", "title": "How else"}, title=page.title, slug="landing", _continue="save")
    assert admin_page.post(f"{LIST}{page.pk}/change/", draft).status_code == 302
    new, old = Revision.objects.of(page).latest_first()[:2]
    html = admin_page.get(f"{LIST}{page.pk}/history/compare/?one={old.pk}&other={new.pk}").text
    words = lxml_html.fromstring(html).text_content()
    assert "Show beside it: The form of “Check your stack”" in words
    assert "else</ins>" in html
    assert "Body" not in [name.text for name in lxml_html.fromstring(html).iter("h2", "h3")]


def test_a_mistake_in_one_section_holds_back_no_other_one_from_autosave(admin_page):
    article = factories.article(kind=ArticleKind.PAGE, state=State.DRAFT, sections=[{"type": "hero", "title": "Old"}])
    wrong = {"type": "hero", "title": "New", "button_label": "Go", "button_address": "nowhere"}
    steps = {"type": "steps", "title": "How", "items": [{"title": "One"}]}
    data = sent(wrong, steps, form_session=uuid.uuid4().hex, writer=admin_page.session["_auth_user_id"], step="1")
    answer = admin_page.post(f"{LIST}{article.pk}/autosave/", data).json()
    assert answer["is_saved"]
    assert "button address" in " ".join(answer["problems"])
    assert Revision.objects.head(article).content["fields"]["sections"] == [
        {"type": "hero", "title": "New", "button_label": "Go"},
        steps,
    ]
    page = lxml_html.fromstring(admin_page.post(f"{LIST}{article.pk}/change/", data).content)
    assert page.xpath("//*[@name='sections-0-button_address']/@value") == ["nowhere"]


def test_a_copy_of_a_draft_with_a_refused_field_inherits_its_last_valid_value_and_can_be_scheduled(admin_page):
    hero = {"type": "hero", "title": "We build it", "button_label": "Go", "button_address": "/contact/"}
    steps = {"type": "steps", "title": "How", "weeks": 4, "items": [{"title": "One", "after": 1}, {"title": "Two"}]}
    article = factories.article(kind=ArticleKind.PAGE, title="Landing", summary="Short.", sections=[hero, steps])
    wrong = {**hero, "title": "We build all", "button_address": "broken address"}
    late = {**steps, "weeks": "many", "items": [{"title": "First", "after": "soon"}, {"title": "Two"}]}
    known = {"form_session": uuid.uuid4().hex, "writer": admin_page.session["_auth_user_id"], "step": "1"}
    data = sent(late, wrong, title="Landing", summary="Short.", slug=article.slug, **known)
    problems = admin_page.post(f"{LIST}{article.pk}/autosave/", data).json()["problems"]
    assert [problem.split(":")[1].strip() for problem in problems] == [
        "Section 1 (Steps), draw to scale, in weeks",
        "Section 1 (Steps), step 1, begins after, in weeks",
        "Section 2 (Hero), button address",
    ]
    expected = [
        {**steps, "items": [{"title": "First", "after": 1}, {"title": "Two"}]},
        {**hero, "title": "We build all"},
    ]
    assert Revision.objects.head(article).content["fields"]["sections"] == expected
    admin_page.post(f"{LIST}{article.pk}/duplicate/")
    copy = Article.objects.exclude(pk=article.pk).get()
    assert copy.sections == expected
    form = values_of(admin_page.get(f"{LIST}{copy.pk}/change/").content, "page_form")
    moment = {"publish_at_0": "2099-01-02", "publish_at_1": "09:00", "_continue": "schedule"}
    response = admin_page.post(f"{LIST}{copy.pk}/change/", form | moment)
    assert response.status_code == 302, response.context["errors"]
    copy.refresh_from_db()
    assert (copy.state, copy.sections) == (State.PUBLISHED, expected)


def test_the_list_of_errors_leads_to_each_field_and_names_each_mistake_once(admin_page):
    hero = {"type": "hero", "title": "", "button_label": "Go", "button_address": "broken address"}
    steps = {"type": "steps", "title": "How", "items": [{"title": "One"}, {"title": "", "text": "Two"}]}
    data = sent(hero, steps, title="Landing", summary="Short.")
    page = lxml_html.fromstring(admin_page.post(f"{LIST}add/", data | {"_continue": "publish"}).text)
    lines = page.xpath("//ul[@class='form-errors']/li")
    assert [" ".join(line.text_content().split()) for line in lines] == [
        "Section 1 (Hero): title is required.",
        "Section 1 (Hero), button address: Enter an address such as /contact/ or https://….",
        "Section 2 (Steps), step 2: title is required.",
    ]
    for line, name in zip(lines, ["0-title", "0-button_address", "1-1-title"], strict=True):
        [target] = page.xpath(f"//*[@id='{line.find('a').get('href')[1:]}']")
        assert target.get("name") == f"sections-{name}"
