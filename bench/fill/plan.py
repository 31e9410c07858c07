"""Made-up records in any number: how many of each kind, and seeded words and numbers for each."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, batched

from django.db import models, transaction

PREFIX = "load-"  # of the slugs of all records made here
WORDS = 30_000
SYLLABLES = [first + vowel for first in "bcdfghklmnprstvz" for vowel in "aeiou"]


class Words:
    """Words as unevenly frequent as those of a language, most frequent first, and texts made of them."""

    def __init__(self, seed: int):
        dice, invented = random.Random(seed), set()
        while len(invented) < WORDS:
            invented.add("".join(dice.choices(SYLLABLES, k=dice.choice([2, 3, 3, 4]))))
        self.words = sorted(sorted(invented), key=lambda word: (len(word), dice.random()))
        # Zipf: the second word is half as frequent as the first, the third a third.
        self.weights = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))

    def text(self, dice: random.Random, count: int) -> str:
        return " ".join(dice.choices(self.words, cum_weights=self.weights, k=count))


@dataclass
class Plan:
    """Return how many records of each kind there should be in the end, including those of earlier runs. `say` is called
    with sentences.
    """

    models: int
    articles: int
    questions: int
    seed: int
    say: Callable[[str], None]

    @cached_property
    def words(self) -> Words:
        return Words(self.seed)

    def dice(self, kind: str, number: int) -> random.Random:
        """Return the random generator for the record of that number: the same whatever was made before it."""
        return random.Random(f"{self.seed} {kind} {number}")

    def text(self, dice: random.Random, count: int) -> str:
        return self.words.text(dice, count)

    def slug(self, kind: str, number: int) -> str:
        return f"{PREFIX}{kind}-{number:07}"

    def batches(self, model, kind: str, count: int, size: int):
        """Yield the numbers that are still missing, some thousand at a time, each batch in its own transaction, so that
        an interrupted run continues where it stopped.
        """
        stem = f"{PREFIX}{kind}-"
        last = model._base_manager.filter(slug__startswith=stem).order_by("-slug").first()
        for numbers in batched(range(int(last.slug.removeprefix(stem)) + 1 if last else 0, count), size):
            with transaction.atomic():
                yield numbers
            self.say(f"{numbers[-1] + 1:,} of {count:,} {model._meta.verbose_name_plural}")


def create(model, rows) -> list:
    """Insert rows without the work that a save does for each; the caller does that work for all of them."""
    return models.QuerySet(model).bulk_create(rows, batch_size=2_000)
