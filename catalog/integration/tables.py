"""Models in comparison tables of texts: models that can be compared, and the facts."""

from catalog.integration.facts import LABELS
from catalog.models import AIModel
from catalog.rules.status import Status
from publishing.rendering.tables.sources import Comparable, comparable

comparable[AIModel._meta.label_lower] = Comparable(
    noun="Model",
    columns={name: label for name, label in LABELS.items() if name != "name"},
    offered=AIModel.objects.listed,
    standing="status",
    warnings=frozenset(status.label.lower() for status in (Status.DEPRECATED, Status.RETIRED)),
)
