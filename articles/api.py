from pathlib import Path

from rest_framework import serializers

from articles.models import Article, Author, Kind, Topic, fetch_bylines_and_topics
from publishing.addresses import absolute
from publishing.api.examples import examples_in
from publishing.api.fields import AbsoluteURLField, ContentChangedField, IdField, RichHTMLField, moment
from publishing.api.filters import ChoiceFilter, RecordFilter
from publishing.api.viewsets import PublishableViewSet
from publishing.models import fetch_content_changed_at
from publishing.rendering.texts import Texts

COLUMNS = ("slug", "kind", "title", "standfirst", "first_published_at", "last_changed_at", "facts_checked_on")
EXAMPLES = examples_in(Path(__file__).with_name("api_examples.json"))


class TopicSerializer(serializers.ModelSerializer):
    url = AbsoluteURLField()

    class Meta:
        model = Topic
        fields = ["slug", "name", "url"]


class AuthorSerializer(serializers.ModelSerializer):
    url = AbsoluteURLField()

    class Meta:
        model = Author
        fields = ["slug", "name", "role", "url"]


class ArticleSummarySerializer(serializers.ModelSerializer):
    id = IdField()
    url = AbsoluteURLField()
    authors = AuthorSerializer(many=True, read_only=True)
    topics = TopicSerializer(many=True, read_only=True)
    published_at = serializers.DateTimeField(source="first_published_at")
    content_changed_at = ContentChangedField()

    class Meta:
        model = Article
        fields = [
            "id",
            "slug",
            "kind",
            "title",
            "standfirst",
            "url",
            "authors",
            "topics",
            "published_at",
            "last_changed_at",
            "content_changed_at",
            "facts_checked_on",
        ]


class ArticleSerializer(ArticleSummarySerializer):
    body_html = RichHTMLField(source="body")
    questions = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="The addresses (slugs) of the questions that the article places, in order.",
    )

    class Meta(ArticleSummarySerializer.Meta):
        fields = [*ArticleSummarySerializer.Meta.fields, "body_html", "questions"]


class ArticleViewSet(PublishableViewSet):
    """Articles and the other texts: services, case studies, plain pages. The list leaves out bodies."""

    example = EXAMPLES["article"]
    filters = (
        ChoiceFilter("kind", "kind", dict(Kind.choices), "What a text is to its readers."),
        RecordFilter("topic", "topic_links__tag", Topic, "About a topic, by its slug or id."),
        RecordFilter("author", "author_links__author", Author, "By an author, by the slug or id."),
    )

    def get_queryset(self):
        articles = Article.objects.published()
        return articles.only(*COLUMNS) if self.action == "list" else articles

    def documents(self, articles):
        fetch_content_changed_at(articles)
        if self.action != "list":
            return [_document(articles[0])]
        fetch_bylines_and_topics(articles)
        return [_summary(article) for article in articles]

    def get_serializer_class(self):
        return ArticleSummarySerializer if self.action == "list" else ArticleSerializer

    def addresses(self, slug):
        return [Article.address_of(slug, kind) for kind in Kind]


def _summary(article) -> dict:
    return {
        "id": str(article.pk),
        "slug": article.slug,
        "kind": article.kind,
        "title": article.title,
        "standfirst": article.standfirst,
        "url": absolute(article.get_absolute_url()),
        "authors": [
            {"slug": author.slug, "name": author.name, "role": author.role, "url": absolute(author.get_absolute_url())}
            for author in article.byline
        ],
        "topics": [
            {"slug": topic.slug, "name": topic.name, "url": absolute(topic.get_absolute_url())}
            for topic in article.topic_list
        ],
        "published_at": moment(article.first_published_at),
        "last_changed_at": moment(article.last_changed_at),
        "content_changed_at": moment(article.content_changed_at),
        "facts_checked_on": article.facts_checked_on,
    }


def _document(article) -> dict:
    return _summary(article) | {
        "body_html": Texts(article.body, is_absolute=True, owners=[article]).html(article.body),
        "questions": [question.slug for question in article.placed_questions],
    }
