from collections.abc import Callable

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from ops.server.database_lock import database_lock
from publishing.site.models import SiteSettings
from publishing.workflow.starter import is_new_site, load_starter


class Command(BaseCommand):
    help = "Load the starter content, only into an unused database."
    stealth_options = ("say", "leaves_rest")  # only for calls from Python

    def handle(
        self, *, say: Callable[[str], object] | None = None, leaves_rest: bool = False, **options: object
    ) -> None:
        """Load the starter content. `say` gets a sentence before, and how far it is. The worker may load the rest."""
        say = say or self.stdout.write
        with database_lock(say):
            if is_new_site():
                say("Loading the starter content.")
                load_starter(say, leaves_rest=leaves_rest)
        site = SiteSettings.objects.current()
        if settings.SITE_IS_PUBLIC and not site.is_confirmed:
            address = settings.SITE_URL + reverse("admin:publishing_sitesettings_changelist")
            say(f"No administrator has confirmed the texts of this site yet: {address}")
            if site.missing:
                say(f"Missing: {', '.join(site.missing)}.")
            if not site.is_indexable:
                say("Search engines are told not to index this site until then.")
