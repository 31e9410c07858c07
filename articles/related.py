"""What to read after a text: what its editor chose, then what has most in common with it."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from articles.models import Article, ArticleTopic, Kind, PlacedQuestion, ReadAlso, Topic
from publishing.models import Image, Reference
from publishing.prepared import Prepared

MOST = 4
LOOKED_AT = 300  # of those that share a topic, a mention or a question the latest, each: so the work stays bounded


def related_to(article) -> list[Article]:
    """Return at most four texts that readers may see, each once; one query.

    Those chosen come first, in the editor's order. The others share topics, mentioned records or placed questions with
    the article; of those with as much in common the newer comes first, and what is older than hundreds of them is not
    looked at. A plain page has only what was chosen for it.
    """
    kinds = ContentType.objects.get_for_models(Article, Image)
    is_page = article.kind == Kind.PAGE
    texts = _related(article.pk, kinds[Article].pk, kinds[Image].pk, is_page=is_page)
    # Here and not in the query, which would count twice what each text has in common: these stand at its end.
    return [text for text in texts if text.chosen_link is not None or text.in_common]


@Prepared
def _related(article, article_type, image_type, *, is_page):
    """Takes keys: of the article, and of the content types of articles and pictures."""
    chosen = ReadAlso.objects.filter(article=article, other=OuterRef("pk"))
    texts = Article.objects.published().exclude(pk=article)
    texts = texts.filter(_may_be_related(article, article_type, image_type, is_page=is_page))
    texts = texts.only("title", "standfirst", "first_published_at", *Article.address_fields).annotate(
        chosen_place=Subquery(chosen.values("position")[:1]),
        chosen_link=Subquery(chosen.values("pk")[:1]),
        in_common=Value(0)
        if is_page
        else _shared_topics(article)
        + _shared_references(article, article_type, image_type)
        + _shared_questions(article),
    )
    wanted = Q(chosen_link__isnull=False)
    if not is_page:
        wanted |= ~Q(kind=Kind.PAGE)
    order = [F(name).asc(nulls_last=True) for name in ("chosen_place", "chosen_link")]
    return texts.filter(wanted).order_by(*order, "-in_common", "-first_published_at", "-pk")[:MOST]


def _may_be_related(article, article_type, image_type, *, is_page) -> Q:
    """Only of these is it counted what they have in common: of all others nothing, or too long ago."""
    chosen = Q(pk__in=ReadAlso.objects.filter(article=article).order_by().values("other"))
    if is_page:
        return chosen
    shared = (
        _topics_shared_with(article).values("content_object"),
        _questions_shared_with(article).values("article"),
        _mentioning_the_same(article, article_type, image_type).values("source_id"),
    )
    latest = [
        Article.objects.published().filter(pk__in=rows).newest_first().values("pk")[:LOOKED_AT] for rows in shared
    ]
    return chosen | Q(pk__in=latest[0]) | Q(pk__in=latest[1]) | Q(pk__in=latest[2])


def _shared_topics(article):
    return _count(_topics_shared_with(article).filter(content_object=OuterRef("pk")), "content_object", "tag")


def _topics_shared_with(article):
    own = ArticleTopic.objects.filter(content_object=article).values("tag")
    return ArticleTopic.objects.filter(tag__in=Topic.objects.published()).filter(tag__in=own).order_by()


def _shared_questions(article):
    return _count(_questions_shared_with(article).filter(article=OuterRef("pk")), "article", "question")


def _questions_shared_with(article):
    own = PlacedQuestion.objects.filter(article=article).order_by().values("question")
    return PlacedQuestion.objects.filter(question__in=own).order_by()


def _shared_references(article, kind, image_type):
    """Counts the records, not the pictures, that both texts mention."""
    own = Reference.objects.filter(
        source_type=kind, source_id=article, target_type=OuterRef("target_type"), target_id=OuterRef("target_id")
    )
    rows = Reference.objects.filter(Exists(own), source_type=kind, source_id=OuterRef("pk"))
    rows = rows.exclude(target_type=image_type)
    target = Concat(Cast("target_type_id", CharField()), Value("/"), Cast("target_id", CharField()))
    return _count(rows, "source_id", target)


def _mentioning_the_same(article, kind, image_type):
    """References to what the article mentions; to some other records too, since a record is looked for by its kind and
    its key apart, for which there is an index."""
    own = Reference.objects.filter(source_type=kind, source_id=article).exclude(target_type=image_type)
    kinds, keys = own.order_by().values("target_type"), own.order_by().values("target_id")
    return Reference.objects.filter(source_type=kind, target_type__in=kinds, target_id__in=keys).order_by()


def _count(rows, group: str, counted):
    counts = rows.order_by().values(group).annotate(count=Count(counted, distinct=True)).values("count")
    return Coalesce(Subquery(counts), 0)
