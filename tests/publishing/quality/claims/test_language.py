"""The patterns of dated claims: what a phrase matches, that none takes long, and what each must match and what it
must not.
"""

import tomllib
from pathlib import Path

import pytest

from publishing.quality.claims.finding import PATTERNS, sentences_of_html
from tests.proportion import assert_time_in_proportion
from tests.publishing.quality.claims.patterns import pattern_of


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("latest", "The Latest model, not the later one.", ["Latest"]),
        ("latest", "Prelatest latests.", []),
        ("state of the art", "A state-of-the-art tool and state of the art.", ["state-of-the-art", "state of the art"]),
        ("today's (price|prices)", "Today’s prices, today's price.", ["Today’s prices", "today's price"]),
        ("launch{more} soon", "It launches soon; launch it sooner.", ["launches soon"]),
        ("the {word} model", "The best model, the very best model.", ["The best model"]),
        ("top {number}", "Top 3, top 1,000 and top three; laptop 3.", ["Top 3", "top 1,000"]),
        ("as of {date}", "as of 2026, as of May 2026, as of 24 November 2026, as of late 2026.", 4),
        ("as of {date}", "as of November 24, 2026 and as of 2026-11-24 and as of old.", 2),
        ("{price}", "$5, US$ 0.25, 3 dollars, 1.50 USD, €2 million, 12¢.", 6),
        ("{price}", "5 models, dollars, $ and 3 eurodollars.", []),
        ("{version}", "v6, v1.2, 3.5, 4.10.2, 4 and 2026.", ["v6", "v1.2", "3.5", "4.10.2"]),
        ("{percent} of users", "12 % of users, 3.5 percent of users.", 2),
        (r"no\. 1", "The No. 1 of all.", ["No. 1"]),
    ],
)
def test_a_phrase_finds(phrase, text, found):
    got = pattern_of(phrase).hits(text)
    assert (len(got) if isinstance(found, int) else got) == found


def test_what_an_exception_covers_is_not_found():
    pattern = pattern_of("latest", "latest version", exceptions="at the latest\nlatest version of the law")
    text = "Pay on Friday at the latest; the latest version of the law; the latest version."
    assert pattern.hits(text) == ["latest version"]


def test_no_pattern_takes_long_whatever_it_reads():
    """Repeated words, long words, and everything that can be read in several ways."""
    ambiguous = "{date} {date} {date} end\n{price} {price} {price} end\n{number} {word} {number} {word} {number} end"
    texts = [
        ("leading ", 4_000),
        ("a", 20_000),
        ("November 2026 ", 2_000),
        ("1 million US dollars ", 1_000),
        ("1,1.1,1.1 ", 2_000),
        ("a-", 10_000),
        ("'", 20_000),
    ]
    for pattern in [*PATTERNS.values(), pattern_of(ambiguous, exceptions=ambiguous)]:
        for piece, size in texts:
            assert_time_in_proportion(lambda size, piece=piece, hits=pattern.hits: hits(piece * size), size)


# The patterns of the site ----------------------------------------------------------------------------------------

FOUND = {
    "As of a day": [
        "As of 2026, it leads.",
        "The facts are as of 24 November 2026.",
        "It was free at the time of writing.",
        "Last updated in May 2026.",
    ],
    "Now": [
        "It is currently free.",
        "Today’s best models read pictures.",
        "The current version is slow.",
        "The LLMs in use today are generative.",
        "Nobody does that at the moment.",
    ],
    "The newest": [
        "The latest model is better.",
        "It is state-of-the-art.",
        "A recently released model.",
        "New in 2026: sound.",
    ],
    "A rank": [
        "GPT and Claude are the top 3 models.",
        "These are the big 5 in AI.",
        "It is widely regarded as the best.",
        "As one of the leading Gen AI firms, we know.",
        "OpenAI is the leading company in this.",
        "The most popular model of all.",
        "It has the largest market share.",
    ],
    "A price": [
        "It costs $20 per month.",
        "It takes 0.25 dollars a million tokens.",
        "Plans start at €9.",
        "There is a free tier.",
    ],
    "A version or limit": [
        "Use version 3.5 for that.",
        "Midjourney (v6 or later) draws.",
        "It is the default since June 2026.",
    ],
    "May change: announcement pending": [
        "It is not yet available in Europe.",
        "Sora 3 is coming soon.",
        "The others are due to end on 14 January 2027.",
        "It will be released next year.",
        "The tool is in beta.",
    ],
    "A count that grows": [
        "It has 800 million users.",
        "Over 40 languages are known.",
        "60 percent of companies use it.",
    ],
}
LET_BE = {
    "As of a day": ["As of right, it leads.", "In 2026 many of them changed.", "It was read on 24 November 2026."],
    "Now": ["Knowledge must be current and traceable.", "What happens today, and how long does it take?"],
    "The newest": ["Send it by Friday at the latest.", "It is later than you think.", "Use the later of both."],
    "A rank": [
        "First the prompt, then retrieval.",
        "The three best of our own tests.",
        "This is leading to errors.",
        "Most model choices begin with a ranking.",
    ],
    "A price": [
        "It is free below one million US dollars of yearly revenue.",
        "Say what it costs.",
        "The price of an error is high.",
    ],
    "A version or limit": [
        "Name the version of the licence.",
        "GPT-4o reads pictures.",
        "Version control for prompts.",
    ],
    "May change: announcement pending": [
        "The model ended on 12 May 2026.",
        "Preview the page before you publish.",
        "Plan for its successor.",
    ],
    "A count that grows": ["Take a test set of 100 cases.", "It reads 128,000 tokens.", "One error in twenty."],
}


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=lambda pattern: pattern.slug)
def test_a_pattern_finds_what_it_is_for_and_lets_be_the_rest(pattern):
    def finds(sentence):
        return any(pattern.hits(read.own_text) for read in sentences_of_html(f"<p>{sentence}</p>"))

    assert [sentence for sentence in FOUND[pattern.name] if not finds(sentence)] == []
    assert [sentence for sentence in LET_BE[pattern.name] if finds(sentence)] == []


def test_most_claims_are_found_and_few_other_sentences():
    """Sentences of articles and technical notes, labelled by hand. Texts have far more of the second kind."""
    labelled = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text("utf-8"))

    def found(sentences):
        return [
            sentence
            for sentence in sentences
            if any(p.hits(read.own_text) for read in sentences_of_html(f"<p>{sentence}</p>") for p in PATTERNS.values())
        ]

    claims, others = found(labelled["claims"]), found(labelled["others"])
    assert len(claims) >= 0.95 * len(labelled["claims"]), sorted(set(labelled["claims"]) - set(claims))
    assert len(others) <= 0.02 * len(labelled["others"]), others
