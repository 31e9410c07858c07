import re
import sys
from datetime import timedelta
from decimal import Decimal

import pytest
from django.forms import CheckboxInput
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from catalog.importers.entries import UnreadableFeedError
from catalog.importers.held import apply_all_held, ask_to_apply, resume_applying
from catalog.integration import operations
from catalog.models import AIModel, FieldChange, HeldRecord, ImportRun, Offering, Price
from tests import factories as people
from tests.catalog import factories
from tests.catalog.feeds import SMALL, small, stored, take_over, without_source

pytestmark = pytest.mark.django_db

HELD = reverse("admin:catalog_heldrecord_changelist")
RUNS = reverse("admin:catalog_importrun_changelist")
LOG = reverse("admin:catalog_fieldchange_changelist")


def act(client, path, action, *records, **more):
    data = {"action": action, "_selected_action": [record.pk for record in records], **more}
    return client.post(path, data, follow=True).content.decode()


def write(client, run):
    url = reverse("admin:catalog_importrun_step", args=[run.pk])
    return client.post(url, {"step": "write"}, follow=True).content.decode()


def apply_all(client, run):
    """Request an import and do the worker's job."""
    text = write(client, run)
    apply_all_held.call(run.pk)
    return text


@pytest.fixture
def manager(client):
    person = people.user("Catalogue manager")
    client.force_login(person)
    return person


def test_matches_are_listed_by_the_name_of_their_model(client, manager):
    take_over(SMALL)
    data = {"data": {"key": "104", "model": 104, "data": {"name": "Alpha Max"}, "offerings": []}}
    match = HeldRecord.objects.create(run=ImportRun.objects.latest("pk"), kind="match", key="104", data=data)
    assert str(match) == "Alpha Max"
    for page in (HELD, reverse("admin:catalog_heldrecord_change", args=[match.pk])):
        text = client.get(page).text
        assert "Alpha Max" in text
        assert ">104<" not in text


def test_what_is_held_writes_nothing_and_lists_what_it_would(client, manager):
    take_over(SMALL)
    run = take_over(small(**{"models__acme/alpha-1__limit__context": 200_000}), holds=True)
    assert run.state == "held"
    assert AIModel.objects.get(slug="alpha-1").context_tokens == 100_000
    held = HeldRecord.objects.get()
    about = {"fact": "context_tokens", "source": "models.dev, 2 July 2026", "since": "2026-07-02"}
    assert held.differences == [{"path": "limit.context", "old": 100_000, "new": 200_000} | about]
    for page in (reverse("admin:catalog_heldrecord_change", args=[held.pk]), HELD):
        row = re.findall(r"<td>(.+?)</td>", client.get(page).text)
        assert row[0] == '100,000 <span class="help">models.dev, 2 July 2026</span>'
        assert row[1] == '200,000 <span class="help">since 2 July 2026</span>'


def test_all_that_is_held_is_applied_by_a_click(client, manager):
    run = take_over(SMALL, holds=True)
    assert not AIModel.objects.exists()
    text = apply_all(client, run)
    assert "0 of 8 differences applied" in text
    assert "8 of 8 applied" in client.get(reverse("admin:catalog_importrun_change", args=[run.pk])).content.decode()
    assert stored() == without_source(SMALL)
    run.refresh_from_db()
    assert run.state == "done"
    assert {held.applied_by for held in run.held.all()} == {manager}


def test_some_of_it_is_applied_and_the_rest_waits(client, manager):
    take_over(SMALL)
    changes = {
        "models__acme/alpha-1__limit__context": 200_000,
        "providers__acme__models__alpha-1__cost__input": 9,
    }
    run = take_over(small(**changes), holds=True)
    act(client, HELD, "apply", HeldRecord.objects.get(kind="offering"))
    assert AIModel.objects.get(slug="alpha-1").context_tokens == 100_000
    assert Price.objects.filter(amount=9).exists()
    run.refresh_from_db()
    assert run.state == "held"
    change = FieldChange.objects.filter(run=run).get()
    assert change.part == "price"


def test_an_offering_waits_for_its_provider_and_says_so(client, manager):
    run = take_over(SMALL, holds=True)
    text = act(client, HELD, "apply", run.held.filter(kind="offering").first())
    assert "Not applied: 1" in text
    assert "is not there" in run.held.filter(kind="offering").first().problem


def test_what_was_changed_by_hand_meanwhile_stays(client, manager):
    take_over(SMALL)
    run = take_over(small(**{"models__acme/alpha-1__limit__context": 200_000}), holds=True)
    model = AIModel.objects.get(slug="alpha-1")
    page = reverse("admin:catalog_aimodel_change", args=[model.pk])
    client.post(page, form_of(client, page, context_tokens="5"))
    apply_all(client, run)
    model.refresh_from_db()
    assert model.context_tokens == 5


def test_a_later_run_takes_the_place_of_what_was_held(client, manager):
    first = take_over(SMALL, holds=True)
    take_over(SMALL, holds=True)
    first.refresh_from_db()
    assert first.state == "superseded"
    for action, words in (("apply", "Applied"), ("dismiss", "Dismissed")):
        assert f"{words}: 0. They are decided already, or a later import" in act(
            client, HELD, action, first.held.first()
        )
    assert not AIModel.objects.exists()


def test_what_is_gone_is_held_too(client, manager):
    many = {f"providers__acme__models__old-{number}": {"name": "Old"} for number in range(10)}
    take_over(small(**many))
    del many["providers__acme__models__old-0"]
    run = take_over(small(**many), holds=True)
    assert Offering.objects.get(api_id="old-0").listing == "listed"
    apply_all(client, run)
    assert Offering.objects.get(api_id="old-0").listing == "removed"


def test_the_report_of_a_run_can_be_read(client, manager):
    run = take_over(small(**{"models__acme/alpha-2__name": None}))
    text = client.get(reverse("admin:catalog_importrun_change", args=[run.pk])).content.decode()
    assert "models.acme/alpha-2" in text
    assert "it has none" in text
    assert client.get(reverse("admin:catalog_importrun_add")).status_code == 403


def test_authors_may_look_but_not_apply(client):
    run = take_over(SMALL, holds=True)
    client.force_login(people.user("Author"))
    assert client.get(RUNS).status_code == 200
    apply_all(client, run)
    assert not AIModel.objects.exists()


# The log ---------------------------------------------------------------------------------------------


def form_of(client, page, **changes) -> dict:
    """Return the data that the form of a page would send, with some fields changed."""
    context = client.get(page).context
    data = {}
    forms = [context["adminform"].form]
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.initial_forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            is_box = isinstance(bound.field.widget, CheckboxInput)
            if value is None or (is_box and value is False):
                continue
            data[bound.html_name] = "on" if is_box else str(value).lower() if isinstance(value, bool) else value
    return data | changes


def test_saving_in_the_admin_is_written_down(client, manager):
    model = factories.model(name="One", context_tokens=5)
    page = reverse("admin:catalog_aimodel_change", args=[model.pk])
    response = client.post(page, form_of(client, page, name="Two"))
    assert response.status_code == 302, response.context["errors"]
    change = FieldChange.objects.get()
    assert (change.record, change.user, change.field, change.old, change.new) == (model, manager, "name", "One", "Two")


def test_adding_in_the_admin_is_written_down(client, manager):
    page = reverse("admin:catalog_vendor_add")
    client.post(page, {"name": "Acme", "state": "published", "slug": "acme"})
    change = FieldChange.objects.get()
    assert (change.action, change.user, change.new["values"]["name"]) == ("added", manager, "Acme")


def test_a_price_edited_on_the_page_of_its_offering_stays(client, manager):
    take_over(SMALL)
    price = Price.objects.get(offering__api_id="alpha-1", meter="input")
    page = reverse("admin:catalog_offering_change", args=[price.offering_id])
    data = form_of(client, page)
    [name] = [name for name, value in data.items() if name.endswith("-id") and str(value) == str(price.pk)]
    response = client.post(page, data | {name.replace("-id", "-amount"): "1.25"})
    assert response.status_code == 302, response.context["errors"]
    change = FieldChange.objects.by_hand().get()
    assert (change.part, change.field, change.new) == ("price", "amount", "1.25")
    take_over(small(**{"providers__acme__models__alpha-1__cost__input": 9}))
    price.refresh_from_db()
    assert price.amount == Decimal("1.25")
    take_over(SMALL)
    price.refresh_from_db()
    assert price.amount == Decimal("1.25")


def test_a_price_edited_on_its_own_page_belongs_to_its_offering_in_the_log(client, manager):
    price = factories.price()
    page = reverse("admin:catalog_price_change", args=[price.pk])
    client.post(page, form_of(client, page, amount="3"))
    change = FieldChange.objects.get()
    assert (change.record, change.part, change.old, change.new) == (price.offering, "price", "1.5", "3")


def test_deleting_and_actions_are_written_down_once(client, manager):
    offering = factories.price().offering
    client.post(reverse("admin:catalog_offering_delete", args=[offering.pk]), {"post": "yes"})
    assert [change.action for change in FieldChange.objects.all()] == ["deleted"]
    model = factories.model()
    act(client, reverse("admin:catalog_aimodel_changelist"), "unpublish_selected", model, agreed=1)
    act(client, reverse("admin:catalog_aimodel_changelist"), "delete_selected", model, agreed=1)
    changes = FieldChange.objects.of(AIModel, [model.pk]).order_by("pk")
    assert list(changes.values_list("field", flat=True)) == ["state", "deleted_at"]


def test_a_change_is_taken_back_by_a_click(client, manager):
    take_over(SMALL)
    run = take_over(small(**{"models__acme/alpha-1__limit__context": 200_000}))
    text = act(client, LOG, "revert_change", FieldChange.objects.get(run=run))
    assert "Undone: 1." in text
    assert AIModel.objects.get(slug="alpha-1").context_tokens == 100_000
    text = act(client, LOG, "revert_change", FieldChange.objects.get(run=run))
    assert "has already been undone" in text


def test_what_is_kept_from_imports_can_be_given_free(client, manager):
    take_over(SMALL)
    model = AIModel.objects.get(slug="alpha-1")
    page = reverse("admin:catalog_aimodel_change", args=[model.pk])
    client.post(page, form_of(client, page, context_tokens="5"))
    act(client, LOG, "release", FieldChange.objects.by_hand().get())
    take_over(SMALL)
    model.refresh_from_db()
    assert model.context_tokens == 100_000


def test_pages_of_the_log_open(client, manager):
    take_over(SMALL)
    take_over(small(**{"_source__commit_date": "2026-08-01", "providers__acme__models__alpha-1__cost__input": 4}))
    # PostgreSQL orders the keys of a JSON document itself.
    shown = [set(re.split("[ ,]+", text)) for text in re.findall(r">([^<>]+)<", client.get(LOG).content.decode())]
    assert any({"input", "4", "USD", "1000000", "token", "2026-08-01"} <= words for words in shown)
    change = FieldChange.objects.filter(part="").last()
    change.pk, change.part, change.part_id, change.action, change.field = None, "lifecycleevent", 1, "added", ""
    change.save()
    assert ">added lifecycle event<" in client.get(LOG).content.decode()
    assert FieldChange(part="benchmarkresult", field="source_url").place == "benchmark result source url"
    for change in FieldChange.objects.all()[:3]:
        assert client.get(reverse("admin:catalog_fieldchange_change", args=[change.pk])).status_code == 200


# Many rows -------------------------------------------------------------------------------------------


def test_a_model_of_two_hundred_offerings_can_be_edited(client, manager):
    model, provider = factories.model(), factories.provider()
    Offering.objects.bulk_create(Offering(provider=provider, model=model, api_id=f"id-{n}") for n in range(200))
    page = reverse("admin:catalog_aimodel_change", args=[model.pk])
    assert "200 offerings" in client.get(page).content.decode()
    assert client.post(page, form_of(client, page, name="Other")).status_code == 302
    url = reverse("admin:catalog_offering_changelist")
    assert "200 offerings" in client.get(f"{url}?model__id__exact={model.pk}").content.decode()


def test_lists_cost_as_many_queries_for_many_rows_as_for_few(client, manager, django_assert_max_num_queries):
    take_over(SMALL)
    provider = factories.provider()
    rows = Offering.objects.bulk_create(Offering(provider=provider, api_id=f"id-{n}") for n in range(50))
    Price.objects.bulk_create(Price(offering=row, meter="input", amount=1) for row in rows)
    for name in ("offering", "price", "fieldchange", "heldrecord", "importrun"):
        with django_assert_max_num_queries(16):
            assert client.get(reverse(f"admin:catalog_{name}_changelist")).status_code == 200


# The worker ------------------------------------------------------------------------------------------


def test_the_worker_imports_what_the_settings_name(settings, monkeypatch):
    settings.CATALOG_IMPORT_URLS = ["https://one.example/bad", "https://two.example/models"]

    def read(address):
        if address.endswith("bad"):
            raise UnreadableFeedError("It is away.")
        return SMALL

    monkeypatch.setattr(operations, "read", read)
    with pytest.raises(operations.ImportFailedError, match=r"one\.example/bad: It is away"):
        operations.import_catalogue()
    assert AIModel.objects.count() == 2
    assert ImportRun.objects.get().address == "https://two.example/models"


def test_the_worker_holds_what_it_finds_where_that_is_asked_for(settings, monkeypatch):
    settings.CATALOG_IMPORT_URLS, settings.CATALOG_IMPORT_HOLD = ["https://two.example/models"], True
    monkeypatch.setattr(operations, "read", lambda address: SMALL)
    operations.import_catalogue()
    assert not AIModel.objects.exists()
    assert ImportRun.objects.get().state == "held"


def test_without_a_setting_nothing_is_imported():
    operations.import_catalogue()
    assert not ImportRun.objects.exists()


def test_of_two_who_press_at_once_one_has_it_applied(manager):
    run = take_over(SMALL, holds=True)
    assert ask_to_apply(run, manager)
    assert not ask_to_apply(run, manager)
    text = DBTaskResult.objects.filter(task_path__endswith="apply_all_held").count()
    assert text == 1


def test_the_second_click_is_told_so_and_shows_how_far_it_is(client, manager):
    run = take_over(SMALL, holds=True)
    ask_to_apply(run, manager)
    assert "nothing to write, or it is being written already" in write(client, run)
    text = client.get(reverse("admin:catalog_importrun_change", args=[run.pk])).content.decode()
    assert "<progress" in text
    assert "0 of 8 applied" in text
    apply_all_held.call(run.pk)
    assert "nothing to write" in write(client, run)


def test_what_cannot_be_written_waits_with_its_reason(client, manager):
    run = take_over(SMALL, holds=True)
    run.held.filter(kind="provider").delete()
    apply_all(client, run)
    run.refresh_from_db()
    assert run.state == "held"
    text = client.get(reverse("admin:catalog_importrun_change", args=[run.pk])).content.decode()
    assert "failed, with the reason" in text
    assert AIModel.objects.exists()


def test_what_a_killed_worker_left_is_gone_on_with(manager):
    run = take_over(SMALL, holds=True)
    ask_to_apply(run, manager)
    assert resume_applying() == 0
    ImportRun.objects.filter(pk=run.pk).update(applying_at=timezone.now() - timedelta(hours=1))
    assert resume_applying() == 1
    assert resume_applying() == 0
    apply_all_held.call(run.pk)
    assert stored() == without_source(SMALL)
    apply_all_held.call(run.pk)
    run.refresh_from_db()
    assert run.state == "done"


def test_a_worker_that_was_killed_after_the_last_record_still_has_the_rest_done(manager, monkeypatch):
    # It names no model, and its id is that of none: it is bound at the end.
    run = take_over(small(providers__acme__models={"alpha-1:free": {"name": "Alpha 1"}}), holds=True)
    ask_to_apply(run, manager)
    with monkeypatch.context() as killed:
        killed.setattr("catalog.importers.held.match_again", lambda *args: sys.exit())
        killed.setattr(ImportRun, "settle", lambda run: None)
        with pytest.raises(SystemExit):
            apply_all_held.call(run.pk)
    assert not run.held.filter(applied_at=None).exists()
    offering = Offering.objects.filter(api_id="alpha-1:free")
    assert offering.get().model is None
    apply_all_held.call(run.pk)
    assert offering.get().model.name == "Alpha 1"
    run.refresh_from_db()
    assert run.state == "done"


def test_a_fault_while_applying_leaves_the_rest_to_be_applied(manager, monkeypatch):
    run = take_over(SMALL, holds=True)
    ask_to_apply(run, manager)
    monkeypatch.setattr("catalog.importers.held.apply_held", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        apply_all_held.call(run.pk)
    run.refresh_from_db()
    assert run.state == "held"
