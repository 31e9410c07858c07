"""The snapshot of models.dev: how it is renewed, and how a site opens on it."""

import json
import re
import time
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import orjson
import pytest
import time_machine
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from catalog.browse.order import newest_of_families
from catalog.check.result import stack_models
from catalog.documents.read import model_and_offerings
from catalog.documents.storing import stored_documents, with_plausible_releases
from catalog.importers.known_providers import fill_in_after_import
from catalog.importers.matching import Names
from catalog.importers.running import import_feed
from catalog.models import AIModel, ImportRun, ModelSummary, Offering, Provider, RunState
from catalog.pages.model_page import LASTING, model_page
from catalog.rules.facts import OPEN_WEIGHTS
from catalog.rules.prices import KEY, prices_on
from catalog.rules.status import status_on
from catalog.starter.listed import LISTED, MAP, keys, listed_models
from catalog.starter.snapshot import OF_END, load_snapshot, of_map, queue_snapshot, renewed, written
from ops.http.slugs import slug_for
from tests.catalog import factories
from tests.catalog.documents.sync.mirror import fresh
from tests.catalog.feeds import real
from tests.stale import stale_passages

WHOLE = site.BASE_DIR / "catalog" / "starter" / "models_dev.json"
DAY = date(2026, 7, 2)
SECONDS = 60


@pytest.fixture(scope="module")
def part() -> dict:
    """Two labs and two providers of the snapshot."""
    whole = orjson.loads(WHOLE.read_bytes())
    models = {key: model for key, model in whole["models"].items() if key.startswith(("mistral/", "openai/"))}
    return {**whole, "models": models, "providers": {key: whole["providers"][key] for key in ("mistral", "nova")}}


@pytest.fixture
def loaded(starter_content, settings, tmp_path, part):
    path = tmp_path / "slice.json"
    path.write_text(written(part), encoding="utf-8")
    settings.CATALOG_SNAPSHOT = str(path)
    queue_snapshot()
    load_snapshot(print)
    return part


def test_a_load_that_is_killed_goes_on_and_ends_with_the_same(starter_content, settings, tmp_path, part):
    path = tmp_path / "slice.json"
    path.write_text(written(part), encoding="utf-8")
    settings.CATALOG_SNAPSHOT = str(path)
    once = transaction.savepoint_create()
    queue_snapshot()
    load_snapshot(print)
    whole = public_documents()
    transaction.savepoint_rollback(once)
    assert public_documents() != whole
    queue_snapshot()

    def interrupt(sentence: str):
        if "LiteLLM" in sentence:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_snapshot(interrupt)
    assert [run.state for run in ImportRun.objects.order_by("-pk")[:2]] == ["queued", "queued"]
    load_snapshot(print)
    assert public_documents() == whole
    runs = ImportRun.objects.count()
    load_snapshot(print)
    assert ImportRun.objects.count() == runs
    assert not ImportRun.objects.filter(state__in=[RunState.QUEUED, RunState.RUNNING]).exists()


def test_a_load_that_failed_is_tried_again_an_hour_later(starter_content, settings, tmp_path, part, monkeypatch):
    path = tmp_path / "slice.json"
    path.write_text(written(part), encoding="utf-8")
    settings.CATALOG_SNAPSHOT = str(path)
    queue_snapshot()
    tried = []

    def fail(data, address, *args, **options):
        tried.append(address)
        ImportRun.objects.filter(pk=options["run"].pk).update(state=RunState.FAILED, finished_at=timezone.now())
        raise OSError("The disk is full.")

    with time_machine.travel(datetime(2026, 12, 2, 9, tzinfo=UTC), tick=False) as clock:
        with monkeypatch.context() as patch:
            patch.setattr("catalog.starter.snapshot.import_feed", fail)
            with pytest.raises(OSError, match="full"):
                load_snapshot(print)
            clock.shift(timedelta(minutes=59))
            load_snapshot(print)
            assert tried == ["slice.json"], "nor those that come after it"
        clock.shift(timedelta(minutes=1))
        load_snapshot(print)
    assert Offering.objects.filter(provider__slug="nova").exists()
    assert not ImportRun.objects.filter(state__in=[RunState.QUEUED, RunState.RUNNING, RunState.FAILED]).exists()


def public_documents() -> list[tuple]:
    """Return all documents without moments of publication, random ids, and keys, which PostgreSQL never gives twice."""
    random = re.compile(
        rb'"(id|source|reference_provider)":"\d+"|'
        rb"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b\d{4}-\d\d-\d\dT[\d:.]+Z"
    )
    return sorted((name, random.sub(b"", body)) for (name, _), body in fresh().items())


def test_a_load_that_a_user_stops_stays_stopped(starter_content, settings, tmp_path, part):
    path = tmp_path / "slice.json"
    path.write_text(written(part), encoding="utf-8")
    settings.CATALOG_SNAPSHOT = str(path)
    queue_snapshot()
    ImportRun.objects.filter(state=RunState.QUEUED).update(state=RunState.INTERRUPTED)
    load_snapshot(print)
    assert not Offering.objects.filter(provider__slug="nova").exists()


def test_what_is_written_is_read_back_with_a_record_on_each_line(part):
    text = written(part)
    assert orjson.loads(text) == part
    assert written(renewed(part, {}, DAY)) == text
    records = len(part["models"]) + sum(len(provider["models"]) for provider in part["providers"].values())
    assert records < len(text.splitlines()) < records + 10 + 3 * len(part["providers"])


def test_renewed_from_the_published_file_it_differs_only_in_what_that_says():
    whole, published = orjson.loads(WHOLE.read_bytes()), real("models-dev/api.json")
    assert written(renewed(published, whole, DAY)) == WHOLE.read_text(encoding="utf-8")
    del published["nova"]
    published["mistral"]["models"]["codestral-latest"]["cost"]["input"] = 77
    changed = renewed(published, whole, DAY)
    assert changed["models"] == whole["models"]
    assert whole["providers"].keys() - changed["providers"].keys() == {"nova"}
    lines = set(written(changed).splitlines()) - set(written(whole).splitlines())
    assert len(lines) == 1
    assert "77" in lines.pop()


def test_part_of_the_map_is_that_of_listed_models_and_ends_of_offerings():
    data = real("litellm/model_prices_and_context_window.json")
    assert MAP.read_text(encoding="utf-8") == of_map(data, orjson.loads(WHOLE.read_bytes()), date(2026, 11, 24))
    found = orjson.loads(MAP.read_bytes())
    assert found["gpt-5.6-terra"] == data["gpt-5.6-terra"]
    assert found["azure/gpt-4o"].keys() <= {*OF_END}
    assert "gpt-5.6-sol" not in found


def test_command_renews_the_part_of_the_map_from_a_whole_one(settings, tmp_path, monkeypatch):
    data = {key: {"litellm_provider": "openai", "mode": "chat"} for key in ("gpt-5.6-terra", "gpt-5.6-sol")}
    data["gpt-4o"] = {"litellm_provider": "openai", "input_cost_per_token": 1e-6, "deprecation_date": "2027-01-14"}
    (tmp_path / "whole.json").write_text(json.dumps(data), encoding="utf-8")
    monkeypatch.setattr("catalog.management.commands.snapshot.MAP", tmp_path / "part.json")
    settings.CATALOG_SNAPSHOT = str(WHOLE)
    call_command("snapshot", str(tmp_path / "whole.json"), "--day", "2026-11-24")
    found = orjson.loads((tmp_path / "part.json").read_bytes())
    assert found == {
        "_source": {"commit_date": "2026-11-24"},
        "gpt-4o": {"deprecation_date": "2027-01-14", "litellm_provider": "openai"},
        "gpt-5.6-terra": data["gpt-5.6-terra"],
    }


def test_listed_models_have_names_kinds_and_facts_of_their_entries():
    found = {one["slug"]: one for one in listed_models()}
    assert len(found) == len([*keys()]) > 100
    opus, terra, voyage = found["claude-opus-5"], found["gpt-5-6-terra"], found["voyage-4"]
    assert (opus["name"], opus["vendors"], opus["kind"]) == ("Claude Opus 5", ["anthropic"], "language")
    assert (opus["context_tokens"], opus["max_output_tokens"], opus["inputs"]) == (
        1e6,
        128_000,
        ["text", "image", "pdf"],
    )
    assert (terra["context_tokens"], terra["max_input_tokens"]) == (1_050_000, 922_000)
    assert (voyage["kind"], voyage["outputs"], voyage.get("released_on")) == ("encoder", ["embedding"], None)
    flash = found["deepseek-v4-1-flash"]
    assert (flash["kind"], flash["vendors"], flash.get("context_tokens")) == ("language", ["deepseek"], None)
    assert found["grok-4-5"]["api_ids"] == ["grok-4.5", "grok-4.5-latest"]
    for one in found.values():
        said = [fact for row in one["evidence"] for fact in row["facts"]]
        assert len(said) == len({*said}), one["name"]
        assert not any(row["is_checked"] for row in one["evidence"])


def test_ends_of_service_come_with_their_source_and_leave_prices(loaded):
    offering = Offering.objects.get(provider__slug="mistral", api_id="mistral-large-2512")
    [end] = offering.events.filter(kind="retired")
    [said] = end.evidence.all()
    assert (end.date, said.source.feed, said.source.read_on, said.is_checked) == (
        "2027-04-30",
        "litellm",
        date(2026, 11, 24),
        False,
    )
    assert offering.prices.exists()


def test_a_statement_of_the_vendor_stays_beside_another_end(starter_content):
    offering = Offering.objects.get(provider__slug="openai", api_id="gpt-4o")
    offering.events.filter(kind="retired").delete()
    end = factories.event(offering=offering, kind="retired", date="2028-01-01")
    factories.evidence(event=end, is_checked=True, source=factories.source(read_on=date(2026, 1, 1)))
    import_feed(orjson.loads(MAP.read_bytes()), MAP.name, RunState.DONE)
    end.refresh_from_db()
    assert end.date == "2028-01-01"
    assert end.evidence.filter(confidence="disputed", source__feed="litellm").exists()


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"offerings": {"nova": {"one": []}}}', b"no JSON", None])
def test_a_file_that_is_not_of_models_dev_leaves_the_snapshot_as_it_is(content, settings, tmp_path, part):
    given, snapshot = tmp_path / "given.json", tmp_path / "snapshot.json"
    snapshot.write_text(written(part), encoding="utf-8")
    if content is not None:
        given.write_bytes(content)
    settings.CATALOG_SNAPSHOT = str(snapshot)
    with pytest.raises(CommandError, match=r"\.$"):
        call_command("snapshot", str(given), "--day", "2026-07-02")
    assert snapshot.read_text(encoding="utf-8") == written(part)


def test_without_a_file_of_the_snapshot_there_is_none_to_renew(settings, tmp_path):
    settings.CATALOG_SNAPSHOT = ""
    with pytest.raises(CommandError, match="is empty"):
        call_command("snapshot", str(tmp_path / "api.json"))


def test_no_sentences_of_models_dev_are_in_it():
    found = orjson.loads(WHOLE.read_bytes())
    records = [
        *found["models"].values(),
        *(one for item in found["providers"].values() for one in item["models"].values()),
    ]
    assert not {"description", "summary", "notes"} & {name for record in records for name in record}
    assert max(len(record["name"]) for record in records if "name" in record) < 80


def test_countries_come_with_the_page_that_names_them_and_what_an_editor_empties_stays_so(loaded):
    provider = Provider.objects.get(slug="mistral")
    [said] = provider.evidence.filter(fact="country")
    assert (provider.country, said.source.read_on, said.is_checked) == ("France", date(2026, 11, 27), True)
    assert said.source.url.startswith("https://")
    Provider.objects.filter(pk=provider.pk).update(country="")
    fill_in_after_import()
    provider.refresh_from_db()
    assert provider.country == ""
    assert Provider.objects.exclude(country="").filter(evidence__fact="country").distinct().count() > 1


def test_later_data_update_it(loaded):
    later = deepcopy(loaded)
    later["_source"]["commit_date"] = "2026-11-01"
    later["providers"]["mistral"]["models"]["codestral-latest"]["cost"]["input"] = 0.4
    import_feed(later, "later.json", RunState.DONE, print)
    offering = Offering.objects.get(provider__slug="mistral", api_id="codestral-latest")
    now = [row for row in offering.prices.all() if row.meter == "input" and row.valid_from == "2026-11-01"]
    assert [float(row.amount) for row in now] == [0.4]


DAY_OF_TEST = date(2026, 12, 2)
# Names under which lists had models that have one page, by its slug.
DOUBLES = {
    "mistral-small-2506": ["mistral-small-3.2-24b-instruct", "Mistral-Small-3.2-24B-Instruct-2506"],
    "kimi-k2": ["kimi-k2-0711-preview", "Kimi-K2-Instruct"],
    "kimi-k2-0905": ["Kimi-K2-Instruct-0905"],
    "qwen3-235b-a22b-instruct-2507": ["qwen3-235b-a22b-2507"],
    "qwen3-vl-235b-a22b-instruct": ["qwen3-vl-235b-a22b"],
    "qwen3-vl-30b-a3b-instruct": ["qwen3-vl-30b-a3b"],
    "open-mixtral-8x22b": ["mixtral-8x22b-instruct"],
    "mistral-nemo": ["open-mistral-nemo", "mistral-nemo-instruct-2407"],
    "devstral-small-2507": ["devstral-small-2505"],
    "magistral-small": ["magistral-small-2506"],
    "devstral-2512": ["devstral-medium-latest"],
    "gpt-5-chat-latest": ["gpt-5-chat"],
    "llama-4-maverick-17b-instruct": ["Llama-4-Maverick-17B-128E-Instruct", "llama-4-maverick"],
    "llama-4-scout-17b-instruct": ["Llama-4-Scout-17B-16E-Instruct", "llama-4-scout"],
    "nova-lite": ["nova-lite-v1"],
    "nova-micro": ["nova-micro-v1"],
    "nova-pro": ["nova-pro-v1", "Nova Pro 1.0"],
    "nova-2-lite": ["nova-2-lite-v1"],
}

# Closed models that the history of models.dev has seen leave their vendors' own lists, with the first day without them.
LEFT = {
    "gemini-2-5-flash-lite-preview-09-2025": "2026-05-20",
    "gemini-2-5-flash-tts": "2026-06-07",
    "gemini-2-5-pro-preview-05-06": "2026-05-20",
    "grok-3": "2026-05-15",
    "grok-3-mini": "2026-05-15",
    "grok-4": "2026-05-15",
    "grok-4-1-fast-non-reasoning": "2026-05-15",
    "grok-4-fast": "2026-05-15",
    "grok-4-fast-non-reasoning": "2026-05-15",
    "grok-code-fast-1": "2026-05-15",
    "o1-mini": "2026-06-08",
}


@pytest.mark.whole
def test_new_site_opens_on_hundreds_of_models_within_a_minute(db, settings, tmp_path):
    settings.CATALOG_SNAPSHOT, settings.MEDIA_ROOT = str(WHOLE), tmp_path
    began, said = time.process_time(), []
    call_command("load_starter", say=said.append)
    assert time.process_time() - began < SECONDS
    assert AIModel.objects.published().count() >= 230
    assert Provider.objects.published().count() >= 140
    assert Offering.objects.published().count() >= 5_000
    assert any("entries" in sentence for sentence in said)
    assert stale_passages() == {}
    rows = [*Offering.objects.exclude(left_list_on=None).values_list("model__slug", "model", "left_list_on")]
    assert {slug: str(day) for slug, _, day in rows} == LEFT
    for one in stack_models([key for _, key, _ in rows], date(2026, 12, 2)):
        assert (one["status"], one["left_list_on"], one["passed"]) == ("deprecated", LEFT[one["slug"]], False)
    models_of_several_names_have_one_page()
    each_status_and_price_has_its_source_and_day()
    each_release_that_is_shown_is_plausible()


def models_of_several_names_have_one_page():
    slugs = {slug_for(name, "") for names in DOUBLES.values() for name in names}
    assert not AIModel.objects.filter(slug__in=slugs - DOUBLES.keys()).exists()
    names = Names()
    for slug, others in DOUBLES.items():
        model = AIModel.objects.get(slug=slug)
        for name in others:
            assert names.match(name) == (model.pk, True), name
    models = dict(AIModel.objects.values_list("slug", "pk"))
    for one in listed_models():  # found by each id, and sold at the vendor's own API
        assert {names.match(name).model for name in one["api_ids"]} <= {models[one["slug"]]}
        own = Offering.objects.filter(model=models[one["slug"]], provider__reference_for__slug=one["vendors"][0])
        assert own.exists(), one["slug"]
    families = dict(AIModel.objects.exclude(family=None).values_list("name", "family__slug"))
    assert LISTED["family"].items() <= families.items()
    latest = ModelSummary.objects.order_by("-released_until", "name_key").values_list("model_id", "family_id")
    newest = {*newest_of_families(latest)}
    assert newest >= {models[slug] for slug in ("claude-opus-5-5", "gemini-3-8-flash", "gpt-6-1-terra", "grok-4-7")}
    assert newest.isdisjoint(models[slug] for slug in ("claude-opus-5", "gpt-5-6-terra", "grok-4-3", "kimi-k3"))


def each_status_and_price_has_its_source_and_day():
    public = AIModel.objects.published().exclude(existence="unverified")
    keys = Offering.objects.exclude(model=None).values_list("pk", flat=True)
    found, docs = set(), stored_documents("offering", [*keys])
    for day in (date(2025, 6, 8), date(2025, 12, 31), date(2026, 7, 20), DAY_OF_TEST):
        for key, document in docs.items():
            if prices_on(day, document["prices"]) and status_on(day, document) == "unknown":
                found.add((day, document["api_id"], key))
    assert not found
    for document in docs.values():
        rows = sorted(document["prices"], key=lambda price: (str(_terms(price)[: len(KEY)]), price["valid_from"]))
        assert not [two for one, two in pairwise(rows) if _terms(one) == _terms(two)], document["api_id"]
        said = [item for item in document["evidence"] if item["fact"] in (None, "", "listing")]
        assert said or not document["listing"], document["api_id"]
    with time_machine.travel(DAY_OF_TEST, tick=False):
        for model in public:
            page = model_page(model, DAY_OF_TEST)
            if page.status != "unknown" and not page.status_by:  # the source of its release says so, and no list
                assert any(event.kind == "released" and event.evidence for event in page.events), model
                assert OPEN_WEIGHTS.get(model.openness) or model.slug.startswith("midjourney-v"), model
            elif page.status in LASTING:
                assert "Epoch" not in page.status_by[0], model
    end = Offering.objects.get(provider__slug="mistral", api_id="mistral-medium-2604").events.get(kind="retired")
    assert end.date == "2027-04-30"
    assert AIModel.objects.get(slug="minimax-m3").context_tokens == 1_000_000
    turbo = Offering.objects.get(provider__slug="moonshotai", api_id="kimi-k2-turbo-preview")
    assert [float(row.amount) for row in turbo.prices.filter(meter="input")] == [2.4]


def _terms(price: dict) -> tuple:
    return tuple(price[name] for name in (*KEY, "amount", "currency", "unit", "per_quantity", "is_withdrawn"))


def each_release_that_is_shown_is_plausible():
    models = dict(AIModel.objects.values_list("slug", "pk"))
    shown = dict(ModelSummary.objects.values_list("model_id", "released_on"))
    for pk, released_on in shown.items():
        assert (model_and_offerings(pk)[2] or "") == released_on, pk
    offered = stored_documents("offering", [*Offering.objects.exclude(model=None).values_list("pk", flat=True)])
    judged = with_plausible_releases(stored_documents("model", [*shown]), offered)
    assert {pk: judged[pk]["released_on"] or "" for pk in shown} == shown
    assert {shown[models[slug]] for slug in ("mistral-large-2512", "o3-deep-research", "o4-mini-deep-research")} == {""}


def test_former_prices_at_the_vendors_own_apis_come_with_the_days_on_which_they_were_seen(loaded):
    prices = Offering.objects.get(provider__slug="mistral", api_id="mistral-large-latest").prices.filter(meter="input")
    found = [(row.valid_from, float(row.amount)) for row in prices.order_by("valid_from")]
    assert found == [("2025-06-10", 2.0), ("2025-12-08", 0.5)]
