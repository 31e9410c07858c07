"""One editor at work in a separate process: `python -m tests.ops.db.holding.worker KIND`.

It prints "ready", begins when told to, and prints in JSON how long each request took, without the waits for a
processor. All kinds send long requests, except "others", who save and send enquiries until they are told to stop.
"""

import csv
import io
import json
import sys
import threading
import time
import uuid
from pathlib import Path

import django

NAMES = f"<p>{'GPT-4 Claude Haiku o3 ' * 13_000}</p>"  # nearly as long as a body may be
IMPORT = "/admin/catalog/aimodel/import/"


def seconds_without_processor() -> float:
    """Return how long this thread has waited for a processor: that is a property of the machine, not of locks."""
    return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9


def main(kind: str):
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - Django is set up by then
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import setup_test_environment  # noqa: PLC0415

    from articles.models import Article  # noqa: PLC0415
    from catalog.importers.tables import go_on  # noqa: PLC0415
    from catalog.models import AIModel, TableImport  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415
    from tests.enquiries import sending  # noqa: PLC0415
    from tests.publishing.admin.test_autosave import Form  # noqa: PLC0415
    from tests.publishing.content.test_permissions import ARTICLES, form_of  # noqa: PLC0415

    if kind == "set up":
        for name in ("preview", "autosave", "save", "models", "others"):
            get_user_model().objects.create_superuser(name)
        factories.article(slug="other", title="Other")
        AIModel.objects.bulk_create(
            AIModel(name=f"Model {number}", slug=f"model-{number}", context_tokens=1_000, state="published")
            for number in range(5_000)
        )
        return
    setup_test_environment()
    # The static files are not collected.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    client, seconds = Client(), []
    client.force_login(get_user_model().objects.get(username=kind))

    def timed(function, status):
        begun, starved = time.monotonic(), seconds_without_processor()
        response = function()
        seconds.append(time.monotonic() - begun - (seconds_without_processor() - starved))
        assert response.status_code == status, (kind, response.status_code, response.content[:2_000])
        return response

    def preview():
        timed(lambda: client.post(f"{ARTICLES}add/preview/", form_of(body=NAMES)), 200)

    def autosave():
        draft = {"step": 1, "form_session": uuid.uuid4().hex, "writer": client.session["_auth_user_id"]}
        response = timed(lambda: client.post(f"{ARTICLES}add/autosave/", form_of(body=NAMES, **draft)), 200)
        assert response.json()["is_saved"]

    def save():
        timed(lambda: client.post(f"{ARTICLES}add/", form_of(body=NAMES, title=uuid.uuid4().hex)), 302)

    def models():
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow(["slug", "context_tokens"])
        rows.writerows((slug, tokens + 1) for slug, tokens in AIModel.objects.values_list("slug", "context_tokens"))
        file = SimpleUploadedFile("rows.csv", text.getvalue().encode(), content_type="text/csv")
        page = timed(lambda: client.post(IMPORT, {"import_file": file}), 302)["Location"]
        run = TableImport.objects.get()
        go_on.call(run.pk)
        timed(lambda: client.post(page, {"step": "write"}), 302)
        go_on.call(run.pk)
        run.refresh_from_db()
        assert run.state == "done", run.problem

    def others():
        form = Form(client, Article.objects.get(slug="other"))
        end, number = threading.Event(), 0
        threading.Thread(target=lambda: (sys.stdin.readline(), end.set()), daemon=True).start()
        while not end.is_set():
            number += 1
            address = f"203.0.113.{number % 250}"
            timed(lambda number=number: form.press(title=f"Other {number}"), 200)
            timed(lambda address=address: sending.post(Client(), address=address), 303)
            time.sleep(0.1)

    print("ready", flush=True)
    sys.stdin.readline()
    {"preview": preview, "autosave": autosave, "save": save, "models": models, "others": others}[kind]()
    print(json.dumps(seconds), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
