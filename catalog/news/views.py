"""Pages of the catalogue over time: retirements and changes."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from catalog.news.changelog import catalogue_changes, changes_feed, feed_addresses
from catalog.news.retirements import retirements, retirements_ahead, retirements_of_last_year
from ops.http.decorators import safe_only
from ops.http.query_params import page_of
from ops.page_cache.decorator import cacheable, only_page_parameter
from publishing.pages.feeds import alternates, feed_response
from publishing.pages.json_ld import PageNode
from publishing.pages.metadata import page_metadata
from publishing.site.current import site_of

CHANGES_SHOWN = 100
ENDS_PER_PAGE = 50
ABOUT_CHANGES = "Releases and retirements of AI models, new prices, new models and changed facts, with dates."
ABOUT_PAST = "AI models retired in the last year, with replacements and sources."
ABOUT_ENDS = "Upcoming retirements of AI models by month, with replacements and sources."


@cacheable(only_page_parameter)
@safe_only
def retiring(request):
    """Show future retirements."""
    return _ends(request, "Upcoming retirements", ABOUT_ENDS, retirements_ahead)


@cacheable(only_page_parameter)
@safe_only
def retired(request):
    """Show the retirements of the last year."""
    return _ends(request, "Models retired in the last year", ABOUT_PAST, retirements_of_last_year)


def _ends(request, title: str, about: str, ends):
    today = timezone.localdate()
    page = page_of(ends(today), request, ENDS_PER_PAGE)
    page.object_list = shown = retirements(page.object_list)
    context = {
        "title": title,
        "about": about,
        "page": page,
        "is_past": ends is retirements_of_last_year,
        "today": today,
        **_about(
            request,
            title,
            about,
            page=PageNode("CollectionPage", items=tuple(dict.fromkeys(end.model for end in shown))),
        ),
    }
    return render(request, "catalog/retiring.html", context)


@cacheable()
@safe_only
def changes(request):
    today, title = timezone.localdate(), "Changes in the catalogue"
    context = {
        "title": title,
        "about": ABOUT_CHANGES,
        "changes": catalogue_changes(today, CHANGES_SHOWN),
        "most": CHANGES_SHOWN,
        "feeds": feed_addresses(),
        **_about(request, title, ABOUT_CHANGES, alternates=alternates(title, feed_addresses())),
    }
    return render(request, "catalog/changes.html", context)


@cacheable()
@safe_only
def feed(request, form):
    title = f"{site_of(request).shown_name}: changes in the catalogue"
    return feed_response(changes_feed(title, ABOUT_CHANGES, request.path, timezone.localdate()), form)


def _about(request, title: str, text: str, **extra) -> dict:
    crumbs = [{"title": "Models", "url": reverse("catalog:list")}, {"title": title, "url": request.path}]
    return {"breadcrumbs": crumbs, "metadata": page_metadata(request, title, text, crumbs=crumbs, **extra)}
