"""What the main jobs of an editor cost in the admin: clicks, keys besides the text, dialogs, scrolling and windows.

Each journey begins on the start page or on the page where the job arises. Playwright scrolls to a control by itself, so
`Hand` checks first that the control is in sight, and counts a scroll if it is not.
"""

from dataclasses import dataclass, field

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from articles.models import Article
from catalog.models import AIModel
from publishing.content.publishable import State
from tests import factories
from tests.browser.test_editor_journey import EDITOR, press, settle
from tests.browser.test_images import as_file, drop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PARAGRAPH = "A model reads what it is given and writes what comes next, and it costs what it reads and writes. " * 5
IS_IN_SIGHT = """element => {
  const box = element.getBoundingClientRect();
  return box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
}"""


@dataclass
class Hand:
    """One hand on mouse and keyboard, which counts what it does. Text is free."""

    page: Page
    clicks: int = 0
    scrolls: int = 0
    windows: int = 0
    keys: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.set_viewport_size({"width": 1440, "height": 900})
        self.page.context.on("page", lambda _: setattr(self, "windows", self.windows + 1))

    def click(self, target: Locator):
        target.wait_for()
        self.scrolls += not target.evaluate(IS_IN_SIGHT)
        target.click()
        self.clicks += 1

    def press(self, *keys: str):
        press(self.page, *keys)
        self.keys += keys

    def open(self, keys: str):
        """Press keys in the text that open a dialog."""
        settle(self.page)
        self.press_anywhere(keys)

    def press_anywhere(self, *keys: str):
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += keys

    def choose(self):
        """Take the first choice of a dialog, or its main button, which closes it."""
        self.press_anywhere("Enter")
        expect(self.page.locator("dialog:modal")).to_have_count(0)

    def type(self, text: str):
        self.page.keyboard.type(text)

    def insert(self, block: str):
        """Insert a block by the slash menu on a new line."""
        self.press("Enter")
        self.type(f"/{block}")
        self.page.get_by_role("listbox", name="Insert").wait_for()
        self.open("Enter")


@pytest.fixture
def hand(editor_page):
    return Hand(editor_page)


def button(hand, name) -> Locator:
    return hand.page.locator(".submit-row").last.get_by_role("button", name=name, exact=True)


@pytest.mark.journey
def test_an_article_with_everything_goes_live_in_twelve_clicks_without_scrolling(hand):
    for number in range(40):
        factories.image(alt=f"View {number}")
    factories.topic(name="Costs")
    factories.author(name="Ada")
    factories.publishable(AIModel, "Sample model", context_tokens=128_000)
    page = hand.page
    hand.click(page.get_by_role("link", name="New article").first)
    expect(page.locator("#id_title")).to_be_focused()
    page.locator(EDITOR).wait_for()  # a hand types slower than the editor starts
    hand.type("What a model costs")
    hand.press_anywhere("Tab")
    hand.type("One table, one picture, one number.")
    hand.press_anywhere("Tab")
    for _ in range(9):
        page.keyboard.insert_text(PARAGRAPH)
        hand.press("Enter")
    hand.type("We compared it with ")
    hand.open("Control+k")
    hand.type("Sample mod")
    page.locator(".richtext-finder__record").first.wait_for()
    hand.choose()
    hand.type(", which reads ")
    hand.open("Control+Alt+k")
    hand.type("Sample mod")
    page.locator(".richtext-finder__record").first.wait_for()
    hand.press_anywhere("Enter")
    page.get_by_role("button", name="Context window 128,000 tokens").wait_for()
    hand.type("context")
    hand.choose()
    hand.type(".")
    hand.insert("image")
    hand.type("View 7")
    page.get_by_text("1 found.").wait_for()
    hand.press_anywhere("Enter")
    page.get_by_label("Alternative text for this place").and_(page.locator(":focus")).wait_for()
    hand.choose()
    page.locator(f"{EDITOR} figure img").wait_for()
    hand.type("The view")
    hand.press("Enter")
    hand.insert("grid")
    hand.type("Prices")
    hand.choose()
    for words in ("Meter", "Price", "Unit"):
        hand.type(words)
        hand.press("Tab")
    hand.click(page.get_by_role("tab", name="Settings"))
    hand.click(page.get_by_role("button", name="Cover: Choose an image…"))
    hand.click(page.locator(".richtext-finder--grid").get_by_role("button").nth(3))
    hand.click(page.locator("#topic_links-0 .select2-selection, .field-topics .select2-selection").first)
    hand.type("Costs")
    page.locator(".select2-results__option", has_text="Costs").wait_for()
    hand.press_anywhere("Enter")
    hand.click(page.get_by_role("button", name="Add author"))
    hand.click(page.locator("#author_links-0 .select2-selection"))
    hand.type("Ada")
    page.locator(".select2-results__option", has_text="Ada").wait_for()
    hand.press_anywhere("Enter")
    with page.expect_navigation():
        hand.click(button(hand, "Publish"))
    page.locator(".messagelist .success").wait_for()
    article = Article.objects.get()
    assert article.state == State.PUBLISHED
    assert len(article.body.split()) > 800
    assert (article.cover is not None, article.topics.count(), article.authors.count()) == (True, 1, 1)
    assert all(
        part in article.body for part in ("<figure><img", "<table>", "ref:catalog.aimodel", "fact:catalog.aimodel")
    )
    print(f"\nArticle: {hand.clicks} clicks, {hand.scrolls} scrolls, {hand.windows} windows, {len(hand.keys)} keys")
    assert (hand.scrolls, hand.windows) == (0, 0)
    assert hand.clicks <= 12


def test_an_article_is_scheduled_in_two_clicks(hand):
    article = factories.article(state=State.DRAFT)
    page = hand.page
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    hand.click(page.locator(".split__more > summary"))
    with page.expect_navigation():
        hand.click(page.get_by_role("button", name="Tomorrow 9:00"))
    page.locator(".messagelist .success").wait_for()
    article.refresh_from_db()
    assert article.state == State.PUBLISHED
    assert article.publish_at > timezone.now()
    print(f"\nSchedule: {hand.clicks} clicks, {hand.scrolls} scrolls")
    assert hand.clicks <= 2
    assert not hand.scrolls


def test_ten_images_take_one_drop_and_one_page_of_texts(hand):
    page = hand.page
    page.goto("/admin/publishing/image/")
    drop(page, *(as_file(f"{n}.png", colour=(n * 20, 90, 120)) for n in range(10)), selector="#content")
    page.wait_for_url("**/texts/?images=*")
    page.locator("#id_form-0-alt").focus()
    for number in range(10):
        page.locator(f"#id_form-{number}-alt").fill(f"View {number}")
    hand.click(page.get_by_role("button", name="Save all texts"))
    page.locator(".messagelist .success").wait_for()
    assert hand.clicks == 1


def test_who_uses_an_image_takes_one_click(hand):
    image = factories.image(alt="A tower")
    factories.article(title="Towers", cover=image)
    page = hand.page
    page.goto("/admin/publishing/image/")
    hand.click(page.get_by_role("link", name="A tower").first)
    page.get_by_role("main").get_by_role("link", name="Towers").wait_for()
    assert (hand.clicks, hand.scrolls) == (1, 0)
