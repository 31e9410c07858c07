from itertools import groupby
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from faq.forms import VoteForm
from faq.models import OtherWording, Question, QuestionTopic, Vote, fetch_topics
from ops.http.client_ip import client_address
from ops.http.decorators import safe_only
from ops.http.urls import absolute, route
from ops.limits.rate_limits import once_a_day
from ops.page_cache.decorator import cacheable
from publishing.pages.json_ld import PageNode, node_id
from publishing.pages.metadata import page_metadata, record_metadata
from publishing.pages.public_forms import PublicFormView, SubmissionRejectedError
from publishing.pages.views import get_visible
from publishing.quality.where_used import published_texts_about
from publishing.rendering.markdown import ended_block, heading, markdown_document, markdown_response, plain
from publishing.rendering.texts import Texts
from publishing.workflow.actions import live_revision

RELATED = 5


@cacheable()
@safe_only
def question_list(request: HttpRequest) -> HttpResponse:
    description = "Short answers to what clients ask about our work, AI models and the companies behind them."
    questions = Question.objects.published().filter(**QuestionTopic.published_lookups("topic__"))
    questions = questions.select_related("topic").order_by("topic__position", "topic__name", "position", "pk")
    columns = ("question", "slug", "answer", *(f"topic__{name}" for name in ("name", "slug", "position")))
    public_questions, crumbs, topics = (*questions.only(*columns),), _crumbs(), []
    for _, of_topic in groupby(public_questions, key=lambda question: question.topic_id):
        questions = [*of_topic]
        topics.append(questions[0].topic)
        topics[-1].public_questions = questions
    listed = PageNode("CollectionPage", items=public_questions)
    context = {
        "topics": topics,
        "texts": Texts(*(question.answer for question in public_questions)),
        "metadata": page_metadata(request, "Questions and answers", description, page=listed, crumbs=crumbs),
        "breadcrumbs": crumbs,
    }
    return render(request, "faq/list.html", context)


def _questions_of(topic):
    return Question.objects.published().filter(topic=topic).in_order().only("question", "slug")


@cacheable()
@safe_only
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    topic = get_visible(request, QuestionTopic, slug)
    crumbs = _crumbs(topic)
    text = f"Questions about {topic.name}, answered."
    questions = tuple(_questions_of(topic).only("question", "slug", "answer"))
    listed = PageNode("CollectionPage", items=questions)
    context = {
        "topic": topic,
        "questions": questions,
        "texts": Texts(*(question.answer for question in questions)),
        "is_draft": not topic.is_public,
        "metadata": record_metadata(
            request,
            topic,
            title=f"{topic}: questions and answers",
            text=text,
            kind="website",
            page=listed,
            crumbs=crumbs,
        ),
        "breadcrumbs": crumbs,
    }
    return render(request, "faq/topic.html", context)


@cacheable()
@safe_only
def question(request: HttpRequest, slug: str, is_markdown: bool = False) -> HttpResponse:
    try:
        question = get_visible(request, Question, slug)
    except Http404:
        # From the slug of another wording to the page of its question, or to its Markdown.
        wording = OtherWording.objects.filter(slug=slug, question__in=Question.objects.published()).first()
        if wording is None:
            raise
        question = cast(OtherWording, wording).question
        return redirect(question.markdown_url if is_markdown else question, permanent=True)
    fetch_topics([question])
    if is_markdown:
        return _as_markdown(question)
    topic = question.public_topic
    crumbs = _crumbs(*filter(None, [topic]), question)
    related = _questions_of(topic).exclude(pk=question.pk)[:RELATED] if topic else []
    texts = Texts(question.answer, ends_in=[question.answer])
    takes_votes = question.is_public and not getattr(request, "previewed", None)  # the page of a preview is not public
    answer = texts.plain_text(question.answer)
    metadata = record_metadata(request, question, text=answer, page=question_page(question, answer), crumbs=crumbs)
    context = {
        "question": question,
        "topic": topic,
        "texts": texts,
        "vote": VoteForm(question=question) if takes_votes else None,
        "related": related,
        "uses": published_texts_about(question),
        "is_draft": not question.is_public,
        "metadata": metadata,
        "breadcrumbs": crumbs,
    }
    return render(request, "faq/detail.html", context)


def _crumbs(*records) -> list[dict]:
    crumbs = [{"title": "Questions", "url": route("faq:list")}]
    return crumbs + [{"title": str(record), "url": record.get_absolute_url()} for record in records]


CHANGED = "The answer has changed since you opened it. Read it again, then send your vote again."
REPEATED = "Your network has already voted on this answer today. One vote a day is counted."


class VoteView(PublicFormView):
    """The form on a page of its own; it is also shown below each answer."""

    template_name = "faq/vote.html"
    body_limit = 32 * 1024
    too_long = "The reason is too long. Shorten it."
    advice = "Use the form below the answer to vote."
    limit_name, most_per_hour = "votes", 60  # for all answers together
    too_many = "Too many votes were sent from your network within an hour. Try again in an hour."

    def make_form(self, data: QueryDict | None = None) -> VoteForm:
        return VoteForm(data, question=_public(self.request, self.kwargs["slug"]))

    def take(self, form: VoteForm) -> str:
        if form.data.get("seen") != form.seen:
            raise SubmissionRejectedError(409, CHANGED)
        self.check_limit()
        vote_fields = {"is_helpful": form.cleaned_data["verdict"] == "yes", "reason": form.cleaned_data["reason"]}
        # The address of the client is not stored with the vote.
        with once_a_day(f"vote on {form.question.pk}", client_address(self.request)) as is_first:
            if not is_first:
                raise SubmissionRejectedError(409, REPEATED)
            Vote.objects.create(question=form.question, revision=live_revision(form.question), **vote_fields)
        return route("faq:thanks", form.question.slug)

    def get_context(self, form: VoteForm) -> dict:
        title = f"{'Not sent yet' if form.errors else 'Did this answer help?'}: {form.question}"
        description = "Tell us whether this answer helped you."
        return {"form": form, "metadata": page_metadata(self.request, title, description, is_indexable=False)}


@safe_only
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    question = _public(request, slug)
    metadata = page_metadata(request, "Thank you", "Your vote was counted.", is_indexable=False)
    return render(request, "faq/thanks.html", {"question": question, "metadata": metadata})


def _public(request, slug) -> Question:
    question = get_visible(request, Question, slug)
    if not question.is_public:
        raise Http404
    return question


def question_page(question, answer: str) -> PageNode:
    """Return a question's page as a FAQPage with the question as its main entity. `answer` is plain text."""
    entity = {
        "@type": "Question",
        "@id": node_id(question),
        "name": question.question,
        "acceptedAnswer": {"@type": "Answer", "text": answer},
    }
    return PageNode("FAQPage", properties=(("mainEntity", [entity]),))


def _as_markdown(question) -> HttpResponse:
    url, topic = absolute(question.get_absolute_url()), question.public_topic
    texts = Texts(question.answer, is_absolute=True, ends_in=[question.answer])
    text = markdown_document(
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
    return markdown_response(text, question.canonical_url or url)
