"""What a question says of itself to machines (schema.org). On its canonical page only."""

from publishing.pages.json_ld import Page, node_id


def question_page(question, answer: str) -> Page:
    """Return the page of a question: a FAQPage, whose one question is a part of it. `answer` is its plain words."""
    entity = {
        "@type": "Question",
        "@id": node_id(question),
        "name": question.question,
        "acceptedAnswer": {"@type": "Answer", "text": answer},
    }
    return Page("FAQPage", properties=(("mainEntity", [entity]),))
