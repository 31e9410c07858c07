import re

import pytest

from ops.http.slugs import MAX_LENGTH, slug_for


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("GPT-3.5 Turbo", "gpt-3-5-turbo"),
        ("Was kostet Größe?", "was-kostet-grosse"),
        ("L'été à Paris", "lete-a-paris"),
        ("Что такое ИИ?", "chto-takoe-ii"),
        ("snake_case_name", "snake-case-name"),
        ("  --  trimmed  --  ", "trimmed"),
        ("", "fallback"),
        ("???", "fallback"),
        ("\x00\ud800", "fallback"),
    ],
)
def test_words_in_any_script_become_ascii(words, slug):
    assert slug_for(words, "fallback") == slug


@pytest.mark.parametrize("words", ["什么是人工智能", "مرحبا بالعالم", "🦙 llama", "a" * 500, "word " * 100])
def test_slug_is_never_empty_nor_too_long_and_fits_an_address(words):
    slug = slug_for(words, "fallback")
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= MAX_LENGTH


def test_taken_slugs_get_a_number():
    assert slug_for("Word", "x", {"word"}) == "word-2"
    assert slug_for("Word", "x", {"word", "word-2", "word-3"}) == "word-4"


def test_numbered_slug_of_a_long_title_stays_within_the_limit():
    words = "a" * 200
    taken = set()
    for _ in range(12):
        slug = slug_for(words, "x", taken)
        assert slug not in taken
        assert len(slug) <= MAX_LENGTH
        taken.add(slug)


def test_cut_title_does_not_end_in_a_hyphen_before_its_number():
    words = f"{'a' * 91} {'b' * 20}"
    assert "--" not in slug_for(words, "x", {slug_for(words, "x")})
