"""The real feeds, complete. All tests here share one import; each is rolled back to it."""

import random
from collections import Counter
from datetime import date, timedelta
from itertools import groupby, pairwise
from operator import itemgetter

import pytest
from django.db import connection, transaction

from catalog.importers.litellm.offerings import PROVIDERS, id_of
from catalog.importers.matching import Names
from catalog.models import AIModel, Evidence, ImportedRecord, Offering, Price, Provider
from catalog.rules.prices import KEY, PRICES
from catalog.rules.spelling import words_of
from ops.http.slugs import slug_for
from tests.catalog.feeds import real, stored, take_over, without_source

pytestmark = [pytest.mark.database, pytest.mark.whole]

AUTHORED = "models-dev/authored.json"


@pytest.fixture(scope="module")
def whole(django_db_setup, django_db_blocker):
    data = real(AUTHORED)
    with django_db_blocker.unblock(), transaction.atomic():
        run = take_over(data)
        yield data, run
        transaction.set_rollback(True)
        connection.needs_rollback = True


@pytest.fixture
def imported(whole, django_db_blocker):
    with django_db_blocker.unblock():
        mark = transaction.savepoint_create()
        yield whole
        transaction.savepoint_rollback(mark)


def test_as_many_records_as_the_feed_has(imported):
    _, run = imported
    assert run.report == []
    created = ImportedRecord.objects.filter(is_created=True)
    assert {kind: created.filter(kind=kind).count() for kind in ("model", "provider", "offering")} == {
        "model": 225,
        "provider": 147,
        "offering": 5_276,
    }
    matched = created.filter(kind="match").count()  # models that only offerings name
    assert (AIModel.objects.count() - matched, Provider.objects.count(), Offering.objects.count()) == (225, 147, 5_276)
    # Six of its models are dated snapshots of others.
    assert ImportedRecord.objects.filter(kind="model", is_merged=True).count() == 6
    assert Offering.objects.filter(model=None).count() < 0.25 * 5_276
    assert Price.objects.count() == 13_516
    assert {*Price.objects.values_list("valid_from", flat=True)} == {"2026-07-02"}, "the day of the file"


def test_what_is_stored_differs_in_none_of_5507_records(imported):
    data, _ = imported
    out = stored()
    assert out["models"] == data["models"]
    for key, provider in data["providers"].items():
        assert out["providers"][key] == provider, key
    assert out == without_source(data)


def test_no_price_is_unknown_and_zero_is_free(imported):
    without = Offering.objects.exclude(pk__in=Price.objects.values("offering")).count()
    assert without == 382
    free = Price.objects.filter(amount=0, meter="input", above_tokens=0).values("offering")
    both = Price.objects.filter(amount=0, meter="output", above_tokens=0, offering__in=free)
    assert both.count() == 432


def test_every_price_and_offering_has_evidence_that_nobody_checked(imported):
    assert not Price.objects.filter(evidence=None).exists()
    assert not Offering.objects.filter(evidence=None).exists()
    # Only the pages behind the countries of known providers were read.
    assert not Evidence.objects.filter(is_checked=True).exclude(fact="country").exists()


def test_the_published_shape_changes_no_record(imported):
    run = take_over(real("models-dev/api.json"))
    assert run.counts["offering"] == {"same": 5_276}
    assert run.counts["provider"] == {"same": 147}


def test_litellm_beside_it_changes_nothing_of_what_is_stored(imported):
    data, _ = imported
    run = take_over(real("litellm/model_prices_and_context_window.json"))
    counts = run.counts["offering"]
    assert sum(counts.values()) - counts.get("bound to a model", 0) == 4_877
    assert "broken" not in counts
    assert counts["changed"] + counts["new"] > 700
    assert ImportedRecord.objects.filter(feed="litellm").count() > 1_000
    assert stored() == without_source(data)


def test_litellm_beside_it_proposes_publishes_nothing_and_a_second_run_changes_nothing(imported):
    data = real("litellm/model_prices_and_context_window.json")
    public = [*AIModel.objects.published().order_by("pk").values_list("pk", flat=True)]
    take_over(data)
    assert [*AIModel.objects.published().order_by("pk").values_list("pk", flat=True)] == public
    said = {word for name in AIModel.objects.proposals().values_list("name", flat=True) for word in words_of(name)}
    assert not said & {"auto", "free", "latest", "router"}
    assert take_over(data).counts["offering"].keys() == {"same", "not matched"}
    # How many of the entries for chat, responses and embedding are of a record, of a proposal, of neither.
    records, names, found = set(public), Names(), Counter()
    hosts = set(Provider.objects.values_list("slug", flat=True))
    bound = {
        (slug, api_id): pk for slug, api_id, pk in Offering.objects.values_list("provider__slug", "api_id", "model")
    }
    for key, entry in data.items():
        if entry.get("mode") in {"chat", "responses", "embedding"}:
            api_id = id_of(key, entry["litellm_provider"])
            slug = entry["litellm_provider"]
            slug = "vertex_ai" if slug.startswith("vertex_ai-") else slug
            match = names.match(api_id)
            certain = match.model if match and match.is_certain else None
            host = PROVIDERS.get(slug) or slug_for(slug, "provider")
            pk = bound.get((host, api_id)) or certain
            found["record" if pk in records else "proposal" if pk else "neither"] += host in hosts
    assert found["neither"] <= 0.15 * found.total(), found


def is_charged_by_token(authored: dict, key: str) -> bool:
    """Return whether the offering reads and writes more than images, audio or video alone."""
    provider, _, name = key.partition("/")
    offering = authored["providers"][provider]["models"][name]
    base = authored["models"].get(offering.get("base_model"), {})
    sides = {**base.get("modalities", {}), **offering.get("modalities", {})}.values()
    return not any(side and {*side} <= {"image", "audio", "video"} for side in sides)


def test_history_dates_the_prices(imported, client):
    """Of 200 random pairs of offering and day, the prices agree with the states of the file."""
    authored, _ = imported
    data = real("models-dev/history.json")
    run = take_over(data)
    assert run.counts["history"]["not matched"] == 2_038
    rows = Price.objects.filter(is_withdrawn=False).order_by("offering", *KEY, "valid_from")
    amounts = groupby(rows.values_list("offering", *KEY, "amount"), key=itemgetter(slice(5)))
    changes = sum(before[-1] != after[-1] for _, found in amounts for before, after in pairwise(found))
    assert changes > 1_500, changes
    links = ImportedRecord.objects.filter(kind="offering", gone_on=None, is_merged=False)
    pks = dict(links.values_list("key", "record_id"))
    known = {
        f"{provider}/{key}": states for provider, found in data["offerings"].items() for key, states in found.items()
    }
    chance = random.Random(20260302)
    some = chance.sample(sorted(known.keys() & pks.keys()), 200)
    first, last = date(2025, 6, 1), date(2026, 7, 2)
    pairs = [(key, first + timedelta(days=chance.randrange((last - first).days + 1))) for key in some[:100]]
    pairs += [(key, date.fromisoformat(chance.choice(known[key])[0])) for key in some[100:]]
    on_record, not_yet_seen, different = 0, 0, []
    for key, day in pairs:
        states = known[key]
        if states[-1][1] is None:
            states = states[:-1]
        answer = client.get(f"/api/v1/offerings/{pks[key]}/", {"as_of": day.isoformat()}).json()["as_of"]
        state = next((state for on, state in reversed(states) if on <= day.isoformat()), None) or {}
        cost = (is_charged_by_token(authored, key) and state.get("cost")) or {}
        expected = [cost.get("input"), cost.get("output")]
        found = [None if price is None else float(price) for price in (answer["input_price"], answer["output_price"])]
        missing = [name in answer["not_on_record"] for name in PRICES[:2]]
        if found != pytest.approx(expected) or missing != [price is None for price in expected]:
            different.append((key, day, found, expected, missing))
        if day.isoformat() < states[0][0] and states[0][1].get("cost"):
            not_yet_seen += 1
            if answer["not_on_record"] != ["status", *PRICES]:
                different.append((key, day, answer))
        on_record += bool(cost)
    assert different == []
    for key in chance.sample(sorted(pks.keys() - known.keys()), 20):
        answer = client.get(f"/api/v1/offerings/{pks[key]}/", {"as_of": "2026-07-01"}).json()["as_of"]
        assert answer["not_on_record"] == ["status", *PRICES], "first seen on the day of the other file"
    assert on_record > 50
    assert not_yet_seen > 20
    assert take_over(data).counts["history"].keys() == {"same", "not matched"}
