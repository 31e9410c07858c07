"""The list of proposed models, and how they are accepted and rejected."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import AIModel, Offering
from tests import factories as people
from tests.catalog import factories
from tests.catalog.feeds import take_over
from tests.catalog.importers.test_litellm import MAP
from tests.inbox import part_of

pytestmark = pytest.mark.django_db

LIST = reverse("admin:catalog_aimodel_proposals")
ENTRY = {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1000, "input_cost_per_token": 2e-6}


def proposed(*ids: str) -> list[AIModel]:
    """Import a price list that names these models at OpenAI; return the proposals."""
    if not AIModel.objects.filter(name="Delta 1").exists():
        maker = factories.vendor(name="OpenAI", slug="openai")
        factories.model(name="Delta 1", slug="delta-1", vendors=[maker])
        factories.provider(name="OpenAI", slug="openai")
    take_over({**MAP, **dict.fromkeys(ids, ENTRY)})
    return [*AIModel.objects.proposals().order_by("name")]


@pytest.fixture
def manager(client):
    person = people.user("Catalogue manager")
    client.force_login(person)
    return person


def test_a_proposal_is_listed_with_all_that_decides_about_it(client, manager):
    [delta] = proposed("delta-1-pro-max")
    twin = factories.model(name="Delta 1 Max Pro")
    row = client.get(LIST).context["rows"][0]
    assert (row.model, row.named_by, row.price) == (delta, {"delta-1-pro-max": ["OpenAI"]}, "2.00 / –")
    assert (row.seen_on.year, row.doubles) == (2026, [twin])
    text = client.get(LIST).content.decode()
    assert "Delta 1 Pro Max" in text
    assert "OpenAI" in text
    assert f"ids={twin.pk}&amp;ids={delta.pk}" in text


def test_one_is_accepted_by_its_button_and_many_by_ticks(client, manager):
    first, second, third = proposed("delta-3", "delta-4", "delta-5")
    page = client.post(LIST, {"step": f"accept {first.pk}", "ids": [second.pk]}, follow=True).content.decode()
    assert "Accepted: Delta 3." in page
    assert [*AIModel.objects.proposals().order_by("name")] == [second, third]
    assert client.get(first.get_absolute_url()).status_code == 200
    client.post(LIST, {"step": "accept", "ids": [second.pk, third.pk]})
    assert not AIModel.objects.proposals().exists()
    assert Offering.objects.published().filter(model__in=[first, second, third]).count() == 3


def test_all_of_a_vendor_are_accepted_at_once_but_none_that_came_after_the_page_was_opened(client, manager):
    first, second = proposed("delta-3", "delta-4")
    other = proposed("delta-5")[-1]
    other.vendors.clear()
    of_vendor = f"{LIST}?vendor=openai"
    page = client.get(of_vendor)
    assert [row.model for row in page.context["rows"]] == [first, second]
    assert page.context["vendors"] == [("openai", "OpenAI", 2), (None, None, 1)]
    assert "Accept all 2" in page.content.decode()
    [*_, late] = proposed("delta-6")
    client.post(of_vendor, {"step": "accept all", "upto": page.context["last"]})
    assert [*AIModel.objects.proposals().order_by("name")] == [other, late]
    client.post(f"{LIST}?vendor=-", {"step": "reject all", "upto": late.pk})
    assert [*AIModel.objects.proposals()] == [late]


def test_all_are_decided_at_once_only_of_a_filtered_list(client, manager):
    [delta] = proposed("delta-3")
    assert "Accept all" not in client.get(LIST).content.decode()
    client.post(LIST, {"step": "accept all", "upto": delta.pk})
    assert AIModel.objects.proposals().count() == 1


def test_a_rejected_one_can_still_be_accepted(client, manager):
    first, second = proposed("delta-3", "delta-4")
    client.post(LIST, {"step": "reject", "ids": [first.pk, second.pk]})
    assert not client.get(LIST).context["rows"]
    rejected = f"{LIST}?rejected=yes"
    assert [row.model for row in client.get(rejected).context["rows"]] == [first, second]
    client.post(rejected, {"step": f"accept {first.pk}"})
    assert first in AIModel.objects.published()


@pytest.mark.parametrize("data", [{}, {"step": "accept"}, {"step": "accept x"}, {"step": "delete", "ids": ["1"]}])
def test_nothing_happens_if_nothing_is_chosen(client, manager, data):
    proposed("delta-3")
    assert "Nothing was chosen" in client.post(LIST, data, follow=True).content.decode()
    assert AIModel.objects.proposals().count() == 1


def test_a_published_or_trashed_model_is_not_decided_about(client, manager):
    model = factories.model()
    client.post(LIST, {"step": f"reject {model.pk}"})
    model.refresh_from_db()
    assert (model.state, model.proposal) == ("published", "")


@pytest.mark.parametrize("role", ["", "Author"])
def test_only_who_may_publish_models_sees_the_list(client, role):
    client.force_login(people.user(role))
    assert client.get(LIST).status_code == 403
    assert client.post(LIST, {"step": "accept"}).status_code == 403


def test_proposals_are_in_no_other_list_of_the_admin(client, manager):
    [delta] = proposed("delta-1-pro-max")
    twin = factories.model(name="Delta 1 Max Pro", vendors=delta.vendors.all())
    models = client.get(reverse("admin:catalog_aimodel_changelist")).context["cl"].queryset
    assert twin in models
    assert delta not in models
    assert client.get(reverse("admin:catalog_aimodel_duplicates")).context["groups"] == []
    assert client.get(reverse("admin:catalog_aimodel_change", args=[delta.pk])).status_code == 200
    assert delta not in AIModel.objects.visible_to(manager)


def test_the_inbox_shows_their_number_once(client, manager):
    proposed("delta-3", "delta-4")
    items = part_of(client.get(reverse("admin:index")), "Held by imports").items
    assert [(item.title, item.note, item.url) for item in items] == [
        ("Proposed models", "2 models without a record", LIST)
    ]


def test_twenty_cost_as_many_queries_as_two(client, manager):
    proposed("delta-3", "delta-4")
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    proposed(*(f"delta-{number}" for number in range(3, 23)))
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) == len(few)
