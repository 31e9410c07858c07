"""Questions that ask the same in other words, and answers that contradict each other."""

import tomllib
from itertools import combinations
from pathlib import Path

import pytest

import faq.starter
from articles.models import PlacedQuestion
from faq.duplicates.contradictions import contradiction, opening, values
from faq.duplicates.finding import KnownQuestions, similar
from faq.duplicates.wording import Wording, abbreviations_in, asks_the_same
from faq.models import OtherWording, Question
from publishing.content.publishable import State
from publishing.importing.files import convert_file
from publishing.quality.preflight.checking import preflight
from publishing.revisions.snapshot import read
from tests import factories
from tests.publishing.importing import seed

SEED = ("Is Generative AI the same as LLMs?", "Is LLM the same as generative AI?")
TWINS = [
    SEED,
    ("Is there any difference between Generative AI vs LLMs?", SEED[0]),
    ("What is an LLM?", "WHAT ARE LARGE LANGUAGE MODELS"),
    ("What is artificial intelligence?", "what’s AI?"),
    ("How much does a token cost?", "What is the price of a token?"),
    ("What is prompt engineering?", "What is promt enginering?"),
    ("Which kinds of AI are not generative?", "Which AI isn't generative?"),
    ("Is RAG better than fine-tuning?", "Is fine-tuning better than RAG?"),
    ("Does a bigger context window make models better?", "Does a larger context window make a model better?"),
    ("Does GenAI need GPT-4.1?", "Is GPT 4.1 needed for generative AI?"),
]
WORDINGS = tomllib.loads(Path(__file__).with_name("wordings.toml").read_text(encoding="utf-8"))
STRANGERS = [
    ("Is Generative AI the same as LLMs?", "Is generative AI the same as deep learning?"),
    ("Which AI is not generative?", "Which AI is generative?"),
    ("How much does GPT-5 cost?", "How much does GPT-4 cost?"),
    ("Can I use ChatGPT at work?", "Can I use Claude at work?"),
    ("When should I use RAG?", "Why should I use RAG?"),
    ("Should we use AI?", "How should we use AI?"),
    ("Should we use AI?", "May we use AI?"),
    ("How do we move from GPT to Claude?", "How do we move from Claude to GPT?"),
    ("What is an LLM?", "Who makes LLMs?"),
    ("What is supervised learning?", "What is unsupervised learning?"),
    ("", "What is an LLM?"),
    ("?!", "?!"),
    ("What is it?", "Is it so?"),
]


def alike(one: str, other: str) -> bool:
    found = asks_the_same(Wording.of(one), Wording.of(other))
    assert found == asks_the_same(Wording.of(other), Wording.of(one))
    return found


def test_the_same_question_is_known_in_other_words():
    expected = [pair for pair in TWINS if pair != TWINS[-1]]
    assert [pair for pair in TWINS if alike(*pair)] == expected, "only “need” and “needed” are different words here"


def test_another_question_is_not_taken_for_it():
    assert [pair for pair in STRANGERS if alike(*pair)] == []


def test_longest_nonsense_is_read_quickly():
    assert Wording.of("why not " * 100_000).tokens == {"why"}
    assert Wording.of("\x00\ud800 ".encode("utf-8", "replace").decode() + "LLM?").tokens == {"llm"}


def test_abbreviations_are_learned_from_the_questions():
    text = "With retrieval-augmented generation (RAG) and the natural language models (NLP) of one of many GPUs (gpu)."
    assert abbreviations_in(text) == {"retrieval augmented generation": "rag"}
    assert abbreviations_in("a" * 100_000 + " b" * 100_000 + " (AB)") == {}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("No. It is wider.", "no"),
        ("“Yes”, it does", "yes"),
        ("No it is not", "no"),
        ("Yes", "yes"),
        ("No one knows.", ""),
        ("Yes and no: it depends.", ""),
        ("Nowadays, yes.", ""),
        ("", ""),
    ],
)
def test_how_an_answer_begins(text, word):
    assert opening(text) == word


def test_values_are_read_with_what_they_count():
    found = values(
        "Up to 128k tokens, or 128,000 tokens, $2.50, 30 days; GPT-4 of 2024, 3 Sora, 1.5 million users, 20%."
    )
    numbers = {unit: numbers for unit, (numbers, _) in found.items()}
    assert numbers == {"token": {128_000}, "dollar": {2.5}, "day": {30}, "user": {1_500_000}, "percent": {20}}


@pytest.mark.parametrize(
    ("one", "answer", "other", "other_answer", "said"),
    [
        (SEED[0], "No. It is wider.", SEED[1], "Yes, it is.", "One answer begins with “no”, the other with “yes”."),
        (SEED[0], "No. It is wider.", SEED[1], "No, it is not.", ""),
        ("Is AI different from an LLM?", "Yes.", "Is AI the same as an LLM?", "No.", ""),
        ("Is AI different from an LLM?", "Yes.", "Is AI the same as an LLM?", "Yes.", "begins"),
        ("Is RAG better than tuning?", "Yes.", "Is tuning better than RAG?", "No.", ""),
        ("Is RAG better than tuning?", "Yes.", "Is RAG better than tuning?", "No.", "begins"),
        ("How long is it kept?", "For 30 days.", "How long is it kept?", "90 days, then gone.", "“30 days”, the other"),
        ("How long is it kept?", "For 30 days.", "How long is it kept?", "30 days or 12 months.", ""),
        ("How long is it kept?", "For 30 days.", "How long is it kept?", "", ""),
    ],
)
@pytest.mark.django_db
def test_contradictions(one, answer, other, other_answer, said):
    found = contradiction(
        Wording.of(one), f"<p>{answer}</p>", Wording.of(other), other_answer and f"<p>{other_answer}</p>"
    )
    assert said in found if said else found == ""


@pytest.mark.django_db
def test_twins_among_the_questions_by_all_their_wordings(django_assert_num_queries):
    one = factories.question(question=SEED[0], answer="<p>No, it is wider.</p>")
    other = factories.question(question="What does it cost to ask?", answer="<p>$2.</p>")
    OtherWording.objects.create(question=other, wording="What is the price of a question?")
    factories.question(question=SEED[1], state=State.ARCHIVED)
    for _ in range(5):
        factories.question()
    with django_assert_num_queries(2):
        known = KnownQuestions(Question.objects.not_trashed())
        (duplicate,) = known.duplicates_of("How much does a question cost?")
    assert (duplicate.question, duplicate.wording) == (other, "What is the price of a question?")
    (duplicate,) = known.duplicates_of(SEED[1], answer="<p>Yes.</p>")
    assert duplicate.question == one
    assert duplicate.contradiction == "One answer begins with “yes”, the other with “no”."
    assert known.duplicates_of("What is the moon made of?") == []


@pytest.mark.django_db
def test_pairs_name_those_first_that_contradict_each_other():
    near = [factories.question(question=words) for words in ("What is an LLM?", "What are large language models?")]
    against = [
        factories.question(question=words, answer=f"<p>{said}.</p>")
        for words, said in ((SEED[0], "No"), (SEED[1], "Yes"))
    ]
    slip = [factories.question(question=f"Does prompt {words} pay?") for words in ("engineering", "enginering")]
    for _ in range(5):
        factories.question()
    pairs = KnownQuestions(Question.objects.all()).pairs()
    found = [sorted([one.pk, duplicate.question.pk]) for one, duplicate in pairs]
    assert found == [[question.pk for question in two] for two in (against, near, slip)]
    assert [bool(duplicate.contradiction) for _, duplicate in pairs] == [True, False, False]


def test_the_starter_content_asks_nothing_twice():
    rows = tomllib.loads((Path(faq.starter.__file__).parent / "questions.toml").read_text(encoding="utf-8"))["question"]
    ways = [[Wording.of(words) for words in (row["question"], *row.get("other_wordings", []))] for row in rows]
    assert len(ways) > 20
    for mine, its in combinations(ways, 2):
        assert not [(one, other) for one in mine for other in its if asks_the_same(one, other)]


@pytest.mark.parametrize("kind", WORDINGS)
def test_questions_as_people_type_them(starter_loaded, db, kind):
    """Of the paraphrases three in four have the right question among three suggestions; no near miss is a duplicate."""
    known = KnownQuestions(Question.objects.all())
    paraphrases = WORDINGS[kind]["paraphrases"]
    missed = {text for text, slug in paraphrases.items() if slug not in suggested(known, text)}
    assert len(missed) <= len(paraphrases) / 4, missed
    assert {
        text: known.duplicates_of(text) for text in WORDINGS[kind]["near_misses"] if known.duplicates_of(text)
    } == {}


def suggested(known: KnownQuestions, text: str) -> list[str]:
    duplicates = [duplicate.question for duplicate in known.duplicates_of(text)]
    return [question.slug for question in dict.fromkeys([*duplicates, *similar(text, 5)])][:3]


def test_what_is_typed_without_words_has_no_suggestions(starter_loaded, db):
    assert similar("", 5) == similar("What is it?!", 5) == similar("zzzzzz", 5) == []
    assert (
        suggested(KnownQuestions(Question.objects.all()), "What is RAG?")[0] == "what-is-retrieval-augmented-generation"
    )


# Pre-flight ----------------------------------------------------------------------------------------


def said_of(record, **content):
    found = preflight(record, read(record) | content)
    return [(finding.rule, finding.words, finding.index) for finding in found if finding.rule in RULES]


RULES = {"question_twice", "heading_twice", "heading_answered"}


@pytest.mark.django_db
def test_question_asked_already_is_found_before_it_is_published():
    known = factories.question(question=SEED[0], answer="<p>No. It is wider.</p>")
    draft = factories.question(question="Something else?", state=State.DRAFT, answer="<p>Yes, it is.</p>")
    assert said_of(draft) == []
    rows = {"other_wordings": [{"id": None, "wording": SEED[1]}]}
    ((rule, words, _),) = said_of(draft, rows=rows)
    assert rule == "question_twice"
    assert SEED[0] in words
    assert known.get_absolute_url() in words
    assert "begins with “yes”" in words
    Question.objects.filter(pk=known.pk).update(state=State.DRAFT)  # so its author may not see it
    assert said_of(draft, rows=rows) == []


@pytest.mark.django_db
def test_questions_of_a_text_are_compared_with_each_other_and_with_the_answers():
    known = factories.question(question="What is a token?", answer="<p>A word of 4 characters.</p>")
    body = (
        f"<h2>{SEED[0]}</h2><p>No, not at all.</p><p>Nor that?</p><h2>Else</h2><p>What are tokens?</p>"
        f"<p>It has 3 characters.</p><ul><li><p>{SEED[0]}</p></li></ul>"
        f"<p><strong>{SEED[1]}</strong></p><p>Yes it is.</p>"
    )
    article = factories.article(body=body)
    twice, answered = said_of(article)
    assert twice[0] == "heading_twice"
    assert twice[2] == 7
    assert SEED[0] in twice[1]
    assert SEED[1] in twice[1]
    assert "begins with “yes”, the other with “no”" in twice[1]
    assert answered[0] == "heading_answered"
    assert answered[2] == 4
    assert known.get_absolute_url() in answered[1]
    assert "“3 characters”, the other “4 characters”" in answered[1]
    Question.objects.filter(pk=known.pk).update(answer="<p>A part of a word.</p>")
    assert [rule for rule, *_ in said_of(article)] == ["heading_twice", "heading_answered"]
    PlacedQuestion.objects.create(article=article, question=known)
    assert [rule for rule, *_ in said_of(article)] == ["heading_twice"], "it is shown below the text"


@pytest.mark.django_db
def test_a_long_text_of_marketing_that_asks_twice_is_told_so():
    factories.question(question="Is generative AI the same as large language models?", answer="<p>No. It is wider.</p>")
    taken = convert_file("seed.docx", seed.as_word(seed.seed_pieces()), factories.administrator())
    found = preflight(factories.article(state=State.DRAFT, title=taken.title, body=taken.html))
    twice = [finding.words for finding in found if finding.rule == "heading_twice"]
    # The text itself asks the question once more, where it asks for the difference.
    assert [words.casefold().count("same as") for words in twice] == [1, 2]
    assert f"“{SEED[1]}” was asked in this text before, as “{SEED[0]}”".casefold() in twice[1].casefold()
    assert [finding.rule for finding in found].count("heading_answered") == 3
