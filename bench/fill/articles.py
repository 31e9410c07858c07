"""Made-up articles that cite facts of the models in the catalogue."""

from datetime import UTC, datetime, timedelta

from articles.models import Article, ArticleAuthor, ArticleTopic, Author, Topic
from bench.fill.plan import Plan
from catalog.models import AIModel
from publishing.content.publishable import State

AUTHORS, TOPICS = 6, 12
BEGUN = datetime(2022, 1, 1, tzinfo=UTC)
FACTS = ("context_tokens", "released_on", "input_price", "output_price")
FACTS_OF_AN_ARTICLE = 40


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
    models = citable_models()
    for numbers in plan.batches(Article, "article", plan.articles, 100):
        articles = Article.objects.bulk_create(_article(plan, number, models) for number in numbers)
        dice = [plan.dice("links of article", number) for number in numbers]
        ArticleAuthor.objects.bulk_create(
            ArticleAuthor(article=article, author=die.choice(authors))
            for article, die in zip(articles, dice, strict=True)
        )
        ArticleTopic.objects.bulk_create(
            ArticleTopic(content_object=article, tag=topic)
            for article, die in zip(articles, dice, strict=True)
            for topic in die.sample(topics, die.choice([1, 1, 2]))
        )


def citable_models() -> list[AIModel]:
    """Return the published models that were not made up and are likely to have all of `FACTS`."""
    models = AIModel.objects.published().exclude(slug__startswith="load-").exclude(context_tokens=None)
    return list(models.exclude(released_on="").filter(offerings__prices__isnull=False).distinct().order_by("slug"))


def text_with_facts(models) -> str:
    """Return paragraphs that each name one of the models, with a link, and cite its `FACTS`."""
    return "".join(
        f'<p>The model <a href="ref:catalog.aimodel/{model.pk}">{model.name}</a>, released on {_fact(model, 1)}, '
        f"reads up to {_fact(model, 0)}. Its prices begin at {_fact(model, 2)} for input and {_fact(model, 3)} for "
        "output.</p>"
        for model in models
    )


def _fact(model: AIModel, number: int) -> str:
    return f'<a href="fact:catalog.aimodel/{model.pk}/{FACTS[number]}">a value</a>'


def _article(plan: Plan, number: int, models) -> Article:
    dice = plan.dice("article", number)
    count = FACTS_OF_AN_ARTICLE // len(FACTS)
    cited = dice.sample(models, min(count, len(models)))
    sections = dice.randrange(2, 6)
    parts = [
        f"<h2>{plan.text(dice, 4).capitalize()}</h2><p>{plan.text(dice, dice.randrange(60, 200)).capitalize()}.</p>"
        f"{text_with_facts(cited[place::sections])}"
        for place in range(sections)
    ]
    return Article(
        title=plan.text(dice, 7).capitalize(),
        slug=plan.slug("article", number),
        summary=f"{plan.text(dice, 25).capitalize()}.",
        body="".join(parts),
        state=State.PUBLISHED,
        first_published_at=BEGUN + timedelta(minutes=dice.randrange(2_500_000)),
    )
