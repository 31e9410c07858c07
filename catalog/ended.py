"""Models that are served no more, for the notice on pages whose texts speak of them."""

from collections import defaultdict
from datetime import date

from django.db.models import CharField, Exists, OuterRef, StringAgg, Subquery, Value

from catalog.models import AIModel, Evidence, LifecycleEvent
from catalog.models.evidence import is_doubted
from catalog.rules.status import Bound, EventKind
from publishing.facts import Ended
from publishing.prepared import Prepared


def look_up(pks: set[int], day: date) -> dict[int, Ended]:
    """Return what there is to say of these models, which are retired, as far as readers may see them. One query.

    What is retired has an event of its end. Who replaces a model its record says, else that event.
    """
    ends = defaultdict(list)
    for event in _ends(list(pks)):
        if event.period.last_day <= day:
            event.model.has_public_replacement = event.model_has_public_replacement
            ends[event.model].append(event)
    return {model.pk: _ended(model, of_it) for model, of_it in ends.items()}


@Prepared
def _ends(pks):
    public = AIModel.objects.published()
    return (
        LifecycleEvent.objects.filter(kind=EventKind.RETIRED, bound=Bound.EXACT, model__in=public.filter(pk__in=pks))
        .with_replacement()
        .select_related("model__replaced_by", "replaced_by")
        .annotate(
            model_has_public_replacement=Exists(public.filter(pk=OuterRef("model__replaced_by_id"))),
            confidences=_confidences(),
        )
        .order_by("-date", "-pk")
    )


def _confidences() -> Subquery:
    """Those of what vouches for an event, with commas between them."""
    together = StringAgg("confidence", Value(","), output_field=CharField())
    evidence = Evidence.objects.filter(event=OuterRef("pk")).order_by().values("event")
    return Subquery(evidence.values(together=together))


def _ended(model: AIModel, ends: list[LifecycleEvent]) -> Ended:
    """`ends` are the events of its end, the last first."""
    replacement = model.public_replacement or next(
        (end.public_replacement for end in ends if end.public_replacement), None
    )
    return Ended(
        title=model.name,
        url=model.get_absolute_url(),
        since=_since(ends[0]),
        replacement=replacement.name if replacement else next(filter(None, (end.replacement_name for end in ends)), ""),
        replacement_url=replacement.get_absolute_url() if replacement else "",
    )


def _since(end: LifecycleEvent) -> str:
    confidences = {*(end.confidences or "").split(",")} - {""}
    return f"{end.period} (not confirmed)" if is_doubted(confidences) else str(end.period)
