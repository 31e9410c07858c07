"""Editors say what they have found at its source: readers see then that this site checked it."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from catalog.history.bulk_edit import revert_batch
from catalog.models import AIModel, Evidence, FieldChange
from tests import factories as people
from tests.catalog import factories
from tests.catalog.admin.test_entry import change_url, form_of

pytestmark = pytest.mark.django_db
TODAY, EARLIER = date(2026, 12, 2), date(2026, 11, 1)
LISTED, READ = (False, None, None), (True, None, None)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-12-02T12:00:00Z", tick=False):
        yield


@pytest.fixture
def editor():
    return people.user("Catalogue manager")


@pytest.fixture
def manager(client, editor):
    client.force_login(editor)
    return client


def said(row: Evidence) -> tuple:
    row.refresh_from_db()
    return row.is_checked, row.checked_on, row.checked_by


def test_a_tick_beside_a_source_is_a_check_by_the_account_of_today(manager, editor):
    row = factories.evidence(model=factories.model(context_tokens=5), fact="context_tokens")
    sent = form_of(manager, row.model)
    manager.post(change_url(row.model), sent)
    assert said(row) == LISTED
    manager.post(change_url(row.model), sent | {"evidence-0-is_checked": "on"})
    assert said(row) == READ, "read before, by anybody"
    manager.post(change_url(row.model), sent | {"evidence-0-checked_today": "on"})
    assert said(row) == (True, TODAY, editor)
    manager.post(change_url(row.model), form_of(manager, row.model))
    assert said(row) == (True, TODAY, editor)
    manager.post(change_url(row.model), form_of(manager, row.model) | {"evidence-0-fact": "max_output_tokens"})
    assert said(row) == READ, "the other fact was not checked"


def test_the_same_tick_is_beside_sources_of_prices(manager, editor):
    row = factories.evidence(price=factories.price())
    manager.post(change_url(row.price), form_of(manager, row.price) | {"evidence-0-checked_today": "on"})
    assert said(row) == (True, TODAY, editor)


def test_a_pasted_link_was_read_by_the_account(manager, editor):
    model = factories.model(context_tokens=5)
    sent = form_of(manager, model) | {"source_context_tokens": "https://acme.example/models"}
    assert manager.post(change_url(model), sent).status_code == 302
    assert said(Evidence.objects.get()) == (True, TODAY, editor)


def test_a_changed_value_loses_its_former_check(manager, editor):
    model = factories.model(context_tokens=5, max_output_tokens=3)
    checked = {"is_checked": True, "checked_on": EARLIER, "checked_by": editor}
    changed, kept = (
        factories.evidence(model=model, fact=f"{name}_tokens", **checked) for name in ("context", "max_output")
    )
    manager.post(change_url(model), form_of(manager, model) | {"context_tokens": "6"})
    assert said(changed) == READ
    assert said(kept) == (True, EARLIER, editor)


def test_the_day_of_a_record_is_a_check_of_all_that_its_sources_state(manager, editor):
    model = factories.model(context_tokens=5)
    rows = [factories.evidence(model=model, fact="context_tokens")]
    rows.append(factories.evidence(event=factories.event(model=model)))
    doubted = factories.evidence(model=model, fact="licence", confidence="disputed")
    of_other = factories.evidence(model=factories.model(), fact="licence")
    manager.post(change_url(model), form_of(manager, model) | {"checked_on": "2026-11-01"})
    assert [said(row) for row in rows] == [(True, EARLIER, editor)] * 2
    assert [said(row) for row in (doubted, of_other)] == [LISTED] * 2
    manager.post(change_url(model), form_of(manager, model) | {"checked_on": ""})
    assert [said(row) for row in rows] == [READ] * 2


def test_many_records_are_checked_at_once_and_a_revert_takes_that_back(manager, editor):
    price = factories.price()
    feed = factories.source(feed="litellm")
    rows = [factories.evidence(price=price), factories.evidence(offering=price.offering, source=feed)]
    sent = {"action": "mark_checked", "_selected_action": [price.offering_id], "agreed": "1", "confirmed": "yes"}
    manager.post(reverse("admin:catalog_offering_changelist"), sent)
    assert [said(row) for row in rows] == [(True, TODAY, editor)] * 2
    revert_batch(FieldChange.objects.get(field="checked_on").batch, editor)
    assert [said(row) for row in rows] == [READ, LISTED]


def test_a_check_outlives_its_account(client, editor):
    model = factories.checked_by_firm(factories.model(kind="language"))
    Evidence.objects.update(checked_by=editor)
    editor.delete()
    assert said(Evidence.objects.get())[::2] == (True, None)
    assert "Who says so: all facts checked by Vitrine, last on 24 November 2026." in " ".join(
        client.get(AIModel.objects.get(pk=model.pk).get_absolute_url()).text.split()
    )
