"""A plain Django project with one page: the yardstick for the cost of a page of the site on a cache miss.

The page is what a developer would write on the first day: a record by its slug and a list of others, two queries, a
template with a base and a loop, behind the middleware that `startproject` gives to a site without accounts. Its length
is SKELETON_BYTES. `python -m bench.skeleton` fills the database of SKELETON_DATABASE and answers each number of
requests on its input with the processor seconds of one. This module may only be imported by its own process, because it
has its own settings.
"""

import io
import os
import sys
from time import process_time

import dj_database_url
import django
from django.conf import settings

PAGE_BYTES = int(os.environ.get("SKELETON_BYTES", "20000"))
OTHERS = 10

BASE = """<!DOCTYPE html>
<html lang="en-GB">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{% block title %}{% endblock %}</title>
    <link rel="stylesheet" href="/static/site.css">
  </head>
  <body>
    <nav><a href="/">Front page</a> <a href="/articles/">Articles</a> <a href="/about/">About</a></nav>
    <main>{% block main %}{% endblock %}</main>
    <footer>Made by hand.</footer>
  </body>
</html>
"""
DETAIL = """{% extends "base.html" %}
{% block title %}{{ article.title }}{% endblock %}
{% block main %}
  <h1>{{ article.title }}</h1>
  <p>Published on {{ article.published_on|date:"j F Y" }}</p>
  {{ article.body|safe }}
  <ul>
    {% for other in others %}
      <li><a href="{% url 'detail' other.slug %}">{{ other.title }}</a>, {{ other.published_on|date:"j F Y" }}</li>
    {% endfor %}
  </ul>
{% endblock %}
"""

settings.configure(
    SECRET_KEY="a benchmark keeps no secrets",  # nosec B106
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.http.ConditionalGetMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": ["django.template.context_processors.request"],
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [("django.template.loaders.locmem.Loader", {"base.html": BASE, "detail.html": DETAIL})],
                    )
                ],
            },
        }
    ],
    DATABASES={"default": dj_database_url.parse(os.environ["SKELETON_DATABASE"], conn_max_age=60)},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.shortcuts import get_object_or_404, render  # noqa: E402
from django.urls import path  # noqa: E402


class Article(models.Model):
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    published_on = models.DateField()
    body = models.TextField()

    class Meta:
        app_label = "skeleton"

    def __str__(self):
        return self.title


def detail(request, slug):
    article = get_object_or_404(Article, slug=slug)
    others = Article.objects.exclude(pk=article.pk).order_by("-published_on").defer("body")[:OTHERS]
    return render(request, "detail.html", {"article": article, "others": others})


urlpatterns = [path("articles/<slug:slug>/", detail, name="detail")]


def fill():
    """Create the table and its rows, with bodies long enough for pages of about PAGE_BYTES."""
    with connection.schema_editor() as editor:
        editor.create_model(Article)
    paragraph = "<p>" + "A sentence with a few plain words in it. " * 8 + "</p>\n"
    around = 1_600  # bytes of the page besides the body
    body = paragraph * max(1, round((PAGE_BYTES - around) / len(paragraph)))
    Article.objects.bulk_create(
        Article(slug=f"article-{number}", title=f"Article number {number}", published_on="2026-11-25", body=body)
        for number in range(OTHERS + 1)
    )


def ask(application) -> int:
    """Request the page once; return its length."""
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/articles/article-3/",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }
    response = application(environ, lambda status, headers, _=None: None)
    length = sum(len(part) for part in response)
    response.close()
    return length


def main():
    fill()
    application = get_wsgi_application()
    for line in sys.stdin:
        count = int(line)
        start = process_time()
        for _ in range(count):
            ask(application)
        print((process_time() - start) / count, flush=True)


if __name__ == "__main__":
    main()
