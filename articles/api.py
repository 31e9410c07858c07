from rest_framework import serializers

from articles.models import Article, Author, Topic
from publishing.api.fields import AbsoluteURLField, RichHTMLField
from publishing.api.viewsets import PublishableViewSet


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
    url = AbsoluteURLField()
    authors = AuthorSerializer(source="byline", many=True, read_only=True)
    topics = TopicSerializer(source="topic_list", many=True, read_only=True)
    published_at = serializers.DateTimeField(source="first_published_at")

    class Meta:
        model = Article
        fields = [
            "slug",
            "kind",
            "title",
            "standfirst",
            "url",
            "authors",
            "topics",
            "published_at",
            "last_changed_at",
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
    """Articles in the order of their publication. The list leaves out bodies."""

    def get_queryset(self):
        articles = Article.objects.published()
        return articles.for_lists() if self.action == "list" else articles.for_readers()

    def get_serializer_class(self):
        return ArticleSummarySerializer if self.action == "list" else ArticleSerializer
