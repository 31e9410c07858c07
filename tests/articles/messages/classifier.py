"""The model of the worked example about customer messages: a logistic regression over words and their pairs.

Its settings were chosen by cross-validation on the training messages, and so are `thresholds`.
"""

import math
import random
import re
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

SEED = 20261129
ROUNDS, RATE, FOLDS = 4, 3, 5
AT_MOST_WRONG = 0.05  # of the messages sorted alone
AT_MOST_UNSEEN = 0.002  # of the urgent messages, sorted alone as ordinary ones

type Message = tuple[str, str]  # a text and its kind


class Answer(NamedTuple):
    kind: str
    certainty: float
    urgency: float  # the probability that the message is of an urgent kind


class Thresholds(NamedTuple):
    certainty: float
    urgency: float


def signs(text: str) -> list:
    """Return beginnings of words and pairs of them, each once, in the order of the text: sums never differ."""
    words = [word[:5] for word in re.findall(r"\w+", text.lower())]
    return [*dict.fromkeys((*words, *pairwise(["", *words, ""])))]


class Classifier:
    def __init__(self, messages: list[Message], urgent: set[str]):
        self.kinds, self.urgent = sorted({kind for _, kind in messages}), urgent
        numbers = {kind: number for number, kind in enumerate(self.kinds)}
        read = [(signs(text), numbers[kind]) for text, kind in messages]
        often = Counter(sign for found, _ in read for sign in found)
        self.rarity = {sign: math.log(len(read) / count) ** 2 for sign, count in often.items() if count > 1}
        self.weights = {sign: [0.0] * len(self.kinds) for sign in self.rarity}
        read = [(self.known(found), number) for found, number in read]
        draw = random.Random(SEED)
        for turn in range(ROUNDS):
            draw.shuffle(read)
            for found, number in read:
                self.learn(found, number, RATE / (1 + turn / 2))

    def known(self, found: list) -> list:
        return [sign for sign in found if sign in self.rarity]

    def probabilities(self, known: list) -> list[float]:
        size = math.sqrt(sum(self.rarity[sign] for sign in known)) or 1
        scores = [sum(column) / size for column in zip(*(self.weights[sign] for sign in known), strict=True)]
        highest = max(scores, default=0)
        powers = [math.exp(score - highest) for score in scores] or [1.0] * len(self.kinds)
        total = sum(powers)
        return [power / total for power in powers]

    def learn(self, known: list, number: int, rate: float):
        """Move the weights of these signs towards the kind of the message and away from other likely ones."""
        size = math.sqrt(sum(self.rarity[sign] for sign in known)) or 1
        likely = [(n, rate * p / size) for n, p in enumerate(self.probabilities(known)) if p > 0.01 and n != number]
        for sign in known:
            row, rarity = self.weights[sign], self.rarity[sign]
            for other, step in likely:
                row[other] -= step * rarity
                row[number] += step * rarity

    def answer(self, text: str) -> Answer:
        found = self.probabilities(self.known(signs(text)))
        certainty = max(found)
        urgency = sum(p for p, kind in zip(found, self.kinds, strict=True) if kind in self.urgent)
        return Answer(self.kinds[found.index(certainty)], certainty, urgency)


def cross_validated(messages: list[Message], urgent: set[str]) -> list[tuple[str, Answer]]:
    """Return the true kind and the answer for each message, from a model trained without that message."""
    shuffled = random.Random(SEED).sample(messages, len(messages))
    parts = [shuffled[first::FOLDS] for first in range(FOLDS)]
    answers = []
    for held_back in parts:
        model = Classifier([message for part in parts if part is not held_back for message in part], urgent)
        answers += [(kind, model.answer(text)) for text, kind in held_back]
    return answers


def thresholds(answers: list[tuple[str, Answer]], urgent: set[str]) -> Thresholds:
    """Return the lowest certainty with few enough errors and the highest urgency with few enough urgent ones unseen."""

    def is_enough(certainty: float) -> bool:
        alone = [answer.kind == kind for kind, answer in answers if answer.certainty >= certainty]
        return alone.count(False) <= AT_MOST_WRONG * len(alone)

    certainty = next(step / 100 for step in range(101) if is_enough(step / 100))
    real = [answer for kind, answer in answers if kind in urgent]

    def is_seen(urgency: float) -> bool:
        unseen = [one for one in real if one.certainty >= certainty and one.urgency < urgency]
        return len([one for one in unseen if one.kind not in urgent]) <= AT_MOST_UNSEEN * len(real)

    return Thresholds(certainty, next(step / 100 for step in range(100, -1, -1) if is_seen(step / 100)))
