import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.urls import reverse

from catalog.models import AIModel
from tests import factories as people
from tests.catalog import factories

pytestmark = pytest.mark.django_db

PAGES = ["aimodel", "vendor", "modality", "family", "provider", "offering", "price", "lifecycleevent", "source"]
INLINES = ["aliases", "events", "benchmarks", "weights", "evidence"]


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
