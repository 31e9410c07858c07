import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.history import bulk_edit
from catalog.history.bulk_edit import change_all, count_changes, revert_batch
from catalog.models import AIModel, Evidence, FieldChange, Offering, Source
from publishing.search.entry import SearchEntry
from tests import factories as people
from tests.catalog import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]

MODELS = reverse("admin:catalog_aimodel_changelist")
LOG = reverse("admin:catalog_fieldchange_changelist")


@pytest.fixture
def manager(client):
    person = people.user("Catalogue manager")
    client.force_login(person)
    return person


def post(client, path, action, records, **more):
    return client.post(path, {"action": action, "_selected_action": [record.pk for record in records], **more})


def test_a_page_says_how_many_will_change_and_why_others_will_not(client, manager):
    draft, public = factories.model(state="draft"), factories.model()
    unsaid = factories.unverified(state="draft", notice="", name="Rumour")
    response = post(client, MODELS, "publish", [draft, public, unsaid])
    text = " ".join(response.content.decode().split())
    assert "<strong>1</strong> of 3 models will change" in text
    assert "1 needs no change" in text
    assert "without a notice that says where the name was found): Rumour" in text
    assert AIModel.objects.published().count() == 1
    assert not FieldChange.objects.exists()


def test_what_was_agreed_to_is_done_logged_and_taken_back(client, manager):
    records = [factories.model(state="draft") for _ in range(3)]
    response = post(client, MODELS, "publish", records, agreed=3)
    assert response.status_code == 302
    assert AIModel.objects.published().count() == 3
    assert SearchEntry.objects.count() == 3
    changes = FieldChange.objects.all()
    assert {(change.field, change.old, change.new, change.user) for change in changes} == {
        ("state", "draft", "published", manager)
    }
    assert all(record.first_published_at for record in AIModel.objects.all())
    AIModel.objects.filter(pk=records[0].pk).update(state="archived")
    text = client.post(
        LOG, {"action": "revert_whole_batch", "_selected_action": [changes[0].pk]}, follow=True
    ).content.decode()
    assert "Undone: 2." in text
    assert "Not undone: 1" in text
    assert sorted(AIModel.objects.values_list("state", flat=True)) == ["archived", "draft", "draft"]
    assert SearchEntry.objects.count() == 0


def test_another_number_than_was_agreed_to_is_asked_for_again(client, manager):
    records = [factories.model(state="draft") for _ in range(2)]
    response = post(client, MODELS, "publish", records, agreed=3)
    assert response.status_code == 200
    assert not AIModel.objects.published().exists()


def test_checked_today_and_trash_and_back(client, manager):
    records = [factories.model() for _ in range(2)]
    post(client, MODELS, "mark_checked", records, agreed=2)
    assert set(AIModel.objects.values_list("checked_on", flat=True)) == {timezone.localdate()}
    post(client, MODELS, "delete_selected", records, agreed=2)
    assert AIModel.objects.trashed().count() == 2
    post(client, f"{MODELS}?trash=yes", "restore", records, agreed=2)
    assert AIModel.objects.not_trashed().count() == 2
    post(client, MODELS, "delete_selected", records, agreed=2)
    revert_batch(FieldChange.objects.order_by("-pk")[0].batch, manager)
    assert AIModel.objects.not_trashed().count() == 2


def test_all_of_a_long_list_costs_as_many_queries_as_some(client, manager, django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr(bulk_edit, "BATCH", 500)  # the number of queries of a batch does not depend on its length
    provider = factories.provider()
    Offering.objects.bulk_create(
        Offering(provider=provider, api_id=f"id-{number}", model=None) for number in range(1200)
    )
    path = reverse("admin:catalog_offering_changelist")
    first = [Offering.objects.first()]
    with django_assert_max_num_queries(16):
        text = post(client, path, "mark_checked", first, select_across="1").content.decode()
    assert "<strong>1,200</strong> of 1,200 offerings" in text
    assert text.count('name="_selected_action"') == 1
    with django_assert_max_num_queries(60):
        response = post(client, path, "mark_checked", first, select_across="1", agreed="1200")
    assert response.status_code == 302
    assert Offering.objects.filter(checked_on=timezone.localdate()).count() == 1200
    assert FieldChange.objects.filter(record_name="id-7 at " + provider.name).count() == 1
    assert FieldChange.objects.filter(field="checked_on").count() == 1200
    with django_assert_max_num_queries(80):
        assert revert_batch(FieldChange.objects.first().batch, manager) == (1200, 0)
    assert Offering.objects.filter(checked_on=None).count() == 1200


def test_an_import_vouches_no_longer_for_what_was_set_by_hand_here(manager):
    model = factories.model(kind="image")
    feed = Source.objects.create(title="Feed", read_on=timezone.localdate(), feed="models_dev")
    factories.evidence(model=model, fact="kind", source=feed)
    change_all(AIModel, [model.pk], "kind", "language", manager)
    assert not Evidence.objects.exists()
    assert FieldChange.objects.get().holds


def test_nothing_is_changed_twice(manager):
    model = factories.model()
    outcome = count_changes(AIModel.objects.all(), "kind", "language")
    change_all(AIModel, outcome.pks, "kind", "language", manager)
    change_all(AIModel, outcome.pks, "kind", "language", manager)
    assert FieldChange.objects.count() == 1
    assert count_changes(AIModel.objects.all(), "kind", "language").same == 1
    batch = FieldChange.objects.get().batch
    assert revert_batch(batch, manager) == (1, 0)
    assert revert_batch(batch, manager) == (0, 0)
    model.refresh_from_db()
    assert model.kind == ""


def test_authors_change_nothing(client):
    client.force_login(people.user("Author"))
    post(client, MODELS, "mark_checked", [factories.model()], agreed=1)
    assert not FieldChange.objects.exists()


def test_filters_of_the_log_bear_nonsense(client, manager):
    for query in ("?batch=x", "?by=x", "?by=import", "?batch=6f9619ff-8b86-d011-b42d-00c04fc964ff"):
        assert client.get(LOG + query, follow=True).status_code == 200
