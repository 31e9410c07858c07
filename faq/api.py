from collections import defaultdict
from pathlib import Path

from rest_framework import serializers

from faq.models import OtherWording, Question, Topic, fetch_topics
from publishing.api.examples import examples_in
from publishing.api.fields import AbsoluteURLField, ContentChangedField, IdField, RichHTMLField
from publishing.api.filters import RecordFilter
from publishing.api.viewsets import PublishableViewSet
from publishing.models import fetch_content_changed_at

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
    other_wordings = serializers.ListField(source="wordings", child=serializers.CharField(), read_only=True)
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
        return Question.objects.published()

    def fetch(self, questions):
        fetch_topics(questions)
        fetch_content_changed_at(questions)
        wordings = defaultdict(list)
        rows = OtherWording.objects.filter(question__in=questions).order_by("pk")
        for key, wording in rows.values_list("question", "wording"):
            wordings[key].append(wording)
        for question in questions:
            question.wordings = wordings[question.pk]

    def key_of_other_name(self, name):
        key = super().key_of_other_name(name)
        return key or OtherWording.objects.filter(slug=name).values_list("question_id", flat=True).first()
