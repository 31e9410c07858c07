"""Made-up questions."""

from datetime import UTC, datetime, timedelta

from bench.fill.plan import Plan
from faq.models import Question, QuestionTopic
from publishing.content.publishable import State

TOPICS = 8
BEGUN = datetime(2022, 1, 1, tzinfo=UTC)


def load(plan: Plan):
    for numbers in plan.batches(QuestionTopic, "topic", TOPICS if plan.questions else 0, TOPICS):
        QuestionTopic.objects.bulk_create(
            QuestionTopic(name=f"Topic {number + 1}", slug=plan.slug("topic", number), position=number)
            for number in numbers
        )
    topics = list(QuestionTopic.objects.filter(slug__startswith="load-topic-").order_by("slug"))
    for numbers in plan.batches(Question, "question", plan.questions, 500):
        Question.objects.bulk_create(_question(plan, topics, number) for number in numbers)


def _question(plan: Plan, topics, number: int) -> Question:
    dice = plan.dice("question", number)
    return Question(
        question=f"{plan.text(dice, 7).capitalize()}?",
        slug=plan.slug("question", number),
        answer=f"<p>{plan.text(dice, dice.randrange(20, 90)).capitalize()}.</p>",
        topic=dice.choice(topics),
        position=number % 1_000,
        state=State.PUBLISHED,
        first_published_at=BEGUN + timedelta(hours=dice.randrange(40_000)),
    )
