from django import template
from django.utils import timezone

from catalog.models import AIModel
from catalog.partial_dates import PartialDate
from catalog.status import Status

register = template.Library()


@register.filter
def partial_date(text: str) -> str:
    """A partial date in words: 24 November 2026, November 2026 or 2026. Empty for an unknown one."""
    return str(PartialDate.parse(text) or "")


@register.simple_tag
def latest_models(count: int) -> list[tuple[AIModel, Status]]:
    """The models released last, each with its status today, for the front page. Five queries."""
    models = AIModel.objects.listed().for_readers().with_events().latest_release_first()[:count]
    today = timezone.localdate()
    return [(model, model.status_on(today)) for model in models]
