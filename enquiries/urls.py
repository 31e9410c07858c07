from django.urls import path

from enquiries import views

# Names of the site, as "search": every page leads here.
urlpatterns = [
    path("", views.ContactView.as_view(), name="contact"),
    path("thanks/", views.thanks, name="contact-thanks"),
]
