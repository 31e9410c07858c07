"""Callouts, galleries, wide figures and embeds: inserted in the editor, shown to readers."""

import pytest

from articles.models import Article
from publishing.content.snippet import Snippet
from tests import factories
from tests.browser.test_editor_journey import EDITOR, press_button
from tests.browser.test_paste import open_draft, paste

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_blocks_are_inserted_by_their_names_and_shown(editor_page):
    page = editor_page
    images = [factories.image(alt=f"Square {number}", file=factories.picture_file(f"{number}.png")) for number in "123"]
    article = open_draft(page)
    page.keyboard.press("Enter")
    page.keyboard.type("/tip")
    page.keyboard.press("Enter")
    page.keyboard.type("Try it.")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    paste(page, text="https://youtu.be/dQw4w9WgXcQ?t=1")
    page.locator(f"{EDITOR} figure[data-embed]").wait_for()
    page.keyboard.type("A talk")
    page.keyboard.press("Enter")
    page.keyboard.type("/gallery")
    page.keyboard.press("Enter")
    found = page.locator(".richtext-finder__record")
    found.nth(2).wait_for()
    for number in range(2):
        found.nth(number).click()
    page.get_by_role("button", name="Insert", exact=True).click()
    page.keyboard.type("Squares")
    pictures = page.locator(f"{EDITOR} figure img")
    for number in (1, 0):
        pictures.nth(number).click()
        page.get_by_role("button", name="Image caption").first.click()
    page.keyboard.press("Backspace")  # no caption of its own
    page.get_by_role("button", name="Image caption").first.click()
    page.keyboard.type("The first")
    for is_last in (False, True):
        page.get_by_role("button", name="More images: a gallery").click()
        found.nth(2).click()
        page.get_by_role("button", name="Add", exact=True).click()
        if not is_last:
            pictures.nth(2).click()
            page.keyboard.press("Delete")
        pictures.nth(1).click()
    page.get_by_role("button", name="Image caption").first.click()
    page.locator(f"{EDITOR} figcaption").last.click()
    page.get_by_role("button", name="Full width", exact=True).click()
    page.keyboard.press("Enter")
    advice = Snippet.objects.create(name="Advice", body="<p>Ask us first.</p>")
    page.keyboard.type("/snippet")
    page.keyboard.press("Enter")
    found.first.click()
    page.locator(EDITOR).get_by_text("Ask us first.").wait_for()
    press_button(page, "Publish")
    first, *others = [f'<img src="ref:publishing.image/{image.pk}" alt="{image.alt}">' for image in reversed(images)]
    shown = f"<figure>{first}<figcaption>The first</figcaption></figure>{''.join(others)}"
    assert Article.objects.get().body == (
        '<p>Begins.</p><aside data-kind="tip"><p>Try it.</p></aside>'
        '<figure data-embed="youtube:dQw4w9WgXcQ"><figcaption>A talk</figcaption></figure>'
        f'<figure data-width="full">{shown}<figcaption>Squares</figcaption></figure>'
        f'<figure data-snippet="ref:publishing.snippet/{advice.pk}"></figure>'
    )
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("https://**", lambda route: route.abort())
    page.goto(article.get_absolute_url())
    assert page.locator(".prose > p").last.inner_text() == "Ask us first."
    assert page.get_by_role("note").inner_text().split() == ["Tip", "Try", "it."]
    assert not any(url.startswith("https:") for url in asked)
    with page.expect_request("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"):
        page.get_by_role("button", name="Show here: A talk").click()
    assert page.locator("iframe[title='A talk']").count() == 1
