"""The worked example about customer messages: its figures, computed again by training its model. Stages: test, whole.

`messages.json.xz` has the messages of Banking77 by kind, 10,003 to train with and 3,080 to test with: PolyAI's
task-specific-datasets at 57ec275, CC BY 4.0, only the form of the files is changed. `errors_read.tsv` has a sample of
the errors with what is at fault: the label, while the answer is right; neither, if both are wrong; both, if they fit
equally; or the model.
"""

import json
import lzma
import random
import tomllib
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from statistics import median

import pytest
from lxml import html

from articles import starter
from tests.articles.messages.classifier import (
    SEED,
    Answer,
    Classifier,
    Message,
    Thresholds,
    cross_validated,
    thresholds,
)
from tests.articles.messages.kinds import IN_WORDS, URGENT, team_of

FOLDER = Path(__file__).parent
PAGE = Path(starter.__file__).with_name("sorting-customer-messages.html")
CHOSEN = Thresholds(certainty=0.37, urgency=0.05)


@cache
def messages(part: str) -> list[Message]:
    by_kind = json.loads(lzma.decompress((FOLDER / "messages.json.xz").read_bytes()))[part]
    return [(text, kind) for kind, texts in by_kind.items() for text in texts]


@cache
def answers() -> list[tuple[str, str, Answer]]:
    model = Classifier(messages("train"), URGENT)
    return [(text, kind, model.answer(text)) for text, kind in messages("test")]


def of_each_kind(number: int) -> list[Message]:
    by_kind, draw = defaultdict(list), random.Random(SEED)
    for text, kind in messages("train"):
        by_kind[kind].append(text)
    return [
        (text, kind) for kind, texts in sorted(by_kind.items()) for text in draw.sample(texts, min(number, len(texts)))
    ]


def page() -> html.HtmlElement:
    return html.fromstring(f"<div>{PAGE.read_text()}</div>")


def table(place: int) -> list[list[str]]:
    return [[cell.text_content() for cell in row] for row in page().findall(".//table")[place].iter("tr")][1:]


def counts(cells: list[str]) -> list[int]:
    return [int(cell.replace(",", "")) for cell in cells]


def test_figures_are_what_the_model_answers():
    every = answers()
    for shown in table(0)[:-2]:
        at_least = 0 if shown[0] == "none" else int(shown[0][:2]) / 100
        alone = [(kind, answer.kind) for _, kind, answer in every if answer.certainty >= at_least]
        wrong = [one for one in alone if one[0] != one[1]]
        missed = [one for one in wrong if one[0] in URGENT and one[1] not in URGENT]
        assert counts(shown[1:]) == [len(alone) - len(wrong), len(wrong), len(every) - len(alone), len(missed)], shown

    right = sum(kind == answer.kind for _, kind, answer in every)
    sorted_at_37 = counts(table(0)[1][1:3])
    assert counts(table(4)[-1][1:]) == [len(messages("train")), right, sum(sorted_at_37), sorted_at_37[1]]
    assert f"{right:,} of {len(every):,} would be right" in page().text_content()

    urgent = [kind for _, kind, answer in every if answer.urgency >= CHOSEN.urgency]
    calm = [one for one in every if one[2].urgency < CHOSEN.urgency]
    strict = [answer.kind == kind for _, kind, answer in calm if answer.certainty >= 0.7]
    urgent_missed = sum(
        kind in URGENT and answer.kind not in URGENT for _, kind, answer in calm if answer.certainty >= 0.7
    )
    left = len(every) - len(strict)
    assert counts(table(0)[-1][1:]) == [strict.count(True), strict.count(False), left, urgent_missed]
    at_70 = counts(table(0)[4][1:])
    assert (at_70[1], left - at_70[2]) == (strict.count(False), 163)
    assert f"{len(strict):,} messages are still sorted, {strict.count(False)} of them wrongly" in page().text_content()
    alone = [one for one in calm if one[2].certainty >= CHOSEN.certainty]
    wrong = sorted((text, kind, answer.kind) for text, kind, answer in alone if answer.kind != kind)
    missed = sum(kind in URGENT for _, kind, _ in wrong)
    assert counts(table(0)[-2][1:]) == [len(alone) - len(wrong), len(wrong), len(every) - len(alone), missed]
    real = sum(kind in URGENT for _, kind, _ in every)
    steps = [int(item.text_content().split()[0].replace(",", "")) for item in page().findall(".//li//strong")[:4]]
    assert steps == [len(every), len(calm), len(alone), len(wrong)]
    details = tomllib.loads(PAGE.with_suffix(".toml").read_text())["details"]
    assert [value for _, value in details[:3]] == [
        f"{(len(every) - len(alone) + 5 * len(wrong)) / 60:.0f} hours",
        f"{len(wrong)} of {len(alone):,}",
        f"{missed} of {real}",
    ]
    drawn = counts(line.split()[0] for line in dict(details)[f"Of {len(every):,} messages"].splitlines())
    assert drawn == [len(alone) - len(wrong), len(wrong), len(every) - len(alone)]
    assert f"instead of {len(every) / 60:.0f}, assuming" in details[0][0]
    assert f"sorts {len(alone):,} messages without a person; {len(every) - len(alone)} are" in dict(details)["Result"]
    words = page().text_content()
    assert f"{sum(kind not in URGENT for kind in urgent)} of the {len(urgent)}" in words
    assert f"the other {len(urgent)} do" in words
    assert f"of the other {len(calm) - len(alone)} the model is not certain" in words
    without_rule = sum(answer.certainty >= CHOSEN.certainty for *_, answer in every)
    assert f"{without_rule - len(alone)} fewer messages" in words
    [certainty] = [answer.certainty for text, _, answer in every if text == "I cannot find my credit card."]
    assert f"a certainty of {certainty * 100:.0f} in 100" in words
    left = len(every) - len(alone)
    assert f"{left} + 5 × {len(wrong)} = {left + 5 * len(wrong):,} minutes" in words

    pairs = Counter(tuple(sorted(kinds)) for _, *kinds in wrong)
    shown = [tuple(row[0].split(" / ")) for row in table(2)]
    assert {tuple(sorted(IN_WORDS[kind] for kind in pair)): count for pair, count in pairs.items() if count > 2} == {
        tuple(sorted(pair)): int(row[1]) for pair, row in zip(shown, table(2), strict=True)
    }
    said = {text: (IN_WORDS.get(kind), IN_WORDS.get(answer)) for text, kind, answer in wrong}
    for pair, row in zip(shown, table(2), strict=True):
        assert said[row[2].strip("“”")] == pair, row
    same = sum(team_of(kind) == team_of(answer) for _, kind, answer in wrong)
    assert counts([row[1] for row in table(1)]) == [missed, len(wrong) - same, same]

    read = [line.split("\t") for line in (FOLDER / "errors_read.tsv").read_text().splitlines()]
    assert [text for text, *_ in sorted(random.Random(SEED).sample(wrong, 50))] == [text for _, text in read]
    found = Counter(fault for fault, _ in read)
    assert [int(row[1]) for row in table(3)] == [found["label"] + found["neither"], found["both"], found["model"]]


def test_messages_are_as_the_page_says():
    kinds = Counter(kind for _, kind in messages("test"))
    assert (len(kinds), *set(kinds.values())) == (77, 40)
    assert median(len(text.split()) for text, _ in messages("test")) == 9
    trained = {text.strip().lower() for text, _ in messages("train")}
    assert sum(text.strip().lower() in trained for text, _ in messages("test")) == 6


def test_cost_of_a_language_model_follows_from_its_price():
    words = page().text_content()
    tokens = len(messages("test")) * 1_600 / 1e6, len(messages("test")) * 10 / 1e6
    assert f"{tokens[0]:.3f} × 0.10" in words
    assert f"{tokens[0] * 0.1 + tokens[1] * 0.5:.2f} dollars" in words


@pytest.mark.whole
def test_thresholds_follow_from_the_training_messages_alone():
    out_of_fold = cross_validated(messages("train"), URGENT)
    assert thresholds(out_of_fold, URGENT) == CHOSEN
    assert f"{sum(kind == answer.kind for kind, answer in out_of_fold):,} of 10,003" in page().text_content()


@pytest.mark.whole
@pytest.mark.parametrize("row", range(4))
def test_fewer_training_messages_give_the_shown_results(row):
    shown = table(4)[row]
    number = int(shown[0].split()[0])  # “1 or 2” is a draw of 100 from all
    some = random.Random(SEED).sample(messages("train"), 100) if number == 1 else of_each_kind(number)
    certainty, _ = thresholds(cross_validated(some, URGENT), URGENT)
    model = Classifier(some, URGENT)
    every = [(kind, model.answer(text)) for text, kind in messages("test")]
    alone = [kind == answer.kind for kind, answer in every if answer.certainty >= certainty]
    right = sum(kind == answer.kind for kind, answer in every)
    assert counts(shown[1:]) == [len(some), right, len(alone), alone.count(False)]
