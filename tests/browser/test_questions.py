"""Questions in a browser: similar ones are shown while typing, readers vote, an answer opens by its address."""

import pytest

from articles.models import PlacedQuestion
from faq.models import Vote
from tests import factories
from tests.browser.test_editor_journey import EDITOR
from tests.browser.test_enquiry import focused, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_asks_the_same_is_shown_while_one_types(editor_page):
    known = factories.question(question="Is Generative AI the same as LLMs?", answer="<p>No. It is wider.</p>")
    page = editor_page
    page.goto("/admin/faq/question/add/")
    list_of_duplicates = page.locator("[data-duplicates-url]")
    page.locator("#id_question").press_sequentially("What is a token?")
    list_of_duplicates.get_by_text("No duplicates found.").wait_for()
    page.locator("#id_question").fill("Is LLM the same as generative AI?")
    link = list_of_duplicates.get_by_role("link", name="Is Generative AI the same as LLMs?")
    link.wait_for()
    assert link.get_attribute("href") == f"/admin/faq/question/{known.pk}/change/"
    assert list_of_duplicates.get_attribute("aria-live") == "polite"
    page.locator(EDITOR).fill("Yes, it is.")
    list_of_duplicates.get_by_text("begins with “yes”, the other with “no”").wait_for()
    # Once the form has saved itself, the question is not listed as its own duplicate.
    page.wait_for_url("**/change/")
    page.locator("#id_question").fill("LLM: is it the same as generative AI?")
    with page.expect_response("**/duplicates/"):
        page.locator("#id_question").press("End")
        page.locator("#id_question").press_sequentially("!")
    assert list_of_duplicates.get_by_role("link").count() == 1
    # Without scripts it is also there, for the saved question.
    page.get_by_role("button", name="Save draft").last.click()
    page.locator(".messagelist").wait_for()
    html = page.request.get(page.url).text()
    assert "The answers contradict each other." in html
    assert known.question in html


@pytest.mark.journey
@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without"])
def test_reader_votes_by_keyboard_and_is_thanked(chromium, live_server, has_scripts):
    question = factories.question(question="Is it dear?")
    context = chromium.new_context(
        base_url=live_server.url, java_script_enabled=has_scripts, viewport={"width": 320, "height": 700}
    )
    page = context.new_page()
    page.goto(question.get_absolute_url())
    assert not page.get_by_label("Why?").is_visible()
    if has_scripts:
        tab_to(page, "name", "verdict")
        page.keyboard.press("ArrowDown")
        tab_to(page, "name", "reason")
        page.keyboard.type("It names no price.")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        tab_to(page, "textContent", "Send")
    else:
        page.get_by_label("No", exact=True).focus()
        page.keyboard.press("Space")
        page.get_by_label("Why?").focus()
        page.keyboard.type("It names no price.")
        page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/helpful/thanks/")
    page.go_back()
    page.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Send").click()
    assert "One vote a day is counted" in page.get_by_role("alert").inner_text()
    if has_scripts:
        assert focused(page, "className") == "problems"
    assert context.cookies() == []
    context.close()
    assert list(Vote.objects.values_list("is_helpful", "reason")) == [(False, "It names no price.")]


def test_answer_opens_from_its_address_is_found_in_the_page_and_printed(page):
    topic = factories.question_topic()
    answers = (f"<p>{'Its beginning is shown. ' * 20}</p><p>Words{number}.</p>" for number in (1, 2))
    first, second = (factories.question(topic=topic, answer=answer) for answer in answers)
    article = factories.article()
    PlacedQuestion.objects.create(article=article, question=second)
    for path in (topic.get_absolute_url(), article.get_absolute_url()):
        page.goto(f"{path}#answer_{second.slug}")
        answer = page.get_by_text("Words2.", exact=True)
        answer.wait_for()
        summary = page.locator("summary", has_text=second.question)
        assert summary.evaluate("element => element.getBoundingClientRect().top") >= 0
    page.goto(topic.get_absolute_url())
    assert page.locator("details[open]").count() == 0
    page.emulate_media(media="print")
    assert page.get_by_text("Words1.", exact=True).evaluate(
        "element => element.checkVisibility({ contentVisibilityAuto: true })"
    )
    page.emulate_media(media="screen")
    # A text fragment link, as a browser makes it for a selection: it leads to the text as a search in the page would.
    page.goto(f"{topic.get_absolute_url()}#:~:text=Words1")
    page.locator("details[open]", has_text=first.question).wait_for()


def test_what_readers_say_of_answers_is_read_whole_on_a_phone_and_a_desk(editor_page):
    page = editor_page
    Vote.objects.create(question=factories.question(), is_helpful=False, reason="It does not say what it costs. " * 15)
    for width, least in ((320, 200), (1280, 190)):
        page.set_viewport_size({"width": width, "height": 700})
        page.goto("/admin/faq/vote/")
        reason = page.locator("td.field-reason")
        assert reason.bounding_box()["width"] >= least
        about, results = (page.locator(name).bounding_box() for name in ("td.field-about", ".results"))
        assert about["x"] + about["width"] <= results["x"] + results["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
