from django.urls import path

from articles import views
from articles.models import ArticleKind
from publishing.pages.feeds import TYPES as FEEDS

app_name = "articles"

urlpatterns = [
    path("articles/", views.article_list, name="list"),
    *(path(f"articles/feed.{form}", views.feed, {"form": form}, name=f"feed_{form}") for form in FEEDS),
    *(
        path(f"articles/{place}/<slug:slug>/feed.{form}", view, {"form": form}, name=f"{name}_{form}")
        for place, view, name in (
            ("topics", views.topic_feed, "topic_feed"),
            ("authors", views.author_feed, "author_feed"),
        )
        for form in FEEDS
    ),
    path("articles/topics/<slug:slug>/", views.topic, name="topic"),
    path("articles/authors/<slug:slug>/", views.author, name="author"),
    path("articles/<slug:slug>/", views.text, {"kind": ArticleKind.ARTICLE}, name=ArticleKind.ARTICLE),
    path("services/", views.service_list, name="services"),
    path("services/<slug:slug>/", views.text, {"kind": ArticleKind.SERVICE}, name=ArticleKind.SERVICE),
    path("case-studies/", views.case_study_list, name="case_studies"),
    path("case-studies/<slug:slug>/", views.text, {"kind": ArticleKind.CASE_STUDY}, name=ArticleKind.CASE_STUDY),
    path("articles/<slug:slug>.md", views.text_as_markdown, {"kind": ArticleKind.ARTICLE}, name="article_markdown"),
    path("services/<slug:slug>.md", views.text_as_markdown, {"kind": ArticleKind.SERVICE}, name="service_markdown"),
    path(
        "case-studies/<slug:slug>.md",
        views.text_as_markdown,
        {"kind": ArticleKind.CASE_STUDY},
        name="case_study_markdown",
    ),
    path("<slug:slug>.md", views.text_as_markdown, {"kind": ArticleKind.PAGE}, name="page_markdown"),
    # Last, because it matches any single path segment.
    path("<slug:slug>/", views.text, {"kind": ArticleKind.PAGE}, name=ArticleKind.PAGE),
]
