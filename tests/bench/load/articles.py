"""Made-up articles."""

from datetime import UTC, datetime, timedelta

from articles.models import Article, ArticleAuthor, ArticleTopic, Author, Topic
from publishing.models import State
from tests.bench.load.plan import Plan

AUTHORS, TOPICS = 6, 12
BEGUN = datetime(2022, 1, 1, tzinfo=UTC)


def load(plan: Plan):
    for kind, model, count in (("author", Author, AUTHORS), ("subject", Topic, TOPICS)):
        for numbers in plan.batches(model, kind, count if plan.articles else 0, count):
            model.objects.bulk_create(
                model(name=f"{kind.capitalize()} {number + 1}", slug=plan.slug(kind, number)) for number in numbers
            )
    authors, topics = (
        list(model.objects.filter(slug__startswith=f"load-{kind}-").order_by("slug"))
        for kind, model in (("author", Author), ("subject", Topic))
    )
    for numbers in plan.batches(Article, "article", plan.articles, 500):
        articles = Article.objects.bulk_create(_article(plan, number) for number in numbers)
        dice = [plan.dice("links of article", number) for number in numbers]
        ArticleAuthor.objects.bulk_create(
            ArticleAuthor(article=article, author=one.choice(authors))
            for article, one in zip(articles, dice, strict=True)
        )
        ArticleTopic.objects.bulk_create(
            ArticleTopic(content_object=article, tag=topic)
            for article, one in zip(articles, dice, strict=True)
            for topic in one.sample(topics, one.choice([1, 1, 2]))
        )


def _article(plan: Plan, number: int) -> Article:
    dice = plan.dice("article", number)
    parts = [
        f"<h2>{plan.text(dice, 4).capitalize()}</h2><p>{plan.text(dice, dice.randrange(60, 200)).capitalize()}.</p>"
        for _ in range(dice.randrange(2, 6))
    ]
    return Article(
        title=plan.text(dice, 7).capitalize(),
        slug=plan.slug("article", number),
        standfirst=f"{plan.text(dice, 25).capitalize()}.",
        body="".join(parts),
        state=State.PUBLISHED,
        first_published_at=BEGUN + timedelta(minutes=dice.randrange(2_500_000)),
    )
