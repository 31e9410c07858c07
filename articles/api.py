from pathlib import Path

from rest_framework import serializers

from articles.models import Article, Author, Kind, Topic, fetch_bylines_and_topics
from publishing.api.examples import examples_in
from publishing.api.fields import AbsoluteURLField, ContentChangedField, IdField, RichHTMLField
from publishing.api.filters import ChoiceFilter, RecordFilter
from publishing.api.viewsets import PublishableViewSet
from publishing.models import fetch_content_changed_at

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
    authors = AuthorSerializer(source="byline", many=True, read_only=True)
    topics = TopicSerializer(source="topic_list", many=True, read_only=True)
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
    questions = serializers.SerializerMethodField()

    class Meta(ArticleSummarySerializer.Meta):
        fields = [*ArticleSummarySerializer.Meta.fields, "body_html", "questions"]

    def get_questions(self, article) -> list[str]:
        """The addresses (slugs) of the questions that the article places, in order."""
        return [question.slug for question in article.placed_questions]


class ArticleViewSet(PublishableViewSet):
    """Articles and the other texts: services, case studies, plain pages. The list leaves out bodies."""

    example = EXAMPLES["article"]
    filters = (
        ChoiceFilter("kind", "kind", dict(Kind.choices), "What a text is to its readers."),
        RecordFilter("topic", "topic_links__tag", Topic, "About a topic, by its slug or id."),
        RecordFilter("author", "author_links__author", Author, "By an author, by the slug or id."),
    )

    def get_queryset(self):
        return Article.objects.published()

    def fetch(self, articles):
        if len(articles) > 1:  # one fetches them by fewer queries
            fetch_bylines_and_topics(articles)
        fetch_content_changed_at(articles)

    def get_serializer_class(self):
        return ArticleSummarySerializer if self.action == "list" else ArticleSerializer

    def addresses(self, slug):
        return [Article.address_of(slug, kind) for kind in Kind]
