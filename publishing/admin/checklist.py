"""The checklist of the first day, on the start page of those who set up the site."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from ops.mail import is_mail_configured
from ops.server.startup import ADMINISTRATOR
from publishing.accounts.preferences import Preferences
from publishing.content.permissions import AnyUser, has_permission
from publishing.revisions.models import Revision
from publishing.site.models import SiteSettings


@dataclass(frozen=True)
class Task:
    """`url` leads to the place where it is done; without one, `note` says how."""

    words: str
    is_done: bool
    url: str = ""
    note: str = ""


further_tasks: list[Callable[[], Task]] = []  # of the apps above


def checklist_for(user: AnyUser) -> list[Task]:
    """Return the tasks, or none once all are done, `user` has closed the list, or may not change the site settings."""
    may_see = has_permission(user, "change", SiteSettings) and has_permission(user, "change", User)
    if not may_see or Preferences.objects.filter(pk=user.pk, has_closed_checklist=True).exists():
        return []
    site = SiteSettings.objects.current()
    about = reverse("admin:publishing_sitesettings_changelist")
    others = User.objects.filter(is_staff=True, is_active=True).exclude(pk=user.pk)
    others = others.exclude(username=ADMINISTRATOR, last_login=None)  # the first account, which nobody uses
    has_text = Revision.objects.exclude(author=None).exists()
    is_kept_elsewhere = bool(settings.BACKUP_KEEP) and not settings.BACKUP_DIR.is_relative_to(settings.DATA_DIR)
    tasks = [
        Task("Your firm: fill in one form, and confirm the texts as your own", site.is_confirmed, about),
        Task("Name of the company", bool(site.name), about),
        Task("Logo", bool(site.logo_id), about),
        Task("Legal name and address", bool(site.legal_name and site.postal_address), about),
        Task("Register entry", bool(site.register_entry), about),
        Task("VAT number", bool(site.vat_number), about),
        Task("Answer time", bool(site.answer_days and site.name), about),  # the name confirms the starter's
        Task("Hosting and data protection", bool(site.hosting and site.data_protection), about),
        *(task() for task in further_tasks),
        Task("Colleagues", others.exists(), reverse("admin:auth_user_invite")),
        Task("First article", has_text, reverse("admin:articles_article_add")),
        Task("Mail server", is_mail_configured(), note="Set EMAIL_URL in the environment."),
        Task("Backups on another disk", is_kept_elsewhere, note="Set BACKUP_DIR in the environment."),
    ]
    return [] if all(task.is_done for task in tasks) else tasks


@require_POST
def close_view(request: HttpRequest) -> HttpResponse:
    Preferences.objects.update_or_create(pk=request.user.pk, defaults={"has_closed_checklist": True})
    return HttpResponseRedirect(reverse("admin:index"))
