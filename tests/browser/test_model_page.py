"""A vendor, a model, two prices and their source are entered on one page."""

import pytest

from catalog.models import AIModel, Evidence, Price

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def add_name(page, field: str, name: str):
    """Open a field with search, type a name that no record has, and take it."""
    page.locator(f"{field} + .select2 .select2-selection").click()
    page.keyboard.type(name)
    page.get_by_role("option", name=f"{name} (new)").wait_for()
    page.keyboard.press("Enter")


def test_a_model_with_vendor_prices_and_source_takes_ten_interactions(editor_page):
    page = editor_page
    page.goto("/admin/")
    page.goto("/admin/catalog/aimodel/add/")  # 1: New model
    page.get_by_label("Name:", exact=True).fill("Acme One")  # 2
    add_name(page, "#id_vendors", "Acme")  # 3
    add_name(page, "#id_offerings-0-provider", "Acme Cloud")  # 4
    page.locator("#id_offerings-0-api_id").fill("acme-1")  # 5
    page.locator("#id_offerings-0-input_price").fill("1.25")  # 6
    page.locator("#id_offerings-0-output_price").fill("10")  # 7
    page.locator("#id_offerings-0-source").fill("https://acme.example/pricing")  # 8
    rows = page.locator("#offerings-group")
    assert rows.get_by_role("button", name="Add another offering", exact=True).is_visible()
    page.set_viewport_size({"width": 1280, "height": 700})
    assert rows.locator(".module").evaluate("table => table.scrollWidth <= table.clientWidth")
    page.get_by_role("button", name="Publish").last.click()  # 9
    page.get_by_text("Readers do not see these drafts yet").wait_for()
    model = AIModel.objects.get()
    assert (model.slug, model.state, [str(vendor) for vendor in model.vendors.all()]) == (
        "acme-one",
        "published",
        ["Acme"],
    )
    assert Price.objects.filter(offering__model=model, offering__provider__name="Acme Cloud").count() == 2
    assert Evidence.objects.filter(source__url="https://acme.example/pricing", is_checked=True).count() == 2
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_name_is_taken_as_it_was_typed_on_a_slow_server_and_never_without_a_choice(editor_page):
    page, held = editor_page, []
    page.goto("/admin/catalog/aimodel/add/")
    field, name = "#id_offerings-0-provider", page.locator("#id_offerings-0-provider")
    page.locator(f"{field} + .select2 .select2-selection").click()
    page.keyboard.type("Half a na")
    page.get_by_role("option", name="Half a na (new)").wait_for()
    page.keyboard.press("Escape")
    assert name.input_value() == ""
    page.route("**/autocomplete/**", lambda route: held.append(route))
    page.locator(f"{field} + .select2 .select2-selection").click()
    with page.expect_request("**/autocomplete/?term=Acme**"):
        page.keyboard.type("Acme")
        page.keyboard.press("Enter")
    assert name.input_value() == ""
    for route in held:
        route.continue_()
    page.locator(f"{field} + .select2", has_text="Acme (new)").wait_for()
    assert name.input_value() == "Acme"
