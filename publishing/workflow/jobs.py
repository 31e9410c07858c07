"""Regular jobs of what the apps share."""

from django.utils import timezone

from ops.jobs.scheduler import register_job
from publishing.content.reference import Reference
from publishing.images.files import render_missing, sweep
from publishing.quality.claims.models import Claim
from publishing.quality.gaps import forget_misses
from publishing.quality.names.name_mention import NameMention
from publishing.quality.staleness import compare_due
from publishing.rendering.compiled_text import CompiledText
from publishing.site.models import SiteSettings
from publishing.workflow.actions import apply_due_updates
from publishing.workflow.reindex import follow_facts
from publishing.workflow.trash import empty_trash

SWEEP_SECONDS = COMPARE_SECONDS = 20  # of a minute, for names and claims in texts and for references


@register_job(minutes=1)
def compare_references():
    """With what is known now of the records that they mention."""
    compare_due(COMPARE_SECONDS)


@register_job(hours=24)
def compare_all_references():
    """Covers writes past the models, as by another program."""
    Reference.objects.update(compare_at=timezone.now())


@register_job(minutes=1)
def find_names_in_texts():
    """What texts say under names that are new since they were written; some seconds at a time, until it is done."""
    NameMention.objects.catch_up(SWEEP_SECONDS)


@register_job(minutes=1)
def search_texts_for_claims():
    """By patterns that are new or were changed; some seconds at a time, until it is done."""
    Claim.objects.catch_up(SWEEP_SECONDS)


register_job(minutes=1)(apply_due_updates)  # a first publication needs no job, since it follows from its date
register_job(minutes=1)(SiteSettings.objects.store_menus)  # covers writes by other programs
register_job(hours=1)(empty_trash)
register_job(hours=1)(render_missing)
register_job(hours=1)(CompiledText.objects.follow)
register_job(hours=1)(follow_facts)  # texts are searched by the values of the day on which this ran last
register_job(hours=24)(sweep)
register_job(hours=24)(forget_misses)
