from django.urls import path

from catalog import views

app_name = "catalog"

urlpatterns = [
    path("", views.model_list, name="list"),
    path("models/<slug:slug>/", views.model, name="model"),
    path("models/<slug:slug>.md", views.model_as_markdown, name="model_markdown"),
    path("vendors/", views.vendor_list, name="vendors"),
    path("vendors/<slug:slug>/", views.vendor, name="vendor"),
    path("modalities/<slug:slug>/", views.modality, name="modality"),
    path("families/<slug:slug>/", views.family, name="family"),
    path("providers/<slug:slug>/", views.provider, name="provider"),
]
