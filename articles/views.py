from django.shortcuts import render

from articles.feeds import feed_addresses, feed_of
from articles.markdown import article_markdown
from articles.models import LISTS, Article, ArticleKind, Author, Topic, fetch_for_cards
from articles.related import related_to
from articles.structured_data import AUTHOR, article_nodes
from ops.http.decorators import safe_only
from ops.http.query_params import page_of
from ops.http.urls import absolute, route
from ops.page_cache.decorator import cacheable, only_page_parameter
from publishing.pages.feeds import alternates, feed_response
from publishing.pages.json_ld import PageNode, named, node_id
from publishing.pages.metadata import page_metadata, record_metadata
from publishing.pages.views import get_visible
from publishing.rendering.markdown import markdown_response
from publishing.rendering.texts import Texts
from publishing.richtext.excerpt import description_from
from publishing.site.current import site_of

WORDS_PER_MINUTE = 230
PER_PAGE = 20
ABOUT_ARTICLES = "What we have learnt building AI for clients: how models differ, what they cost, how long they last."


@cacheable(only_page_parameter)
@safe_only
def article_list(request):
    page, crumbs = _cards(request, kind=ArticleKind.ARTICLE), _crumbs()
    context = {
        "page": page,
        "topics": _topics_with_articles(),
        "metadata": page_metadata(
            request,
            "Articles",
            ABOUT_ARTICLES,
            page=PageNode("CollectionPage", items=tuple(page)),
            crumbs=crumbs,
            alternates=alternates("Articles", feed_addresses("feed")),
        ),
        "breadcrumbs": crumbs,
    }
    return render(request, "articles/list.html", context)


def _cards(request, **fields):
    page = page_of(Article.objects.published().filter(**fields).newest_first().for_cards(), request, PER_PAGE)
    page.object_list = fetch_for_cards(page.object_list)
    return page


def _topics_with_articles() -> list[Topic]:
    topics = Topic.objects.published().filter(**Article.published_lookups("article_links__content_object__"))
    return list(topics.only("name", "slug").distinct())


@cacheable(only_page_parameter)
@safe_only
def service_list(request):
    description = "What we do for clients: which model to choose, what to build on it, and how to keep it running."
    return _list_of_kind(request, ArticleKind.SERVICE, "Services", description)


@cacheable(only_page_parameter)
@safe_only
def case_study_list(request):
    description = "Worked examples: the problem, what is measured, how, and what came out."
    return _list_of_kind(request, ArticleKind.CASE_STUDY, "Case studies", description)


def _list_of_kind(request, kind, title, description):
    page, crumbs = _cards(request, kind=kind), _crumbs_of_kind(kind)
    listed = PageNode("CollectionPage", items=tuple(page))
    context = {
        "title": title,
        "standfirst": description,
        "page": page,
        "metadata": page_metadata(request, title, description, page=listed, crumbs=crumbs),
        "breadcrumbs": crumbs,
    }
    return render(request, "articles/kind.html", context)


@cacheable()
@safe_only
def text(request, slug, kind):
    """Show an article, a service, a case study or a plain page."""
    article = get_visible(request, Article, slug, kind=kind)
    questions = article.placed_questions
    answers = [question.answer for question in questions]
    texts = Texts(article.body, *answers, tells_ended=True, owners=_owners(article))
    crumbs = _crumbs_of_kind(kind, article)
    nodes = article_nodes(article, texts)
    metadata = record_metadata(
        request,
        article,
        text=article.standfirst or description_from(texts.words(article.body)),
        image=article.cover,
        nodes=nodes,
        page=PageNode(main=node_id(article) if nodes else ""),
        crumbs=crumbs,
        topics=tuple(topic.name for topic in article.topic_list),
        alternates=alternates("Articles", feed_addresses("feed")) if kind == ArticleKind.ARTICLE else (),
    )
    context = {
        "article": article,
        "cover": article.shown_cover,
        "texts": texts,
        "contents": [heading for heading in texts.headings(article.body) if heading.level < 4],
        "questions": questions,
        "calls": [article, *article.topic_list],
        "related": related_to(article),
        "reading_minutes": _reading_minutes(texts.words(article.body)),
        "is_draft": not article.is_public,
        "metadata": metadata,
        "breadcrumbs": crumbs,
    }
    return render(request, "articles/detail.html", context)


def _reading_minutes(words: str) -> int:
    """Return whole minutes, at least one."""
    return max(1, round(len(words.split()) / WORDS_PER_MINUTE))


def _owners(article) -> list:
    """Return the records whose texts are on the page and whose tables can be downloaded."""
    return [*([article] if article.is_public else []), *article.placed_questions]


@cacheable()
@safe_only
def text_as_markdown(request, slug, kind):
    article = get_visible(request, Article, slug, kind=kind)
    canonical = article.canonical_url or absolute(article.get_absolute_url())
    return markdown_response(article_markdown(article), canonical)


@cacheable(only_page_parameter)
@safe_only
def topic(request, slug):
    topic = get_visible(request, Topic, slug)
    texts = Texts(topic.introduction, owners=[topic] if topic.is_public else [])
    text = description_from(texts.words(topic.introduction)) or f"Articles about {topic.name}."
    return _page_of_articles(
        request,
        "articles/topic.html",
        "topic",
        "Thing",
        topic,
        {"topic_links__tag": topic},
        text,
        texts=texts,
        calls=[topic],
    )


@cacheable(only_page_parameter)
@safe_only
def author(request, slug):
    author = get_visible(request, Author, slug)
    texts = Texts(author.biography, owners=[author] if author.is_public else [])
    text = description_from(texts.words(author.biography)) or f"Articles by {author.name}."
    return _page_of_articles(
        request, "articles/author.html", "author", AUTHOR, author, {"author_links__author": author}, text, texts=texts
    )


def _page_of_articles(request, template, name, kind, record, listed: dict, text, **extra):
    crumbs, page = _crumbs(record), _cards(request, **listed)
    context = {
        name: record,
        "page": page,
        "is_draft": not record.is_public,
        "metadata": record_metadata(
            request,
            record,
            text=text,
            kind="website",
            nodes=[named(record, kind)],
            page=PageNode("CollectionPage", items=tuple(page), properties=(("about", {"@id": node_id(record)}),)),
            crumbs=crumbs,
            alternates=alternates(f"Articles: {record}", feed_addresses(f"{name}_feed", record.slug)),
        ),
        "breadcrumbs": crumbs,
        **extra,
    }
    return render(request, template, context)


@cacheable()
@safe_only
def feed(request, form):
    """Return the feed of all articles."""
    articles = Article.objects.published().of_kind(ArticleKind.ARTICLE)
    title = f"{site_of(request).shown_name}: articles"
    return feed_response(feed_of(title, ABOUT_ARTICLES, (request.path, route("articles:list")), articles), form)


@cacheable()
@safe_only
def topic_feed(request, slug, form):
    topic = get_visible(request, Topic, slug)
    articles = Article.objects.published().filter(topic_links__tag=topic)
    introduction = Texts(topic.introduction).words(topic.introduction)
    text = description_from(introduction) or f"Articles about {topic.name}."
    return _feed_of_record(request, topic, text, articles, form)


@cacheable()
@safe_only
def author_feed(request, slug, form):
    author = get_visible(request, Author, slug)
    articles = Article.objects.published().filter(author_links__author=author)
    return _feed_of_record(request, author, author.role, articles, form)


def _feed_of_record(request, record, text, articles, form):
    title = f"{site_of(request).shown_name}: {record}"
    paths = (request.path, record.get_absolute_url())
    return feed_response(feed_of(title, text, paths, articles, changed_at=record.last_changed_at), form)


def _crumbs(*records) -> list[dict]:
    return _crumbs_of_kind(ArticleKind.ARTICLE, *records)


def _crumbs_of_kind(kind, *records) -> list[dict]:
    title, name = LISTS[kind]
    crumbs = [{"title": title, "url": route(name)}] if name else []
    return crumbs + [{"title": str(record), "url": record.get_absolute_url()} for record in records]
