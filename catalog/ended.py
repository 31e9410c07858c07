"""Models that are served no more, for the notice on pages whose texts speak of them."""

from datetime import date

from django.db.models import CharField, Exists, OuterRef, Prefetch, StringAgg, Subquery, Value

from catalog.models import AIModel, Evidence, LifecycleEvent
from catalog.models.evidence import is_doubted
from catalog.status import Bound, EventKind
from publishing.facts import Ended


def look_up(pks: set[int], day: date) -> dict[int, Ended]:
    """Return what there is to say of these models, which are retired, as far as readers may see them. Two queries.

    Who replaces one its record says, else the event of its end.
    """
    replacement = AIModel.objects.published().filter(pk=OuterRef("replaced_by_id"))
    ends = LifecycleEvent.objects.filter(kind=EventKind.RETIRED, bound=Bound.EXACT)
    models = (
        AIModel.objects.published()
        .filter(pk__in=pks)
        .annotate(has_public_replacement=Exists(replacement))
        .select_related("replaced_by")
        .prefetch_related(
            Prefetch(
                "events",
                ends.with_replacement().annotate(confidences=_confidences()).order_by("-date", "-pk"),
                to_attr="ends",
            )
        )
        .order_by()
    )
    return {model.pk: _ended(model, day) for model in models}


def _confidences() -> Subquery:
    """Those of what vouches for an event, with commas between them."""
    together = StringAgg("confidence", Value(","), output_field=CharField())
    evidence = Evidence.objects.filter(event=OuterRef("pk")).order_by().values("event")
    return Subquery(evidence.values(together=together))


def _ended(model: AIModel, day: date) -> Ended:
    ends = [event for event in model.ends if event.period.last_day <= day]
    replacement = model.public_replacement or next(
        (end.public_replacement for end in ends if end.public_replacement), None
    )
    return Ended(
        title=model.name,
        url=model.get_absolute_url(),
        since=_since(ends[0]) if ends else "",
        replacement=replacement.name if replacement else next(filter(None, (end.replacement_name for end in ends)), ""),
        replacement_url=replacement.get_absolute_url() if replacement else "",
    )


def _since(end: LifecycleEvent) -> str:
    return (
        f"{end.period} (not confirmed)" if is_doubted({*(end.confidences or "").split(",")} - {""}) else str(end.period)
    )
