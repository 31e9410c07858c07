from django.urls import path

from catalog.browse import views as browse
from catalog.charts import views as charts
from catalog.check.views import CheckView
from catalog.compare import views as compare
from catalog.news import views as overviews
from catalog.pages import views
from ops.page_cache.decorator import cacheable
from publishing.pages.feeds import TYPES as FEEDS

app_name = "catalog"

urlpatterns = [
    path("", browse.model_list, name="list"),
    path("suggest/", browse.suggest, name="suggest"),
    path("models.csv", browse.models_csv, name="csv"),
    path("compare/", compare.compare, name="compare"),
    path("cost/", compare.cost, name="cost"),
    path("check/", cacheable()(CheckView.as_view()), name="check"),
    path("charts/", charts.charts, name="charts"),
    path("retiring/", overviews.retiring, name="retiring"),
    path("retiring/calendar.ics", overviews.retiring_feed, {"form": "ics"}, name="retiring_ics"),
    *(
        path(f"retiring/feed.{form}", overviews.retiring_feed, {"form": form}, name=f"retiring_{form}")
        for form in FEEDS
    ),
    path("retiring/past/", overviews.retired, name="retired"),
    path("changes/", overviews.changes, name="changes"),
    *(path(f"changes/feed.{form}", overviews.feed, {"form": form}, name=f"feed_{form}") for form in FEEDS),
    path("models/<slug:slug>/", views.model, name="model"),
    path("models/<slug:slug>/offerings/", views.model_offerings, name="offerings"),
    path("models/<slug:slug>.md", views.model_as_markdown, name="model_markdown"),
    *(path(f"{name}/", views.index, {"name": name}, name=name) for name in views.INDEXES),
    path("vendors/<slug:slug>/", views.vendor, name="vendor"),
    path("modalities/<slug:slug>/", views.modality, name="modality"),
    path("families/<slug:slug>/", views.family, name="family"),
    path("providers/<slug:slug>/", views.provider, name="provider"),
]
