"""The impact page that the admin shows before a change of the catalogue is saved."""

import json
import re
from datetime import date

import pytest
from django.core.management import call_command
from django.urls import reverse

from catalog.importers.held import apply_all_held, apply_held
from catalog.models import (
    AIModel,
    Evidence,
    FieldChange,
    ImportRun,
    LifecycleEvent,
    Modality,
    Price,
    Provider,
    Source,
    Vendor,
)
from publishing.quality.staleness import passages_of
from tests import factories as people
from tests.catalog import factories
from tests.catalog.admin.test_csv import preview
from tests.catalog.feeds import SMALL, small, take_over

pytestmark = pytest.mark.django_db
PREFIXES = ["offerings", "aliases", "events", "benchmarks", "weights", "evidence"]


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
    """Return the data that the impact page sends on agreement."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def change_url(record):
    return reverse(f"admin:catalog_{record._meta.model_name}_change", args=[record.pk])


def test_a_changed_fact_is_saved_once_one_has_seen_what_it_changes(manager):
    model = factories.model(name="Sample", context_tokens=128_000)
    article = cites(model)
    answer = people.question(answer=f'<p>See <a href="ref:catalog.aimodel/{model.pk}">it</a>.</p>')
    page = manager.post(change_url(model), form_of(model, context_tokens=200_000)).text
    assert "This change affects 1 article." in page
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


def test_whoever_changes_what_has_a_source_is_told_that_readers_see_it_beside_the_new_value(manager):
    model = factories.model(name="Sample", context_tokens=128_000)
    source = Source.objects.create(title="Overview", read_on=date(2026, 11, 3))
    row = Evidence.objects.create(model=model, source=source, fact="context_tokens")
    words = "You changed facts that have a source (context window)."
    assert words not in manager.post(change_url(model), form_of(model, name="Other"), follow=True).text
    assert words in manager.post(change_url(model), form_of(model, context_tokens=200_000), follow=True).text
    values = {"id": row.pk, "model": model.pk, "fact": row.fact, "source": source.pk, "confidence": "disputed"}
    evidence = {"evidence-TOTAL_FORMS": 1, "evidence-INITIAL_FORMS": 1}
    evidence |= {f"evidence-0-{name}": value for name, value in values.items()}
    form = form_of(model, context_tokens=300_000) | evidence
    assert words not in manager.post(change_url(model), form, follow=True).text
    row.refresh_from_db()
    model.refresh_from_db()
    assert (row.confidence, model.context_tokens) == ("disputed", 300_000)


def test_a_new_record_and_a_new_source_beside_a_new_value_need_no_word(manager):
    new = {"context_tokens": 128_000, "source_context_tokens": "https://example.com/overview"}
    page = manager.post("/admin/catalog/aimodel/add/", form_of(AIModel(name="Sample"), **new), follow=True)
    model = AIModel.objects.get(name="Sample")
    assert model.evidence.filter(fact="context_tokens").exists()
    assert "You changed facts" not in page.text
    changed = {"context_tokens": 200_000, "source_context_tokens": "https://example.com/news"}
    page = manager.post(change_url(model), form_of(model, **changed), follow=True)
    assert AIModel.objects.get(pk=model.pk).context_tokens == 200_000
    assert "You changed facts" not in page.text


def test_no_word_of_success_before_it_is_saved(manager):
    model = factories.model(context_tokens=128_000)
    cites(model)
    page = manager.post(change_url(model), form_of(model, context_tokens=1)).text
    assert "success" not in page
    assert "success" not in manager.get("/admin/").text


def test_a_new_price_and_an_end_of_service_are_told_by_what_follows_from_them(manager):
    model = factories.model(name="Sample")
    model.events.create(kind="released", date="2025-01-01")
    offering = factories.at_reference(factories.offering(model=model))
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
    assert "This change affects" not in response.text


def agreed(client, path, data, before: str, after: str) -> str:
    """Post the data, check the sentence on the impact page, then agree; return the page."""
    page = client.post(path, data).text
    assert "Nothing has been saved yet. This change affects 1 article." in page
    assert f"<del>{before}</del>" in page
    assert f"<ins>{after}</ins>" in page
    return client.post(path, data | {"impact_seen": "yes"}, follow=True).text


def action(name, *records, **more):
    return {"action": name, "_selected_action": [record.pk for record in records], **more}


def test_deleting_a_price_is_asked_about(manager):
    offering = factories.at_reference(factories.offering())
    cheap = factories.price(amount="1", offering=offering)
    factories.price(amount="2", offering=factories.at_reference(factories.offering(model=offering.model)))
    cites(offering.model, "input_price")
    path = reverse("admin:catalog_price_delete", args=[cheap.pk])
    words = ("1.00 USD per 1,000,000 tokens", "2.00 USD per 1,000,000 tokens")
    page = manager.post(path, {"post": "yes"}).text
    assert f"<del>{words[0]}</del>" in page
    assert Price.objects.filter(pk=cheap.pk).exists()
    agreed(manager, path, {"post": "yes"}, *words)
    assert not Price.objects.filter(pk=cheap.pk).exists()


def test_a_bulk_change_and_its_undoing_are_asked_about_after_the_count(manager):
    model = factories.model(name="Sample", kind="image")
    cites(model, "kind", "Image generator")
    AIModel.objects.update(state="draft")
    path = reverse("admin:catalog_aimodel_changelist")
    data = action("publish", model)
    assert "<strong>1</strong> of 1 models will change" in manager.post(path, data).text
    agreed(manager, path, data | {"agreed": "1"}, "unknown", "Image generator")
    assert AIModel.objects.get().state == "published"
    changes = list(FieldChange.objects.all())
    log = reverse("admin:catalog_fieldchange_changelist")
    said = agreed(manager, log, action("revert_change", *changes), "Image generator", "unknown or not on the site")
    assert "Undone: 1." in said
    assert AIModel.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("kind", "links"), [(Vendor, "vendors"), (Modality, "input_modalities"), (Modality, "output_modalities")]
)
def test_another_name_of_a_maker_or_a_kind_of_content_is_asked_about(manager, kind, links):
    model, record = factories.model(name="Sample"), people.publishable(kind, "Old")
    getattr(model, links).add(record)
    cites(model, links, record.name)
    path, form = change_url(record), {"name": "New", "slug": record.slug, "state": "published"}
    page = manager.post(path, form).text
    assert f"<del>{record.name}</del>" in page
    assert "<ins>New</ins>" in page
    record.refresh_from_db()
    assert record.name != "New"
    manager.post(path, sent_on(page) | {"_save": "yes"})
    record.refresh_from_db()
    assert record.name == "New"


def test_publishing_in_bulk_says_who_gets_a_value(manager):
    model = factories.model(context_tokens=1_000, state="draft")
    cites(model)
    path = reverse("admin:catalog_aimodel_changelist")
    agreed(manager, path, action("publish", model, agreed="1"), "unknown", "1,000 tokens")
    assert AIModel.objects.published().exists()


def test_a_file_of_models_is_shown_with_the_sentences_that_it_changes(manager, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    model = factories.model(name="Sample", slug="sample", context_tokens=128_000)
    cites(model)
    page = preview(manager, "aimodel", [{"slug": "sample", "name": "Sample", "context_tokens": "200000"}]).text
    assert "Applying this would change 1 article." in page
    assert "“About context_tokens”: It says 128,000 tokens here." in page
    assert "128,000 tokens → 200,000 tokens" in page
    assert AIModel.objects.get().context_tokens == 128_000


@pytest.fixture
def cited_feed(db):
    """The small feed, imported, and an article that cites a fact and a price from it; returns the feed with both
    changed.
    """
    take_over(SMALL)
    Provider.objects.update(kind="host")
    model = AIModel.objects.get(slug="alpha-1")
    facts = "".join(
        f'<p>It has <a href="fact:catalog.aimodel/{model.pk}/{name}">{name}</a>.</p>'
        for name in ("context_tokens", "lowest_output_price")
    )
    article = people.article(title="About Alpha", body=facts)
    models = "providers__acme__models__alpha-1__cost__output"
    host = "providers__host.example__models__x/alpha-1__cost__output"
    return article, small(**{"models__acme/alpha-1__limit__context": 200_000, models: 9, host: 0.1})


def told_by(run) -> list[str]:
    return [f"{line['what']}: {line['place']}: {line['reason']}" for line in run.report if "pages" in line["what"]]


EXPECTED = [
    "{}: 1 article: all listed under “Needs review”",
    "{}: “About Alpha”: It has context_tokens.: Alpha 1, context window: 100,000 tokens → 200,000 tokens",
]


@pytest.mark.parametrize("mode", ["is_dry", "holds"])
def test_an_import_that_writes_nothing_says_what_it_would_change(client, cited_feed, mode):
    article, changed = cited_feed
    before = AIModel.objects.values_list(), Price.objects.count(), Evidence.objects.count(), Source.objects.count()
    before = [list(part) if hasattr(part, "model") else part for part in before]
    run = take_over(changed, **{mode: True})
    lines = told_by(run)
    assert lines[0] == EXPECTED[0].format("would change pages")
    assert lines[1] == EXPECTED[1].format("would change pages")
    assert lines[2].endswith("→ 0.10 USD per 1,000,000 tokens via Host")
    client.force_login(people.user("Catalogue manager"))
    above = client.get(reverse("admin:catalog_importrun_change", args=[run.pk])).text.partition("<fieldset")[0]
    assert "Applying this would change 1 article" in above
    assert "“About Alpha”: It has context_tokens." in above.partition(">Apply<")[0]
    assert [list(AIModel.objects.values_list()), Price.objects.count()] == before[:2]
    assert [Evidence.objects.count(), Source.objects.count()] == before[2:]
    assert passages_of(article) == []


def test_an_import_says_what_it_changed_and_the_texts_need_review(cited_feed, capsys, tmp_path):
    article, changed = cited_feed
    path = tmp_path / "api.json"
    path.write_text(json.dumps(changed))
    call_command("import_feed", str(path))
    said = capsys.readouterr().out
    assert EXPECTED[0].format("changes pages") in said
    assert EXPECTED[1].format("changes pages") in said
    assert {change.label for passage in passages_of(article) for change in passage.changes} == {
        "Context window",
        "Output price of the lowest offer",
    }
    assert told_by(take_over(changed)) == []


def test_what_is_held_is_applied_once_one_has_seen_what_it_changes(cited_feed, manager):
    article, changed = cited_feed
    run = take_over(changed, holds=True)
    held = reverse("admin:catalog_heldrecord_changelist")
    model = run.held.get(kind="model")
    said = agreed(manager, held, action("apply", model), "100,000 tokens", "200,000 tokens")
    assert "Applied: 1." in said
    manager.post(reverse("admin:catalog_importrun_step", args=[run.pk]), {"step": "write"})
    assert ImportRun.objects.get(pk=run.pk).state == "applying"
    apply_all_held.call(run.pk)
    assert len(passages_of(article)) == 2
    report = told_by(ImportRun.objects.get(pk=run.pk))
    assert report[0].startswith("changes pages: 1 article")
    assert [line for line in report if line.startswith("changes pages: “About Alpha”: It has lowest_output_price.")]


def test_an_offering_that_a_feed_lost_changes_the_lowest_price(cited_feed):
    more = {f"providers__acme__models__more-{number}": {"name": "More"} for number in range(10)}
    take_over(small(**more))
    run = take_over(small(**more, **{"providers__host.example__models__x/alpha-1": None}), is_dry=True)
    assert any("output price of the lowest offer" in line and "6.00 USD" in line for line in told_by(run))


def test_a_large_feed_is_rehearsed_only_where_texts_lean_on_it(cited_feed, django_assert_max_num_queries):
    many = {f"models__acme/new-{number}": {"name": f"New {number}", "limit": {"context": 5}} for number in range(40)}
    with django_assert_max_num_queries(60):
        run = take_over(small(**many), is_dry=True)
    assert told_by(run) == []
    assert run.counts["model"]["new"] == 40


@pytest.mark.parametrize("mode", ["is_dry", "holds"])
def test_a_first_import_that_finds_our_models_says_which_prices_it_lowers(db, mode):
    model = factories.model(name="Alpha 1", slug="alpha-1")
    own = factories.offering(model=model, provider=factories.provider(name="Acme", slug="acme"))
    factories.price(amount="3", offering=factories.at_reference(own))
    cites(model, "input_price", "3.00 USD per 1,000,000 tokens")
    data = small(**{"providers__acme__models__alpha-1__cost__input": 1})
    run = take_over(data, **{mode: True})
    assert any(line.endswith("3.00 USD per 1,000,000 tokens → 1.00 USD per 1,000,000 tokens") for line in told_by(run))
    if mode == "holds":
        apply_held(run, run.held.all(), None)
        assert not run.held.filter(applied_at=None).exists()
        assert model.offerings.count() > 1
