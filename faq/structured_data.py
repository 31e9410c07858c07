"""What a question says of itself to machines (schema.org). On its canonical page only."""

from publishing.addresses import absolute
from publishing.richtext.document import plain_text


def faq_node(question) -> dict:
    url = absolute(question.get_absolute_url())
    return {
        "@type": "FAQPage",
        "@id": f"{url}#faq",
        "url": url,
        "mainEntity": [
            {
                "@type": "Question",
                "name": question.question,
                "acceptedAnswer": {"@type": "Answer", "text": plain_text(question.answer)},
            }
        ],
    }
