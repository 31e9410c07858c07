"""Made-up records in any number, to see how the site grows: seeded, so that each is the same every time.

An app says in its module `load` what it adds, by a function `load(plan)`; `manage.py make_load` calls them all.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from itertools import accumulate, batched

from django.apps import apps
from django.db import connection, models, transaction

from publishing.models import StarterRecord
from publishing.registry import publishable_models

PREFIX = "load-"  # of the addresses of all that is made here
WORDS = 30_000
SYLLABLES = [first + vowel for first in "bcdfghklmnprstvz" for vowel in "aeiou"]


class Words:
    """Words as unevenly frequent as those of a language, commonest first, and texts of them."""

    def __init__(self, seed: int):
        dice, known = random.Random(seed), set()  # nosec B311
        while len(known) < WORDS:
            known.add("".join(dice.choices(SYLLABLES, k=dice.choice([2, 3, 3, 4]))))
        self.words = sorted(sorted(known), key=lambda word: (len(word), dice.random()))
        # Zipf: the second word is half as frequent as the first, the third a third.
        self.weights = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))

    def text(self, dice: random.Random, count: int) -> str:
        return " ".join(dice.choices(self.words, cum_weights=self.weights, k=count))


@dataclass
class Plan:
    """How many there are to be of each kind in the end, those of an earlier run among them. `say` gets sentences."""

    models: int
    articles: int
    questions: int
    seed: int
    say: Callable[[str], None]

    @cached_property
    def words(self) -> Words:
        return Words(self.seed)

    def dice(self, kind: str, number: int) -> random.Random:
        """What decides of the record of that number: the same whatever was made before it."""
        return random.Random(f"{self.seed} {kind} {number}")  # nosec B311

    def text(self, dice: random.Random, count: int) -> str:
        return self.words.text(dice, count)

    def slug(self, kind: str, number: int) -> str:
        return f"{PREFIX}{kind}-{number:07}"

    def batches(self, model, kind: str, count: int, size: int):
        """Yield the numbers that are still to be made, some thousand at a time, each time in a transaction of its own:
        so an interrupted run goes on where it stopped."""
        stem = f"{PREFIX}{kind}-"
        last = model._base_manager.filter(slug__startswith=stem).order_by("-slug").first()
        for numbers in batched(range(int(last.slug.removeprefix(stem)) + 1 if last else 0, count), size):
            with transaction.atomic():
                yield numbers
            self.say(f"{numbers[-1] + 1:,} of {count:,} {model._meta.verbose_name_plural}")


def make_load(plan: Plan):
    """Make what is missing to the numbers of the plan. Texts come first: in each, all names of records are sought."""
    for config in reversed(list(apps.get_app_configs())):
        if config.name != "publishing" and find_spec(f"{config.name}.load"):
            import_module(f"{config.name}.load").load(plan)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself after a while


def create(model, rows) -> list:
    """Insert rows past the work that a save does for each, which the maker of the rows does for all."""
    return models.QuerySet(model).bulk_create(rows, batch_size=2_000)


def real_content() -> str:
    """Return the kind and name of a record that is neither made here nor starter content; "" where there is none."""
    starter = {*StarterRecord.objects.values_list("key", flat=True)}
    for model in publishable_models():
        others = model._base_manager.exclude(slug__startswith=PREFIX).order_by("pk")
        for record in others.only("pk", "slug", model.title_field)[: len(starter) + 1]:
            if f"{model._meta.label_lower}/{record.slug}" not in starter:
                return f"the {model._meta.verbose_name} “{record}”"
    return ""
