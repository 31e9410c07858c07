from contextlib import nullcontext
from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.history.audit_log import log_changes, revert_change, take_snapshot
from catalog.importers.entries import UnreadableFeedError
from catalog.importers.held import apply_held
from catalog.importers.running import ImportProgress
from catalog.models import (
    AIModel,
    Evidence,
    FieldChange,
    ImportedRecord,
    ImportRun,
    LifecycleEvent,
    Offering,
    Price,
    Provider,
    Source,
)
from tests import factories as people
from tests.catalog import factories
from tests.catalog.feeds import SMALL, small, stored, take_over, without_source

pytestmark = pytest.mark.django_db
BOOKKEEPING = {"FeedEntry", "FeedMark", "FeedState", "HeldRecord", "ImportRun"}


def everything() -> dict:
    """Return all rows of the catalogue except those of the runs, to compare two moments."""
    found = {}
    for model in apps.get_app_config("catalog").get_models():
        if model.__name__ not in BOOKKEEPING:
            names = [field.attname for field in model._meta.concrete_fields]
            found[model.__name__] = list(model._base_manager.order_by("pk").values_list(*names))
    return found


def meaning() -> dict:
    """Return the content of the catalogue without keys and timestamps."""
    offerings = Offering.objects.order_by("provider__slug", "api_id")
    return {
        "stored": stored(),
        "models": list(AIModel.objects.order_by("slug").values_list("slug", "name", "kind", "family__slug")),
        "offerings": list(offerings.values_list("provider__slug", "api_id", "model__slug", "inherits", "listing")),
        "prices": list(Price.objects.order_by("offering__api_id", "meter").values_list("meter", "amount")),
        "evidence": sorted(Evidence.objects.values_list("fact", "confidence", "is_checked")),
        "log": sorted(FieldChange.objects.values_list("record_name", "action", "field")),
        "links": sorted(ImportedRecord.objects.values_list("kind", "key", "is_created")),
    }


def by_hand(record, **fields):
    """Set fields as the admin does."""
    owner = record.offering if isinstance(record, Price) else record
    before = take_snapshot(type(owner), [owner.pk])
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()
    log_changes(type(owner), before, take_snapshot(type(owner), [owner.pk]), user=people.user())


def price_at(api_id="alpha-1", provider="acme", meter="input") -> list[Price]:
    rows = Price.objects.filter(offering__api_id=api_id, offering__provider__slug=provider, meter=meter, above_tokens=0)
    return list(rows.order_by("valid_from"))


def test_what_is_taken_over_is_stored_whole():
    take_over(SMALL)
    assert stored() == without_source(SMALL)


def test_facts_come_into_their_columns():
    take_over(SMALL)
    model = AIModel.objects.get(slug="alpha-1")
    assert (model.name, model.context_tokens, model.released_on, model.tool_calls) == (
        "Alpha 1",
        100_000,
        "2025-08-01",
        True,
    )
    assert (model.openness, model.kind, model.family.name) == ("weights", "language", "Alpha")
    assert [vendor.name for vendor in model.vendors.all()] == ["Acme"]
    assert {tag.slug for tag in model.input_modalities.all()} == {"text", "image"}
    assert model.benchmarks.get().score == Decimal("71.5")
    assert model.weights.get().quantisation == "fp8"
    assert model.checked_on is None


def test_what_is_not_stated_is_unknown():
    take_over(SMALL)
    model = AIModel.objects.get(slug="alpha-2")
    assert (model.context_tokens, model.max_output_tokens, model.reasoning, model.openness) == (None, None, None, "")
    twin = Offering.objects.get(api_id="Alpha-1")
    assert (twin.knowledge_cutoff_on, twin.listing, twin.prices.count()) == ("", "preview", 0)


def test_zero_is_a_price():
    take_over(SMALL)
    [price] = price_at("x/alpha-1", "host-example")
    assert (price.amount, price.is_withdrawn) == (0, False)


def test_offerings_build_on_their_model_or_are_linked_by_the_same_id():
    take_over(SMALL)
    based, linked = Offering.objects.get(api_id="x/alpha-1"), Offering.objects.get(api_id="alpha-2")
    assert (based.model.slug, based.inherits, based.not_inherited) == ("alpha-1", True, ["limit.output"])
    assert (linked.model.slug, linked.inherits) == ("alpha-2", False)


def test_the_link_keeps_all_that_the_feed_says_of_a_record():
    take_over(SMALL)
    kept = dict(ImportedRecord.objects.values_list("key", "data"))
    assert kept["acme/alpha-1"] in (SMALL["models"]["acme/alpha-1"], SMALL["providers"]["acme"]["models"]["alpha-1"])
    assert kept["host.example"]["symlinks"] == {"beta": "../../acme/models/beta.toml"}
    assert kept["host.example/x/alpha-1"]["interleaved"] == {"field": "x"}


def test_status_follows_from_the_release():
    take_over(SMALL)
    event = LifecycleEvent.objects.get(model__slug="alpha-1")
    assert (event.kind, event.date) == ("released", "2025-08-01")
    model = AIModel.objects.get(slug="alpha-1")
    assert factories.status_of_model(model, date(2025, 8, 1)) == "available"


def test_every_fact_says_where_it_comes_from_and_that_nobody_checked_it():
    take_over(SMALL)
    source = Source.objects.get(feed="models_dev")
    assert (source.title, source.read_on.isoformat()) == ("models.dev", "2026-07-02")
    assert not Evidence.objects.exclude(source=source).exists()
    assert not Evidence.objects.filter(is_checked=True).exists()
    facts = set(AIModel.objects.get(slug="alpha-1").evidence.values_list("fact", flat=True))
    assert {"context_tokens", "released_on", "vendors", "input_modalities", "openness", "family"} <= facts
    assert "structured_output" not in facts
    assert all(price.evidence.exists() for price in Price.objects.all())
    assert all(offering.evidence.exists() for offering in Offering.objects.all())
    assert all(provider.evidence.exists() for provider in Provider.objects.all())


def test_the_kind_names_what_it_is_derived_from():
    take_over(SMALL)
    [said] = AIModel.objects.get(slug="alpha-1").evidence.filter(fact="kind")
    assert (said.source.feed, said.note.startswith("Derived from"), said.is_checked) == ("models_dev", True, False)
    assert not AIModel.objects.get(slug="alpha-2").evidence.filter(fact="kind").exists()


@pytest.mark.parametrize(("name", "is_encoder"), [("Alpha Embed 1", True), ("BGE M3", True), ("Member 1", False)])
def test_an_embedding_model_returns_embeddings_and_the_word_of_the_feed_stays(name, is_encoder):
    data = deepcopy(SMALL)
    sides = {"modalities": {"input": ["text"], "output": ["text"]}}
    data["models"]["acme/vectors"] = {"name": name, **sides}
    take_over(data)
    model = AIModel.objects.get(slug="vectors")
    [said] = model.evidence.filter(fact="output_modalities")
    slugs = [tag.slug for tag in model.output_modalities.all()]
    assert (slugs, model.kind) == ((["embedding"], "encoder") if is_encoder else (["text"], ""))
    assert ("The source says" in said.note) is is_encoder
    assert stored() == without_source(data)
    run = take_over(data)
    assert run.counts["model"] == {"same": len(data["models"])}
    data["models"]["acme/vectors"]["modalities"] = {"input": ["text"], "output": ["text", "image"]}
    data["_source"]["commit_date"] = "2026-07-03"
    take_over(data)
    assert {tag.slug for tag in model.output_modalities.all()} == {"text", "image"}


def test_importing_again_changes_no_row():
    take_over(SMALL)
    before = everything()
    run = take_over(SMALL)
    assert everything() == before
    assert {kind: set(counts) for kind, counts in run.counts.items()} == {
        "provider": {"same"},
        "model": {"same"},
        "offering": {"same"},
    }


def test_only_what_changed_upstream_changes():
    take_over(SMALL)
    changed = small(
        **{"models__acme/alpha-1__limit__context": 200_000, "providers__acme__models__alpha-1__cost__output": 7}
    )
    run = take_over(changed)
    assert AIModel.objects.get(slug="alpha-1").context_tokens == 200_000
    changes = FieldChange.objects.filter(run=run).order_by("pk").values_list("action", "part", "field")
    assert list(changes) == [("changed", "", "context_tokens"), ("changed", "price", "amount")]
    assert stored() == without_source(changed)


@pytest.mark.parametrize("name", ["SWE Bench Pro", "SWE-bench Pro", "SWE-Bench Pro"])
def test_a_benchmark_has_one_name_however_it_is_written(name):
    data = small(**{"models__acme/alpha-1__benchmarks": [{"name": name, "score": 50}]})
    take_over(data)
    assert AIModel.objects.get(slug="alpha-1").benchmarks.get().name == "SWE-Bench Pro"
    assert set(take_over(data).counts["model"]) == {"same"}


def test_a_new_price_leaves_the_old_one_on_record():
    take_over(SMALL)
    take_over(small(**{"_source__commit_date": "2026-08-01", "providers__acme__models__alpha-1__cost__input": 2.5}))
    assert [(row.amount, row.valid_from) for row in price_at()] == [
        (Decimal("1.5"), "2026-07-02"),
        (Decimal("2.5"), "2026-08-01"),
    ]


def test_a_second_correction_on_the_same_day_makes_no_third_row():
    take_over(SMALL)
    for amount in (2.5, 3.5):
        take_over(
            small(**{"_source__commit_date": "2026-08-01", "providers__acme__models__alpha-1__cost__input": amount})
        )
    assert [row.amount for row in price_at()] == [Decimal("1.5"), Decimal("3.5")]


def test_a_price_that_is_taken_back_on_the_same_day_does_not_repeat_the_one_before():
    take_over(SMALL)
    for amount in (2.5, 1.5):
        take_over(
            small(**{"_source__commit_date": "2026-08-01", "providers__acme__models__alpha-1__cost__input": amount})
        )
    assert [(row.amount, row.valid_from) for row in price_at()] == [(Decimal("1.5"), "2026-07-02")]


def test_a_price_that_is_gone_is_withdrawn_and_not_free():
    take_over(SMALL)
    changed = small(
        **{"_source__commit_date": "2026-08-01", "providers__acme__models__alpha-1__cost__cache_read": None}
    )
    take_over(changed)
    rows = price_at(meter="cache_read")
    assert [(row.is_withdrawn, row.amount) for row in rows] == [(False, Decimal("0.15")), (True, None)]
    assert stored() == without_source(changed)
    take_over(SMALL)
    assert stored() == without_source(SMALL)


def test_what_an_editor_set_by_hand_stays_field_by_field():
    take_over(SMALL)
    by_hand(AIModel.objects.get(slug="alpha-1"), context_tokens=123)
    changed = small(**{"models__acme/alpha-1__limit__context": 200_000, "models__acme/alpha-1__limit__output": 9_000})
    run = take_over(changed)
    model = AIModel.objects.get(slug="alpha-1")
    assert (model.context_tokens, model.max_output_tokens) == (123, 9_000)
    kept = [line for line in run.report if line["what"] == "kept"]
    assert kept == [
        {
            "what": "kept",
            "place": "models.acme/alpha-1: limit.context",
            "reason": "set manually. The feed says 200000; ours is 123. To use the feed’s value, "
            "choose “Allow imports to change it” under “Changes”.",
        }
    ]


def test_a_price_edited_by_hand_stays():
    take_over(SMALL)
    by_hand(price_at()[0], amount=Decimal("1.25"))
    for data in (SMALL, small(**{"providers__acme__models__alpha-1__cost__input": 9})):
        run = take_over(data)
        assert [row.amount for row in price_at()] == [Decimal("1.25")]
        assert any("set manually" in line["reason"] for line in run.report)


def test_a_price_deleted_by_hand_does_not_come_back():
    take_over(SMALL)
    [price] = price_at()
    before = take_snapshot(Offering, [price.offering_id])
    price.delete()
    log_changes(Offering, before, take_snapshot(Offering, before), user=people.user())
    run = take_over(SMALL)
    assert price_at() == []
    assert any("deleted manually" in line["reason"] for line in run.report)


def test_an_offering_deleted_by_hand_does_not_come_back():
    take_over(SMALL)
    Offering.objects.filter(api_id="Alpha-1").delete()
    run = take_over(SMALL)
    assert not Offering.objects.filter(api_id="Alpha-1").exists()
    assert any("deleted manually" in line["reason"] for line in run.report)
    assert "Alpha-1" not in stored()["providers"]["acme"]["models"]


def test_what_was_taken_back_from_an_import_stays_taken_back():
    take_over(SMALL)
    changed = small(**{"models__acme/alpha-1__limit__context": 200_000})
    run = take_over(changed)
    revert_change(FieldChange.objects.get(run=run), people.user())
    take_over(changed)
    assert AIModel.objects.get(slug="alpha-1").context_tokens == 100_000


def test_a_record_of_that_address_or_alias_is_that_record():
    one, two = factories.model(name="Our Alpha", slug="alpha-1"), factories.model(name="Beta")
    factories.alias(model=two, text="Alpha-2")
    host = factories.provider(name="Our Acme", slug="acme")
    take_over(SMALL)
    assert set(AIModel.objects.all()) == {one, two}
    assert Provider.objects.get(slug="acme") == host
    for record, name in ((one, "Our Alpha"), (two, "Beta"), (host, "Our Acme")):
        record.refresh_from_db()
        assert record.name == name
    assert one.context_tokens == 100_000, "what was unknown is filled in"
    assert stored() == without_source(SMALL)
    before = everything()
    take_over(SMALL)
    assert everything() == before


def test_prices_that_were_there_before_stay():
    provider = factories.provider(name="Acme", slug="acme")
    offering = factories.offering(provider=provider, api_id="alpha-1")
    price = factories.price(offering=offering, amount=Decimal(99))
    run = take_over(SMALL)
    assert price_at() == [price]
    assert [row.amount for row in price_at(meter="output")] == [Decimal(6)]
    assert any("on record without a source" in line["reason"] and "99" in line["reason"] for line in run.report)
    assert stored() == without_source(SMALL)


BROKEN = {
    "a text for a number": ("models__acme/alpha-1__limit__context", "many"),
    "a number for a truth": ("models__acme/alpha-2__reasoning", 1),
    "no name": ("models__acme/alpha-2__name", None),
    "no table": ("models__acme/alpha-2", "text"),
    "a negative price": ("providers__acme__models__alpha-1__cost__input", -1),
    "a price in words": ("providers__acme__models__alpha-1__cost__input", "cheap"),
    "a monstrous price": ("providers__acme__models__alpha-1__cost__input", 1e30),
    "a tier without length": ("providers__host.example__models__x/alpha-1__cost__tiers", [{"input": 1}]),
    "tiers that are no list": ("providers__host.example__models__x/alpha-1__cost__tiers", 5),
    "an unknown model": ("providers__acme__models__alpha-1__base_model", "acme/none"),
    "a strange status": ("providers__acme__models__Alpha-1__status", "odd"),
    "a long name": ("providers__acme__models__Alpha-1__name", "x" * 300),
    "modalities in one word": ("providers__acme__models__Alpha-1__modalities", {"input": "text"}),
    "a nought in a text": ("models__acme/alpha-2__name", "a\0b"),
    "a dangerous address": ("providers__acme__provider__api", "javascript:alert(1)"),
    "a provider that is a list": ("providers__acme__provider", ["x"]),
    "an offering that is a list": ("providers__acme__models__alpha-1", ["x"]),
    "results that are no list": ("models__acme/alpha-1__benchmarks", {"a": 1}),
    "a score in words": ("models__acme/alpha-1__benchmarks", [{"name": "Test", "score": "good"}]),
    "a result of endless name": ("models__acme/alpha-1__benchmarks", [{"name": "x" * 200, "score": 1}]),
    "a family that is a number": ("models__acme/alpha-1__family", 5),
    "a date that is a number": ("models__acme/alpha-1__release_date", 5),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_record_is_reported_and_the_good_ones_enter(case):
    path, value = BROKEN[case]
    run = take_over(small(**{path: value}))
    broken = [line for line in run.report if line["what"] == "broken"]
    assert broken
    steps = path.split("__")
    assert steps[0] in broken[0]["place"]
    assert steps[2 if steps[0] == "providers" and len(steps) == 3 else 1] in broken[0]["place"]
    assert Offering.objects.filter(api_id="alpha-2").exists(), "a good one"
    take_over(SMALL)
    assert stored() == without_source(SMALL), "and the mended file sets it right"


@pytest.mark.parametrize("stop", range(1, 4))
def test_a_run_that_was_killed_and_one_after_it_give_what_one_undisturbed_gives(stop, monkeypatch):
    take_over(SMALL)
    whole = meaning()
    for model in (Evidence, LifecycleEvent, Price, Offering, FieldChange, ImportedRecord, AIModel, Provider):
        model.objects.all().delete()
    apps.get_model("catalog.Family").objects.all().delete()
    monkeypatch.setattr("catalog.importers.entries.BATCH", 2)
    batches, go = [], ImportProgress.count

    def count(work, handler, plans):
        batches.append(handler)
        if len(batches) == stop:
            raise KeyboardInterrupt
        go(work, handler, plans)

    monkeypatch.setattr(ImportProgress, "count", count)
    with pytest.raises(KeyboardInterrupt):
        take_over(SMALL)
    assert ImportRun.objects.first().state == "interrupted"
    take_over(SMALL)
    assert meaning() == whole


def test_what_was_killed_in_a_batch_leaves_nothing_of_it(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr("catalog.importers.models_dev.offerings.OfferingHandler.link", fail)
    with pytest.raises(RuntimeError):
        take_over(SMALL)
    assert not Offering.objects.exists()
    assert ImportRun.objects.first().state == "failed"


def test_a_dry_run_writes_nothing_and_counts_the_same():
    dry = take_over(SMALL, is_dry=True)
    assert not AIModel.objects.exists()
    assert not Source.objects.exists()
    assert dry.state == "tried"
    assert dry.counts == take_over(SMALL).counts


def test_what_the_feed_has_no_more_is_listed_no_more():
    take_over(small(**{f"providers__acme__models__old-{number}": {"name": "Old"} for number in range(10)}))
    data = small(**{f"providers__acme__models__old-{number}": {"name": "Old"} for number in range(1, 10)})
    run = take_over(data)
    gone = Offering.objects.get(api_id="old-0")
    assert gone.listing == "removed"
    assert run.counts["offering"]["gone"] == 1
    assert stored() == without_source(data)
    take_over(small(**{f"providers__acme__models__old-{number}": {"name": "Old"} for number in range(10)}))
    gone.refresh_from_db()
    assert gone.listing == "listed"


def test_a_file_with_most_of_it_missing_is_not_believed():
    take_over(SMALL)
    waiting = take_over(small(**{"models__acme/alpha-1__limit__context": 200_000}), holds=True)
    run = take_over(small(providers__acme=None))
    waiting.refresh_from_db()
    assert waiting.state == "held"  # such a file does not replace the differences that wait
    assert not Offering.objects.filter(listing="removed").exists()
    assert any(line["what"] == "partial" for line in run.report)


def published(data) -> dict:
    """Return the small feed in its other format."""
    found = deepcopy(data["providers"])
    for key, value in found.items():
        value.pop("symlinks", None)
        value |= {**value.pop("provider"), "id": key}
        for api_id, offering in value["models"].items():
            base = deepcopy(data["models"].get(offering.pop("base_model", ""), {}))
            for name in ("benchmarks", "weights"):
                base.pop(name, None)
            for path in offering.pop("base_model_omit", []):
                table, name = path.split(".")
                del base[table][name]
            for tier in offering.get("cost", {}).get("tiers", []):
                offering["cost"]["context_over_200k"] = {name: tier[name] for name in ("input", "output")}
            value["models"][api_id] = {"id": api_id, **base, **offering}
    return found


def test_the_published_shape_says_nothing_new():
    take_over(SMALL)
    before = everything()
    source = before.pop("Source")
    run = take_over(published(SMALL))
    after = everything()
    assert len(after.pop("Source")) == len(source), "only its day is newer"
    assert after == before
    assert run.counts["offering"] == {"same": 4}


def test_a_change_in_the_published_shape_touches_only_that():
    take_over(SMALL)
    data = published(SMALL)
    data["host.example"]["models"]["x/alpha-1"]["limit"]["context"] = 50_000
    del data["host.example"]["models"]["x/alpha-1"]["knowledge"]
    take_over(data)
    wanted = without_source(deepcopy(SMALL))
    wanted["providers"]["host.example"]["models"]["x/alpha-1"]["limit"] = {"context": 50_000}
    wanted["providers"]["host.example"]["models"]["x/alpha-1"]["base_model_omit"] = ["knowledge", "limit.output"]
    assert stored() == wanted


def test_the_published_shape_alone_can_be_taken_over():
    take_over(published(SMALL))
    assert Offering.objects.count() == 4
    assert not AIModel.objects.published().exists()
    offering = Offering.objects.get(api_id="x/alpha-1")
    assert (offering.context_tokens, offering.inherits) == (100_000, False)
    assert offering.prices.filter(above_tokens=200_000).count() == 2
    before = everything()
    take_over(published(SMALL))
    assert everything() == before


@pytest.mark.parametrize("data", [[], {}, {"a": 1}, "text", None, {"models": []}])
def test_another_file_is_refused_in_a_sentence(data):
    with pytest.raises(UnreadableFeedError, match=r"not a JSON file of models\.dev"):
        take_over(data)


def test_the_command_says_what_is_wrong_with_a_file(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_feed", str(tmp_path / "none.json"))
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(CommandError, match="not a JSON file"):
        call_command("import_feed", str(tmp_path / "bad.json"))
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("import_feed", "x", "--hold", "--dry-run")


def test_models_taken_over_are_found_by_search_and_have_a_page(client):
    take_over(SMALL)
    url = AIModel.objects.get(slug="alpha-1").get_absolute_url()
    assert url in client.get("/search/", {"q": "alpha 1"}).content.decode()
    assert client.get(url).status_code == 200


def test_what_a_batch_costs_does_not_grow_with_its_size(monkeypatch):
    monkeypatch.setattr("catalog.importers.running.stamping_at_end", nullcontext)  # which works in batches
    monkeypatch.setattr("catalog.importers.entries.BATCH", 250)  # all of each kind in one

    def queries(count):
        offerings = {f"m{number}": {"name": "M", "cost": {"input": 1}} for number in range(count)}
        data = small(**{"providers__acme__models": offerings | SMALL["providers"]["acme"]["models"]})
        with CaptureQueriesContext(connection) as captured:
            take_over(data)
        return len(captured)

    take_over(SMALL)
    few, many = queries(20), queries(200)
    assert abs(many - few) < 10, "of new ones"
    assert queries(200) < 82, "of the same"  # among them those that match offerings and vendors of families again


# A model and its dated snapshot ------------------------------------------------------------------

SNAPSHOT = {"name": "Alpha 1", "limit": {"context": 100_000, "output": 8_000}, "release_date": "2025-07-31"}


def with_snapshot(**paths) -> dict:
    """Return the small feed in which Alpha 1 is the latest of its snapshots, of which it has one."""
    models = {"acme/alpha-1-20250731": SNAPSHOT | {"benchmarks": [{"name": "Other", "score": 3}]}, **SMALL["models"]}
    models["acme/alpha-1"] = SMALL["models"]["acme/alpha-1"] | {"name": "Alpha 1 (latest)"}
    host = {"alpha-1-20250731": {"base_model": "acme/alpha-1-20250731"}, "x@1": {"base_model": "acme/alpha-1"}}
    return small(**{"models": models, "providers__host.example__models": host} | paths)


def test_a_model_and_its_snapshot_are_one_record():
    data = with_snapshot()
    run = take_over(data)
    model = AIModel.objects.get(slug__startswith="alpha-1")
    assert (model.slug, model.name, model.released_on) == ("alpha-1", "Alpha 1", "2025-08-01")
    assert {row.text for row in model.aliases.all()} == {"alpha-1", "alpha-1-20250731"}
    assert set(model.offerings.values_list("api_id", flat=True)) == {"alpha-1", "Alpha-1", "alpha-1-20250731", "x@1"}
    links = ImportedRecord.objects.filter(kind="model").order_by("key").values_list("key", "is_created", "is_merged")
    assert list(links)[:2] == [("acme/alpha-1", True, False), ("acme/alpha-1-20250731", False, True)]
    assert run.counts["model"] == {"new": 2, "same": 1}
    assert FieldChange.objects.filter(action="added", record_id=model.pk, record_name="Alpha 1").count() == 1
    assert stored() == without_source(data)
    before = everything()
    assert take_over(data).counts["model"] == {"same": 3}
    assert everything() == before
    assert take_over(published(data)).counts["offering"] == {"same": 4}


def test_what_a_snapshot_says_changes_nothing_of_its_model():
    take_over(with_snapshot())
    data = with_snapshot(**{"models__acme/alpha-1-20250731__limit": {"context": 7}})
    take_over(data)
    assert AIModel.objects.get(slug="alpha-1").context_tokens == 100_000
    assert stored() == without_source(data)


@pytest.mark.parametrize(
    "other", [{"name": "Alpha 1 (July)"}, {"limit": {"context": 100_000, "output": 4_000}}], ids=["name", "limit"]
)
def test_a_snapshot_that_differs_is_a_record_of_its_own(other):
    take_over(with_snapshot(**{"models__acme/alpha-1-20250731": SNAPSHOT | other}))
    assert AIModel.objects.filter(slug__startswith="alpha-1").count() == 2


def test_a_key_for_the_latest_model_is_a_record_of_its_own():
    models = {"acme/alpha-latest": SNAPSHOT | {"name": "Alpha 1 (latest)"}, "acme/alpha-20250731": SNAPSHOT}
    take_over(small(models=SMALL["models"] | models))
    assert AIModel.objects.get(slug="alpha-latest").name == "Alpha 1 (latest)"
    assert AIModel.objects.filter(slug="alpha-20250731").exists()


@pytest.mark.parametrize("first", ["acme/alpha-1", "acme/alpha-1-20250731"])
def test_the_other_key_of_a_model_that_comes_later_leads_to_its_record(first):
    other = {"acme/alpha-1", "acme/alpha-1-20250731"} - {first}
    data, offers = with_snapshot(), {"providers__host.example__models": {}}
    del data["models"][other.pop()]
    take_over(small(models=data["models"], providers__acme__models={}, **offers))
    model = AIModel.objects.get(slug__startswith="alpha-1")
    take_over(with_snapshot())
    assert AIModel.objects.get(slug__startswith="alpha-1") == model
    assert {row.text for row in model.aliases.all()} == {"alpha-1", "alpha-1-20250731"}
    assert FieldChange.objects.filter(record_id=model.pk, part="alias").count() == 1
    assert model.offerings.count() == 4


def test_two_records_of_an_earlier_import_stay_until_they_are_merged():
    data = with_snapshot()
    data["models"]["acme/alpha-1"]["name"] = "Alpha"
    take_over(data)
    before = set(AIModel.objects.values_list("pk", flat=True))
    assert len(before) == 3
    take_over(with_snapshot())
    assert set(AIModel.objects.values_list("pk", flat=True)) == before


def test_both_keys_that_wait_for_a_user_become_one_record():
    run = take_over(with_snapshot(), holds=True)
    assert AIModel.objects.count() == 0
    for key in ("acme", "acme/alpha-1-20250731"):
        apply_held(run, run.held.filter(key=key), people.user())
    apply_held(run, run.held.all(), people.user())
    assert AIModel.objects.filter(slug__startswith="alpha-1").count() == 1
    assert not run.held.filter(applied_at=None).exists()
