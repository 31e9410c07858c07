from django.shortcuts import render
from django.urls import reverse

from articles.models import Article, Author, Kind, Topic
from articles.structured_data import article_node
from publishing.metadata import description_from, page_metadata, record_metadata
from publishing.parameters import page_of
from publishing.richtext.render import Texts
from publishing.safety import safe_only
from publishing.views import get_visible

PER_PAGE = 20
# Plain pages have no list.
LISTS = {
    Kind.ARTICLE: {"Articles": "articles:list"},
    Kind.SERVICE: {"Services": "articles:services"},
    Kind.CASE_STUDY: {"Case studies": "articles:case_studies"},
}


@safe_only
def article_list(request):
    topics = Topic.objects.published().filter(article_links__content_object__in=Article.objects.published())
    description = "What we have learnt building AI for clients: how models differ, what they cost, how long they last."
    context = {
        "page": page_of(
            Article.objects.published().of_kind(Kind.ARTICLE).newest_first().for_lists(), request, PER_PAGE
        ),
        "topics": topics.distinct(),
        "metadata": page_metadata(request, "Articles", description),
        "breadcrumbs": _crumbs(),
    }
    return render(request, "articles/list.html", context)


@safe_only
def service_list(request):
    description = "What we do for clients: which model to choose, what to build on it, and how to keep it running."
    return _list_of_kind(request, Kind.SERVICE, "Services", description)


@safe_only
def case_study_list(request):
    description = "Worked examples: the problem, what is measured, how, and what came out."
    return _list_of_kind(request, Kind.CASE_STUDY, "Case studies", description)


def _list_of_kind(request, kind, title, description):
    context = {
        "title": title,
        "standfirst": description,
        "page": page_of(Article.objects.published().of_kind(kind).newest_first().for_lists(), request, PER_PAGE),
        "metadata": page_metadata(request, title, description),
        "breadcrumbs": _crumbs_of_kind(kind),
    }
    return render(request, "articles/kind.html", context)


@safe_only
def text(request, slug, kind):
    """The page of an article, a service, a case study or a plain page."""
    article = get_visible(request, Article.objects.of_kind(kind).for_readers(), slug)
    questions = article.placed_questions
    texts = Texts(article.body, *(question.answer for question in questions))
    crumbs = _crumbs_of_kind(kind, article)
    metadata = record_metadata(
        request,
        article,
        text=article.standfirst or description_from(article.body),
        image=article.cover,
        nodes=[article_node(article)],
        crumbs=crumbs,
    )
    context = {
        "article": article,
        "cover": article.shown_cover,
        "texts": texts,
        "contents": [heading for heading in texts.headings(article.body) if heading.level < 4],
        "questions": questions,
        "read_also": article.read_also_list,
        "reading_minutes": article.reading_minutes,
        "is_draft": not article.is_public,
        "metadata": metadata,
        "breadcrumbs": crumbs,
    }
    return render(request, "articles/detail.html", context)


@safe_only
def topic(request, slug):
    topic = get_visible(request, Topic.objects.all(), slug)
    articles = Article.objects.published().filter(topic_links__tag=topic).newest_first().for_lists()
    text = description_from(topic.introduction) or f"Articles about {topic.name}."
    return _page_of_articles(request, "articles/topic.html", "topic", topic, topic.introduction, articles, text)


@safe_only
def author(request, slug):
    author = get_visible(request, Author.objects.select_related("picture"), slug)
    articles = Article.objects.published().filter(author_links__author=author).newest_first().for_lists()
    text = description_from(author.biography) or f"Articles by {author.name}."
    return _page_of_articles(request, "articles/author.html", "author", author, author.biography, articles, text)


def _page_of_articles(request, template, name, record, body, articles, text):
    crumbs = _crumbs(record)
    context = {
        name: record,
        "texts": Texts(body),
        "page": page_of(articles, request, PER_PAGE),
        "is_draft": not record.is_public,
        "metadata": record_metadata(request, record, text=text, kind="website", crumbs=crumbs),
        "breadcrumbs": crumbs,
    }
    return render(request, template, context)


def _crumbs(*records) -> list[dict]:
    return _crumbs_of_kind(Kind.ARTICLE, *records)


def _crumbs_of_kind(kind, *records) -> list[dict]:
    crumbs = [{"title": title, "url": reverse(name)} for title, name in LISTS.get(kind, {}).items()]
    return crumbs + [{"title": str(record), "url": record.get_absolute_url()} for record in records]
