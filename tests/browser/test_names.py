"""Names in the editor: linked, corrected and ignored with one click each while typing; Ctrl Z undoes it."""

import pytest

from catalog.models import AIModel, Family, Vendor
from publishing.quality.names.name_rule import NameRule
from publishing.revisions.models import Revision
from tests import factories
from tests.browser.test_editor_journey import EDITOR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BODY = (
    "<h2>GPT-4</h2><p>Words of <em>GPT-4</em><br>and GPT-4 again.</p><ul><li><p>OpenAI</p></li></ul>"
    "<p>By <strong>Antropic</strong>, a GPT-9.</p><p>It is DALL·E.</p>"
)


def test_names_are_linked_corrected_and_ignored_in_what_is_typed(editor_page):
    page = editor_page
    page.emulate_media(reduced_motion="reduce")
    NameRule.objects.get_or_create(key="anthropic", defaults={"words": "Anthropic", "rule": "proper"})
    for name in ("OpenAI", "Anthropic"):
        Vendor.objects.create(name=name)
    Family.objects.create(name="GPT", vendor=Vendor.objects.get(name="OpenAI"))
    Family.objects.create(name="DALL-E")
    model = AIModel.objects.create(name="GPT-4")
    article = factories.article(state="draft", body=BODY)
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    editor = page.locator(EDITOR)
    editor.wait_for()
    page.get_by_role("tab", name="Checks").click()
    panel = page.get_by_role("region", name="Before you publish")
    links = editor.locator("a[href^='ref:']")

    def press(words, button):
        panel.locator(".preflight__finding", has_text=words).get_by_role("button", name=button).first.click()

    def gone(words):
        panel.locator(".preflight__finding", has_text=words).wait_for(state="detached")

    panel.get_by_role("button", name="Link all certain matches").click()
    panel.get_by_role("button", name="Link all certain matches").wait_for(state="detached")
    assert [link.inner_text() for link in links.all()] == ["GPT-4", "OpenAI", "DALL·E"]
    assert links.first.get_attribute("href") == f"ref:catalog.aimodel/{model.pk}"
    assert editor.locator("h2 a").count() == 0
    assert editor.locator("em a").count() + editor.locator("a em").count() == 1

    press("“Antropic” looks like", "Write “Anthropic” and link")
    gone("“Antropic”")
    assert editor.locator("strong").inner_text() == "Anthropic"
    press("“DALL·E” is written", "Write “DALL-E”")
    gone("“DALL·E”")
    assert links.last.inner_text() == "DALL-E"
    editor.focus()
    page.keyboard.press("Control+z")
    assert links.last.inner_text() == "DALL·E"

    finding = panel.locator(".preflight__finding", has_text="“GPT-9” looks like")
    finding.get_by_role("link", name="Show").click()
    assert page.evaluate("getSelection().toString()") == "GPT-9"
    assert "name=GPT-9" in finding.get_by_role("link", name="Add to the catalogue").get_attribute("href")
    press("“GPT-9” looks like", "Ignore everywhere")
    gone("“GPT-9” looks like")
    assert page.evaluate("document.activeElement.id") == "preflight-names"
    assert NameRule.objects.get(key="gpt9").rule == NameRule.Rule.IGNORE
    assert not Revision.objects.filter(is_autosave=False).exists()
