"""A chart from the catalogue: inserted by an editor; it answers readers by pointer, keys and address."""

import pytest

from articles.models import Article
from tests.browser.test_comparisons import DIALOG, EDITOR, add_model, press
from tests.catalog import factories as catalog

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sold(name, amount, context_tokens):
    provider = catalog.provider()
    model = catalog.model(name=name, context_tokens=context_tokens)
    model.vendors.add(catalog.vendor(reference_provider=provider))
    offered = catalog.offering(model=model, provider=provider, checked_on="2026-11-01")
    for meter in ("input", "output"):
        catalog.price(offering=offered, meter=meter, amount=amount)
    return model


def test_a_chart_is_inserted_with_a_preview_and_answers_its_readers(editor_page):
    page = editor_page
    sold("Small model", "1", 8_000)
    sold("Large model", "4", 200_000)
    page.goto("/admin/articles/article/add/")
    page.locator("#id_title").fill("What context costs")
    page.locator("#id_summary").fill("Two models.")
    page.locator(EDITOR).click()
    page.keyboard.type("/chart")
    page.keyboard.press("Enter")
    dialog = page.locator(DIALOG)
    dialog.get_by_label("Caption").fill("What context costs")
    dialog.get_by_role("combobox", name="Chart").select_option(label="Cost of a year")
    dialog.get_by_role("button", name="Insert", exact=True).click()
    dialog.get_by_role("alert").get_by_text("Cost of a year: choose at least one model.").wait_for()
    add_model(page, "Small mod")
    add_model(page, "Large mod")
    dialog.get_by_label("Requests per day").fill("5 million")
    dialog.get_by_role("button", name="Preview").click()
    dialog.get_by_text("Requests per day: enter a whole number from 0 to 10,000,000.").wait_for()
    dialog.get_by_label("Requests per day").fill("5,000")
    dialog.get_by_role("button", name="Preview").click()
    dialog.locator(".lifetimes__row", has_text="4,562 USD").wait_for()
    dialog.get_by_role("combobox", name="Chart").select_option(label="Price by context window")
    dialog.get_by_role("button", name="Insert", exact=True).click()
    page.locator(f"{EDITOR} .richtext-chart svg:visible").first.wait_for()
    page.get_by_role("button", name="Edit the chart What context costs").click()
    assert dialog.get_by_role("combobox", name="Chart").input_value() == "context"
    page.keyboard.press("Escape")
    press(page, "Publish")
    article = Article.objects.get()
    assert "&amp;chart=context&amp;" in article.body

    reader = page.context.browser.new_context(
        base_url=page.url.split("/admin/")[0], viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True
    ).new_page()
    reader.goto(article.get_absolute_url())
    frame = reader.get_by_role("group", name="Price by context window")
    values = frame.get_by_role("status")
    values.get_by_text("Tap the chart to see the values of the nearest mark.").wait_for()
    frame.focus()
    reader.keyboard.press("ArrowRight")
    values.get_by_text("Small model: 1.00 via").wait_for()
    reader.keyboard.press("ArrowRight")
    values.get_by_text("Large model: 4.00 via").wait_for()
    reader.set_viewport_size({"width": 390, "height": 240})  # lower than the chart
    for key in ("Home", "End"):
        height = reader.evaluate("document.documentElement.scrollHeight")
        frame.focus()
        reader.keyboard.press(key)
        mark, said = frame.locator("svg:visible .is-current").bounding_box(), values.bounding_box()
        assert 0 <= mark["y"] < mark["y"] + mark["height"] <= said["y"], "the values lie on no chosen mark"
        assert said["y"] + said["height"] <= 241, "they are in the window"
        assert reader.evaluate("document.documentElement.scrollHeight") == height, "they move nothing"
    reader.set_viewport_size({"width": 390, "height": 800})
    frame.locator("svg:visible .chart__mark--dot").first.tap()
    values.get_by_role("link", name="Highlight it").click()
    reader.locator("svg:visible .chart__mark.is-highlighted").wait_for()
    assert reader.url.endswith("-model")
    assert "?model=" in reader.url
    reader.get_by_text("The same values as a table").click()
    assert (
        reader.get_by_role("cell", name="200,000 tokens").or_(reader.get_by_role("cell", name="200,000")).is_visible()
    )
    assert reader.evaluate("document.documentElement.scrollWidth") <= 390
