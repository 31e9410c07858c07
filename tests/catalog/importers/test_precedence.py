"""Which value stays when sources differ, or a source and a person."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from catalog.importers.held import apply_held
from catalog.importers.precedence import CHECKED, OLDER, STALE, UNKNOWN, UNSOURCED, Cited, OurValue, is_jump
from catalog.models import AIModel, Evidence, FieldChange, ImportRun, Offering, Source
from tests import factories as people
from tests.catalog.feeds import small, take_over
from tests.catalog.importers.test_models_dev import by_hand, price_at

pytestmark = pytest.mark.django_db

JULY, AUGUST = date(2026, 7, 2), date(2026, 8, 1)
CONTEXT = "models__acme/alpha-1__limit__context"
INPUT = "providers__acme__models__alpha-1__cost__input"


def dated(day, **paths):
    data = small(**paths)
    data["_source"] = {"commit_date": day}
    return data


def alpha() -> AIModel:
    return AIModel.objects.get(slug="alpha-1")


def cited(feed="", day=JULY, confidence="third_party", is_checked=False) -> Cited:
    return Cited(feed, day, confidence, is_checked)


@pytest.mark.parametrize(
    ("sources", "day", "rule"),
    [
        ([cited("models_dev")], JULY, None),
        ([cited("models_dev", AUGUST)], JULY, STALE),
        ([cited("litellm")], JULY, OLDER),
        ([cited("litellm")], AUGUST, None),
        ([cited("litellm", AUGUST), cited("models_dev")], JULY, None),
        ([cited("models_dev", is_checked=True)], AUGUST, None),
        ([cited("models_dev"), cited(is_checked=True)], AUGUST, CHECKED),
        ([], AUGUST, UNSOURCED),
        ([cited("models_dev", confidence="disputed")], AUGUST, UNSOURCED),
    ],
)
def test_newer_value_wins_unless_a_page_that_we_checked_says_otherwise(sources, day, rule):
    assert OurValue(False, sources).rule_against("models_dev", day) == rule


def test_empty_field_with_a_source_is_confirmed_unknown():
    assert OurValue(True, [cited(confidence="disputed")]).rule_against("models_dev", AUGUST) == UNKNOWN
    assert OurValue(True, []).rule_against("models_dev", AUGUST) is None
    assert OurValue(True, [cited()], is_open=True).rule_against("models_dev", AUGUST) is None


@pytest.mark.parametrize(
    ("old", "new", "result"), [(1, 3, False), (1, 4, True), (4, 1, True), (0, 1, True), (0, 0, False)]
)
def test_price_jumps_by_more_than_a_factor_of_three(old, new, result):
    assert is_jump([Decimal(old), Decimal(new)]) is result


def test_file_that_is_older_changes_nothing():
    take_over(dated("2026-08-01", **{CONTEXT: 200_000}))
    take_over(dated("2026-07-02"))
    assert alpha().context_tokens == 200_000


def test_older_value_of_another_feed_is_shown_beside_ours_and_can_be_accepted():
    take_over(dated("2026-08-01"))
    other = Source.objects.create(title="LiteLLM", read_on=AUGUST, feed="litellm")
    alpha().evidence.filter(fact="context_tokens").update(source=other)
    AIModel.objects.filter(slug="alpha-1").update(context_tokens=90_000)
    run = take_over(dated("2026-07-02"))
    [held] = run.held.all()
    assert [(one["path"], one["rule"]) for one in held.differences] == [("limit.context", OLDER.reason)]
    disputed = alpha().evidence.get(fact="context_tokens", confidence="disputed")
    assert disputed.note == "Now gives 100000, since 1 August 2026."
    assert alpha().context_tokens == 90_000
    apply_held(run, run.held.all(), people.user(), holds=True)
    assert alpha().context_tokens == 100_000
    assert [row.confidence for row in alpha().evidence.filter(fact="context_tokens")] == ["third_party"]


def hold_context() -> ImportRun:
    """Import a value that is newer than one set by hand and return the run."""
    take_over(small())
    by_hand(alpha(), context_tokens=123)
    FieldChange.objects.update(at="2026-07-15T12:00Z")
    return take_over(dated("2026-08-01", **{CONTEXT: 200_000}))


def test_newer_value_than_one_set_by_hand_is_held_and_shown_beside_it():
    run = hold_context()
    assert alpha().context_tokens == 123
    assert run.state == "held"
    [held] = run.held.all()
    assert [(one["path"], one["old"], one["new"]) for one in held.differences] == [("limit.context", 123, 200_000)]
    assert "set manually" in held.differences[0]["rule"]
    evidence = alpha().evidence.get(fact="context_tokens")
    assert (evidence.confidence, evidence.note) == ("disputed", "Now gives 200000, since 1 August 2026.")
    again = take_over(dated("2026-08-02", **{CONTEXT: 200_000}))
    run.refresh_from_db()
    assert (run.state, again.held.count()) == ("superseded", 1)


@pytest.mark.parametrize(("holds", "later"), [(True, 200_000), (False, 300_000)])
def test_held_value_is_accepted_once_or_always(holds, later):
    run = hold_context()
    assert apply_held(run, run.held.all(), people.user(), holds) == (1, 0)
    assert alpha().context_tokens == 200_000
    run.refresh_from_db()
    assert (run.state, run.held.exclude(applied_at=None).count()) == ("done", 1)
    FieldChange.objects.update(at="2026-08-15T12:00Z")
    take_over(dated("2026-09-01", **{CONTEXT: 300_000}))
    assert alpha().context_tokens == later


def test_applying_all_leaves_what_a_rule_held(client):
    run = hold_context()
    client.force_login(people.user("Catalogue manager"))
    page = client.get(reverse("admin:catalog_importrun_change", args=[run.pk])).text
    assert "Nothing to apply." in page
    assert ">Write<" not in page
    apply_held(run, run.held.all(), people.user())
    assert alpha().context_tokens == 123
    assert run.held.filter(applied_at=None).count() == 1


def test_held_values_are_accepted_in_the_list(client):
    run = hold_context()
    client.force_login(people.user("Catalogue manager"))
    page = client.get(reverse("admin:catalog_heldrecord_change", args=[run.held.get().pk])).text
    for words in (
        "Context window",
        "set manually, 15 July 2026",
        "since 1 August 2026",
        "Dismiss, and do not ask again",
    ):
        assert words in page
    for name, value, url in re.findall(r'name="(action)" value="(apply_always)" formaction="(.+?)"', page):
        data = {name: value, "_selected_action": re.findall(r'name="_selected_action" value="(\d+)"', page)}
        client.post(unescape(url), data)
    assert alpha().context_tokens == 200_000


def test_dismissed_value_is_not_asked_again_until_the_feed_gives_another(client):
    run = hold_context()
    client.force_login(people.user("Catalogue manager"))
    data = {"action": "dismiss", "_selected_action": [run.held.get().pk]}
    client.post(reverse("admin:catalog_heldrecord_changelist"), data)
    run.refresh_from_db()
    assert run.state == "done"
    assert take_over(dated("2026-08-02", **{CONTEXT: 200_000})).state == "done"
    assert take_over(dated("2026-08-03", **{CONTEXT: 250_000})).state == "held"
    assert alpha().context_tokens == 123


def test_price_jump_is_held_until_it_is_accepted():
    take_over(small())
    run = take_over(dated("2026-08-01", **{INPUT: 15}))
    assert [row.amount for row in price_at()] == [Decimal("1.5")]
    assert price_at()[0].evidence.get().note == "Now gives 15, since 1 August 2026."
    apply_held(run, run.held.all(), people.user(), holds=True)
    assert [row.amount for row in price_at()] == [Decimal("1.5"), Decimal(15)]


def test_offering_that_is_removed_is_revived_only_by_a_user():
    take_over(small())
    offering = Offering.objects.get(api_id="Alpha-1")
    offering.listing = "removed"
    offering.save()
    run = take_over(dated("2026-08-01", **{"providers__acme__models__Alpha-1__status": "beta"}))
    offering.refresh_from_db()
    assert offering.listing == "removed"
    assert "no longer served" in run.held.get().differences[0]["rule"]


def test_fact_of_a_record_that_was_marked_as_checked_is_held():
    take_over(small())
    by_hand(alpha(), checked_on=date(2026, 7, 20))
    FieldChange.objects.update(at="2026-07-20T12:00Z")
    run = take_over(dated("2026-08-01", **{CONTEXT: 200_000}))
    assert alpha().context_tokens == 100_000
    assert run.held.get().differences[0]["rule"] == CHECKED.reason


def test_value_that_a_page_of_ours_confirms_is_opened_to_imports_by_a_user():
    take_over(small())
    page = Source.objects.create(title="Acme: models", read_on=JULY)
    Evidence.objects.create(source=page, model=alpha(), fact="context_tokens", is_checked=True)
    by_hand(alpha(), context_tokens=123)
    assert FieldChange.objects.filter(field="context_tokens").release() == 1
    take_over(dated("2026-08-01", **{CONTEXT: 200_000}))
    assert alpha().context_tokens == 200_000


def test_released_price_is_written_by_the_next_import():
    take_over(small())
    by_hand(price_at()[0], amount=Decimal("1.25"))
    FieldChange.objects.all().release()
    take_over(dated("2026-08-01"))
    assert [row.amount for row in price_at()][-1] == Decimal("1.5")


def test_confirmed_unknown_is_not_filled_and_the_report_says_how_to_fill_it():
    take_over(small(**{"models__acme/alpha-1__knowledge": None}))
    page = Source.objects.create(title="Acme: models", read_on=JULY)
    Evidence.objects.create(source=page, model=alpha(), fact="knowledge_cutoff_on", confidence="disputed")
    run = take_over(small())
    assert alpha().knowledge_cutoff_on == ""
    [line] = [line for line in run.report if line["what"] == "kept"]
    assert "confirmed unknown" in line["reason"]
    assert "To use the feed’s value, remove the source" in line["reason"]
