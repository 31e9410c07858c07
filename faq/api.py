from collections import defaultdict
from pathlib import Path

from rest_framework import serializers

from faq.models import OtherWording, Question, Topic, fetch_topics
from publishing.addresses import absolute
from publishing.api.examples import examples_in
from publishing.api.fields import AbsoluteURLField, ContentChangedField, IdField, RichHTMLField, moment
from publishing.api.filters import RecordFilter
from publishing.api.viewsets import PublishableViewSet
from publishing.models import fetch_content_changed_at
from publishing.rendering.texts import Texts

COLUMNS = ("slug", "question", "answer", "topic", "first_published_at", "last_changed_at", "facts_checked_on")
EXAMPLES = examples_in(Path(__file__).with_name("api_examples.json"))


class QuestionTopicSerializer(serializers.ModelSerializer):
    url = AbsoluteURLField()

    class Meta:
        model = Topic
        fields = ["slug", "name", "url"]


class QuestionSerializer(serializers.ModelSerializer):
    id = IdField()
    url = AbsoluteURLField()
    topic = QuestionTopicSerializer(read_only=True, allow_null=True)
    other_wordings = serializers.ListField(child=serializers.CharField(), read_only=True)
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
        return Question.objects.published().only(*COLUMNS)

    def documents(self, questions):
        fetch_topics(questions)
        fetch_content_changed_at(questions)
        wordings = defaultdict(list)
        rows = OtherWording.objects.filter(question__in=questions).order_by("pk")
        for key, wording in rows.values_list("question", "wording"):
            wordings[key].append(wording)
        texts = Texts(*(question.answer for question in questions), is_absolute=True, owners=questions)
        return [_document(question, wordings[question.pk], texts.html(question.answer)) for question in questions]

    def key_of_other_name(self, name):
        key = super().key_of_other_name(name)
        return key or OtherWording.objects.filter(slug=name).values_list("question_id", flat=True).first()


def _document(question, wordings: list[str], answer_html: str) -> dict:
    topic = question.public_topic
    return {
        "id": str(question.pk),
        "slug": question.slug,
        "question": question.question,
        "other_wordings": wordings,
        "answer_html": answer_html,
        "topic": topic and {"slug": topic.slug, "name": topic.name, "url": absolute(topic.get_absolute_url())},
        "url": absolute(question.get_absolute_url()),
        "published_at": moment(question.first_published_at),
        "last_changed_at": moment(question.last_changed_at),
        "content_changed_at": moment(question.content_changed_at),
        "facts_checked_on": question.facts_checked_on,
    }
