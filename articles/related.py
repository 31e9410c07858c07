"""Related texts of an article: those chosen by its editor, then the most similar ones.

Similarity is stored in rows, which are updated after each commit that saves an article. An hourly job rebuilds all of
them, which also covers changes of topics and writes that bypass the models.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import batched

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count, Min, Q

from articles.models import Article, ArticleKind, ArticleTopic, PlacedQuestion, RelatedArticle, Topic
from publishing.content.follow_up import SavedRecords, after_write
from publishing.content.reference import Reference
from publishing.images.models import Image

MOST = 4
STORED = 24  # rows per article: enough even if some of them are not public
LATEST = 300  # at most this many of the latest articles are counted per topic, record or question, to limit the work
BATCH = 500


def related_to(article) -> list[Article]:
    """Return at most four different public texts. Two queries, or one if the editor chose as many.

    The chosen ones come first, in the editor's order. The others share topics, mentioned records or placed questions
    with the article; of equally similar ones the newer comes first. A plain page has only chosen ones.
    """
    texts = Article.objects.published().only("title", "standfirst", "first_published_at", *Article.address_fields)
    chosen = texts.filter(recommended_by_links__article=article)
    chosen = list(chosen.order_by("recommended_by_links__position", "recommended_by_links__pk")[:MOST])
    if article.kind == ArticleKind.PAGE or len(chosen) == MOST:
        return chosen
    others = texts.filter(related_from_rows__article=article)
    others = others.order_by("-related_from_rows__in_common", "-first_published_at", "-pk")[:MOST]
    return [*chosen, *(text for text in others if text not in chosen)][:MOST]


def refresh_related(keys):
    """Update the rows of the articles with these keys, and their entries in the rows of others."""
    _refresh(set(keys), Q(article__in=keys) | Q(other__in=keys), with_others=True)


def rebuild_related():
    for keys in batched(list(Article._base_manager.order_by("pk").values_list("pk", flat=True)), BATCH):
        _refresh(set(keys), Q(article__in=keys), with_others=False)


@after_write.register
def refresh_related_after_commit(written: SavedRecords):
    if issubclass(written.model, Article):
        transaction.on_commit(partial(refresh_related, written.pks), robust=True)


def _refresh(keys: set[int], rows: Q, *, with_others: bool):
    """Update the stored `rows` to the present similarity of these articles. Writes only differences."""
    public = set(_public().filter(pk__in=keys).values_list("pk", flat=True)) if with_others else set()
    wanted, of_others = {}, {}
    for key, counts in _in_common(keys):
        best = sorted(counts.items(), key=lambda item: (item[1], item[0]), reverse=True)[:STORED]
        wanted |= {(key, other): count for other, count in best}
        if key in public:
            of_others |= {(other, key): count for other, count in counts.items() if other not in keys}
    columns = ("pk", "article", "other", "in_common")
    stored = RelatedArticle.objects.filter(rows).values_list(*columns)
    present = {(article, other): (pk, count) for pk, article, other, count in stored}
    lowest = _lowest_counts({other for other, _ in of_others})
    wanted |= {pair: count for pair, count in of_others.items() if pair in present or count >= lowest.get(pair[0], 0)}
    _write(present, wanted)


def _write(present: dict, wanted: dict):
    gone = [pk for pair, (pk, _) in present.items() if pair not in wanted]
    for some in batched(gone, BATCH):
        RelatedArticle.objects.filter(pk__in=some).delete()
    changed = [
        RelatedArticle(article_id=article, other_id=other, in_common=count)
        for (article, other), count in wanted.items()
        if present.get((article, other), (None, None))[1] != count
    ]
    RelatedArticle.objects.bulk_create(
        changed, BATCH, update_conflicts=True, unique_fields=["article", "other"], update_fields=["in_common"]
    )


def _lowest_counts(keys) -> dict[int, int]:
    """Return the lowest stored count of those of the articles that have the maximum number of rows."""
    rows = RelatedArticle.objects.filter(article__in=keys).values("article")
    return dict(
        rows.annotate(rows=Count("pk"), lowest=Min("in_common"))
        .filter(rows__gte=STORED)
        .values_list("article", "lowest")
    )


def _in_common(keys: set[int]) -> Iterator[tuple[int, Counter]]:
    """Yield each of these articles with the number of things that it shares with each public article."""
    things, articles = defaultdict(list), defaultdict(list)  # by article its things, by thing its articles
    for rows, text, names in _things():
        own = rows.filter(**{f"{text}__in": keys}).distinct()
        for key, *thing in own.values_list(text, *names):
            things[key].append((text, *thing))
        shared = {f"{name}__in": own.order_by().values(name) for name in names}
        rows = rows.filter(**shared, **{f"{text}__in": _public()}).order_by(f"-{text}").distinct()
        for key, *thing in rows.values_list(text, *names):
            articles[text, *thing].append(key)
    pages = set(Article._base_manager.filter(kind=ArticleKind.PAGE, pk__in=keys).values_list("pk", flat=True))
    for key in keys - pages:
        counts = Counter()
        for thing in things[key]:
            counts.update(articles[thing][:LATEST])
        del counts[key]
        yield key, counts


def _things():
    """Yield what articles can share: rows, the column of the article, and the columns that identify the thing."""
    kinds = ContentType.objects.get_for_models(Article, Image)
    yield ArticleTopic.objects.filter(tag__in=Topic.objects.published()), "content_object", ["tag"]
    yield PlacedQuestion.objects.order_by(), "article", ["question"]
    mentions = Reference.objects.filter(source_type=kinds[Article]).exclude(target_type=kinds[Image])
    yield mentions, "source_id", ["target_type", "target_id"]


def _public():
    return Article.objects.published_sometime().exclude(kind=ArticleKind.PAGE).order_by().values("pk")
