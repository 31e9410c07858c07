"""The list of models for readers: filters without a reload, and the same without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import wait_until
from tests.catalog import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# The words of the focused control if another element lies over its middle.
COVERED = """() => {
  const control = document.activeElement, box = control.getBoundingClientRect();
  if (control === document.body || !box.width) return "";
  const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const isSeen = there && (control.contains(there) || there.contains(control));
  return isSeen || there?.closest("label")?.contains(control) ? "" : control.outerHTML.slice(0, 80);
}"""


@pytest.fixture
def models():
    one, other = factories.vendor(name="Acme"), factories.vendor(name="Bolt")
    for number in range(3):
        factories.model(name=f"Acme {number}", vendors=[one], kind="language", checked_on="2026-11-24")
    factories.model(name="Bolt 1", vendors=[other], kind="image", checked_on="2026-11-24")


def names(page) -> list[str]:
    return page.locator(".models__link").all_inner_texts()


@pytest.mark.journey
def test_filters_apply_without_a_reload_and_back_works(page, models):
    page.goto("/catalog/")
    page.evaluate("window.isTheSamePage = true")
    page.get_by_label("Compare Bolt 1").check()
    page.get_by_role("checkbox", name=re.compile("^Bolt")).check()
    expect(page).to_have_url(re.compile(r"/catalog/\?vendor=bolt$"))
    expect(page.locator("[data-announcement]")).to_have_text("1 model")
    assert names(page) == ["Bolt 1"]
    expect(page.get_by_role("checkbox", name=re.compile("^Bolt"))).to_be_focused()
    expect(page.get_by_label("Compare Bolt 1")).to_be_checked()
    page.get_by_label("Sort by").select_option("name")
    expect(page).to_have_url(re.compile(r"/catalog/\?vendor=bolt&sort=name$"))
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/catalog/$"))
    expect(page.locator(".models__link")).to_have_count(4)
    expect(page.get_by_role("checkbox", name=re.compile("^Bolt"))).not_to_be_checked()
    page.go_forward()
    expect(page.locator(".models__link")).to_have_count(1)
    page.get_by_role("link", name=re.compile("Vendor Bolt")).click()
    expect(page.locator(".models__link")).to_have_count(4)
    page.get_by_label("Search models").fill("acme 2")
    page.get_by_label("Search models").press("Enter")
    expect(page.locator(".models__link").first).to_have_text("Acme 2")
    assert page.evaluate("window.isTheSamePage")


def test_a_number_that_is_not_understood_keeps_the_page_with_a_message_beside_it(page, models):
    page.goto("/catalog/?vendor=acme")
    page.locator("summary", has_text="Context window").click()
    page.locator("[name=context_min]").fill("many")
    page.locator("[name=context_min]").press("Enter")
    message = "Context window: enter a number such as 128000, 128k or 1M."
    expect(page.locator(".facet__error")).to_have_text(message)
    expect(page.locator("[name=context_min]")).to_have_accessible_description(message)
    expect(page.locator("[name=context_min]")).to_have_value("many")
    expect(page.locator("[data-announcement]")).to_have_text(f"{message} 3 models")
    page.locator("[name=context_min]").fill("1m")
    page.locator("[name=context_min]").press("Enter")
    expect(page).to_have_url(re.compile(r"/catalog/\?vendor=acme&context_min=1000000$"))


def test_all_of_it_works_without_scripts(chromium, live_server, models):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/catalog/")
    page.get_by_role("checkbox", name=re.compile("^Acme")).check()
    page.get_by_label("Sort by").select_option("Lowest input price")
    page.get_by_role("button", name="Apply", exact=False).click()  # the only one
    expect(page).to_have_url(re.compile(r"/catalog/\?vendor=acme&sort=price$"))
    assert len(names(page)) == 3
    page.get_by_label("Compare Acme 1").check()
    page.get_by_label("Compare Acme 2").check()
    page.get_by_role("button", name="Compare selected models").click()
    expect(page.get_by_role("heading", name="Compare Acme 1 and Acme 2")).to_be_visible()
    assert page.locator("thead").first.locator("th a").all_inner_texts() == ["Acme 1", "Acme 2"]
    page.get_by_text("Change the models").click()
    page.get_by_label("Add a model").fill("bolt")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Add Bolt 1").click()
    assert page.locator("thead").first.locator("th").count() == 3
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_stands_out_at_the_side(width, chromium, live_server, models):
    context = chromium.new_context(base_url=live_server.url, viewport={"width": width, "height": 800})
    page = context.new_page()
    pair = "/catalog/compare/?m=acme-0&m=acme-1"
    for path in ("/catalog/", pair, f"{pair}&m=acme-2&m=bolt-1", pair.replace("compare", "cost")):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_ticked_models_are_kept_and_named_across_pages(page, models):
    page.goto("/catalog/?vendor=acme")
    tray = page.get_by_role("region", name="Models to compare")
    expect(tray).to_be_hidden()
    page.get_by_label("Compare Acme 1").check()
    page.goto("/catalog/vendors/bolt/")
    expect(tray.get_by_role("listitem")).to_have_text([re.compile("Acme 1")])
    page.get_by_label("Compare Bolt 1").check()
    expect(tray.get_by_role("link")).to_have_text(["Compare (2)", "Calculate cost"])
    page.goto("/catalog/")
    expect(page.get_by_label("Compare Acme 1")).to_be_checked()
    tray.get_by_role("button", name="Remove Acme 1").click()
    expect(page.get_by_label("Compare Acme 1")).not_to_be_checked()
    page.get_by_label("Compare Acme 2").check()
    tray.get_by_role("link", name="Compare (2)").click()
    expect(page).to_have_url(re.compile(r"/catalog/compare/\?m=bolt-1&m=acme-2$"))
    page.go_back()
    tray.get_by_role("button", name="Clear").click()
    expect(tray).to_be_hidden()
    assert page.locator("[name=m]:checked").count() == 0


def test_a_seventh_model_cannot_be_ticked(page):
    for number in range(7):
        factories.model(name=f"Model {number}", checked_on="2026-11-24")
    page.goto("/catalog/")
    for number in range(6):
        page.get_by_label(f"Compare Model {number}").check()
    expect(page.get_by_label("Compare Model 6")).to_be_disabled()
    expect(page.get_by_text("6 models is the maximum.")).to_be_visible()
    page.get_by_label("Compare Model 0").uncheck()
    expect(page.get_by_label("Compare Model 6")).to_be_enabled()


def test_names_are_suggested_and_chosen_with_the_keyboard(page, models):
    page.goto("/catalog/")
    field = page.get_by_role("combobox", name="Search models").or_(page.get_by_label("Search models"))
    field.press_sequentially("acme")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options).to_have_text(["AcmeVendor", "Acme 0Model", "Acme 1Model", "Acme 2Model"])
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "suggestions-1")
    field.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("acme")
    field.press_sequentially(" ")
    expect(options).to_have_count(4)
    field.press("ArrowUp")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/acme-2/$"))


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_covers_the_control_that_has_the_focus(width, chromium, live_server, models):
    for number in range(30):
        factories.model(name=f"Model {number:02}", vendors=[factories.vendor()], checked_on="2026-11-24")
    context = chromium.new_context(base_url=live_server.url, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto("/catalog/")
    page.get_by_label("Compare Model 00").check()
    page.locator("body").click(position={"x": 1, "y": 1})
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    covered = []
    for key in ["Tab"] * 150 + ["Shift+Tab"] * 100:
        page.keyboard.press(key)
        words = page.evaluate(COVERED)
        if words:
            covered.append(words)
    assert covered == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


ANSWERS_BY_HAND = """() => {
  window.asked = [];
  window.fetch = (address) => new Promise((answer) => window.asked.push({ address, answer }));
  window.answer = (number, name) =>
    asked[number].answer(Response.json({ results: [{ name, kind: "Model", url: "/" }] }));
}"""


def test_a_late_answer_neither_replaces_nor_stops_that_to_newer_words(page, models):
    page.goto("/catalog/")
    page.evaluate(ANSWERS_BY_HAND)
    field = page.get_by_label("Search models")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    field.fill("acme")
    wait_until(page, "asked.length === 1")
    page.evaluate("""() => {
      const field = document.querySelector("#search-models");
      field.value = "bolt";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      answer(0, "Acme 0");
    }""")
    wait_until(page, "asked.length === 2")
    expect(options).to_have_count(0)
    page.evaluate("answer(1, 'Bolt 1')")
    expect(options).to_have_text(["Bolt 1Model"])


def test_filters_are_open_on_a_phone_without_scripts(chromium, live_server, models):
    for has_scripts in (True, False):
        phone = {"width": 390, "height": 800}
        context = chromium.new_context(base_url=live_server.url, java_script_enabled=has_scripts, viewport=phone)
        page = context.new_page()
        page.goto("/catalog/")
        assert page.get_by_role("checkbox", name=re.compile("^Acme")).is_visible() is not has_scripts
        assert page.get_by_role("button", name="Apply filters").is_visible() is not has_scripts
        context.close()
