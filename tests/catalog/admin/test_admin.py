import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html as lxml_html

from catalog.history.audit_log import log_changes, take_snapshot
from catalog.models import AIModel, FieldChange, ImportRun
from tests import factories as people
from tests.catalog import factories

pytestmark = pytest.mark.django_db

PAGES = ["aimodel", "vendor", "modality", "family", "provider", "offering", "price", "lifecycleevent", "source"]
INLINES = ["offerings", "aliases", "events", "benchmarks", "weights", "evidence"]


def test_the_errors_of_rows_are_listed_above_the_form_with_links_to_them(admin_client):
    price = factories.price()
    url = reverse("admin:catalog_offering_change", args=[price.offering.pk])
    page = lxml_html.fromstring(admin_client.get(url).content.decode())
    form = {field.name: field.value or "" for field in page.xpath('//form[@id="offering_form"]//*[@name]')}
    response = admin_client.post(url, form | {"prices-0-valid_from": "27/11/2026"})
    page = lxml_html.fromstring(response.content.decode())
    [link] = page.xpath('//ul[@class="form-errors"]//a')
    assert (link.text, link.get("href")) == ("Price 1, since", "#id_prices-0-valid_from_error")
    assert page.xpath('//*[@id="id_prices-0-valid_from_error"]')


@pytest.mark.parametrize("name", PAGES)
def test_lists_search_and_forms_open(name, admin_client):
    factories.whole_model()
    record = apps.get_model("catalog", name).objects.first()
    for path in (
        reverse(f"admin:catalog_{name}_changelist"),
        reverse(f"admin:catalog_{name}_changelist") + "?q=model",
        reverse(f"admin:catalog_{name}_add"),
        reverse(f"admin:catalog_{name}_change", args=[record.pk]),
    ):
        assert admin_client.get(path).status_code == 200, path


def test_a_catalogue_manager_writes_a_model_with_tags_from_the_lists(client):
    client.force_login(people.user("Catalogue manager"))
    vendor, text = factories.vendor(), factories.modality()
    form = {
        "name": "New model",
        "slug": "new-model",
        "state": "published",
        "existence": "verified",
        "vendors": [vendor.pk],
        "input_modalities": [text.pk],
        "released_on": "2026-11",
        "reasoning": "unknown",
        "tool_calls": "true",
        "structured_output": "false",
        "fine_tuning": "unknown",
        "attachments": "unknown",
        "temperature": "unknown",
    }
    for prefix in INLINES:
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    response = client.post(reverse("admin:catalog_aimodel_add"), form)
    assert response.status_code == 302, response.context["adminform"].errors
    model = AIModel.objects.get(slug="new-model")
    assert list(model.vendors.all()) == [vendor]
    assert list(model.input_modalities.all()) == [text]
    assert (model.reasoning, model.tool_calls, model.structured_output) == (None, True, False)
    assert client.get(model.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(("role", "may_change"), [("Author", False), ("Editor", True), ("Catalogue manager", True)])
def test_roles_have_their_permissions(role, may_change):
    allowed = set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))
    for model in apps.get_app_config("catalog").get_models():
        name, actions = model._meta.model_name, set(model._meta.default_permissions)
        assert "view" not in actions or f"view_{name}" in allowed
        for action in actions - {"view"}:
            assert (f"{action}_{name}" in allowed) is may_change


def queries_of(client, path) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def fill(model, count):
    offered = model.offerings.first() or factories.offering(model=model)
    for _ in range(count):
        factories.alias(model=model)
        factories.benchmark(model=model)
        factories.weights(model=model)
        factories.evidence(model=model)
        factories.event(model=model, replaced_by=factories.model())
        factories.offering(model=model)
        factories.price(offering=offered, conditions=f"condition {factories.price().pk}")
        factories.event(offering=offered, replaced_by=factories.model())
        factories.evidence(offering=offered)
    return offered


def test_forms_with_many_rows_cost_as_many_queries_as_with_few(admin_client):
    model = factories.model()
    offered = fill(model, 2)
    paths = [
        reverse("admin:catalog_aimodel_change", args=[model.pk]),
        reverse("admin:catalog_offering_change", args=[offered.pk]),
    ]
    few = [queries_of(admin_client, path) for path in paths]
    fill(model, 18)
    assert [queries_of(admin_client, path) for path in paths] == few


@pytest.mark.parametrize("name", [*PAGES, "importrun", "fieldchange"])
def test_lists_cost_as_many_queries_for_many_rows_as_for_few(admin_client, name):
    path = reverse(f"admin:catalog_{name}_changelist")
    # Each record comes with rows of all kinds and with log entries.
    for count in (2, 18):
        for _ in range(count):
            record = factories.whole_model(replaced_by=factories.model())
            factories.event(model=record, replaced_by=factories.model())
            log_changes(AIModel, {}, take_snapshot(AIModel, [record.pk]))
            ImportRun.objects.create(feed="litellm", state="held")
        number = queries_of(admin_client, path)
        if count == 2:
            few = number
    assert number == few <= 12


def test_a_model_of_two_hundred_offerings_is_saved_whole(client):
    client.force_login(people.user("Catalogue manager"))
    model = factories.model()
    fill(model, 10)
    for _ in range(200):
        factories.offering(model=model)
    offerings = set(model.offerings.values_list("pk", flat=True))
    path = reverse("admin:catalog_aimodel_change", args=[model.pk])
    page = client.get(path)
    form = fields_of(page)
    assert len(form) < 500
    assert "View all 211 offerings" in page.content.decode()
    response = client.post(path, form | {"summary": "Changed."})
    assert response.status_code == 302, response.context["adminform"].errors
    model.refresh_from_db()
    assert model.summary == "Changed."
    assert set(model.offerings.values_list("pk", flat=True)) == offerings
    for rows in (model.aliases, model.benchmarks, model.weights, model.evidence, model.events):
        assert rows.count() == 10
    assert list(FieldChange.objects.values_list("field", flat=True)) == ["summary"]


def fields_of(page) -> dict:
    """Return the data that a browser would send for the form of a record."""
    form = lxml_html.fromstring(page.content).get_element_by_id("aimodel_form")
    return {name: value for name, value in form.form_values() if "__prefix__" not in name and not name.startswith("_")}


@pytest.mark.parametrize(("date", "of_event"), [("2026-02-03", "2026-02-03"), ("", "2025-01")])
def test_the_release_in_the_history_follows_the_date_of_the_model(client, date, of_event):
    client.force_login(people.user("Catalogue manager"))
    model = factories.model(released_on="2025-01")
    factories.event(model=model, kind="released", date="2025-01")
    factories.event(model=model, kind="deprecated", date="2025-01")
    path = reverse("admin:catalog_aimodel_change", args=[model.pk])
    text = client.post(path, fields_of(client.get(path)) | {"released_on": date}, follow=True).content.decode()
    assert "history" in text
    assert dict(model.events.values_list("kind", "date")) == {"released": of_event, "deprecated": "2025-01"}
    changed = FieldChange.objects.values_list("part", flat=True)
    assert sorted(changed) == (["", "lifecycleevent"] if date else [""])
