from django.urls import path

from articles import views
from articles.models import ArticleKind
from publishing.pages.feeds import TYPES as FEEDS

app_name = "articles"

FOLDERS = {
    ArticleKind.ARTICLE: "articles/",
    ArticleKind.SERVICE: "services/",
    ArticleKind.CASE_STUDY: "case-studies/",
    ArticleKind.PAGE: "",  # last, because it matches any single path segment
}

urlpatterns = [
    path("articles/", views.text_list, {"kind": ArticleKind.ARTICLE}, name="list"),
    path("services/", views.text_list, {"kind": ArticleKind.SERVICE}, name="services"),
    path("case-studies/", views.text_list, {"kind": ArticleKind.CASE_STUDY}, name="case_studies"),
    *(path(f"articles/feed.{form}", views.feed, {"form": form}, name=f"feed_{form}") for form in FEEDS),
    *(
        path(f"articles/{owner}s/<slug:slug>/", views.articles_of, {"owner": owner}, name=owner)
        for owner in views.OWNERS
    ),
    *(
        path(
            f"articles/{owner}s/<slug:slug>/feed.{form}",
            views.feed_of_owner,
            {"owner": owner, "form": form},
            name=f"{owner}_feed_{form}",
        )
        for owner in views.OWNERS
        for form in FEEDS
    ),
    *(
        path(f"{folder}<slug:slug>.md", views.text, {"kind": kind, "is_markdown": True}, name=f"{kind}_markdown")
        for kind, folder in FOLDERS.items()
    ),
    *(path(f"{folder}<slug:slug>/", views.text, {"kind": kind}, name=kind) for kind, folder in FOLDERS.items()),
]
