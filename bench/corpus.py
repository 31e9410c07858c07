"""Many made-up records whose words are as unevenly frequent as those of a language."""

import random
from itertools import batched

from bench.fill.plan import Words
from catalog.models import AIModel
from faq.models import Question, QuestionTopic
from publishing.content.publishable import State

SEED = 20261124


class Corpus:
    """The words, most frequent first, and texts made of them; the same in every run."""

    def __init__(self):
        self.random = random.Random(SEED)
        self.source = Words(SEED)
        self.words = self.source.words

    def text(self, count: int) -> str:
        return self.source.text(self.random, count)

    def length(self) -> int:
        """Return a text: most are as short as an answer or a model, a few as long as an article."""
        return self.random.choices([60, 200, 800], weights=[80, 15, 5])[0]


def fill(corpus: Corpus, count: int, report):
    """Create `count` published records, half of them questions and half models."""
    topic = QuestionTopic.objects.create(name="Everything")
    for numbers in batched(range(count), 2_000):
        half = len(numbers) // 2
        Question.objects.bulk_create(question(corpus, topic, number) for number in numbers[:half])
        AIModel.objects.bulk_create(model(corpus, number) for number in numbers[half:])
        report(f"{numbers[-1] + 1:,} of {count:,} records")


def question(corpus, topic, number) -> Question:
    return Question(
        question=f"{corpus.text(7)}?",
        slug=f"question-{number}",
        answer=f"<p>{corpus.text(corpus.length())}</p>",
        topic=topic,
        state=State.PUBLISHED,
    )


def model(corpus, number) -> AIModel:
    return AIModel(
        name=f"{corpus.text(1)}-{number % 97}.{number % 7} {corpus.text(1)}",
        slug=f"model-{number}",
        summary=corpus.text(15),
        body=f"<p>{corpus.text(corpus.length())}</p>",
    )
