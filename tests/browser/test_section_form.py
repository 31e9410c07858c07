"""A landing page with each type of section, from a blank form to readers and back to an older version."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from articles.sections.schema import TYPES
from publishing.revisions.models import Revision
from tests import factories
from tests.browser.chromium import wait_until
from tests.browser.test_editor_journey import EDITOR, press_button
from tests.catalog import factories as catalog

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ITEM = ".sections > .sections__list > [data-item]"


def section(page, kind: str):
    return page.locator(f"{ITEM}:has([name$='-type'][value='{kind}'])").last


def add(page, kind: str, **values):
    """Add a section by the menu and fill its fields; a list of rows by its button."""
    count = page.locator(ITEM).count()
    if not page.locator("[data-type=hero]").is_visible():
        page.get_by_text("Add a section…").click()
    page.locator(f"[data-type={kind}]").click()
    page.locator(ITEM).nth(count).wait_for()
    made = section(page, kind)
    rows = values.pop("rows", [])
    fill(made.locator("> fieldset > .sections__field"), values)
    for number, row in enumerate(rows):
        made.locator("[data-add-row]").click()
        inner = made.locator("[data-item]").nth(number)
        inner.wait_for()
        fill(inner.locator("> fieldset > .sections__field"), row)
    return made


def fill(fields, values: dict):
    for name, value in values.items():
        field = fields.locator(f"[name$='-{name}']")
        if name == "key":
            fields.locator(".select2-selection").click()
            fields.page.locator(".select2-search__field").fill(value)
            fields.page.locator(".select2-results__option", has_text=value).first.click()
        elif name == "show":
            field.select_option(value)
        else:
            field.fill(value)


def types(page) -> list[str]:
    return [item.input_value() for item in page.locator(f"{ITEM} > fieldset:enabled > [name$='-type']").all()]


@pytest.mark.journey
def test_a_landing_page_is_built_previewed_scheduled_published_moved_copied_and_restored(editor_page):
    page = editor_page
    factories.author(name="Desk One")
    factories.question(question="Who owns the code?")
    factories.article(title="A study")
    factories.image(alt="A lighthouse")
    catalog.event(model=catalog.model(name="Going model"), kind="retired", date="2999-01-15")
    page.goto("/admin/articles/page/add/")
    page.locator("#id_title").fill("Landing")
    page.locator("#id_summary").fill("Each section once.")
    page.get_by_role("button", name="Make this a page of sections").click()
    assert not page.locator("#id_show_in_footer").is_checked()
    add(page, "hero", title="We build it", button_label="Ask us", button_address="/contact/")
    text = add(page, "text", title="How we work")
    text.locator(EDITOR).click()
    page.keyboard.type("With care.")
    text.locator(".image-choice__pick").click()
    page.locator(".richtext-finder__record").first.click()
    add(page, "features", title="What you get", rows=[{"title": "A report"}, {"title": "A system"}])
    add(page, "quotes", title="Clients", rows=[{"name": "A client", "quote": "Well done."}])
    add(page, "steps", title="Our steps", rows=[{"title": "Listen", "duration": "two days"}])
    add(page, "pricing", title="Prices", rows=[{"name": "Review", "price": "9,000 €", "includes": "A call\nA report"}])
    add(page, "people", title="Who answers", rows=[{"key": "Desk One"}])
    add(page, "questions", title="Asked before", rows=[{"key": "Who owns the code?"}])
    add(page, "texts", title="To read", rows=[{"key": "A study"}])
    add(page, "catalogue", title="Ends", show="retirements")
    add(page, "call", title="Write to us", button_label="Write", button_address="/contact/")
    assert types(page) == [*TYPES]
    assert not page.locator(".form-row.field-body").is_visible()

    # Live beside the form, and stored by the autosave.
    page.get_by_role("button", name="Preview", exact=True).click()
    preview = page.frame_locator(".preview__page")
    preview.get_by_text("two days").wait_for()
    preview.get_by_role("heading", name="Write to us").wait_for()
    wait_until(page, "() => document.querySelector('.form-bar__status').textContent.startsWith('Autosaved')")
    page.locator("[data-preview-close]").click()

    press_button(page, "Save draft")
    article = Article.objects.get(slug="landing")
    assert article.state == "draft"
    soon = timezone.localtime() + timedelta(hours=2)
    page.locator(".split__more > summary").click()
    page.locator(".schedule > summary").click()
    page.locator("[name=publish_at_0]").fill(f"{soon:%Y-%m-%d}")
    page.locator("[name=publish_at_1]").fill(f"{soon:%H:%M}")
    press_button(page, "Schedule")
    reader = page.context.browser.new_context(base_url=page.url.split("/admin/")[0]).new_page()
    assert reader.goto("/landing/").status == 404
    Article.objects.filter(pk=article.pk).update(publish_at=timezone.now() - timedelta(minutes=1))
    assert reader.goto("/landing/").status == 200
    for words in ("We build it", "With care.", "A system", "Well done.", "two days", "9,000 €", "Desk One", "A study"):
        assert reader.get_by_text(words).first.is_visible(), words
    reader.goto("/search/?q=two+days+listen")
    assert reader.locator("main a[href='/landing/']").count() == 1
    assert "### Listen" in reader.request.get("/landing.md").text()
    assert [one["type"] for one in reader.request.get("/api/v1/articles/landing/").json()["sections"]] == [*TYPES]

    # By key, by button and by dragging; a copy, and a deletion that is taken back.
    page.goto(f"/admin/articles/page/{article.pk}/change/")
    section(page, "call").locator("> .sections__head .row-handle").press("ArrowUp")
    section(page, "text").locator("> .sections__head [data-move='-1']").click()
    dragged = section(page, "steps").locator("> .sections__head .row-handle")
    dragged.drag_to(section(page, "features").locator("> .sections__head"), target_position={"x": 100, "y": 3})
    moved = ["text", "hero", "steps", "features", "quotes", *[*TYPES][5:9], "call", "catalogue"]
    assert types(page) == moved
    section(page, "hero").locator("> .sections__head [data-copy]").click()
    wait_until(page, f"() => document.querySelectorAll('{ITEM}').length === 12")
    assert section(page, "hero").locator("[name$='-title']").input_value() == "We build it"
    section(page, "quotes").locator("> .sections__head [data-delete]").click()
    assert "quotes" not in types(page)
    section(page, "quotes").get_by_role("button", name="Undo").click()
    section(page, "people").locator("> .sections__head [data-delete]").click()
    press_button(page, "Publish")
    article.refresh_from_db()
    published = [one["type"] for one in article.sections]
    assert published == ["text", "hero", "hero", *[kind for kind in moved[2:] if kind != "people"]]

    page.get_by_role("button", name="Duplicate", exact=True).first.click()
    page.wait_for_url(lambda url: f"/{article.pk}/" not in url)
    copy = Article.objects.exclude(pk=article.pk).get(title="Landing")
    assert copy.sections == article.sections

    old = Revision.objects.of(article).filter(action="save").earliest("pk")
    page.goto(f"/admin/articles/page/{article.pk}/history/compare/?one={old.pk}&other=latest")
    assert page.locator("del", has_text="Desk One").count() == 1
    with page.expect_navigation():
        page.get_by_role("button", name="Restore").first.click()
    assert types(page) == [*TYPES]
    reader.goto("/landing/")
    assert not reader.get_by_text("Desk One").count()  # until the draft is published
    press_button(page, "Publish")
    reader.reload()
    assert reader.get_by_text("Desk One").first.is_visible()


def test_a_page_of_sections_shows_no_body_after_an_error(editor_page):
    page = editor_page
    page.goto("/admin/articles/page/add/")
    page.locator("#id_title").fill("Landing")
    page.get_by_role("button", name="Make this a page of sections").click()
    add(page, "hero", title="We build it", button_label="Ask us", button_address="garbage")
    page.get_by_role("button", name="Save draft", exact=True).first.click()
    page.get_by_text("Enter an address such as /contact/").first.wait_for()
    assert types(page) == ["hero"]
    assert not page.locator(".form-row.field-body").is_visible()


def test_a_text_that_was_typed_and_autosaved_becomes_the_first_section(editor_page):
    page = editor_page
    page.goto("/admin/articles/page/add/")
    page.locator("#id_title").fill("Landing")
    page.locator("#id_summary").fill("In short.")
    page.locator(f".form-row.field-body {EDITOR}").click()
    page.keyboard.type("Typed before.")
    wait_until(page, "() => document.querySelector('.form-bar__status').textContent.startsWith('Autosaved')")
    page.get_by_role("button", name="Make this a page of sections").click()
    page.locator(ITEM).wait_for()
    assert types(page) == ["text"]
    assert not page.locator(".form-row.field-body").is_visible()
    add(page, "call", title="Write to us", button_label="Write", button_address="contact")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.locator(".form-errors", has_text="Enter an address such as /contact/").wait_for()
    section(page, "call").locator("[name$='-button_address']").fill("/contact/")
    press_button(page, "Publish")
    article = Article.objects.get(slug="landing")
    assert [one["type"] for one in article.sections] == ["text", "call"]
    assert article.sections[0]["body"] == "<p>Typed before.</p>"

    # Also later, of a page with a text; if the server does not answer, the text stays where it is.
    Article.objects.filter(pk=article.pk).update(sections=[], body="<p>Typed before.</p>")
    page.goto(f"/admin/articles/page/{article.pk}/change/")
    page.route("**/section/", lambda route: route.abort())
    page.get_by_role("button", name="Make this a page of sections").click()
    page.get_by_text("Not added: no connection").wait_for()
    assert page.locator(".form-row.field-body").is_visible()
    page.unroute("**/section/")
    page.get_by_role("button", name="Make this a page of sections").click()
    page.locator(ITEM).wait_for()
    press_button(page, "Publish")
    article.refresh_from_db()
    assert article.sections == [{"type": "text", "body": "<p>Typed before.</p>", "side": "right"}]
