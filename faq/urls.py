from django.urls import path

from faq import views

app_name = "faq"

urlpatterns = [
    path("", views.question_list, name="list"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("<slug:slug>/", views.question, name="detail"),
    path("<slug:slug>.md", views.question, {"is_markdown": True}, name="markdown"),
    path("<slug:slug>/helpful/", views.VoteView.as_view(), name="vote"),
    path("<slug:slug>/helpful/thanks/", views.thanks, name="thanks"),
]
