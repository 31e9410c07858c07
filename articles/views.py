from django.db.models import Count, Prefetch, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from articles.feeds import feed_addresses, feed_of
from articles.markdown import article_as_markdown
from articles.models import FRONT, LISTS, Article, ArticleKind, Author, Topic
from articles.related import CARDS, contact_people, related_to, with_covers, with_parts
from articles.sections.composing import bodies_of
from articles.sections.page import texts_of, what_is_shown, with_records
from articles.starter import first_front_page
from articles.structured_data import article_nodes, author_node, mentioned
from ops.http.decorators import safe_only
from ops.http.errors import Gone
from ops.http.query_params import page_of
from ops.http.urls import route
from ops.page_cache.decorator import cacheable, only_page_parameter
from publishing.content.redirect import Redirect
from publishing.pages.feeds import alternates, feed_response
from publishing.pages.json_ld import PageNode, node_id, reference_node
from publishing.pages.metadata import page_metadata, record_metadata
from publishing.pages.views import get_visible
from publishing.rendering.texts import Texts
from publishing.richtext.table_element import first_chart
from publishing.site.current import site_of
from publishing.site.menus import ABOUT_US, PRIVACY, label_of
from publishing.site.models import IMPRINT

WORDS_PER_MINUTE = 230
PER_PAGE = 20
ABOUT = {
    ArticleKind.ARTICLE: "What models cost, how long they last, how to choose one and build on it, with dated facts.",
    ArticleKind.SERVICE: "We help you choose a model, build the system around it and keep it running.",
    ArticleKind.CASE_STUDY: "Problem, approach and result, and how it was measured or calculated. Worked examples use "
    "public data and stated assumptions; they are not client projects.",
}
SHOWN_WITH: dict = {ArticleKind.SERVICE: ArticleKind.CASE_STUDY, ArticleKind.CASE_STUDY: ArticleKind.SERVICE}
# The pages that list articles: the model, its rich text, and the lookup of its articles.
OWNERS = {"topic": (Topic, "introduction", "topic_links__tag"), "author": (Author, "biography", "author_links__author")}


@cacheable(only_page_parameter)
@safe_only
def text_list(request: HttpRequest, kind: ArticleKind) -> HttpResponse:
    """List the articles, the services or the case studies."""
    page, crumbs, description = _cards(request, kind=kind), _crumbs(request, kind), ABOUT[kind]
    title = crumbs[0]["title"]
    is_article = kind == ArticleKind.ARTICLE
    lead = page.object_list[0] if is_article and page.number == 1 and page.object_list else None
    chart = first_chart(lead.body) if lead and not lead.cover else ""
    context = {
        "title": title,
        "summary": description,
        "page": page,
        "chart": chart,
        "texts": Texts(chart),
        "topics": _topics_with_articles() if is_article else [],
        "is_dated": is_article,
        "is_compared": kind == ArticleKind.SERVICE,
        "metadata": page_metadata(
            request,
            title,
            description,
            page=PageNode("CollectionPage", items=tuple(page)),
            crumbs=crumbs,
            alternates=alternates(title, feed_addresses("feed")) if is_article else (),
        ),
        "breadcrumbs": crumbs,
    }
    return render(request, "articles/list.html", context)


def _cards(request, **fields):
    cards, kind = CARDS.published().filter(**fields).newest_first(), fields.get("kind")
    if kind in SHOWN_WITH:
        related = Prefetch("read_also", CARDS.published().of_kind(SHOWN_WITH[kind]), "shown_with")
        cards = (cards.reverse() if kind == ArticleKind.SERVICE else cards).prefetch_related(related)  # oldest first
    page = page_of(cards, request, PER_PAGE)
    page.object_list = with_covers(page.object_list)
    return page


def _topics_with_articles() -> list[Topic]:
    topics = Topic.objects.published().filter(**Article.published_lookups("article_links__content_object__"))
    return list(topics.only("name", "slug").order_by("name").annotate(article_count=Count("pk")))


@cacheable()
@safe_only
def text(request: HttpRequest, slug: str, kind: ArticleKind, is_markdown: bool = False) -> HttpResponse:
    """Show an article, a service, a case study or a plain page."""
    if slug == FRONT and kind == ArticleKind.PAGE and not is_markdown:
        return redirect("home", permanent=True)
    try:
        article = get_visible(request, Article, slug, fetched=with_parts, kind=kind)
    except Http404:
        if request.path != IMPRINT or Redirect.objects.answer(IMPRINT):
            raise
        return imprint(request)
    return article_as_markdown(article) if is_markdown else _article_page(request, article)


@cacheable()
@safe_only
def front_page(request: HttpRequest) -> HttpResponse:
    """Show the page whose address is “home” or, until there is one, that of the starter content."""
    try:
        article = get_visible(request, Article, FRONT, fetched=with_parts, kind=ArticleKind.PAGE)
    except (Http404, Gone):
        article = first_front_page()
    return _article_page(request, article)


def _article_page(request, article: Article) -> HttpResponse:
    return _page_of_sections(request, article) if article.sections else _page_of_text(request, article)


def _page_of_sections(request, article: Article) -> HttpResponse:
    sections, is_front, site = with_records(article.sections), article.slug == FRONT, site_of(request)
    texts = texts_of(article.sections, sections, ends_in=bodies_of(article.sections))
    crumbs = [] if is_front else _crumbs(request, article.kind, article)
    metadata = record_metadata(
        request,
        article,
        title=site.shown_name if is_front else "",
        text=article.summary,
        image=article.cover or (site.share_image if is_front else None),
        kind="website",
        page=PageNode(properties=(("mentions", mentioned(texts, *bodies_of(article.sections))),)),
        crumbs=crumbs,
        alternates=alternates("Articles", feed_addresses("feed")) if is_front else (),
    )
    context = {
        "article": article,
        "sections": sections,
        "texts": texts,
        "shows": what_is_shown(sections),
        "company": _company(request, article),
        "company_after": next((n for n, section in enumerate(sections, 1) if section["type"] == "people"), 1),
        "calls": [article],
        "is_draft": not article.is_public,
        "metadata": metadata,
        "breadcrumbs": crumbs,
    }
    return render(request, "articles/sections.html", context)


def _page_of_text(request, article: Article) -> HttpResponse:
    kind = ArticleKind(article.kind)
    prefetch_related_objects(article.byline, "picture")
    answers = [question.answer for question in article.question_list]
    texts = Texts(article.body, *answers, ends_in=[article.body])
    crumbs = _crumbs(request, kind, article)
    nodes = article_nodes(article, texts)
    metadata = record_metadata(
        request,
        article,
        text=article.summary or texts.plain_text(article.body),
        image=article.cover,
        nodes=nodes,
        page=PageNode(main=node_id(article) if nodes else ""),
        crumbs=crumbs,
        topics=tuple(topic.name for topic in article.topic_list),
        alternates=alternates("Articles", feed_addresses("feed")) if kind == ArticleKind.ARTICLE else (),
    )
    context = {
        "article": article,
        "texts": texts,
        "contents": [heading for heading in texts.headings(article.body) if heading.level < 4],
        "company": _company(request, article),
        "questions": article.question_list,
        "calls": [article, *article.topic_list],
        "related": related_to(article),
        "reading_minutes": max(1, round(len(texts.plain_text(article.body).split()) / WORDS_PER_MINUTE)),
        "is_draft": not article.is_public,
        "metadata": metadata,
        "breadcrumbs": crumbs,
    }
    return render(request, "articles/detail.html", context)


def _company(request, article) -> dict:
    """Return what the page of this address states of the company, from the settings of the site."""
    address, site = article.get_absolute_url(), site_of(request)
    if address == PRIVACY:
        who = site.controller or site.legal_name or f"The company behind {site.shown_name}"
        return {"title": "Who is responsible", "who": who, "facts": site.privacy_facts, "missing": site.missing}
    if address in {ABOUT_US, IMPRINT}:
        return {
            "title": "The company",
            "facts": site.company_facts,
            "missing": site.missing,
            "people": [] if article.sections else contact_people(),
        }
    return {}


def imprint(request: HttpRequest) -> HttpResponse:
    """Show the imprint that the settings of the site make, as long as there is no page with its address."""
    site = site_of(request)
    summary = "Who publishes this site." if site.is_confirmed else "Nobody has confirmed yet who publishes this site."
    context = {
        "summary": summary,
        "company": {"title": "The company", "facts": site.company_facts if site.is_confirmed else []}
        | {"missing": site.missing},
        "metadata": page_metadata(request, "Imprint", summary, is_indexable=site.is_confirmed),
    }
    return render(request, "articles/imprint.html", context)


@cacheable(only_page_parameter)
@safe_only
def articles_of(request: HttpRequest, slug: str, owner: str) -> HttpResponse:
    """Show a topic or an author (`owner`) with the articles."""
    model, text_field, lookup = OWNERS[owner]
    record = get_visible(request, model, slug)
    texts = Texts(getattr(record, text_field))
    crumbs, page = _crumbs(request, ArticleKind.ARTICLE, record), _cards(request, **{lookup: record})
    context = {
        owner: record,
        "texts": texts,
        "calls": [record] if owner == "topic" else [],
        "topics": _topics_with_articles() if owner == "topic" else [],
        "page": page,
        "is_draft": not record.is_public,
        "metadata": record_metadata(
            request,
            record,
            title=f"{record}: articles about AI models" if owner == "topic" else "",
            text=_about(owner, record, texts),
            kind="website",
            nodes=[author_node(record) if owner == "author" else reference_node(record, "DefinedTerm")],
            page=PageNode("CollectionPage", items=tuple(page), properties=(("about", {"@id": node_id(record)}),)),
            crumbs=crumbs,
            alternates=alternates(f"Articles: {record}", feed_addresses(f"{owner}_feed", record.slug)),
        ),
        "breadcrumbs": crumbs,
    }
    return render(request, f"articles/{owner}.html", context)


def _about(owner: str, record, texts) -> str:
    text = texts.plain_text(getattr(record, OWNERS[owner][1]))
    return text or f"Articles {'by' if owner == 'author' else 'about'} {record}."


@cacheable()
@safe_only
def feed(request: HttpRequest, form: str) -> HttpResponse:
    """Return the feed of all articles."""
    articles = Article.objects.published().of_kind(ArticleKind.ARTICLE)
    title, paths = f"{site_of(request).shown_name}: articles", (request.path, route("articles:list"))
    return feed_response(feed_of(title, ABOUT[ArticleKind.ARTICLE], paths, articles), form)


@cacheable()
@safe_only
def feed_of_owner(request: HttpRequest, slug: str, owner: str, form: str) -> HttpResponse:
    """Return the feed of a topic or an author."""
    model, text_field, lookup = OWNERS[owner]
    record = get_visible(request, model, slug)
    title, paths = f"{site_of(request).shown_name}: {record}", (request.path, record.get_absolute_url())
    text = _about(owner, record, Texts(getattr(record, text_field)))
    articles = Article.objects.published().filter(**{lookup: record})
    return feed_response(feed_of(title, text, paths, articles, changed_at=record.last_changed_at), form)


def _crumbs(request, kind, *records) -> list[dict]:
    title, name = LISTS[kind]
    crumbs = [{"title": label_of(site_of(request), url := route(name), title), "url": url}] if name else []
    return crumbs + [{"title": str(record), "url": record.get_absolute_url()} for record in records]
