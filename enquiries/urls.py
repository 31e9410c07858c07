from django.urls import path

from enquiries import views

# Without a namespace, like "search", because every page links here.
urlpatterns = [
    path("", views.ContactView.as_view(), name="contact"),
    path("thanks/", views.thanks, name="contact-thanks"),
]
