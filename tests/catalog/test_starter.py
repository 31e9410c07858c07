from datetime import date

import pytest

from catalog import starter
from catalog.models import AIModel, Evidence, Family, Offering, Vendor
from catalog.pages.model_page import model_page
from ops.toml_files import toml_beside
from tests.catalog import factories

pytestmark = pytest.mark.usefixtures("starter_content")

DAY = date(2026, 11, 24)
MODELS = [
    "bert-base-uncased",
    "gpt-3-5-turbo",
    "gpt-4",
    "gpt-4o",
    "gpt-4o-2024-05-13",
    "gpt-4o-2024-08-06",
    "gpt-4o-2024-11-20",
    "gpt-5-2",
    "o3",
    "o3-mini",
    "claude-haiku-4-5",
    "claude-haiku-3-5",
    "llama-3-1-8b",
    "llama-3-1-70b",
    "llama-3-1-405b",
    "llama-3-3-70b",
    "dall-e",
    "dall-e-2",
    "dall-e-3",
    "dall-e-4",
    "sora",
    "sora-2",
    "sora-3",
    "stable-diffusion-3-medium",
    "stable-diffusion-3-large",
    "midjourney-v6",
    "midjourney-v6-1",
    "midjourney-v7",
    "midjourney-v8",
    "midjourney-v8-1",
    "imagen-3",
    "imagen-4",
    "veo-2",
    "musicgen",
    "clip",
    "gpt-4-1",
    "gpt-5",
    "gpt-5-mini",
    "gpt-5-nano",
    "gpt-image-1-mini",
    "gpt-image-1-5",
    "gpt-5-1",
    "gpt-5-4",
    "gpt-5-5",
    "gpt-5-6-sol",
    "gpt-6-1-sol",
    "gpt-6-1-terra",
    "gpt-6-luna",
    "claude-opus-3",
    "claude-haiku-3",
    "claude-sonnet-3-7",
    "claude-opus-4",
    "claude-sonnet-4",
    "claude-opus-4-1",
    "claude-opus-4-8",
    "claude-sonnet-4-6",
    "claude-sonnet-5",
    "claude-opus-4-5",
    "claude-sonnet-4-5",
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-haiku-5-5",
    "gemini-2-0-flash",
    "gemini-2-5-flash",
    "gemini-3-flash-preview",
    "gemini-3-1-flash-lite",
    "gemini-3-5-flash",
    "gemini-3-5-flash-lite",
    "gemini-3-8-flash",
    "deepseek-v4-flash",
    "deepseek-v4-pro",
    "mistral-small-2603",
    "mistral-medium-2604",
    "gpt-5-chat-latest",
    "gpt-5-codex",
    "gpt-5-1-chat-latest",
    "gpt-5-1-codex",
    "gpt-5-1-codex-max",
    "gpt-5-1-codex-mini",
    "gpt-5-2-codex",
    "o3-deep-research",
    "o4-mini-deep-research",
    "gpt-5-2-chat-latest",
    "gpt-5-3-chat-latest",
    "gpt-4-turbo",
    "gpt-4-1-nano",
    "gpt-image-1",
    "o1",
    "o1-pro",
    "o4-mini",
    "gemini-2-5-pro",
    "gemini-embedding-001",
    "gemini-3-1-flash-lite-preview",
    "gemini-3-pro-image-preview",
    "gemini-3-1-flash-image-preview",
    "gpt-5-pro",
    "o3-pro",
    "gpt-4-1-mini",
    "gpt-4o-mini",
    "gpt-5-3-codex",
    "gpt-5-4-nano",
    "gemini-2-5-flash-image",
]
PAST = [entry["slug"] for entry in toml_beside(starter.__file__, "models/past_names.toml")["model"]]
FAMILIES = [
    "bert",
    "gpt",
    "gpt-terra",
    "gpt-luna",
    "o-series",
    "chatgpt",
    "claude",
    "claude-haiku",
    "claude-opus",
    "claude-sonnet",
    "gemini-flash",
    "llama",
    "dall-e",
    "sora",
    "stable-diffusion",
    "midjourney",
    "imagen",
    "veo",
    "musicgen",
    "clip",
    "mixtral",
]
VENDORS = [entry["slug"] for entry in toml_beside(starter.__file__, "vendors.toml")["vendor"]]


@pytest.mark.parametrize(("kind", "slugs"), [(AIModel, MODELS + PAST), (Family, FAMILIES), (Vendor, VENDORS)])
def test_every_record_is_there_and_public(kind, slugs):
    assert set(kind.objects.published().values_list("slug", flat=True)) == set(slugs)


@pytest.mark.parametrize("slug", MODELS + PAST)
def test_every_fact_event_price_and_offering_has_evidence(slug):
    page = model_page(AIModel.objects.get(slug=slug), DAY)
    bare = [row.name for row in page.facts if row.is_known and not row.evidence]
    assert set(bare) <= {"family"}
    assert all(row.evidence for row in page.events)
    for offering in page.offerings:
        assert offering.evidence
        assert all(row.evidence for row in [*offering.prices, *offering.events])


@pytest.mark.parametrize(
    ("slug", "status"),
    [
        ("bert-base-uncased", "available"),
        ("gpt-3-5-turbo", "retired"),
        ("gpt-5-2", "available"),
        ("o3", "deprecated"),
        ("o3-mini", "retired"),
        ("claude-haiku-4-5", "available"),
        ("dall-e-3", "retired"),
        ("sora-2", "retired"),
        ("dall-e-4", "unknown"),
        ("claude-2-1", "retired"),
        ("text-davinci-003", "retired"),
        ("whisper-1", "deprecated"),
    ],
)
def test_status_on_the_day_of_the_facts(slug, status):
    assert factories.status_of_model(AIModel.objects.get(slug=slug), DAY) == status


def test_o3_ended_on_azure_before_it_ends_at_openai():
    azure = Offering.objects.get(provider__slug="azure", api_id="o3")
    found = [factories.status_of(azure, date(2026, 11, day)) for day in (18, 19)]
    assert found == ["unknown", "retired"], "Its end was read later."


def test_the_day_of_release_agrees_with_the_event():
    for model in AIModel.objects.exclude(released_on="").prefetch_related("events"):
        dates = {event.date for event in model.events.all() if event.kind in {"announced", "preview", "released"}}
        assert model.released_on in dates, model.slug


def test_gpt_3_5_turbo_was_released_when_the_api_had_it():
    model = AIModel.objects.get(slug="gpt-3-5-turbo")
    assert model.released_on == "2023-03-01"
    [evidence] = Evidence.objects.filter(model=model, fact="released_on")
    assert evidence.confidence != "disputed"


def test_doubtful_names_are_unverified_and_say_so():
    doubtful = AIModel.objects.unverified()
    assert set(doubtful.values_list("slug", flat=True)) == {"dall-e-4", "sora-3"}
    assert all("Named in an article" in model.notice and model.checked_on == DAY for model in doubtful)


def test_nothing_counts_as_checked_by_the_firm_that_installs_the_site(client):
    assert not Evidence.objects.filter(checked_on__isnull=False).exists()
    feeds = Evidence.objects.exclude(source__feed="")
    assert feeds.exists()
    assert not feeds.filter(is_checked=True).exists(), "what a feed states was not read at its source"
    assert Evidence.objects.filter(is_checked=True, confidence="vendor").count() > 300
    addresses = ["/", "/catalog/", "/catalog/cost/", *(AIModel(slug=slug).get_absolute_url() for slug in MODELS[::20])]
    for address in addresses:
        assert "checked by" not in client.get(address).text.lower().replace("not yet checked by", ""), address


def test_what_is_only_recalled_is_not_called_checked():
    assert not Evidence.objects.filter(source__title__startswith="Recalled").exclude(confidence="unverified").exists()
    assert not Evidence.objects.filter(source__title__startswith="Recalled", is_checked=True).exists()


def test_aliases_lead_to_their_models():
    for text, slug in {
        "gpt-3.5-turbo-0613": "gpt-3-5-turbo",
        "GPT3.5": "gpt-3-5-turbo",
        "DALL·E 3": "dall-e-3",
    }.items():
        assert AIModel.objects.get(aliases__text=text).slug == slug


def test_what_becomes_of_data_is_cited_from_pages_of_the_provider():
    known = Offering.objects.exclude(data_policy_url="").prefetch_related("evidence")
    assert {offering.provider.slug for offering in known} >= {"openai", "anthropic", "google", "mistral", "deepseek"}
    for offering in known:
        cited = {row.fact for row in offering.evidence.all() if row.confidence == "vendor"}
        facts = ("retention_days", "trains_on_input", "zero_retention", "data_policy_url")
        assert {name for name in facts if getattr(offering, name) is not None} <= cited, offering.api_id


def test_what_copies_of_a_page_contradict_stays_unknown():
    gemini = Offering.objects.filter(provider__slug="google").exclude(data_policy_url="")
    assert gemini.exists()
    assert set(gemini.values_list("zero_retention", flat=True)) == {None}


@pytest.mark.parametrize(
    ("slug", "day", "bound"),
    [
        ("claude-sonnet-4-5", "2026-11-30", "exact"),
        ("gemini-2-5-flash", "2026-12-01", "exact"),
        ("gemini-2-5-pro", "2026-12-01", "exact"),
        ("gpt-5-pro", "2026-12-11", "exact"),
        ("o3-pro", "2026-12-11", "exact"),
        ("gemini-3-1-flash-lite", "2027-05-07", "not_before"),
        ("gemini-embedding-001", "2028-05-14", "not_before"),
        ("gemini-2-0-flash", "2026-06-01", "exact"),
        ("gpt-5-2-codex", "2026-07-23", "exact"),
        ("o1-pro", "2026-10-23", "exact"),
    ],
)
def test_an_end_that_the_vendor_states_is_cited_from_the_vendor(slug, day, bound):
    model = AIModel.objects.get(slug=slug)
    own = model.offerings.filter(provider=model.vendors.get().reference_provider)
    for record in (model, *own):
        [event] = record.events.filter(kind="retired").prefetch_related("evidence")
        assert (event.date, event.bound) == (day, bound)
        assert "vendor" in {row.confidence for row in event.evidence.all()}


def test_earliest_day_of_google_is_never_an_exact_end():
    cited = Evidence.objects.filter(source__note__contains="earliest possible", event__kind="retired")
    alone = [
        row.event for row in cited if not row.event.evidence.exclude(pk=row.pk).filter(confidence="vendor").exists()
    ]
    assert alone
    assert {event.bound for event in alone} == {"not_before"}


@pytest.mark.parametrize(
    "slug", ["gpt-4o", "gpt-4o-mini", "gpt-4-1", "gpt-4-1-mini", "gpt-5-1", "gemini-2-5-flash-image"]
)
def test_an_end_that_a_list_quotes_names_the_page_to_check(slug):
    [event] = AIModel.objects.get(slug=slug).events.filter(kind="retired")
    cited = event.evidence.select_related("source")
    assert {row.confidence for row in cited} == {"third_party"}
    quoted = {row.source.url for row in cited if not row.is_checked}
    assert quoted & {
        "https://developers.openai.com/api/docs/deprecations",
        "https://ai.google.dev/gemini-api/docs/deprecations",
    }
