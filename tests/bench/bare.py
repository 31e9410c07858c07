"""One view of Django's and nothing else, no middleware, no template, no database: the limit of what Django can do."""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

BODY = b"x" * int(os.environ.get("SKELETON_BYTES", "20000"))


def page(request):
    return HttpResponse(BODY)


urlpatterns = [path("", page)]
settings.configure(
    SECRET_KEY="a benchmark keeps no secrets",  # nosec B106
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
)
django.setup()
application = get_wsgi_application()
