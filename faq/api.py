from rest_framework import serializers

from faq.models import Question, Topic
from publishing.api.viewsets import AbsoluteURLField, PublishableViewSet
from publishing.richtext.render import Texts


class QuestionTopicSerializer(serializers.ModelSerializer):
    url = AbsoluteURLField()

    class Meta:
        model = Topic
        fields = ["slug", "name", "url"]


class QuestionSerializer(serializers.ModelSerializer):
    url = AbsoluteURLField()
    topic = QuestionTopicSerializer(source="public_topic", read_only=True, allow_null=True)
    other_wordings = serializers.StringRelatedField(many=True, read_only=True)
    answer_html = serializers.SerializerMethodField()
    published_at = serializers.DateTimeField(source="first_published_at")

    class Meta:
        model = Question
        fields = [
            "slug",
            "question",
            "other_wordings",
            "answer_html",
            "topic",
            "url",
            "published_at",
            "last_changed_at",
            "facts_checked_on",
        ]

    def get_answer_html(self, question) -> str:
        return self._texts().html(question.answer)

    def _texts(self) -> Texts:
        """The answers of one response, whose references are looked up at once."""
        if "texts" not in self.context:
            instances = self.parent.instance if self.parent else [self.instance]
            self.context["texts"] = Texts(*(question.answer for question in instances), is_absolute=True)
        return self.context["texts"]


class QuestionViewSet(PublishableViewSet):
    """Questions with their answers and their other wordings."""

    serializer_class = QuestionSerializer

    def records(self):
        return Question.objects.published().for_readers().prefetch_related("other_wordings")
