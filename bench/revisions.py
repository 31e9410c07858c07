"""Measure how long it takes to save an article in the admin: `python -m bench.revisions`.

On the database server of DATABASE_URL, in two databases that are deleted afterwards: one with 10 articles and one
revision of the article that is saved, and one with 10,000 and 50. The saves alternate between the two, so that other
load on the machine slows both; the output is the medians and their ratio. At most 1.5 is accepted, otherwise the
program ends with an error. ROUNDS=40 is the number of saves of each kind to each database.
"""

import os
import sys
from itertools import batched
from statistics import median
from time import perf_counter

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import override_settings, setup_test_environment  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.models import Article  # noqa: E402
from bench.corpus import Corpus  # noqa: E402
from publishing.content.publishable import State  # noqa: E402
from publishing.revisions.models import Action, Revision  # noqa: E402
from publishing.revisions.snapshot import SCHEMA, read_fields  # noqa: E402
from publishing.workflow.actions import ActionRequest, latest_content, perform_action  # noqa: E402
from tests import factories  # noqa: E402
from tests.forms import values_of  # noqa: E402

FEW, MANY = (10, 1), (10_000, 50)  # articles, revisions of the one
MOST = 1.5
ROUNDS = int(os.environ.get("ROUNDS", "40"))
WORDS_OF_IT, WORDS_OF_OTHERS = 800, 200


def say(sentence: str):
    print(sentence, file=sys.stderr, flush=True)


def fill(corpus: Corpus, articles: int, revisions: int):
    """Add articles up to this number; the first gets this many revisions, the others one each."""
    record_type = ContentType.objects.get_for_model(Article)
    first = Article.objects.order_by("pk").first()
    if first is None:
        body = "".join(f"<p>{corpus.text(100)}</p>" for _ in range(WORDS_OF_IT // 100))
        first = factories.article(title="Saved", body=body, authors=[factories.author()], topics=[factories.topic()])
    for numbers in batched(range(Article.objects.count(), articles), 1_000):
        created = Article.objects.bulk_create(
            Article(
                title=f"{corpus.text(5)} {number}",
                slug=f"article-{number}",
                summary=corpus.text(30),
                body=f"<p>{corpus.text(WORDS_OF_OTHERS)}</p>",
                state=State.PUBLISHED,
            )
            for number in numbers
        )
        now = timezone.now()
        Revision.objects.bulk_create(
            Revision(
                record_type=record_type,
                record_id=article.pk,
                schema=SCHEMA,
                content={"fields": read_fields(article), "tags": {"topics": []}, "rows": {}},
                state=article.state,
                action=Action.PUBLISH,
                made_at=now,
                applied_at=now,
            )
            for article in created
        )
        say(f"{numbers[-1] + 1:,} of {articles:,} articles")
    for number in range(Revision.objects.of(first).count(), revisions):
        content = latest_content(first)
        content["fields"]["summary"] = f"Version {number}."
        perform_action(first, ActionRequest(Action.PUBLISH, content))
        Revision.objects.of(first).filter(action=Action.FOUND).delete()
    assert (Article.objects.count(), Revision.objects.of(first).count()) == (articles, revisions)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does on its own after a while


def use(name: str):
    """Send all queries that follow to the database of that name."""
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()


def save(client, article, action: Action, number: int) -> float:
    """Save the article with another title by its form; return the duration in milliseconds. The save is rolled back."""
    url = f"/admin/articles/article/{article.pk}/change/"
    last = Revision.objects.of(article).latest("pk").pk
    form = values_of(client.get(url).content, "article_form") | {
        "title": f"Saved {action} {number}",
        "_continue": action.value,
    }
    start = perf_counter()
    answer = client.post(url, form)
    took = (perf_counter() - start) * 1000
    assert answer.status_code == 302, answer.context["errors"]
    assert Revision.objects.of(article).filter(pk__gt=last).count() == 1
    if action == Action.PUBLISH:
        content = latest_content(article)
        content["fields"]["title"] = "Saved"
        perform_action(article, ActionRequest(Action.PUBLISH, content))
        newest = Revision.objects.of(article).latest("pk")
        Revision.objects.filter(pk=last).update(content=newest.content, applied_at=newest.applied_at)
    Revision.objects.of(article).filter(pk__gt=last).delete()
    return took


def main() -> int:
    setup_test_environment()
    # This needs no collected static files and no slow password hash.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}).enable()
    database_name = settings.DATABASES["default"]["NAME"]
    names = {FEW: connection.creation.create_test_db(verbosity=0, autoclobber=True)}
    fill(Corpus(), *FEW)
    person = factories.administrator()
    connection.close()
    connection.creation.clone_test_db("many", verbosity=0, autoclobber=True)
    names[MANY] = connection.creation.get_test_db_clone_settings("many")["NAME"]
    worst = 0
    try:
        use(names[MANY])
        fill(Corpus(), *MANY)
        article, clients = Article.objects.order_by("pk").first(), {}
        for size, name in names.items():
            use(name)
            clients[size] = Client()
            clients[size].force_login(person)
        print(f"{connection.vendor}, {ROUNDS} saves of each kind to each database")
        print(f"{'':14}{'10 and 1':>14}{'10,000 and 50':>16}{'ratio':>9}")
        for action in (Action.SAVE, Action.PUBLISH):
            times = {FEW: [], MANY: []}
            for number in range(ROUNDS + 2):
                for size, name in reversed(names.items()) if number % 2 else names.items():
                    use(name)
                    took = save(clients[size], article, action, number)
                    if number > 1:  # the first saves read templates and compile
                        times[size].append(took)
            few, many = median(times[FEW]), median(times[MANY])
            worst = max(worst, many / few)
            print(f"{action.label:14}{few:>11.1f} ms{many:>13.1f} ms{many / few:>8.2f} ×", flush=True)
    finally:
        use(names[FEW])
        connection.creation.destroy_test_db(suffix="many", verbosity=0)
        connection.creation.destroy_test_db(database_name, verbosity=0)
    if worst > MOST:
        say(f"Among many it takes {worst:.2f} times as long; {MOST} is accepted.")
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())
