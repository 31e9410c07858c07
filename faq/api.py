from pathlib import Path

from rest_framework import serializers

from faq.models import OtherWording, Question, Topic, fetch_topics
from publishing.api.examples import examples_in
from publishing.api.fields import AbsoluteURLField, ContentChangedField, IdField, RichHTMLField
from publishing.api.filters import RecordFilter
from publishing.api.viewsets import PublishableViewSet

EXAMPLES = examples_in(Path(__file__).with_name("api_examples.json"))


class QuestionTopicSerializer(serializers.ModelSerializer):
    url = AbsoluteURLField()

    class Meta:
        model = Topic
        fields = ["slug", "name", "url"]


class QuestionSerializer(serializers.ModelSerializer):
    id = IdField()
    url = AbsoluteURLField()
    topic = QuestionTopicSerializer(source="public_topic", read_only=True, allow_null=True)
    other_wordings = serializers.StringRelatedField(many=True, read_only=True)
    answer_html = RichHTMLField(source="answer")
    published_at = serializers.DateTimeField(source="first_published_at")
    content_changed_at = ContentChangedField()

    class Meta:
        model = Question
        fields = [
            "id",
            "slug",
            "question",
            "other_wordings",
            "answer_html",
            "topic",
            "url",
            "published_at",
            "last_changed_at",
            "content_changed_at",
            "facts_checked_on",
        ]


class QuestionViewSet(PublishableViewSet):
    """Questions with their answers and their other wordings."""

    example = EXAMPLES["question"]
    serializer_class = QuestionSerializer
    filters = (RecordFilter("topic", "topic", Topic, "Of a topic, by its slug or id."),)

    def get_queryset(self):
        questions = Question.objects.published()
        if self.is_described:
            return questions
        return questions.with_content_changed_at().prefetch_related("other_wordings")

    def paginate_queryset(self, queryset):
        return fetch_topics(super().paginate_queryset(queryset))

    def key_of_other_name(self, name):
        key = super().key_of_other_name(name)
        return key or OtherWording.objects.filter(slug=name).values_list("question_id", flat=True).first()
