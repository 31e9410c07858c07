import pytest
from django.urls import reverse

from catalog.history.audit_log import CannotRevertError, revert_change
from catalog.history.duplicates import likely_duplicates
from catalog.history.merge import CannotMergeRecordsError, merge
from catalog.models import (
    AIModel,
    Alias,
    Evidence,
    FieldChange,
    ImportedRecord,
    LifecycleEvent,
    MergedRecord,
    Offering,
    Price,
    Provider,
    Vendor,
)
from publishing.content.redirect import Redirect
from publishing.content.reference import Reference
from publishing.quality.staleness import passages_of
from publishing.search.entry import SearchEntry
from tests import factories as people
from tests.catalog import factories
from tests.catalog.feeds import SMALL, small, take_over

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def merged(into, *others):
    record = merge(type(into), into.pk, [other.pk for other in others], people.user())
    record.refresh_from_db()
    return record


def test_everything_that_belongs_to_the_other_moves_and_the_other_goes():
    into, other = factories.model(name="Haiku 4.5"), factories.whole_model(name="Haiku 4.5 (latest)")
    offering, vendor = other.offerings.get(), other.vendors.get()
    merged(into, other)
    assert not AIModel.objects.filter(pk=other.pk).exists()
    assert into.offerings.get() == offering
    assert into.vendors.get() == vendor
    assert into.input_modalities.count() == into.output_modalities.count() == 1
    assert (into.benchmarks.count(), into.weights.count(), into.events.count()) == (1, 1, 1)
    assert Evidence.objects.filter(model=into).count() == 1
    assert Evidence.objects.filter(event__model=into).count() == 1
    assert Price.objects.filter(offering=offering).exists()


def test_the_name_the_address_and_the_public_id_of_what_went_lead_to_what_stays(client):
    into, other = factories.model(name="Haiku 4.5"), factories.model(name="Haiku 4.5 (latest)")
    old, public_id = other.get_absolute_url(), other.public_id
    merged(into, other)
    assert into.aliases.get().text == "Haiku 4.5 (latest)"
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (301, into.get_absolute_url())
    row = MergedRecord.objects.get()
    assert (row.public_id, row.into, row.name) == (public_id, into, "Haiku 4.5 (latest)")
    assert SearchEntry.objects.of(AIModel, [into.pk]).get().texts.names == "Haiku 4.5 (latest)"
    assert not SearchEntry.objects.of(AIModel, [other.pk]).exists()


def test_what_led_to_one_that_went_leads_on_when_the_next_one_goes_too(client):
    first, second, third = (factories.model(name=f"Model {word}") for word in ("one", "two", "three"))
    address = first.get_absolute_url()
    merged(second, first)
    merged(third, second)
    assert client.get(address)["Location"] == third.get_absolute_url()
    assert {row.into for row in MergedRecord.objects.all()} == {third}


def test_links_in_texts_lead_to_what_stays_in_drafts_and_in_the_trash_too():
    into, other = factories.model(), factories.model()
    like = factories.model()
    body = (
        f'<p><a href="ref:catalog.aimodel/{other.pk}">it</a> and <a href="ref:catalog.aimodel/{like.pk}">like</a></p>'
    )
    texts = [people.article(body=body), people.article(body=body, state="draft"), people.article(body=body)]
    type(texts[2]).objects.filter(pk=texts[2].pk).update(deleted_at=texts[2].last_changed_at)
    merged(into, other)
    for text in texts:
        text.refresh_from_db()
        assert f'href="ref:catalog.aimodel/{into.pk}"' in text.body
        assert f'href="ref:catalog.aimodel/{like.pk}"' in text.body
        assert f'aimodel/{other.pk}"' not in text.body
    rows = Reference.objects.filter(source_id=texts[0].pk).values_list("target_id", flat=True)
    assert set(rows) == {into.pk, like.pk}


def test_rows_that_both_have_become_one():
    into, other, source = factories.model(), factories.model(), factories.source()
    vendor = factories.vendor()
    for record in (into, other):
        record.vendors.set([vendor])
        factories.benchmark(model=record, name="MMLU", score=70)
        factories.weights(model=record, url="https://example.com/w")
        factories.event(model=record, kind="released", date="2025-10-15")
        factories.evidence(model=record, source=source)
    factories.event(model=other, kind="retired", date="2027-10-15")
    merged(into, other)
    assert into.vendors.count() == into.benchmarks.count() == into.weights.count() == 1
    assert sorted(into.events.values_list("kind", flat=True)) == ["released", "retired"]
    assert Evidence.objects.filter(model=into).count() == 1


def test_of_facts_that_differ_what_stays_is_believed_and_what_it_lacks_filled_in():
    into = factories.model(context_tokens=100, released_on="")
    other = factories.model(context_tokens=200, released_on="2025-01", reasoning=False)
    factories.evidence(model=other, fact="context_tokens")
    factories.evidence(model=other, fact="released_on")
    record = merged(into, other)
    assert (record.context_tokens, record.released_on, record.reasoning) == (100, "2025-01", False)
    # A source that said otherwise is no evidence for the value that stays.
    assert list(Evidence.objects.filter(model=into).values_list("fact", flat=True)) == ["released_on"]


def test_a_model_does_not_come_to_replace_itself():
    into, other = factories.model(), factories.model()
    AIModel.objects.filter(pk=into.pk).update(replaced_by=other)
    AIModel.objects.filter(pk=other.pk).update(replaced_by=into)
    third = factories.model(replaced_by=other)
    factories.event(model=into, kind="deprecated", replaced_by=other)
    record = merged(AIModel.objects.get(pk=into.pk), other)
    third.refresh_from_db()
    assert record.replaced_by is None
    assert third.replaced_by == into
    assert LifecycleEvent.objects.get().replaced_by is None


def test_the_same_offering_at_two_providers_that_are_one_becomes_one():
    into, other = factories.provider(), factories.provider()
    ours = factories.offering(provider=into, api_id="same", regions="")
    theirs = factories.offering(provider=other, api_id="same", regions="eu", model=ours.model)
    lone = factories.offering(provider=other, api_id="lone")
    factories.price(offering=ours, meter="input", amount=1)
    factories.price(offering=theirs, meter="input", amount=2)
    factories.price(offering=theirs, meter="output", amount=3)
    merged(into, other)
    assert set(into.offerings.all()) == {ours, lone}
    ours.refresh_from_db()
    assert ours.regions == "eu"
    assert {price.meter: price.amount for price in ours.prices.all()} == {"input": 1, "output": 3}
    assert not Provider.objects.filter(pk=other.pk).exists()


def test_vendors_and_families_are_merged_with_what_names_them():
    into, other = factories.vendor(), factories.vendor()
    family, twin = factories.family(vendor=other), factories.family(vendor=into)
    model = factories.model(vendors=[into, other], family=twin)
    lone = factories.model(vendors=[other])
    merged(into, other)
    assert list(model.vendors.all()) == list(lone.vendors.all()) == [into]
    merged(family, twin)
    model.refresh_from_db()
    family.refresh_from_db()
    assert (model.family, family.vendor) == (family, into)
    assert Vendor.objects.count() == 1


def test_what_changed_is_in_the_log_and_what_went_is_not_brought_back():
    into, other = factories.model(), factories.whole_model()
    offering = other.offerings.get()
    merged(into, other)
    assert FieldChange.objects.of(Offering, [offering.pk]).get().new == into.pk
    parts = FieldChange.objects.of(AIModel, [into.pk]).exclude(part="").values_list("part", flat=True)
    assert {"alias", "benchmarkresult", "weights", "lifecycleevent"} <= set(parts)
    gone = FieldChange.objects.of(AIModel, [other.pk]).get(action="deleted")
    with pytest.raises(CannotRevertError, match="was merged into"):
        revert_change(gone, None)


def test_a_record_is_not_merged_with_itself_nor_twice():
    into, other, third = (factories.model() for _ in range(3))
    with pytest.raises(CannotMergeRecordsError, match="itself"):
        merged(into, into)
    merged(into, other)
    with pytest.raises(CannotMergeRecordsError, match=f"has already been merged into “{into.name}”"):
        merged(third, other)
    assert AIModel.objects.count() == 2


def test_nothing_is_merged_into_the_trash_and_nothing_by_halves(monkeypatch):
    into, other = factories.model(), factories.whole_model()
    AIModel.objects.filter(pk=into.pk).update(deleted_at=into.last_changed_at)
    with pytest.raises(CannotMergeRecordsError, match="in the trash"):
        merged(into, other)
    AIModel.objects.filter(pk=into.pk).update(deleted_at=None)
    monkeypatch.setattr("catalog.history.audit_log.log_changes", lambda *args, **more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        merged(into, other)
    assert other.offerings.count() == 1
    assert AIModel.objects.filter(pk=other.pk).exists()


def test_imports_follow_what_stays():
    into = factories.model(name="Ours", context_tokens=5)
    take_over(SMALL)
    other = AIModel.objects.get(slug="alpha-1")
    offered = other.offerings.count()
    record = merged(into, other)
    run = take_over(SMALL)
    assert not run.changes.exists()
    assert not any(line["what"] == "broken" for line in run.report)
    assert (record.context_tokens, into.offerings.count()) == (5, offered)
    take_over(small(**{"models__acme/alpha-1__limit__output": 77}))
    record.refresh_from_db()
    # Values that only the feed states stay those of the feed.
    assert record.max_output_tokens == 77
    assert not AIModel.objects.filter(slug="alpha-1").exists()


def test_two_of_one_feed_that_are_one_here_do_not_take_turns():
    take_over(SMALL)
    into, other = AIModel.objects.get(slug="alpha-1"), AIModel.objects.get(slug="alpha-2")
    merged(into, other)
    assert ImportedRecord.objects.filter(kind="model", is_merged=True).get().record == into
    for _ in range(2):
        run = take_over(SMALL)
        assert not run.changes.exists()
        assert not any(line["what"] == "broken" for line in run.report)
    assert AIModel.objects.count() == 1


def test_a_vendor_that_was_merged_is_not_made_again():
    take_over(SMALL)
    into, other = factories.vendor(name="Acme Incorporated"), Vendor.objects.get(slug="acme")
    merged(into, other)
    take_over(small(**{"models__acme/new-one": {"name": "New one"}}))
    assert list(AIModel.objects.get(slug="new-one").vendors.all()) == [into]


# In the admin -------------------------------------------------------------------------------------


@pytest.fixture
def manager(client):
    person = people.user("Catalogue manager")
    client.force_login(person)
    return person


LIST = reverse("admin:catalog_aimodel_changelist")
MERGE = reverse("admin:catalog_aimodel_merge")


def test_one_sees_what_moves_and_differs_before_and_then_merges(client, manager):
    into, other = factories.model(name="Ours", context_tokens=1), factories.whole_model(name="Theirs")
    body = f'<p><a href="ref:catalog.aimodel/{other.pk}">it</a></p>'
    article = people.article(title="About it", body=body)
    data = {"action": "merge_chosen", "_selected_action": [into.pk, other.pk]}
    page = client.post(LIST, data, follow=True)
    text = page.content.decode()
    for words in ("Offering", "About it", "Context window, tokens", "1000", "becomes an alternative name", "Alias"):
        assert words in text
    assert AIModel.objects.count() == 2
    ids = [into.pk, other.pk]
    posted = {"ids": ids, "into": into.pk}
    asked = client.post(MERGE, posted).content.decode()
    assert "This change affects 1 article." in asked
    assert "<del>Theirs</del>" in asked
    assert "<ins>Ours</ins>" in asked
    assert AIModel.objects.count() == 2
    text = client.post(MERGE, {**posted, "impact_seen": "yes"}, follow=True).content.decode()
    assert "Merged “Theirs” into “Ours”" in text
    [passage] = passages_of(article)
    assert [(change.before, change.after) for change in passage.changes if change.label == "Name"] == [
        ("Theirs", "Ours")
    ]
    into.refresh_from_db()
    assert into.context_tokens == 1
    assert Alias.objects.filter(model=into, text="Theirs").exists()
    again = client.post(MERGE, posted, follow=True).content.decode()
    assert "“Theirs” has already been merged into “Ours”." in again


def test_bad_addresses_get_a_sentence(client, manager):
    one, _ = factories.model(), factories.model()
    for query in ("", f"?ids={one.pk}", "?ids=x&ids=y", f"?ids={one.pk}&ids={one.pk}", f"?ids={one.pk}&ids=999999"):
        page = client.get(MERGE + query, follow=True)
        assert page.redirect_chain
        assert "Select 2 to" in page.content.decode() or "no longer exists" in page.content.decode()
    assert AIModel.objects.count() == 2


@pytest.mark.parametrize("role", ["Author", ""])
def test_who_may_not_delete_does_not_merge(client, role):
    one, two = factories.model(), factories.model()
    client.force_login(people.user(role))
    assert client.get(f"{MERGE}?ids={one.pk}&ids={two.pk}").status_code == 403
    assert client.post(MERGE, {"ids": [one.pk, two.pk], "into": one.pk}).status_code == 403
    assert AIModel.objects.count() == 2


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Claude Haiku 4.5", "Claude Haiku 4.5 (latest)", True),
        ("Llama 3.3 70B", "Llama-3.3-70B", True),
        ("GPT-5 2025-08-07", "GPT 5", True),
        ("Mistral Small 3.2 24B Instruct 2506", "Mistral Small 3.2 24B", True),
        ("Kimi-K2-Instruct-0905", "Kimi K2 0905", True),
        ("GPT-5 Chat", "GPT-5", False),
        ("GPT-4.1", "GPT-4 2025-04-14", False),
        ("Llama 3.3 70B", "Llama 3.3 8B", False),
        ("GPT-4", "GPT-4.1", False),
        ("Sonnet 4.5", "Haiku 4.5", False),
        ("Claude 3.5 Haiku", "Claude Haiku 3.5", True),
        ("Command R", "Command R+", False),
    ],
)
def test_names_that_look_alike_are_found_within_a_maker(one, other, alike):
    vendor = factories.vendor()
    factories.model(name=one, vendors=[vendor])
    factories.model(name=other, vendors=[vendor])
    factories.model(name=one + " ", vendors=[factories.vendor()])
    assert len(likely_duplicates(AIModel)) == alike


def test_models_that_share_an_id_are_found_whatever_their_names():
    one, two, other = (factories.model(name=name) for name in ("Alpha", "Beta", "Gamma"))
    factories.offering(model=one, api_id="maker/Alpha-1")
    factories.offering(model=two, api_id="alpha-1")
    factories.offering(model=other, api_id="alpha-1-mini")
    assert likely_duplicates(AIModel) == [[one, two]]


def test_the_list_of_possible_duplicates_leads_to_merging(client, manager, django_assert_max_num_queries):
    vendor = factories.vendor()
    for name in ("Alpha 1", "Alpha-1", "Beta 1"):
        factories.model(name=name, vendors=[vendor])
    with django_assert_max_num_queries(12):
        text = client.get(reverse("admin:catalog_aimodel_duplicates")).content.decode()
    assert "Alpha-1" in text
    assert "Beta 1" not in text
    assert f"{MERGE}?ids=" in text
    assert "Possible duplicates" in client.get(LIST).content.decode()


def test_an_old_address_does_not_lead_anywhere_while_what_stays_is_hidden(client):
    into, other = factories.model(state="draft"), factories.model()
    address = other.get_absolute_url()
    merged(into, other)
    assert client.get(address).status_code == 404
    assert Redirect.objects.get(path=address).target == into
