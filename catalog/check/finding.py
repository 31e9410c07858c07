"""Find the models of the catalogue that code, a configuration file, a list or prose names.

A text is never stored, and never part of a query or a message: it may contain secrets.
"""

from functools import lru_cache

from django.views.decorators.debug import sensitive_variables

from catalog.check.lexicon import OTHERS, Lexicon
from catalog.check.reading import Found, Reading
from catalog.integration.names import MODEL, rows
from catalog.models import AIModel, Offering, Provider, Vendor
from publishing.quality.names.lexicon import MISSPELLING

SETTING = "model: "


class StackNames(Lexicon):
    """The names of models, found in texts."""

    @sensitive_variables()
    def find(self, text: str) -> Found:
        """Return what `text` names. 100 kB take at most about 0.15 s of processor time."""
        return Reading(self, text).found()

    @sensitive_variables()
    def find_names(self, names: list[str]) -> tuple[Found, int]:
        """Return what a list of names means, and the number of those that are not on record."""
        founds = [self._of_name(name) for name in names]
        models, unknown, offers, without_offer = (
            (set().union(*parts) for parts in zip(*founds, strict=True)) if founds else (set(), set(), set(), set())
        )
        return Found(models, sorted(unknown), offers, without_offer), sum(not found.models for found in founds)

    @sensitive_variables()
    def _of_name(self, name: str) -> Found:
        """Return the record of this name or id; or else what a setting of it means, but only if all of it is read."""
        reading = Reading(self, f"{SETTING}{name}")
        found = reading.found()
        if (exact := self.exact.get(name.strip().lower())) is not None and found.models != {exact}:
            return Found({exact}, [], set(), set())
        if exact is not None or reading.is_one_name(len(SETTING)):
            return found
        return Found(set(), found.unknown, set(), set())


def stack_names() -> StackNames:
    """Return the names in the database now. Five queries; the index is reused while they are the same."""
    of_models = [row for row in rows() if row[0] == MODEL and row[5] != MISSPELLING]
    names = dict.fromkeys((name, row[1]) for row in of_models for name in (row[4], row[2]))
    offered = Offering.objects.filter(provider__in=Provider.objects.published()).order_by("pk")
    ids = offered.filter(model__in=AIModel.objects.published()).values_list("api_id", "model", "provider__slug", "pk")
    others = offered.filter(model=None).values_list("api_id", flat=True)
    hosts = (slug for kind in (Provider, Vendor) for slug in kind.objects.values_list("slug", flat=True))
    return _index(tuple(names), tuple(ids), tuple(hosts), tuple(others))


@lru_cache(1)
def _index(names: tuple, ids: tuple, hosts: tuple, others: tuple) -> StackNames:
    return StackNames(names, ids, hosts, [*OTHERS, *others])
