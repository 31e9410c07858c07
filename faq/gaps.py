"""Answers that did not help."""

from faq.voting import questions_voted_down
from publishing.addresses import change_url
from publishing.gaps import ENOUGH, Gap, gap_source


@gap_source(
    "votes",
    "Answers that did not help",
    "Questions whose present answer readers voted down, with how many did. Their reasons stand with the question.",
)
def answers_voted_down() -> list[Gap]:
    """The questions whose present answer readers voted down. One that was dismissed comes again when its text changes
    and does not help either."""
    return [
        Gap(
            f"{voted.question.pk} {voted.question.last_changed_at.isoformat()}",
            voted.question.question,
            voted.count,
            voted.last_on,
            url=change_url(voted.question),
            url_words="Improve the answer",
        )
        for voted in questions_voted_down(ENOUGH)
    ]
