"""The regular jobs of the publishing app, and the moments at which texts appear or disappear by date alone."""

from datetime import datetime

from django.apps import apps
from django.db.models import Min
from django.utils import timezone

from ops.jobs.scheduler import register_job
from ops.page_cache.expiry import announced
from publishing.content.page_view import PageView
from publishing.content.prose import Prose
from publishing.content.reference import Reference
from publishing.images.models import render_missing, sweep
from publishing.quality.claims.models import Claim
from publishing.quality.gaps import forget_misses
from publishing.quality.names.index import find_in_all_texts
from publishing.quality.staleness import compare_due
from publishing.rendering.compiled_text import CompiledText
from publishing.site.models import SiteSettings
from publishing.workflow.actions import apply_due_updates
from publishing.workflow.reindex import follow_facts
from publishing.workflow.trash import empty_trash

SWEEP_SECONDS = COMPARE_SECONDS = 20  # of each minute, for names and claims in texts and for references


@register_job(minutes=1)
def compare_references():
    """Compare references with the current facts of the records that they mention."""
    compare_due(COMPARE_SECONDS)


@register_job(hours=24)
def compare_all_references():
    """Mark all references for comparison, to cover writes that bypass the models."""
    Reference.objects.update(compare_at=timezone.now())


@register_job(minutes=1)
def find_names_in_texts():
    """Search texts for names that were added or changed, some seconds per minute until all are done."""
    find_in_all_texts(SWEEP_SECONDS)


@register_job(minutes=1)
def search_texts_for_claims():
    """Search texts again after an upgrade that changed patterns, some seconds per minute until all are done."""
    Claim.objects.catch_up(SWEEP_SECONDS)


register_job(minutes=1)(apply_due_updates)  # a first publication needs no job, since it depends on its date only
register_job(minutes=1)(SiteSettings.objects.store_menus)  # covers writes by other programs
register_job(hours=1)(empty_trash)
register_job(hours=1)(render_missing)
register_job(hours=1)(CompiledText.objects.follow)
register_job(hours=1)(follow_facts)  # the search index has the facts of the last run
register_job(hours=24)(sweep)
register_job(hours=24)(forget_misses)
register_job(hours=24)(PageView.objects.thin)


def next_changes(since: datetime) -> list[datetime]:
    """Return the next moments at which a text appears or disappears by its dates."""
    texts = [model for model in apps.get_models() if issubclass(model, Prose) and not model._meta.proxy]
    nexts = [
        model.objects.published_sometime().filter(**{f"{name}__gt": since}).aggregate(next=Min(name))["next"]
        for model in texts
        for name in ("publish_at", "expire_at")
    ]
    return [moment for moment in nexts if moment]


announced.append(next_changes)
