"""What a question says of itself to machines (schema.org). On its canonical page only."""

from publishing.richtext.reading import plain_text
from publishing.structured_data import Page, node_id


def question_page(question, answer: str) -> Page:
    """Return the page of a question: a FAQPage, whose one question is a part of it. `answer` is as of today."""
    entity = {
        "@type": "Question",
        "@id": node_id(question),
        "name": question.question,
        "acceptedAnswer": {"@type": "Answer", "text": plain_text(answer)},
    }
    return Page("FAQPage", properties=(("mainEntity", [entity]),))
