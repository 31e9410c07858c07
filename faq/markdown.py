"""A question with its answer as Markdown."""

from ops.http.urls import absolute
from publishing.rendering.markdown import ended_block, heading, markdown_document, plain
from publishing.rendering.texts import Texts


def question_markdown(question) -> str:
    url = absolute(question.get_absolute_url())
    topic = question.public_topic
    texts = Texts(question.answer, is_absolute=True, tells_ended=True)
    return markdown_document(
        {
            "title": question.question,
            "url": question.canonical_url or url,
            "topic": topic and topic.name,
            "published": question.first_published_at,
            "updated": question.last_changed_at,
            "facts_checked": question.facts_checked_on,
        },
        heading(plain(question.question), 1),
        ended_block(texts.ended),
        texts.markdown(question.answer, url),
    )
