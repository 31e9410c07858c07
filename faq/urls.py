from django.urls import path

from faq import views, vote_views

app_name = "faq"

urlpatterns = [
    path("", views.question_list, name="list"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("<slug:slug>/", views.question, name="detail"),
    path("<slug:slug>.md", views.question_as_markdown, name="markdown"),
    path("<slug:slug>/helpful/", vote_views.VoteView.as_view(), name="vote"),
    path("<slug:slug>/helpful/thanks/", vote_views.thanks, name="thanks"),
]
