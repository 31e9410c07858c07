from collections import defaultdict
from pathlib import Path

from faq.models import OtherWording, Question, QuestionQuerySet, QuestionTopic, fetch_topics
from ops.http.urls import absolute
from publishing.api import schemas
from publishing.api.filters import RecordParameter
from publishing.api.schemas import examples_in
from publishing.api.viewsets import PublishableViewSet
from publishing.content.publishable import fetch_content_changed_at
from publishing.rendering.texts import Texts

COLUMNS = ("slug", "question", "answer", "topic", "first_published_at", "last_changed_at", "facts_checked_on")
EXAMPLES = examples_in(Path(__file__).with_name("api_examples.json"))


SCHEMAS = {
    "Question": schemas.an_object(
        "A question with its answer.",
        {
            "id": schemas.ID,
            "slug": schemas.SLUG,
            "question": schemas.described("Worded as readers would ask it.", schemas.TEXT),
            "other_wordings": schemas.several(schemas.TEXT, "Alternative wordings."),
            "answer_html": schemas.HTML,
            "topic": schemas.or_null(schemas.ref("QuestionTopic")),
            "url": schemas.ADDRESS,
            **schemas.MOMENTS,
        },
    ),
    "QuestionTopic": schemas.short_reference("Topic of a question."),
}


class QuestionViewSet(PublishableViewSet):
    """Questions with their answers and their other wordings."""

    example = EXAMPLES["question"]
    components, record_schema = SCHEMAS, schemas.ref("Question")
    filters = (RecordParameter("topic", "topic", QuestionTopic, "Topic: a topic, by its slug or id."),)

    def get_queryset(self) -> QuestionQuerySet:
        return Question.objects.published().only(*COLUMNS)

    def documents(self, questions: list[Question]) -> list[dict]:
        fetch_topics(questions)
        fetch_content_changed_at(questions)
        wordings = defaultdict(list)
        rows = OtherWording.objects.filter(question__in=questions).order_by("pk")
        for key, wording in rows.values_list("question", "wording"):
            wordings[key].append(wording)
        texts = Texts(*(question.answer for question in questions), is_absolute=True)
        return [_document(question, wordings[question.pk], texts.html(question.answer)) for question in questions]

    def key_of_other_name(self, name: str) -> int | None:
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
        "topic": topic and schemas.named_value(topic),
        "url": absolute(question.get_absolute_url()),
        **schemas.moments_of(question),
    }
