"""The URLs of the API."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from articles.api import ArticleViewSet
from catalog.api import viewsets as catalog
from catalog.sync.api import ChangesView, ExportView, ManifestView, RecordsView, feed_description
from faq.api import QuestionViewSet
from publishing.api.pages import api_docs, api_root, changelog, openapi

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

urlpatterns = [
    path("", api_docs, name="api-docs"),
    path("changelog/", changelog, name="api-changelog"),
    path("v1/", api_root, {"router": router, "parts": {"feed": feed_description}}, name="api-root"),
    path("v1/openapi.json", openapi, name="api-openapi"),
    path("v1/changes/", ChangesView.as_view(), name="api-changes"),
    path("v1/records/", RecordsView.as_view(), name="api-records"),
    path("v1/export/", ExportView.as_view(), name="api-export"),
    path("v1/manifest/", ManifestView.as_view(), name="api-manifest"),
    path("v1/", include(router.urls)),
]
