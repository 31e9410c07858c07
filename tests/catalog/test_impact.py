"""What the admin says before a change of the catalogue is saved."""

import re

import pytest
from django.urls import reverse

from catalog.models import AIModel, FieldChange, LifecycleEvent, Price
from publishing.staleness import passages_of
from tests import factories as people
from tests.catalog import factories

pytestmark = pytest.mark.django_db
PREFIXES = ["aliases", "events", "benchmarks", "weights", "evidence"]


@pytest.fixture
def manager(client):
    client.force_login(people.user("Catalogue manager"))
    return client


def form_of(model, **changes):
    form = {
        "name": model.name,
        "slug": model.slug,
        "state": "published",
        "existence": "verified",
        "context_tokens": model.context_tokens or "",
    }
    tri_states = ("reasoning", "tool_calls", "structured_output", "fine_tuning", "attachments", "temperature")
    form |= dict.fromkeys(tri_states, "unknown")
    for prefix in PREFIXES:
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return form | changes


def cites(model, name="context_tokens", words="128,000 tokens"):
    body = f'<p>It says <a href="fact:catalog.aimodel/{model.pk}/{name}">{words}</a> here.</p>'
    return people.article(title=f"About {name}", body=body)


def sent_on(page: str) -> dict:
    """What the page that asks sends when one agrees."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def change_url(record):
    return reverse(f"admin:catalog_{record._meta.model_name}_change", args=[record.pk])


def test_a_changed_fact_is_saved_once_one_has_seen_what_it_changes(manager):
    model = factories.model(name="Sample", context_tokens=128_000)
    article = cites(model)
    answer = people.question(answer=f'<p>See <a href="ref:catalog.aimodel/{model.pk}">it</a>.</p>')
    page = manager.post(change_url(model), form_of(model, context_tokens=200_000)).text
    assert "It concerns 1 article." in page
    assert "It says 128,000 tokens here." in page
    assert "<del>128,000 tokens</del>" in page
    assert "<ins>200,000 tokens</ins>" in page
    model.refresh_from_db()
    assert model.context_tokens == 128_000
    assert not FieldChange.objects.exists()
    assert manager.post(change_url(model), sent_on(page) | {"_save": "yes"}).status_code == 302
    model.refresh_from_db()
    assert model.context_tokens == 200_000
    assert passages_of(article)
    assert passages_of(answer) == []


def test_what_concerns_no_text_is_saved_at_once(manager):
    model = factories.model(context_tokens=128_000)
    cites(model)
    response = manager.post(change_url(model), form_of(model, summary="Another."), follow=True)
    assert response.redirect_chain
    assert "Another." in AIModel.objects.get(pk=model.pk).summary


def test_no_word_of_success_before_it_is_saved(manager):
    model = factories.model(context_tokens=128_000)
    cites(model)
    page = manager.post(change_url(model), form_of(model, context_tokens=1)).text
    assert "success" not in page
    assert "success" not in manager.get("/admin/").text


def test_a_new_price_and_an_end_of_service_are_told_by_what_follows_from_them(manager):
    model = factories.model(name="Sample")
    model.events.create(kind="released", date="2025-01-01")
    offering = factories.offering(model=model)
    factories.price(amount="3", offering=offering, valid_from="2025-01-01")
    cites(model, "input_price", "3.00 USD per 1,000,000 tokens")
    cites(model, "status", "available")
    price = {
        "offering": offering.pk,
        "meter": "input",
        "amount": "2",
        "currency": "USD",
        "unit": "token",
        "per_quantity": "1000000",
        "valid_from": "2026-01-01",
        "above_tokens": "0",
        "evidence-TOTAL_FORMS": 0,
        "evidence-INITIAL_FORMS": 0,
    }
    page = manager.post(reverse("admin:catalog_price_add"), price).text
    assert "<ins>2.00 USD per 1,000,000 tokens</ins>" in page
    assert Price.objects.count() == 1
    manager.post(reverse("admin:catalog_price_add"), sent_on(page) | {"_save": "yes"})
    assert Price.objects.count() == 2

    event = {
        "model": model.pk,
        "kind": "retired",
        "date": "2026-06-01",
        "bound": "exact",
        "evidence-TOTAL_FORMS": 0,
        "evidence-INITIAL_FORMS": 0,
    }
    page = manager.post(reverse("admin:catalog_lifecycleevent_add"), event).text
    assert "<del>available</del>" in page
    assert "<ins>retired</ins>" in page
    assert LifecycleEvent.objects.count() == 1


def test_a_form_with_a_mistake_is_shown_again_and_nothing_else(manager):
    model = factories.model(context_tokens=128_000)
    cites(model)
    response = manager.post(change_url(model), form_of(model, context_tokens="many"))
    assert response.context["adminform"].errors
    assert "It concerns" not in response.text
