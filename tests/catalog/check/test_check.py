"""Check your stack: models found in texts, the page, and the API. Stages: test, test-database."""

import io
import logging
from datetime import date
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse
from lxml import html

from catalog.check import views
from catalog.check.finding import StackNames, stack_names
from catalog.check.reading import Reading
from catalog.check.result import stack_models
from catalog.check.views import _in_short
from catalog.models import AIModel, Offering, Provider
from tests.catalog import factories
from tests.publishing.api.partners import issued, sent

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("_fixed_day")]
PAGE, API = "/catalog/check/", "/api/v1/check/"
FROM_HERE = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
SECRET = "sk-proj-Zq81hunter2hunter2hunter2Zq81"


@pytest.fixture
def _fixed_day():
    with time_machine.travel("2026-11-24 12:00", tick=False):
        yield


@pytest.fixture
def world():
    text, image = factories.modality(name="Text"), factories.modality(name="Image")
    maker = factories.vendor(name="OpenAI")
    maker.reference_provider = factories.provider(name="OpenAI API", slug="openai", kind="vendor")
    maker.save()
    sides = {"kind": "language", "vendors": [maker], "output_modalities": [text], "context_tokens": 128_000}

    def model(name, inputs=(text,), amount=None, **fields):
        record = factories.model(name=name, input_modalities=inputs, **sides, **fields)
        offered = factories.offering(model=record, provider=maker.reference_provider, api_id=record.slug)
        factories.event(model=record, kind="released", date="2025-01-01")
        for meter in ("input", "output") if amount else ():
            factories.price(offering=offered, meter=meter, amount=amount)
        return record

    heir = model("GPT-5.2", amount=5)
    four = model("GPT-4", amount=30, replaced_by=heir)
    model("GPT-4o Mini", amount=1)
    model("GPT-4 Turbo", amount=10)
    model("GPT-3.5 Turbo")
    model("o3", [text, image], amount=2)
    sonar, claude = model("Sonar"), model("Claude Sonnet 4.5", amount=3)
    factories.alias(model=claude, text="claude-sonnet-4-5-20250929", kind="api_id")
    model("Llama 4 Maverick 17B Instruct")
    factories.event(model=four, kind="retired", date="2027-01-14")
    factories.event(offering=sonar.offerings.get(), kind="retired", date="2027-03")
    factories.event(model=AIModel.objects.get(name="GPT-3.5 Turbo"), kind="retired", date="2026-10-23")
    return maker


def there(*api_ids: str) -> str:
    """Return the keys of the offerings with these ids as in an address."""
    keys = Offering.objects.filter(api_id__in=api_ids).order_by("pk").values_list("pk", flat=True)
    return "%2C".join(map(str, keys))


def found(text: str) -> set[str]:
    return set(AIModel.objects.filter(pk__in=stack_names().find(text)[0]).values_list("name", flat=True))


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("model: openai/gpt-4o-mini-2024-07-18", {"GPT-4o Mini"}),
        ('llm = ChatOpenAI(model="gpt-4-0613")', {"GPT-4"}),
        ("OPENAI_MODEL=gpt-4-turbo\n# not GPT-4 Turbo Vision", {"GPT-4 Turbo"}),
        ("id: bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0", {"Claude Sonnet 4.5"}),
        ("We use Claude 4.5 Sonnet, GPT-4o mini.", {"Claude Sonnet 4.5", "GPT-4o Mini"}),
        ('"deployments/gpt-35-turbo/chat"', {"GPT-3.5 Turbo"}),
        ("groq/meta-llama/llama-4-maverick-17b-128e-instruct", {"Llama 4 Maverick 17B Instruct"}),
        ("GPT 4o mini", {"GPT-4o Mini"}),
        ("- Sonnet 4.5\n- GPT 4 Turbo, Claude, and 4.5 others", {"Claude Sonnet 4.5", "GPT-4 Turbo"}),
        ("o3\n", {"o3"}),
        ("openai:o3", {"o3"}),
        ("fallback=o3", {"o3"}),
        ('model_id = "sonar"', {"Sonar"}),
        ("perplexity/sonar", set()),
        ("openai/sonar", {"Sonar"}),
        ("azure_ai/sonar vertex_ai/gpt-4-turbo@001", {"Sonar", "GPT-4 Turbo"}),
        ("o3 = foo.o3 + 'sonar'; command: claude", set()),
        ("Claude read a sonnet about GPT and Gemini in a flash.", set()),
        ("gpt-4-vision-preview gpt-4.py mygpt-4 gpt-40 claude-sonnet-4-5-20240101", set()),
        ("模型gpt-4o-mini，", {"GPT-4o Mini"}),
        ('"prompt\\ngpt-4o-mini\\n"', {"GPT-4o Mini"}),
    ],
)
def test_names_are_found_in_code_and_ordinary_words_are_not(text, names):
    assert found(text) == names


@pytest.mark.usefixtures("world")
def test_other_names_like_models_are_found_without_words_that_may_be_secrets():
    text = (
        f"gpt-7-turbo claude-9 gpt-4o-mini cost-4 claude-sonnet-9 claude-sonnet gpt-4.py gpt-9-{SECRET} gpt-8-acme.eu"
    )
    assert stack_names().find(text)[1] == ["claude-9", "claude-sonnet-9", "gpt-7-turbo", "gpt-8-*", "gpt-9-*"]
    assert list(stack_names().nearest(["gpt-8-*", "gpt-8-acme", "gpt-8-acme-*", "gpt-8-*-*", "*", "-*"])) == ["gpt-8-*"]


def test_numbers_that_may_be_a_secret_do_not_reach_the_address():
    text = "gemini-1234-5678-9012, gpt-0049-1711-2345, gpt-4o-17-11-2345-acme, gpt-9.7, gpt-5.9-2027-01-31"
    names = StackNames([("gpt-4o", 1), ("gemini-2.5-flash", 2), ("gpt-5.2", 3)], [], [])
    assert names.find(text)[1] == ["gpt-4o-*", "gpt-5.9-2027-01-31", "gpt-9.7"]
    assert not names.nearest(["gpt-0049-1711-2345"])


def test_a_run_of_letters_that_is_no_address_is_not_taken_apart():
    text = f"{'a:b/c:d/' * 12_000} {'a/' * 500} openai/gpt-4o"
    ids = [*Reading(StackNames([("gpt-4o", 1)], [], []), text)._ids()]
    assert {"openai/gpt-4o", "gpt-4o"} <= {*ids}
    assert len(ids) < 1_000


@pytest.mark.usefixtures("world")
def test_other_names_are_listed_with_the_most_similar_model(client):
    location = send(client, "gpt-4o-mini-acme claude-9\nmodel: o3")["Location"]
    assert location.endswith("&unknown=claude-9%2Cgpt-4o-mini-%2A")
    page = html.fromstring(client.get(location).content)
    [first, second] = page.find_class("stack__unknown")[0]
    assert "claude-9: nothing similar." in first.text_content()
    assert second.xpath("a/@href")[0] == "/catalog/models/gpt-4o-mini/"
    assert "I looked for “claude-9”" in client.get(first.xpath("a/@href")[0]).content.decode()
    for wrong in ("<b>gpt-9</b>", "gpt-9 x", "evil-9", "gpt-9/x", "2"):
        assert client.get(PAGE, {"models": "o3", "unknown": wrong})["Location"] == f"{PAGE}?models=o3"


@pytest.mark.usefixtures("world")
def test_the_names_are_those_in_the_database_now():
    assert found("gemini-3-pro") == set()
    factories.model(name="Gemini 3 Pro")
    assert found("gemini-3-pro") == {"Gemini 3 Pro"}
    AIModel.objects.filter(name="Gemini 3 Pro").update(state="draft")
    assert found("gemini-3-pro") == set()


@pytest.mark.usefixtures("world")
def test_models_come_by_urgency_with_replacement_and_cheaper_ones(django_assert_num_queries):
    models = stack_models(AIModel.objects.values_list("pk", flat=True), date(2026, 11, 24))
    assert [model["name"] for model in models[:3]] == ["GPT-3.5 Turbo", "GPT-4", "Sonar"]
    gone, four, sonar = models[:3]
    assert (gone["status"], gone["passed"], gone["days_left"], gone["cheaper"]) == ("retired", False, -32, [])
    assert (four["status"], four["passed"], four["days_left"]) == ("deprecated", False, 51)
    assert four["end"] == {"date": "2027-01-14", "bound": "exact", "providers": []}
    assert (four["input_price"], four["replacement"]["slug"], four["replacement"]["input_price"]) == (
        "30",
        "gpt-5-2",
        "5",
    )
    cheaper = [model["name"] for model in four["cheaper"]]
    assert cheaper == ["GPT-4o Mini", "Claude Sonnet 4.5", "GPT-4 Turbo"], "The replacement is not named twice."
    assert sonar["passed"]
    assert sonar["end"] == {"date": "2027-03", "bound": "exact", "providers": ["OpenAI API"]}
    assert sonar["ends_at_providers"] == []
    others = next(model for model in models if model["name"] == "o3")["cheaper"]
    assert others == [], "No other model accepts images."
    keys = list(AIModel.objects.order_by("-replaced_by").values_list("pk", flat=True))
    for some in (AIModel.objects.filter(name="GPT-4").values_list("pk", flat=True), keys):
        some = list(some)
        with django_assert_num_queries(10):  # six, and, outside of a request, whether changes are pending
            stack_models(some, date(2026, 11, 24))


@pytest.mark.usefixtures("world")
def test_an_older_model_that_costs_as_much_as_a_newer_one_of_its_family_is_not_suggested():
    four, older, newer = (AIModel.objects.get(name=name) for name in ("GPT-4", "GPT-4 Turbo", "GPT-4o Mini"))
    family = factories.family(name="GPT")
    for model, day in ((older, "2019-01-01"), (newer, "2020-01-01")):
        model.family, model.released_on = family, day
        model.save()
    [found] = stack_models([four.pk], date(2026, 11, 24))
    assert [model["name"] for model in found["cheaper"]] == ["GPT-4o Mini", "o3", "Claude Sonnet 4.5"]


@pytest.mark.usefixtures("world")
def test_the_cheapest_model_and_the_closest_ones_are_suggested():
    four, like = AIModel.objects.get(name="GPT-4"), AIModel.objects.get(name="GPT-4 Turbo")
    for name, amount in (("Close", 27), ("Near", 28), ("Nearer", 29)):
        fields = {"kind": "language", "vendors": [*like.vendors.all()], "context_tokens": 128_000}
        sides = {side: [*getattr(like, side).all()] for side in ("input_modalities", "output_modalities")}
        offered = factories.offering(
            model=factories.model(name=name, **fields, **sides), provider=like.offerings.get().provider
        )
        factories.event(model=offered.model, kind="released", date="2025-01-01")
        for meter in ("input", "output"):
            factories.price(offering=offered, meter=meter, amount=amount)
    [found] = stack_models([four.pk], date(2026, 11, 24))
    closest = ["GPT-4 Turbo", "Close"]
    assert [model["name"] for model in found["cheaper"]] == ["GPT-4o Mini", *closest], "not those that save under 10%"


@pytest.mark.usefixtures("world")
def test_a_model_ends_with_its_last_offering_at_its_vendor(client):
    model = AIModel.objects.get(name="GPT-4o Mini")
    dated = factories.offering(model=model, provider=model.offerings.get().provider, api_id="gpt-4o-mini-2024-07-18")
    elsewhere = factories.offering(model=model, provider=factories.provider(name="Host"))

    def check() -> tuple:
        result = client.post(API, "model: gpt-4o-mini", content_type="text/plain").json()
        [found] = result["models"]
        return result["passed"], found["status"], found["days_left"]

    factories.event(offering=elsewhere, kind="retired", date="2026-12-01")
    factories.event(offering=dated, kind="retired", date="2026-12-01")
    assert check() == (True, "available", None)
    factories.event(offering=model.offerings.get(api_id="gpt-4o-mini"), kind="retired", date="2026-12-24")
    assert check() == (False, "deprecated", 30)
    with time_machine.travel("2027-01-03 12:00", tick=False):
        assert check() == (False, "retired", -10)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("is_open", [False, True])
def test_a_model_that_only_lists_know_fails_from_its_end_on(client, is_open):
    vendor = AIModel.objects.get(name="GPT-4o Mini").vendors.get()
    model = factories.model(name="Acme Speech", vendors=[vendor], openness="weights" if is_open else "")
    begun = factories.event(model=model, date="2025-04-16")
    factories.evidence(event=begun, source=factories.source(), confidence="third_party")
    offering = factories.offering(model=model, provider=vendor.reference_provider, api_id="acme-speech")
    factories.event(offering=offering, kind="retired", date="2026-12-01")
    for day in ("2026-11-30", "2026-12-01", "2026-12-02", "2027-06-01"):
        with time_machine.travel(f"{day} 12:00", tick=False):
            result = client.post(API, "model: acme-speech", content_type="text/plain").json()
            assert not result["passed"], day


@pytest.mark.usefixtures("world")
def test_an_id_of_one_provider_is_judged_by_the_end_there(client):
    model = AIModel.objects.get(name="Claude Sonnet 4.5")
    for name, api_id, end in (
        ("Amazon Bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "2026-10-15"),
        ("Amazon Bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "2027-03-30"),
        ("Azure", "claude-sonnet-4-5", "2026-12-24"),
        ("Host", "claude-sonnet-4-5", None),
    ):
        provider = Provider.objects.filter(name=name).first() or factories.provider(name=name)
        offering = factories.offering(model=model, provider=provider, api_id=api_id)
        if end:
            factories.event(offering=offering, kind="retired", date=end)

    def check(text):
        result = client.post(API, text, content_type="text/plain").json()
        ends = [(*end["providers"], end["date"]) for end in result["models"][0]["ends_at_providers"]]
        page = client.get(result["url"]).content.decode()
        assert ("1 of 1 model is retired or will be within six months" in page) == (
            not result["passed"] or "us." in text
        )
        return result["passed"], ends

    eu, us = "Amazon Bedrock (eu.anthropic.claude-sonnet-4-5-20250929-v1:0)", "2027-03-30"
    us_there = f"Amazon Bedrock (us{eu[18:]}"
    everywhere = [(eu, "2026-10-15"), ("Azure", "2026-12-24"), (us_there, us)]
    assert check("model: claude-sonnet-4-5") == (True, everywhere)
    assert check(f"id={eu[16:-1]}") == (False, everywhere[:1])
    assert check(f"id={us_there[16:-1]}") == (True, everywhere[2:])
    assert check("azure/claude-sonnet-4-5") == (False, everywhere[1:2])
    assert check("host/claude-sonnet-4-5") == (True, [])


def send(client, text, headers=FROM_HERE, **more):
    body = urlencode({"text": text, "website": "", **more})
    return client.post(PAGE, body, content_type="application/x-www-form-urlencoded", headers=headers)


@pytest.mark.usefixtures("world")
def test_a_cheaper_model_that_we_checked_comes_instead_of_others_and_past_ends_are_past(client):
    AIModel.objects.filter(name="GPT-4 Turbo").update(checked_on=date(2026, 11, 20))
    four = AIModel.objects.get(name="GPT-4")
    four.save()
    AIModel.objects.get(name="GPT-4 Turbo").save()
    [found] = stack_models([four.pk], date(2026, 11, 24))
    assert [model["name"] for model in found["cheaper"]] == ["GPT-4 Turbo"]
    for name, on in (("Host", "2026-10-15"), ("Cloud", "2027-03-30")):
        offering = factories.offering(model=four, provider=factories.provider(name=name))
        factories.event(offering=offering, kind="retired", date=on)
    page = " ".join(html.fromstring(client.get(f"{PAGE}?models=gpt-4").content).text_content().split())
    assert "Host: ended 15 October 2026" in page
    assert "Cloud: ends 30 March 2027" in page
    assert "that cost at least 10% less, and less than the replacement" in page, "the rule is beside the lists"


@pytest.mark.usefixtures("world")
def test_the_result_has_an_address_with_nothing_but_the_names_of_models(client):
    end = AIModel.objects.get(name="GPT-4").events.get(kind="retired")
    factories.evidence(event=end, source=factories.source(title="A list", read_on=date(2026, 11, 1)))
    end.evidence.update(confidence="third_party")
    response = send(client, f"OPENAI_API_KEY={SECRET}\nA=gpt-4o-mini B=gpt-4\nC=gpt-9-{SECRET}")
    assert response.status_code == 303
    assert response["Location"] == f"{PAGE}?models=gpt-4%2Cgpt-4o-mini&unknown=gpt-9-%2A"
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    page = client.get(response["Location"]).content.decode()
    assert page.index(">GPT-4</span></a>") < page.index(" Mini</a>")
    assert "1 of 2 models is retired or will be within six months" in page
    assert '14 January 2027</time>&nbsp;<span aria-hidden="true">○</span>' in page
    assert "not yet checked at the vendor</span>, in 51 days" in page
    [row, _] = html.fromstring(page).xpath('//table[@class="offer-table"]/tbody/tr')
    assert [" ".join(cell.text_content().split()) for cell in row] == [
        "GPT-4 Deprecated",
        "Last day 14 January 2027 ○, not yet checked at the vendor or host Source 1",
        "Days left 51",
        "Move to GPT-5.2",
        "Blended price 83% cheaper",
    ]
    [source] = html.fromstring(page).xpath('//li[@id="source-1"]')
    assert source.text_content() == "A list, 1 November 2026"
    assert "Plan the move off GPT-4<" in page
    assert 'href="/contact/?models=gpt-4,gpt-4o-mini&amp;from=/catalog/check/"' in page
    assert "/catalog/retiring/calendar.ics?model=gpt-4,gpt-4o-mini" in page
    assert "noindex" in page
    assert client.get(reverse("catalog:retiring_ics"), {"model": "gpt-4,gpt-4o-mini"}).status_code == 200
    assert (
        "We use these models: gpt-4, gpt-4o-mini." in client.get("/contact/?models=gpt-4,gpt-4o-mini").content.decode()
    )
    assert "evil" not in client.get("/contact/?models=gpt-4,<evil> x").content.decode()


@pytest.mark.usefixtures("world")
def test_addresses_are_canonical_and_valid(client):
    location = f"{PAGE}?models=gpt-4%2Co3&unknown=gpt-9"
    assert client.get(f"{PAGE}?unknown=gpt-9&models=o3,gpt-4")["Location"] == location
    assert "No model was recognised" in client.get(f"{PAGE}?models=").content.decode()
    many = ",".join(f"gpt-9-{number}" for number in range(21))
    for wrong in ("models=nonsense", "models=gpt-4&more=x", "models=gpt-4&more=10001", f"models=gpt-4&unknown={many}"):
        assert client.get(f"{PAGE}?{wrong}").status_code == 400


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("end", "number"), [("2027-05-25", "1 of 1 model is retired or will"), ("2027-05-26", "o3 will not")]
)
def test_the_headline_counts_what_the_page_of_retirements_lists_within_six_months(client, end, number):
    model = AIModel.objects.get(name="o3")
    factories.event(model=model, kind="retired", date=end)
    assert f"{number} be" in client.get(f"{PAGE}?models=o3").content.decode()
    assert (">o3</a>" in client.get("/catalog/retiring/?within=6").content.decode()) == number.startswith("1")


def test_more_models_than_an_address_names(client):
    for number in range(60):
        factories.model(name=f"Acme {number} Pro")
    location = send(client, "\n".join(f"acme-{number}-pro" for number in range(60)))["Location"]
    assert location.endswith("&more=10")
    page = client.get(location).content.decode()
    assert "None of 50 models will be retired" in page
    assert "10 more models are not listed" in page


@pytest.mark.usefixtures("world")
def test_a_text_is_not_repeated_where_something_is_wrong(client, monkeypatch, caplog, settings):
    caplog.set_level(logging.DEBUG)
    responses = [
        send(client, SECRET, headers={"Origin": "https://elsewhere.example"}),
        send(client, SECRET, website="x"),
        send(client, f"{SECRET} {'a' * 100_000}"),
        send(client, f"{SECRET} {'a' * 3_100_000}"),
        client.post(PAGE, {"text": io.StringIO(SECRET)}),
    ]
    assert [response.status_code for response in responses] == [403, 400, 422, 413, 400]
    monkeypatch.setattr(views.CheckView, "most_per_hour", 0)
    responses.append(send(client, SECRET))
    monkeypatch.undo()
    monkeypatch.setattr("catalog.check.finding.StackNames.find", lambda self, text: {}[0])
    client.raise_request_exception = False
    responses += [send(client, SECRET), client.post(API, SECRET, content_type="text/plain")]
    assert [response.status_code for response in responses[-3:]] == [429, 500, 500]
    assert not any(SECRET in response.content.decode() for response in responses)
    assert SECRET not in caplog.text
    assert "KeyError" in caplog.text


@pytest.mark.usefixtures("world")
def test_a_text_without_known_names_is_not_passed_silently(client):
    answer = client.post(API, "nothing known here", content_type="text/plain").json()
    assert (answer["passed"], answer["found"]) == (True, 0)
    assert answer["summary"].startswith("0 models found, so nothing was checked")
    assert "one without a date here may still be switched off." in client.get(f"{PAGE}?models=o3").content.decode()
    assert "a model without one may still be switched off" in client.get(PAGE).content.decode()
    assert "Nothing was checked" in client.get(f"{PAGE}?models=").content.decode()
    answer = client.post(API, "gpt-4 gpt-4o-mini", content_type="text/plain").json()
    assert (answer["found"], answer["summary"]) == (
        2,
        "2 models found, 1 retired or due to be within 90 days. Not all retirements are on record.",
    )


@pytest.mark.usefixtures("world")
def test_the_api_fails_a_model_before_its_end(client):
    def check(text, days=""):
        response = client.post(f"{API}{days}", text, content_type="text/plain")
        assert response.status_code == 200, response.json()
        return response.json()

    result = check(f"model: gpt-4\nfallback: gpt-4o-mini\nKEY={SECRET}")
    assert (result["passed"], result["failing"], result["days"]) == (False, ["gpt-4"], 90)
    assert [model["slug"] for model in result["models"]] == ["gpt-4", "gpt-4o-mini"]
    assert result["url"].endswith(f"{PAGE}?models=gpt-4%2Cgpt-4o-mini")
    assert SECRET not in str(result)
    assert [check("gpt-4", f"?days={days}")["passed"] for days in (51, 50)] == [False, True]
    assert check("gpt-3.5-turbo", "?days=0")["failing"] == ["gpt-3-5-turbo"]
    assert check("nothing")["passed"]


def test_the_api_refuses_what_it_cannot_check(client):
    def refused(text="gpt-4", query=""):
        response = client.post(f"{API}{query}", text, content_type="text/plain")
        return response.status_code, response.json()["type"].rpartition("#")[2]

    assert refused("a" * 100_001) == (413, "problem-text-too-long")
    assert refused("  ") == (400, "about:blank")
    assert refused(query="?days=-1") == (400, "about:blank")
    assert refused(query="?dayz=1") == (400, "problem-unknown-parameter")
    assert refused(query="?unknown=maybe") == (400, "about:blank")
    assert client.get(API).status_code == 400
    assert client.put(API).status_code == 405


@pytest.mark.usefixtures("world")
def test_a_gate_can_fail_on_what_is_not_known(client):
    def check(text, query=""):
        return client.post(f"{API}{query}", text, content_type="text/plain").json()

    assert check("gpt-4o-mini gpt-9-turbo")["passed"]
    answer = check("gpt-4o-mini gpt-9-turbo", "?unknown=fail")
    assert (answer["passed"], answer["failing"], answer["unknown"]) == (False, [], 1)
    assert answer["summary"].endswith(" 1 name not recognised.")
    assert check("gpt-4o-mini", "?unknown=fail")["passed"]
    assert not check("nothing known here", "?unknown=fail")["passed"]


@pytest.mark.usefixtures("world")
def test_names_come_as_json_too(client):
    def check(data):
        return client.post(API, data, content_type="application/json")

    for names in ('["gpt-4o-mini", "sonar", "acme-secret"]', '{"models": ["gpt-4o-mini", "sonar", "acme-secret"]}'):
        answer = check(names).json()
        assert ([model["slug"] for model in answer["models"]], answer["unknown"]) == (["sonar", "gpt-4o-mini"], 1)
        assert "acme" not in str(answer)
    assert check('{"llm": {"model": "gpt-4o-mini"}}').json()["found"] == 1
    assert [check(data).status_code for data in ("{not json", "3", '"gpt-4"')] == [400] * 3
    assert check(f"[{','.join(['"gpt-4"'] * 1_001)}]").status_code == 400
    assert check(f'{{"models": [{",".join(['""', "0"] * 501)}]}}').status_code == 400


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    "name",
    ["gpt-4o\N{EN DASH}mini-x", "GPT-4o v2", "GPT-4o 2", "gpt-4o, foo-99-bar", "gpt-4o and my-llm-9", "gpt-4o\u200bx"],
)
def test_a_name_of_which_only_a_part_is_known_is_not_on_record(client, name):
    result = client.post(f"{API}?unknown=fail", {"models": [name]}, content_type="application/json").json()
    assert (result["passed"], result["models"]) == (False, [])


@pytest.mark.usefixtures("world")
def test_a_name_alone_means_the_record_of_just_that_name(client):
    vendor = AIModel.objects.get(name="GPT-4o Mini").vendors.get()
    for name in ("GPT-4o Mini v2", "v0-1.0-md"):
        factories.model(name=name, vendors=[vendor])
        result = client.post(API, [name, "azure/gpt-4o-mini-2024-07-18"], content_type="application/json").json()
        assert {model["name"] for model in result["models"]} == {name, "GPT-4o Mini"}


@pytest.mark.usefixtures("world")
def test_a_setting_for_models_counts_though_its_value_is_not_repeated(client):
    text = "x: gpt-4o-mini\nmodel: claude-k9"
    result = client.post(f"{API}?unknown=fail", text, content_type="text/plain").json()
    assert (result["passed"], result["unknown"]) == (False, 1)
    location = send(client, text)["Location"]
    assert location.endswith("&unknown=claude-%2A")
    assert client.get(location).status_code == 200


@pytest.mark.usefixtures("world")
def test_an_address_is_answered_for_names_on_record_alone(client):
    answer = client.get(API, {"models": f"gpt-4o-mini,gpt-9,{SECRET}", "unknown": "fail"}).json()
    assert ([model["slug"] for model in answer["models"]], answer["unknown"]) == (["gpt-4o-mini"], 2)
    assert not answer["passed"]
    assert SECRET not in str(answer)
    assert answer["url"].endswith("?models=gpt-4o-mini")
    assert client.get(API, {"models": ",".join(f"m{number}" for number in range(51))}).status_code == 400


@pytest.mark.usefixtures("world")
def test_the_verdict_is_that_of_the_host_that_the_text_names(client):
    four = AIModel.objects.get(name="GPT-4")
    azure, empty = factories.provider(name="Azure"), factories.provider(name="Groq")
    at_azure = factories.offering(model=four, provider=azure, api_id="gpt-4")

    def check(text):
        answer = client.post(API, text, content_type="text/plain").json()
        page = " ".join(html.fromstring(client.get(answer["url"]).content).text_content().split())
        return answer["passed"], answer["models"][0]["hosts"], page

    assert check("model: gpt-4")[:2] == (False, [])
    assert not check("openai/gpt-4")[0]
    passed, [host], page = check("model: azure/gpt-4")
    assert passed
    assert host == {"provider": "Azure", "status": "unknown", "days_left": None, "end": None}
    assert "Azure: no last day known At its vendor: 14 January 2027" in page
    assert "1 of the models is judged at the host that your text names." in page
    for text in ("GPT-4 on Azure, and o3", "| bot | GPT-4 | Azure |", "https://acme.openai.azure.com/gpt-4/"):
        assert check(text)[0], text
    passed, [host], page = check("groq/gpt-4")
    assert (passed, host["provider"], host["status"]) == (True, empty.name, None)
    assert "Groq: no last day known" in page
    factories.event(offering=at_azure, kind="retired", date="2026-12-24")
    passed, [host], page = check("model: azure/gpt-4")
    assert (passed, host["days_left"]) == (False, 30)
    assert "Azure: 24 December 2026" in page
    assert check("GPT-4 at OpenAI")[:2] == (False, [])
    answer = client.post(API, "GPT-4o Mini, azure/gpt-4", content_type="text/plain").json()
    hosts = {model["slug"]: [host["provider"] for host in model["hosts"]] for model in answer["models"]}
    assert hosts == {"gpt-4": ["Azure"], "gpt-4o-mini": []}
    wrong = client.get(PAGE, {"models": "gpt-4", "at": "gpt-4@nowhere,o3@azure"})
    assert wrong["Location"] == f"{PAGE}?models=gpt-4"


@pytest.mark.usefixtures("world")
def test_the_headline_counts_names_that_are_not_recognised(client):
    page = client.get(send(client, "gpt-4o-mini gpt-9-turbo")["Location"]).content.decode()
    assert "GPT-4o Mini will not be retired within six months, as far as we know; 1 other name not recognised" in page


def test_a_key_may_have_twice_as_much_checked(client):
    _, key = issued()

    def check(size, **given):
        return client.post(API, "a" * size, content_type="text/plain", **given)

    assert check(100_000).status_code == check(200_000, headers=sent(key)).status_code == 200
    assert check(100_001).json()["detail"] == "The text has more than 100,000 bytes; with a key it may have 200,000."
    assert check(200_001, headers=sent(key)).json()["detail"] == "The text has more than 200,000 bytes."


def test_the_form_says_beside_its_field_that_a_text_is_too_long(client):
    page = send(client, "é" * 50_001).content.decode()
    [error] = html.fromstring(page).xpath('//div[contains(@class, "field--wrong")]/p[@class="field__error"]')
    assert error.text_content().startswith("The text is longer than 100 kB.")
    assert send(client, "é" * 50_000).status_code == 303


@pytest.mark.usefixtures("world")
def test_replacements_are_followed_to_one_that_lasts(client):
    four, five = AIModel.objects.get(name="GPT-4"), AIModel.objects.get(name="GPT-5.2")
    middle, last = AIModel.objects.get(name="GPT-4 Turbo"), AIModel.objects.get(name="GPT-4o Mini")
    factories.event(model=five, kind="retired", date="2026-10-23", replaced_by=middle)
    ending = factories.event(model=middle, kind="retired", date="2027-02-01", replaced_by=last)

    def check() -> tuple[list, str, str]:
        [found] = client.post(API, "model: gpt-4", content_type="text/plain").json()["models"]
        page = client.get(f"{PAGE}?models=gpt-4").content.decode()
        steps = [(one["name"], one["end"] and one["end"]["date"]) for one in found["replacements"]]
        return steps, found["replacement"]["slug"], " ".join(html.fromstring(page).text_content().split())

    steps, slug, page = check()
    assert steps == [("GPT-5.2", "2026-10-23"), ("GPT-4 Turbo", "2027-02-01"), ("GPT-4o Mini", None)]
    assert slug == "gpt-4o-mini"
    assert "GPT-5.2 (itself retired 23 October 2026), then GPT-4 Turbo (itself ends 1 February 2027), then" in page
    assert "Replaced by GPT-5.2 (itself" in page
    assert "its replacement 1.00 / 1.00 via OpenAI API" in page
    shown = html.fromstring(client.get(four.get_absolute_url()).content).find_class("heir-line")[0].text_content()
    assert "Suggested replacement: GPT-5.2 (itself retired 23 October 2026), then GPT-4 Turbo" in " ".join(
        shown.split()
    )
    ending.replaced_by = four  # a loop
    ending.save()
    four.replaced_by = five
    steps, slug, page = check()
    assert [name for name, _ in steps] == ["GPT-5.2", "GPT-4 Turbo", "GPT-4"]


def test_a_near_end_says_what_can_be_done_today(client):
    model, heir = factories.model(name="Old"), factories.model(name="Heir")
    factories.event(model=model, kind="retired", date="2026-12-01", replaced_by=heir)
    offering = factories.offering(model=model, provider=factories.provider(name="Longer"))
    factories.event(offering=offering, kind="retired", date="2027-04-08")
    same = factories.offering(model=model, provider=factories.provider(name="Same"))
    factories.event(offering=same, kind="retired", date="2026-12-01")
    text = " ".join(html.fromstring(client.get(f"{PAGE}?models={model.slug}").content).text_content().split())
    assert (
        "Old, today: test and switch to Heir, or use Longer until 8 April 2027 ○, not yet checked at the host." in text
    )
    assert "At hosts Same: the same day (sources of Old at Same) Longer: ends 8 April 2027" in text
    assert "Last day 1 December 2026 ○, not yet checked at the vendor or host Longer: 8 April 2027" in text
    assert "other hosts: no last day known" in text


def test_a_provider_with_several_ids_of_a_model_is_named_once():
    assert _in_short(["Bedrock (a)", "Host (one)", "Bedrock (b)", "Other"]) == [
        "Bedrock (2 ids)",
        "Host (one)",
        "Other",
    ]
