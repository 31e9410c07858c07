"""Reading what a search asks for, without a database."""

from time import process_time

import pytest

from catalog.rules.search_intent import compared, has_choice, has_version, read, surplus, tokens
from publishing.search.query import MAX_LENGTH, Query


def intent(text):
    return read(Query.parse(text))


@pytest.mark.parametrize(
    ("asked", "name", "anchor"),
    [
        ("gpt-5.2 price", "gpt-5-2", "offerings"),
        ("how much does GPT 4o cost?", "gpt 4-o", "offerings"),
        ("haiku 4.5 context", "haiku 4-5", "facts"),
        ("when does gpt-4o retire", "gpt-4-o", "history"),
        ("o3 end date", "o-3", "history"),
        ("gpt-4o end of life", "gpt-4-o", "history"),
        ("GPT-5 limits", "gpt-5", "facts"),
        ("alternatives to o3", "o-3", "alternatives"),
        ("gpt-4o price history", "gpt-4-o", "price-history"),
        ("o3 on aws", "o-3 bedrock", None),
        ("Preis GPT-4o", "gpt-4-o", "offerings"),
        ("combien coûte gpt-4o", "gpt-4-o", "offerings"),
        ("fin de vie gpt-4o", "gpt-4-o", "history"),
    ],
)
def test_a_name_and_what_is_asked_of_it_are_told_apart(asked, name, anchor):
    found = intent(asked)
    assert sorted(found.name.split()) == sorted(name.split())
    assert (found.aspect and found.aspect.anchor) == anchor


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ("cheapest vision model", {"input": "image", "sort": "price"}),
        ("text to video", {"output": "video"}),
        ("speech to text", {"input": "audio", "output": "text"}),
        ("text-to-speech models", {"output": "audio"}),
        ("EU hosted", {"region": "eea"}),
        ("hosting in the EU", {"region": "eea"}),
        ("cheap model with long context", {"context_min": "200000", "sort": "price"}),
        ("open source models", {"openness": "any_open"}),
        ("LLM with 1M context", {"context_min": "1000000"}),
        ("models with 1.5 million tokens of context", {"context_min": "1500000"}),
        ("context of 500,000 tokens", {"context_min": "500000"}),
        ("200 000 token context", {"context_min": "200000"}),
        ("LLM with one million tokens", {"context_min": "1000000"}),
        ("models that understand sound", {"input": "audio"}),
        ("models that can create photos", {"output": "image"}),
        ("recently released models", {"sort": "-released"}),
        ("self-hosted models", {"openness": "any_open"}),
        ("biggest context window", {"sort": "-context"}),
        ("providers in Germany", {"region": "eea"}),
        ("newest models", {"sort": "-released"}),
        ("prix modèles IA", {"sort": "price"}),
        ("günstigste Modelle mit Bildern", {"output": "image", "sort": "price"}),
        ("KI-Modelle aus Europa", {"region": "eea"}),
        ("Spracherkennung", {"input": "audio", "output": "text"}),
    ],
)
def test_words_become_filters_and_an_order(asked, where):
    found = intent(asked)
    assert (found.name, found.narrows, found.where) == ("", True, where)


@pytest.mark.parametrize(
    "asked", ["gpt-5 nano price per 1m tokens", "Preis gpt-5 nano pro 1 Mio. Token", "gpt-5 nano cost/million tokens"]
)
def test_the_unit_of_a_price_is_no_size_of_a_context_window(asked):
    found = intent(asked)
    assert (found.name, found.where.get("context_min")) == ("gpt-5 nano", None)


@pytest.mark.parametrize(
    "asked",
    [
        "models being retired in the next 6 months",
        "what is switched off next year",
        "welche Modelle werden in den nächsten sechs Monaten abgeschaltet",
        "modèles retirés le mois prochain",
    ],
)
def test_a_time_ahead_is_no_name(asked):
    found = intent(asked)
    assert (found.name, found.is_soon, found.aspect.anchor) == ("", True, "history")
    assert not intent("qwen3 coder next retire").is_soon


@pytest.mark.parametrize(
    "asked",
    ["price", "cost of AI", "context window", "cheap", "new", "image", "fine-tuning", "EU", "video", "retire", ""],
)
def test_a_word_that_is_not_of_models_alone_filters_nothing(asked):
    assert not intent(asked).narrows


def test_the_longest_phrase_counts():
    assert intent("gpt-4o price history").aspect.label == "price history"
    assert intent("long context models").aspect is None


def test_compared_parts_and_choices():
    assert [part.strip() for part in compared("GPT-4o vs. Claude Sonnet 4.5, o3")] == [
        *("gpt-4o", ". claude sonnet 4.5", "o3"),
    ]
    assert has_choice("gpt-5 or o3")
    assert not has_choice("orca and o3")
    assert intent("compare gpt-4o and claude").compares


def test_a_version_is_never_taken_for_another():
    assert surplus(tokens("gemini 3 pro"), ["Gemini 3.1 Pro Preview", "gemini-3-1-pro"]) is None
    assert surplus(tokens("gemini 3 pro"), ["Gemini 3 Pro Preview"]) == 1
    assert surplus(tokens("gpt 4o"), ["GPT-4o"]) == 0
    assert surplus(tokens("sonnet 4.5"), ["claude-sonnet-4-5"]) == 1
    assert surplus(tokens("llama 3 8b"), ["Llama-3-8B"]) == 0
    assert surplus(tokens("o3"), []) is None
    assert has_version("o3")
    assert not has_version("claude")


@pytest.mark.parametrize(
    "hostile",
    ["vs " * 70, "compare " * 30, "3." * 100, "3-" * 100, "a-1" * 70, "price " * 40, ",;&+" * 50, "long context " * 16],
)
def test_hostile_queries_take_no_time(hostile):
    read(Query.parse("price"))  # the vocabulary is read once
    start = process_time()
    query = Query.parse(hostile * 50)
    read(query)
    for part in compared(query.text):
        read(Query.parse(part))
        tokens(part)
    assert len(query.text) <= MAX_LENGTH
    assert process_time() - start < 0.1
