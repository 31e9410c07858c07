"""Related texts of an article: those chosen by its editor, then those that share most topics with it."""

from django.db.models import Count

from articles.models import Article, ArticleKind, ArticleTopic

MOST = 4


def related_to(article: Article) -> list[Article]:
    """Return at most four other public texts. Three queries, or one if the editor chose as many.

    Chosen ones come first, then those with the most topics in common, newer first. A plain page has only chosen ones.
    """
    texts = Article.objects.published().only("title", "summary", "first_published_at", *Article.address_fields)
    chosen = texts.filter(recommended_by_links__article=article)
    chosen = list(chosen.order_by("recommended_by_links__position", "recommended_by_links__pk")[:MOST])
    if article.kind == ArticleKind.PAGE or len(chosen) == MOST:
        return chosen
    links = ArticleTopic.objects.filter(tag__in=article.topic_list, **Article.published_lookups("content_object__"))
    links = links.exclude(content_object__kind=ArticleKind.PAGE).exclude(content_object__in=[article, *chosen])
    similar = links.values("content_object").annotate(in_common=Count("pk"))
    similar = similar.order_by("-in_common", "-content_object__first_published_at", "-content_object")
    keys = similar.values_list("content_object", flat=True)[: MOST - len(chosen)]
    found = texts.in_bulk(list(keys))
    return [*chosen, *(found[key] for key in keys if key in found)]
