"""The URLs of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from rest_framework.routers import SimpleRouter

from articles.api import ArticleViewSet
from articles.views import front_page
from catalog.api import viewsets as catalog
from catalog.check.api import StackCheckView
from catalog.documents.sync.api import ChangesView, ExportView, ManifestView, RecordsView, feed_description
from faq.api import QuestionViewSet
from ops.http import health
from ops.metrics.views import metrics
from publishing.admin.calendar import calendar_file
from publishing.api.changelog import changelog_feed
from publishing.api.pages import api_docs, api_docs_markdown, api_root, openapi
from publishing.api.partner_files import partner_file
from publishing.pages import sitemap, views
from publishing.pages.feeds import TYPES as FEEDS
from publishing.workflow import shared_page

# Routes without a record that search engines may index. Records and their lists are added automatically.
INDEXED_PAGES = [
    *("home", "search", "api-docs", "contact"),
    *("catalog:compare", "catalog:cost", "catalog:charts", "catalog:check"),
    *("catalog:retiring", "catalog:retired", "catalog:changes"),
]

router = SimpleRouter()
router.register("models", catalog.AIModelViewSet, "api-models")
router.register("vendors", catalog.VendorViewSet, "api-vendors")
router.register("modalities", catalog.ModalityViewSet, "api-modalities")
router.register("families", catalog.FamilyViewSet, "api-families")
router.register("providers", catalog.ProviderViewSet, "api-providers")
router.register("offerings", catalog.OfferingViewSet, "api-offerings")
router.register("sources", catalog.SourceViewSet, "api-sources")
router.register("articles", ArticleViewSet, "api-articles")
router.register("questions", QuestionViewSet, "api-questions")

api_urlpatterns = [
    path("", api_docs, name="api-docs"),
    *(path(f"changelog/feed.{form}", changelog_feed, {"form": form}, name=f"api-changelog-{form}") for form in FEEDS),
    path("changelog/", RedirectView.as_view(url="/api/#changes", permanent=True), name="api-changelog"),
    path("v1/", api_root, {"router": router, "parts": {"feed": feed_description}}, name="api-root"),
    path("v1/openapi.json", openapi, name="api-openapi"),
    path("v1/changes/", ChangesView.as_view(), name="api-changes"),
    path("v1/records/", RecordsView.as_view(), name="api-records"),
    path("v1/export/", ExportView.as_view(), name="api-export"),
    path("v1/manifest/", ManifestView.as_view(), name="api-manifest"),
    path("v1/check/", StackCheckView.as_view(), name="api-check"),
    path("v1/", include(router.urls)),
]

urlpatterns = [
    path("", front_page, name="home"),
    path("catalog/", include("catalog.urls")),
    path("faq/", include("faq.urls")),
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("api.md", api_docs_markdown, name="api-docs-markdown"),
    path("api/", include(api_urlpatterns)),
    path("partners/", RedirectView.as_view(url="/api/#copy", permanent=True), name="partners"),
    path("partners/<path:name>", partner_file, name="partner-file"),
    path("contact/", include("enquiries.urls")),
    path(settings.ADMIN_PATH, include("publishing.accounts.sign_in")),
    path(f"{settings.ADMIN_PATH}calendar/<str:token>.ics", calendar_file, name="admin_calendar"),
    path(settings.ADMIN_PATH, admin.site.urls),
    path("media/<path:path>", views.media, name="media"),
    path("preview/<str:token>/", shared_page.shared, name="shared"),
    path("sitemap.xml", sitemap.sitemap, {"pages": INDEXED_PAGES}, name="sitemap"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("llms.txt", sitemap.llms, name="llms"),
    path("drawings/<slug:name>.png", views.share_image, name="share_image"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *([path("metrics", metrics, name="metrics")] if settings.METRICS_TOKEN else []),
    # Last, because plain pages are at the top level: /about/.
    path("", include("articles.urls")),
]

handler400 = "ops.http.errors.bad_request"
handler403 = "ops.http.errors.permission_denied"
handler404 = "ops.http.errors.page_not_found"
handler500 = "ops.http.errors.server_error"
