"""Pre-flight checks for duplicate questions, in the FAQ or within one text."""

from dataclasses import dataclass

from lxml import html as lxml_html

from faq.duplicates.contradictions import contradiction
from faq.duplicates.finding import Duplicate, KnownQuestions
from faq.duplicates.wording import asks_the_same
from faq.models import Question
from publishing.quality.preflight.rules import Finding, PreflightSubject, check, finding_of
from publishing.revisions.snapshot import relations_of, row_fields
from publishing.richtext.document import words_of
from publishing.richtext.reading import mentions
from publishing.richtext.schema import HEADINGS

# A question within a text is a heading, or a paragraph of its own as in imported documents.
ASKING = "h2,h3,h4,p"
LONGEST = 250


@dataclass(frozen=True)
class AskedQuestion:
    field: str
    place: int
    text: str
    answer: str


@check
def check_question(subject: PreflightSubject) -> list[Finding]:
    """Report public or scheduled questions that ask the same."""
    question = subject.record
    if not isinstance(question, Question) or not question.question.strip():
        return []
    others = KnownQuestions(Question.objects.published_sometime().exclude(pk=question.pk))
    ways = [question.question, *(row.get("wording") or "" for row in subject.rows.get("other_wordings", []))]
    duplicates = others.duplicates_of(*ways, answer=question.answer)
    return [_found_already("question_twice", duplicate, field="question") for duplicate in duplicates]


@check
def check_questions_in_text(subject: PreflightSubject) -> list[Finding]:
    asked_questions = [item for field, tree in subject.texts.items() for item in _asked_in(field, tree)]
    if not asked_questions:
        return []
    others = Question.objects.published_sometime()
    known_questions = KnownQuestions(
        others.exclude(pk=subject.record.pk) if isinstance(subject.record, Question) else others
    )
    here = [(item, known_questions.wording(item.text)) for item in asked_questions]
    shown_keys, findings = _keys_of_shown_questions(subject), []
    for number, (item, wording) in enumerate(here):
        before = next((pair for pair in reversed(here[:number]) if asks_the_same(pair[1], wording)), None)
        if before:
            note = _as_note(contradiction(wording, item.answer, before[1], before[0].answer))
            findings.append(finding_of("heading_twice", **_place(item), other=before[0].text, said=note))
        for duplicate in known_questions.duplicates_of(item.text, answer=item.answer)[:1]:
            if duplicate.contradiction or duplicate.question.pk not in shown_keys:
                findings.append(_found_already("heading_answered", duplicate, **_place(item)))
    return findings


def _asked_in(field: str, tree) -> list[AskedQuestion]:
    elements = list(tree.iter(*ASKING.split(",")))
    places = [place for place, element in enumerate(elements) if _asks(element)]
    ends = {id(elements[place]) for place in places}
    return [
        AskedQuestion(field, place, words_of(elements[place]), _answer_below(elements[place], ends)) for place in places
    ]


def _asks(element) -> bool:
    text = words_of(element)
    is_alone = element.tag != "p" or element.getparent().getparent() is None  # neither a table cell nor a list item
    return is_alone and text.endswith("?") and len(text) <= LONGEST and text.count("?") == 1 and ". " not in text


def _answer_below(element, ends: set[int]) -> str:
    """Return the HTML below a question, up to the next question or heading of the same level."""
    parts = []
    for following in element.itersiblings():
        is_end = following.tag in HEADINGS and (element.tag == "p" or following.tag <= element.tag)
        if is_end or id(following) in ends:
            break
        parts.append(lxml_html.tostring(following, encoding="unicode"))
    return "".join(parts)


def _keys_of_shown_questions(subject: PreflightSubject) -> set[int]:
    """Return the keys of questions that the text links to or shows; these are not reported."""
    label = Question._meta.label_lower
    bodies = (getattr(subject.record, field) or "" for field in subject.texts)
    keys = {item.pk for body in bodies for item in mentions(body) if item.label == label}
    for relation in relations_of(type(subject.record)) if subject.rows else ():
        for field in row_fields(relation):
            if field.related_model is Question:
                keys |= {row.get(field.name) for row in subject.rows.get(relation.get_accessor_name(), [])}
    return keys


def _found_already(rule: str, duplicate: Duplicate, **place) -> Finding:
    other = duplicate.question
    return finding_of(
        rule, **place, other=other, address=other.get_absolute_url(), said=_as_note(duplicate.contradiction)
    )


def _place(item: AskedQuestion) -> dict:
    return {"field": item.field, "tags": ASKING, "index": item.place, "words": item.text}


def _as_note(sentence: str) -> str:
    return f" {sentence}" if sentence else ""
