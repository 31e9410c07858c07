"""What to read after a text: what its editor chose, then what has most in common with it."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from articles.models import Article, ArticleTopic, Kind, PlacedQuestion, ReadAlso, Topic
from publishing.models import Image, Reference

MOST = 4


def related_to(article) -> list[Article]:
    """Return at most four texts that readers may see, each once; one query.

    Those chosen come first, in the editor's order. The others share topics, mentioned records or placed questions with
    the article; of those with as much in common the newer comes first. A plain page has only what was chosen for it.
    """
    chosen = ReadAlso.objects.filter(article=article, other=OuterRef("pk"))
    texts = Article.objects.published().exclude(pk=article.pk).defer("body")
    texts = texts.annotate(
        chosen_place=Subquery(chosen.values("position")[:1]),
        chosen_link=Subquery(chosen.values("pk")[:1]),
        in_common=_shared_topics(article) + _shared_references(article) + _shared_questions(article),
    )
    wanted = Q(chosen_link__isnull=False)
    if article.kind != Kind.PAGE:
        wanted |= Q(in_common__gt=0) & ~Q(kind=Kind.PAGE)
    order = [F(name).asc(nulls_last=True) for name in ("chosen_place", "chosen_link")]
    return list(texts.filter(wanted).order_by(*order, "-in_common", "-first_published_at", "-pk")[:MOST])


def _shared_topics(article):
    own = ArticleTopic.objects.filter(content_object=article).values("tag")
    rows = ArticleTopic.objects.filter(content_object=OuterRef("pk"), tag__in=Topic.objects.published())
    return _count(rows.filter(tag__in=own), "content_object", "tag")


def _shared_questions(article):
    own = PlacedQuestion.objects.filter(article=article).values("question")
    return _count(PlacedQuestion.objects.filter(article=OuterRef("pk"), question__in=own), "article", "question")


def _shared_references(article):
    """Counts the records, not the pictures, that both texts mention."""
    kind = ContentType.objects.get_for_model(Article)
    own = Reference.objects.filter(
        source_type=kind, source_id=article.pk, target_type=OuterRef("target_type"), target_id=OuterRef("target_id")
    )
    rows = Reference.objects.filter(Exists(own), source_type=kind, source_id=OuterRef("pk"))
    rows = rows.exclude(target_type=ContentType.objects.get_for_model(Image))
    target = Concat(Cast("target_type_id", CharField()), Value("/"), Cast("target_id", CharField()))
    return _count(rows, "source_id", target)


def _count(rows, group: str, counted):
    counts = rows.order_by().values(group).annotate(count=Count(counted, distinct=True)).values("count")
    return Coalesce(Subquery(counts), 0)
