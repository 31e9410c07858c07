"""Offerings, replacements and names of a feed find their models."""

import itertools
import sys

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.history.ownership import histories
from catalog.importers.binding import accept, match_again, reject
from catalog.importers.held import apply_held
from catalog.importers.matching import Named, Names, bare_ids, proposals, readable
from catalog.importers.models_dev.related import families
from catalog.models import AIModel, HeldRecord, ImportedRecord, LifecycleEvent, Offering
from catalog.rules.spelling import key_of, words_of
from tests import factories as people
from tests.catalog import factories
from tests.catalog.feeds import SMALL, small, take_over
from tests.catalog.importers.test_litellm import MAP
from tests.catalog.importers.test_models_dev import by_hand, published

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Claude 3.5 Haiku", "claude-haiku-3-5"),
        ("Llama-v3p1 8B", "llama3.1-8b"),
        ("DeepSeek V3", "deepseek-3"),
        ("GPT-4o", "gpt-4o"),
    ],
)
def test_names_that_mean_the_same_have_one_key(first, second):
    assert key_of(words_of(first)) == key_of(words_of(second))


@pytest.mark.parametrize(("first", "second"), [("o4", "4o"), ("gpt-4-1", "gpt-41"), ("Command R", "Command R+")])
def test_names_of_other_models_have_another_key(first, second):
    assert key_of(words_of(first)) != key_of(words_of(second))


@pytest.mark.parametrize(
    ("api_id", "bare"),
    [
        ("au.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"),
        ("azure/gpt-5.1", "gpt-5.1"),
        ("claude-3-5-haiku@20241022", "claude-3-5-haiku"),
        ("openai/gpt-4o-2024-05-13", "gpt-4o"),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"),
        ("amazon.titan-embed-text-v2:0", "titan-embed-text-v2"),
        ("openai.gpt-oss-120b-1:0", "gpt-oss-120b"),
        ("us.deepseek.v3.2", "deepseek.v3.2"),
        ("zai-org/GLM-4.5-FP8", "GLM-4.5"),
    ],
)
def test_ids_lose_prefixes_versions_and_dates(api_id, bare):
    assert [*bare_ids(api_id)][-1] == bare


@pytest.mark.parametrize(
    ("api_id", "name", "expected"),
    [
        ("us.acme.alpha-2.5-20260101-v1:0", "", True),
        ("acme-alpha-2.5", "", True),
        ("y", "Acme: Alpha 2.5", False),
        ("alpha-2.5-instruct", "", False),
        ("alpha-2.5", "Alpha 2.5.1", False),
        ("alpha-2.5-0528", "Alpha 2.5", False),
        ("alpha-2.5-mini", "", None),
    ],
)
def test_match_is_certain_only_if_nothing_else_is_said(api_id, name, expected):
    model = factories.model(name="Alpha 2.5", slug="alpha-2-5")
    factories.vendor(name="Acme", slug="acme")
    found = Names().match(api_id, name)
    assert (found and found.is_certain) == expected
    assert found is None or found.model == model.pk


def test_a_word_that_hosts_add_is_certain_where_the_model_is_served_with_it_already():
    factories.vendor(name="Acme", slug="acme")
    model = factories.model(name="Alpha 2.5", slug="alpha-2-5")
    assert not Names().match("acme-alpha-2.5-instruct").is_certain
    factories.offering(model=model, api_id="alpha-2.5-instruct")
    assert Names().match("acme-alpha-2.5-instruct").is_certain
    for api_id in ("alpha-2.5-chat", "alpha-2.5-instruct-latest"):
        assert not Names().match(api_id).is_certain
    factories.model(name="Alpha 2.5 Instruct")
    assert Names().match("acme-alpha-2.5-instruct").model != model.pk


def test_order_of_imports_does_not_matter():
    take_over(published(SMALL))
    assert not Offering.objects.exclude(model=None).exists()
    take_over(SMALL)
    bound = set(Offering.objects.values_list("provider__slug", "api_id", "model__slug"))
    Offering.objects.all().delete()
    AIModel.objects.all().delete()
    assert ("host-example", "x/alpha-1", "alpha-1") in bound
    assert ("host-example", "alpha-2", "alpha-2") in bound


def test_offering_whose_model_a_user_removed_is_not_bound_again():
    take_over(SMALL)
    offering = Offering.objects.get(api_id="alpha-2")
    by_hand(offering, model=None)
    take_over(SMALL)
    offering.refresh_from_db()
    assert offering.model is None


def test_likely_match_waits_for_a_user_and_an_uncertain_new_model_is_a_proposal():
    offers = {
        "alpha-1-instruct": {"name": "Alpha 1 Instruct"},
        "beta-9": {"name": "Beta 9", "limit": {"context": 9_000}},
    }
    acme, host = SMALL["providers"]["acme"]["models"], SMALL["providers"]["host.example"]["models"]
    run = take_over(
        small(
            **{
                "providers__acme__models": acme | offers,
                "providers__host.example__models": host
                | {"acme/beta-9": {"name": "Beta 9", "limit": {"context": 9_000}}},
            }
        )
    )
    assert run.state == "held"
    assert {held.key for held in run.held.all()} == {str(AIModel.objects.get(slug="alpha-1").pk)}
    assert apply_held(run, run.held.all(), people.user()) == (1, 0)
    assert Offering.objects.get(api_id="alpha-1-instruct").model.slug == "alpha-1"
    beta = AIModel.objects.proposals().get(slug="beta-9")
    assert beta.offerings.count() == 0, "readers see the offerings, and not yet the model"
    accept([beta.pk], people.user())
    beta = AIModel.objects.published().get(slug="beta-9")
    assert (beta.name, beta.context_tokens, beta.offerings.count()) == ("Beta 9", 9_000, 2)
    assert [vendor.name for vendor in beta.vendors.all()] == ["Acme"]
    assert set(beta.evidence.values_list("fact", "is_checked")) == {("context_tokens", False), ("vendors", False)}
    assert not HeldRecord.objects.filter(applied_at=None).exists()


def offered_at(*providers: str, api_id: str = "delta-3-20260101") -> dict:
    """Return a feed in which these providers offer a model without a record."""
    offer = {api_id: {"name": "Delta 3 (free)", "limit": {"context": 3_000}, "release_date": "2026-01-01"}}
    added = {key: {"provider": {"name": key, "doc": "https://a.example/"}, "models": offer} for key in providers}
    return small(providers=SMALL["providers"] | added)


def test_model_that_three_companies_offer_is_created_once():
    take_over(offered_at("one", "one-cn", "two"))
    assert [model.slug for model in AIModel.objects.proposals()] == ["delta-3"]
    run = take_over(offered_at("one", "one-cn", "two", "three"))
    delta = AIModel.objects.published().get(slug="delta-3")
    assert (delta.name, delta.context_tokens, delta.offerings.count()) == ("Delta 3", 3_000, 4)
    assert list(delta.events.values_list("kind", "date")) == [("released", "2026-01-01")]
    assert run.state == "done"
    delta.offerings.update(model=None)
    delta.delete()
    assert take_over(offered_at("one", "one-cn", "two", "three")).state == "done"
    assert not AIModel.objects.filter(slug="delta-3").exists()


def test_model_of_its_vendors_own_api_is_created_and_an_alias_for_the_latest_is_not():
    take_over(offered_at("openai"))
    assert [vendor.slug for vendor in AIModel.objects.get(slug="delta-3").vendors.all()] == ["openai"]
    take_over(offered_at("openai", api_id="delta-latest"))
    assert not AIModel.objects.filter(slug="delta-latest").exists()


def test_id_that_its_vendors_own_api_titles_like_another_is_the_same_model():
    data = offered_at("one", "two", "three")
    own = offered_at("openai", api_id="delta-2508-preview")["providers"]["openai"]
    data["providers"]["openai"] = own
    take_over(data)
    delta = AIModel.objects.get(name="Delta 3")
    assert set(delta.offerings.values_list("provider__slug", flat=True)) == {"one", "two", "three", "openai"}
    assert [vendor.slug for vendor in delta.vendors.all()] == ["openai"]
    assert delta.aliases.filter(text="delta-2508-preview", kind="api_id").exists()


@pytest.mark.parametrize(("api_id", "name"), [("delta-3", "Delta 3"), ("delta-3-latest", "Delta 3 (latest)")])
def test_a_name_says_latest_only_if_the_id_does(api_id, name):
    assert Named("one", api_id, "Delta: Delta 3 (latest)", {}).title == name


def test_models_that_offerings_made_are_those_of_the_feed_in_either_order():
    snapshot = {"name": "Alpha 1", "limit": SMALL["models"]["acme/alpha-1"]["limit"]}
    data = small(**{"models__acme/alpha-1__name": "Alpha 1 (latest)", "models__acme/alpha-1-20250731": snapshot})
    offered = data["providers"]["host.example"]["models"]
    offered["alpha-1-20250731"] = {"base_model": "acme/alpha-1-20250731"}
    for some in ((published(data), data), (data, published(data))):
        for one in some:
            take_over(one)
        alpha = AIModel.objects.get(slug__startswith="alpha-1")
        assert (alpha.slug, alpha.name) == ("alpha-1", "Alpha 1")
        assert {"x/alpha-1", "alpha-1-20250731"} <= set(alpha.offerings.values_list("api_id", flat=True))
        for model in (Offering, AIModel, ImportedRecord):
            model.objects.all().delete()


def test_rejected_proposal_is_not_proposed_again_by_any_feed():
    take_over(offered_at("one", "two"))
    delta = AIModel.objects.proposals().get()
    reject([delta.pk], people.user())
    take_over(offered_at("one", "two", "three", "openai"))
    entry = {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1000}
    take_over({**MAP, "delta-3": entry, "delta-3-20260101": entry})
    named = small(**{"models__acme/delta-3": {"name": "Delta 3", "limit": {"context": 3_000}}})
    take_over(named | {"providers": offered_at("one", "two", "three")["providers"]})
    assert AIModel.objects.get(slug__startswith="delta") == delta
    delta.refresh_from_db()
    assert (delta.state, delta.proposal) == ("draft", "rejected")
    assert not AIModel.objects.not_trashed().filter(pk=delta.pk).exists()


def test_match_that_was_dismissed_before_there_were_proposals_is_none_now():
    run = take_over(SMALL)
    run.held.create(kind="match", key="/delta-3", is_dismissed=True, applied_at=timezone.now())
    take_over(offered_at("one", "two"))
    assert not AIModel.objects.filter(slug="delta-3").exists()


def test_likely_match_is_the_same_row_after_others_were_applied_and_dismissed_ones_are_not_counted_as_applied(client):
    offers = {
        "alpha-1-instruct": {"name": "Alpha 1 Instruct"},
        "beta-1-instruct": {"name": "Beta 1 Instruct"},
        "gamma-1-instruct": {"name": "Gamma 1 Instruct"},
    }
    for name in ("Beta 1", "Gamma 1"):
        factories.model(name=name)
    acme, host = (SMALL["providers"][name]["models"] | offers for name in ("acme", "host.example"))
    data = small(**{"providers__acme__models": acme, "providers__host.example__models": host})
    run = take_over(data)
    listed = {row.key: row.pk for row in run.held.all()}
    first, second, third = listed.values()
    assert apply_held(run, run.held.filter(pk=first), people.user()) == (1, 0)
    assert {row.key: row.pk for row in run.held.all()} == listed
    client.force_login(people.user("Catalogue manager"))
    client.post(reverse("admin:catalog_heldrecord_changelist"), {"action": "dismiss", "_selected_action": [second]})
    assert run.held.get(pk=second).is_dismissed
    page = client.get(reverse("admin:catalog_importrun_change", args=[run.pk])).content.decode()
    assert "1 of 3 applied; 1 dismissed." in page
    later = take_over(data)
    assert [row.pk for row in later.held.all()] == [third]


def test_an_import_that_is_interrupted_between_its_new_models_goes_on_with_the_same(monkeypatch):
    names = {"gamma-9": {"name": "Gamma 9"}, "gamma-9-instruct": {"name": "Gamma 9 Instruct"}}
    data = SMALL | {"providers": {slug: {"provider": {"name": slug}, "models": names} for slug in ("a", "b", "c")}}
    pauses = itertools.count()
    with monkeypatch.context() as interrupted:
        interrupted.setattr("catalog.importers.binding.BATCH", 1)
        interrupted.setattr("catalog.importers.binding.let_others_write", lambda since: next(pauses) and sys.exit())
        with pytest.raises(SystemExit):
            take_over(data)
    take_over(data)
    found = Offering.objects.order_by("api_id").values_list("api_id", "model__name")
    assert [*found] == [("gamma-9", "Gamma 9")] * 3 + [("gamma-9-instruct", "Gamma 9 Instruct")] * 3


def test_likely_matches_stay_with_the_run_of_the_feed_that_has_the_offerings():
    factories.model(name="Delta 3")
    offered = offered_at("one", "two", api_id="delta-3-0528")
    first = take_over(offered)
    second = take_over(MAP)
    assert [first.held.count(), second.held.filter(kind="match").count()] == [1, 0]
    later = take_over(offered)
    assert [first.held.count(), later.held.filter(kind="match").count()] == [0, 1]


ENTRY = {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1000, "supports_reasoning": True}


def test_model_that_only_a_price_list_names_is_a_proposal_with_what_is_known_and_its_offerings():
    take_over(offered_at("openai"))
    priced = {**MAP, "gamma-7-20260101": ENTRY | {"input_cost_per_token": 2e-6}}
    take_over(priced)
    gamma = AIModel.objects.proposals().get(slug="gamma-7")
    assert (gamma.name, gamma.kind, gamma.max_input_tokens, gamma.reasoning) == ("Gamma 7", "language", 1000, True)
    assert [price.amount for price in gamma.offerings.get().prices.all()] == [2]
    assert take_over(priced).counts["offering"].keys() == {"same", "not matched"}
    take_over(offered_at("openai"))
    assert not AIModel.objects.published().filter(slug="gamma-7").exists(), "nor with the import of another feed"
    assert not Offering.objects.published().filter(api_id="gamma-7-20260101").exists()


def test_feeds_go_on_to_update_an_accepted_proposal_because_no_value_is_set_by_hand(client):
    take_over(offered_at("openai"))
    take_over({**MAP, "gamma-7": ENTRY | {"input_cost_per_token": 2e-6}})
    gamma = AIModel.objects.proposals().get(slug="gamma-7")
    accept([gamma.pk], people.user())
    assert client.get(gamma.get_absolute_url()).status_code == 200
    assert not histories(Offering, [gamma.offerings.get().pk])[gamma.offerings.get().pk].held
    assert {*histories(AIModel, [gamma.pk])[gamma.pk].held} == {"state"}, "which no feed writes"
    take_over({**MAP, "gamma-7": ENTRY | {"max_input_tokens": 2000, "input_cost_per_token": 1e-6}})
    offering = gamma.offerings.get()
    assert (offering.max_input_tokens, offering.prices.get().amount) == (2000, 1)
    about = {"name": "Gamma 7", "release_date": "2026-01-01", "limit": {"context": 5_000}}
    take_over(small(**{"models__openai/gamma-7": about}))
    gamma.refresh_from_db()
    assert (gamma.context_tokens, gamma.released_on, gamma.state) == (5_000, "2026-01-01", "published")


def test_a_proposal_that_a_list_of_models_names_is_public():
    take_over(offered_at("openai"))
    take_over({**MAP, "gamma-7": ENTRY, "gamma-8": ENTRY})
    take_over(small(**{"models__openai/gamma-7": {"name": "Gamma 7"}}))
    assert {*AIModel.objects.proposals().values_list("slug", flat=True)} == {"gamma-8"}
    take_over(offered_at("openai", api_id="gamma-8"))
    assert AIModel.objects.published().get(slug="gamma-8").offerings.get().provider.slug == "openai"


def test_routers_aliases_snapshots_fine_tuned_ones_and_other_modes_are_no_proposals():
    take_over(offered_at("openai", "openrouter"))
    keys = [
        "gamma-auto",
        "gamma-7-latest",
        "ft:gamma-7",
        "delta-3-0731",
        "delta-3-beta",
        "openrouter/openrouter/pareto-2",
    ]
    no_model = {name: value for name, value in ENTRY.items() if name != "max_input_tokens"}
    others = {"container-1": no_model, "gamma-draw-1": ENTRY | {"mode": "image_generation"}}
    named = {key: ENTRY | {"litellm_provider": "openrouter" if "/" in key else "openai"} for key in keys}
    take_over({**MAP, **named, **others, "gamma-flash": {"alias_of": "delta-3"}})
    assert [*AIModel.objects.proposals()] == []
    factories.model(name="Gamma Large", vendors=AIModel.objects.get(slug="delta-3").vendors.all())
    take_over({**MAP, "gamma-7": ENTRY, "gamma-large-2407": ENTRY})
    assert {model.name for model in AIModel.objects.proposals()} == {"Gamma 7", "Gamma Large 2407"}


def test_replacement_that_is_only_proposed_stays_a_name_until_it_is_accepted():
    take_over(offered_at("openai"))
    model = AIModel.objects.get(slug="delta-3")
    event = factories.event(model=model, kind="retired", date="2026-12-31", replacement_name="gamma-7")
    take_over({**MAP, "gamma-7": ENTRY})
    event.refresh_from_db()
    assert (event.replaced_by, event.replacement_name) == (None, "gamma-7")
    accept(list(AIModel.objects.proposals().values_list("pk", flat=True)), people.user())
    event.refresh_from_db()
    assert event.replaced_by.slug == "gamma-7"


@pytest.mark.parametrize(
    ("api_id", "name"),
    [
        ("gpt-9-1-mini", "GPT-9.1 Mini"),
        ("gpt-9o-audio-preview", "GPT-9o Audio Preview"),
        ("claude-mythos-5-1", "Claude Mythos 5.1"),
        ("claude-fable-5", "Claude Fable 5"),
        ("nemotron-lightning-3p5-30b-a3b", "Nemotron Lightning 3.5 30B A3B"),
        ("deepcode-2-20260101", "DeepCode 2 20260101"),
        ("deepcode-flash", "DeepCode Flash"),
        ("happyhorse-1.0-i2v", "Happyhorse 1.0 I2V"),
        ("sd3.5-large", "SD3.5 Large"),
        ("deepcode-guard-2-86m", "DeepCode Guard 2 86M"),
        ("deepcode-3-0p6b", "DeepCode 3 0.6B"),
        ("deepcode2:13b", "Deepcode2 13B"),
        ("deepcode-3.1-preview-05-20", "DeepCode 3.1 Preview 05-20"),
        ("deepcode-v1-128k", "DeepCode V1 128K"),
        ("deepcode-8x22b-128e", "DeepCode 8x22B 128E"),
        ("deepcode-robotics-er-2", "DeepCode Robotics ER 2"),
        ("deepcode-2.4t-a95b", "DeepCode 2.4T A95B"),
        ("learnlm-1.5-pro", "LearnLM 1.5 Pro"),
        ("pplx-7b-chat", "PPLX 7B Chat"),
    ],
)
def test_an_id_becomes_a_name_as_its_vendor_writes_names(api_id, name):
    for known in ("GPT-4o", "GPT-5", "Claude Opus 5", "DeepCode 1"):
        factories.model(name=known)
    assert Names().written(api_id) == name


def test_a_vendor_is_that_of_the_name_and_not_of_a_host_that_sells_it_too():
    maker = factories.vendor(name="Deep", slug="deep")
    factories.vendor(name="Alibaba", slug="alibaba")
    factories.model(name="Deepcode 1", vendors=[maker])
    host = {"provider": "alibaba", "name": "Deepcode 2", "facts": {}}
    named = [Named(api_id="deepcode-2", offering=1, **host)]
    named.append(Named(api_id="deepcode-2", offering=2, **{**host, "provider": "x"}))
    [found] = proposals(Names(), named)[1]
    assert found.key.partition("/")[0] == "deep"


def test_a_model_that_others_made_of_one_has_not_its_vendor():
    factories.model(name="Deepcode 1", vendors=[factories.vendor(name="Deep", slug="deep")])
    named = [Named(host, "nex-agi/deepcode-2-nex", "", {}) for host in ("one", "two")]
    named += [Named(host, "org/mydeepcode-3", "", {}) for host in ("one", "two")]
    named.append(Named("one", "aisea/Deepcode-Sea-4", "", {}))
    named.append(Named("one.x", "eu/deepcode-9", "", {}))
    found = sorted(found.key for found in proposals(Names(), named)[1])
    assert found == ["/deepcode-2-nex", "/deepcode-sea-4", "deep/deepcode-9", "deep/mydeepcode-3"]


def test_a_model_made_of_that_of_another_vendor_tells_nothing_of_its_first_word():
    meta, nvidia = factories.vendor(name="Meta", slug="meta"), factories.vendor(name="Nvidia", slug="nvidia")
    factories.model(name="Llama 3 8B", vendors=[meta])
    for name in ("Llama 3 Nemotron 8B", "Llama 3 Nemotron 70B", "Nemotron 3", "Nemotron 4"):
        factories.model(name=name, vendors=[nvidia])
    assert Names().lab_of("llama") == "meta"


def test_a_vendor_in_front_of_a_name_tells_the_vendor_and_makes_no_second_proposal():
    factories.vendor(name="Acme", slug="acme")
    named = [
        Named("one", "acme-delta-4", "", {}),
        Named("two", "acme-delta-4", "", {}),
        Named("two", "delta-4", "", {}),
    ]
    [found] = proposals(Names(), named)[1]
    assert (found.key, len(found.data["named_by"])) == ("acme/acme-delta-4", 3)


def test_words_are_spelt_as_most_ids_spell_them():
    ids = ("org/CodeDelta-7b", "CodeDelta-7b-hf", "org/CODEDELTA-7B", "codedelta-7b", "codedelta-34b")
    named = [Named(host, api_id, "", {}) for host in ("one", "two") for api_id in ids]
    assert "CodeDelta 34B" in {found.data["name"] for found in proposals(Names(), named)[1]}


def test_a_number_has_the_place_that_it_has_in_the_names_of_its_line():
    for name in ("Delta 3 Super 49B", "Claude Opus 5", "Claude Sonnet 4.5", "Claude 3.5 Sonnet"):
        factories.model(name=name)
    names = Names()
    assert names.written("delta-super-3-120b") == "Delta 3 Super 120B"
    assert names.written("delta-super-2", is_own=True) == "Delta Super 2"
    assert [names.written(one) for one in ("claude-opus-6", "claude-sonnet-5")] == ["Claude Opus 6", "Claude Sonnet 5"]


def test_replacement_with_a_prefix_is_linked():
    take_over(SMALL)
    model = AIModel.objects.get(slug="alpha-1")
    event = factories.event(model=model, kind="retired", date="2026-12-31", replacement_name="azure/alpha-2")
    run = take_over(SMALL)
    event.refresh_from_db()
    assert (event.replaced_by.slug, event.replacement_name) == ("alpha-2", "")
    own = LifecycleEvent.objects.create(model=model, kind="deprecated", date="2026-11-30", replacement_name="alpha-1")
    match_again(run, None)
    own.refresh_from_db()
    assert own.replaced_by is None


@pytest.mark.parametrize(
    ("slug", "model", "name"),
    [("claude-opus", "Claude Opus 4.5", "Claude Opus"), ("gpt-oss", "GPT OSS 20B", "GPT OSS"), ("glm", "", "GLM")],
)
def test_family_is_named_as_its_models_are(slug, model, name):
    assert readable(slug, model) == name


def test_family_without_a_vendor_takes_that_of_its_models_unless_they_differ():
    one, other = factories.vendor(name="One"), factories.vendor(name="Other")
    same, mixed, set_by_hand, empty = (factories.family() for _ in range(4))
    set_by_hand.vendor = other
    set_by_hand.save()
    factories.model(family=same, vendors=[one])
    factories.model(family=same, vendors=[one])
    factories.model(family=same)
    factories.model(family=mixed, vendors=[one])
    factories.model(family=mixed, vendors=[other])
    factories.model(family=set_by_hand, vendors=[one])
    take_over(SMALL)
    for family, expected in ((same, one), (mixed, None), (set_by_hand, other), (empty, None)):
        family.refresh_from_db()
        assert family.vendor == expected


def test_o_models_of_the_feed_are_of_the_o_series():
    series = factories.family(name="o-series", slug="o-series")
    found = families({"o": "o3", "gpt": "GPT-5"})
    assert (found["o"], found["gpt"].name) == (series, "GPT")


def test_vendor_is_named_without_its_address():
    take_over(small(**{"providers__acme__provider__name": "Acme (acme.example)"}))
    assert AIModel.objects.get(slug="alpha-1").vendors.get().name == "Acme"
