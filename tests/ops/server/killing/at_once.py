"""Four processes run the due work at the same moment: `python -m tests.ops.server.killing.at_once`.

It works on the database of the environment. Each effect adds a line to a file, by whichever process. The last line of
the output is JSON: for each way of starting, how often each effect happened, and the work that is left.
"""

import json
import multiprocessing
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.mail import EmailMessage  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.models import Article  # noqa: E402
from enquiries.jobs import send_pending_enquiries  # noqa: E402
from enquiries.models import Enquiry  # noqa: E402
from ops.jobs import scheduler as due  # noqa: E402
from ops.models import DueJob  # noqa: E402
from publishing.content.redirect import Redirect  # noqa: E402
from publishing.revisions.models import Action, Revision  # noqa: E402
from publishing.site.models import SiteSettings  # noqa: E402
from publishing.workflow import actions  # noqa: E402
from publishing.workflow.actions import ActionRequest, apply_due_updates, latest_content, perform_action  # noqa: E402
from tests import factories  # noqa: E402
from tests.enquiries import sending  # noqa: E402

PROCESSES = 4
UPDATES, MAILS = 12, 12
KINDS = ("update", "mail", "job")
effects = Path(settings.DATA_DIR) / "effects"


def note(effect: str):
    file = os.open(effects, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.write(file, f"{effect}\n".encode())
    os.close(file)


def watch():
    """Let updates, mails and jobs write a line when they happen."""
    write = actions.write

    def noted_write(row, content):
        note(f"update {row.pk}")
        write(row, content)

    def noted_send(message, *args, **options):
        note(f"mail {message.subject}")
        return 1

    actions.write, EmailMessage.send = noted_write, noted_send
    settings.MAILERS = {"default": {}}
    for name, job in due.jobs.items():
        due.jobs[name] = due.Job(name, job.interval, lambda name=name, run=job.run: (note(f"job {name}"), run()))


def prepare(way: str):
    site = SiteSettings.objects.current()
    site.enquiry_recipients = "desk@example.com"
    site.save()
    moment = datetime.now(UTC) + timedelta(days=1)
    for number in range(UPDATES):
        article = factories.article(slug=f"{way}-old-{number}")
        content = latest_content(article)
        content["fields"] |= {"title": f"New {number}", "slug": f"{way}-new-{number}"}
        perform_action(article, ActionRequest(Action.SCHEDULE, content, go_live_at=moment))
    Revision.objects.waiting().update(go_live_at=timezone.now() - timedelta(minutes=1))
    for number in range(MAILS):
        sending.enquiry(name=f"{way} {number}")
    DueJob.objects.all().delete()
    effects.unlink(missing_ok=True)


def begin_together(barrier, work):
    barrier.wait()
    work()


def by_run_due():
    call_command("run_due")


def by_the_jobs_themselves():
    """Run the work without claiming a job: then only the claim on each update and on each mail holds."""
    apply_due_updates()
    send_pending_enquiries()


WAYS = {"claimed": by_run_due, "unclaimed": by_the_jobs_themselves}


def outcome_of(way: str, work) -> dict:
    prepare(way)
    connections.close_all()
    processes = multiprocessing.get_context("fork")
    barrier = processes.Barrier(PROCESSES)
    workers = [processes.Process(target=begin_together, args=[barrier, work]) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    counts = Counter(effects.read_text().splitlines())
    return {
        "codes": [worker.exitcode for worker in workers],
        "counts": {kind: sorted(counts[effect] for effect in counts if effect.startswith(kind)) for kind in KINDS},
        "redirects": Redirect.objects.filter(path__contains=f"/{way}-old-").count(),
        "new": Article.objects.filter(slug__startswith=f"{way}-new-").count(),
        "left": Revision.objects.waiting().count() + Enquiry.objects.unmailed().count(),
    }


def main():
    watch()
    told = {way: outcome_of(way, work) for way, work in WAYS.items()}
    print(json.dumps(told | {"jobs": len(due.jobs), "updates": UPDATES, "mails": MAILS}))


if __name__ == "__main__":
    main()
