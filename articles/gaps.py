"""Gaps: topics without an introduction."""

from django.db.models import Count, Q

from articles.models import Article, Topic
from ops.http.urls import change_url
from publishing.quality.gaps import ENOUGH, Gap, gap_source


@gap_source(
    "topics",
    "Topics without an introduction",
    "Their pages list articles and say nothing of the topic. Those with most articles stand first.",
)
def topics_without_introduction() -> list[Gap]:
    """Return the public topics without an introduction, those with the most articles first."""
    public = Q(article_links__content_object__in=Article.objects.published())
    topics = Topic.objects.published().filter(introduction="").annotate(articles=Count("article_links", filter=public))
    return [
        Gap(str(topic.pk), topic.name, url=change_url(topic), url_words="Write the introduction")
        for topic in topics.order_by("-articles", "name")[:ENOUGH]
    ]
