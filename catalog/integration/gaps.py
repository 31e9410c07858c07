"""Gaps: models without a text about them."""

from django.contrib.contenttypes.models import ContentType

from catalog.models import AIModel
from catalog.rules.choices import Existence
from publishing.content.prose import Prose
from publishing.content.reference import Reference
from publishing.content.registry import publishable_models
from publishing.quality.gaps import ENOUGH, Gap, gap_source


@gap_source(
    "models", "Models without an article", "Checked models that no text on the site links to. The newest come first."
)
def models_without_a_text() -> list[Gap]:
    models = AIModel.objects.published().filter(existence=Existence.VERIFIED, checked_on__isnull=False)
    target_type = ContentType.objects.get_for_model(AIModel)
    for kind in publishable_models():
        if issubclass(kind, Prose):
            links = Reference.objects.links().filter(
                target_type=target_type,
                source_type=ContentType.objects.get_for_model(kind),
                source_id__in=kind.objects.published().order_by().values("pk"),
            )
            models = models.exclude(pk__in=links.values("target_id"))
    newest = models.order_by("-released_on", "name", "pk")[:ENOUGH]
    return [Gap(str(model.pk), model.name, about=model) for model in newest]
