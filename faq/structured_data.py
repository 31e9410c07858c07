"""Structured data (schema.org) of questions, only for their canonical page."""

from publishing.pages.json_ld import PageNode, node_id


def question_page(question, answer: str) -> PageNode:
    """Return a question's page as a FAQPage with the question as its main entity. `answer` is plain text."""
    entity = {
        "@type": "Question",
        "@id": node_id(question),
        "name": question.question,
        "acceptedAnswer": {"@type": "Answer", "text": answer},
    }
    return PageNode("FAQPage", properties=(("mainEntity", [entity]),))
