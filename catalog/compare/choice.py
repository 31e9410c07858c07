"""The models in the URL of a comparison."""

from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.urls import resolve, reverse

from catalog.browse.filters import SLUG
from catalog.models import AIModel
from publishing.content.redirect import Redirect

LEAST, MOST = 2, 6
MOST_NAMED = 50
PUBLISHED = AIModel.objects.published().only("slug", "name", "existence").order_by()


@dataclass(frozen=True)
class ModelSelection:
    """`models` are those that can be compared, in the order of the URL; `unverified` are those that cannot."""

    models: list[AIModel]
    unverified: list[AIModel]

    @classmethod
    def parse(cls, parameters) -> "ModelSelection":
        """Parse a QueryDict. A former slug of a model is accepted too.

        Raises BadRequest for an unknown model. One query, and some for each former slug.
        """
        slugs = list(dict.fromkeys(filter(None, parameters.getlist("m"))))
        if len(slugs) > MOST_NAMED or not all(map(SLUG.fullmatch, slugs)):
            raise BadRequest("m: enter the short name of a model, as in the address of its page.")
        models = _named(slugs)
        missing = {slug: _moved(slug) or "" for slug in slugs if slug not in models}
        for slug, present in missing.items():
            if not present:
                raise BadRequest(f"m: there is no model “{slug}”. Choose another one.")
        models |= _named(set(missing.values()) - models.keys()) if missing else {}
        ordered = [models[slug] for slug in dict.fromkeys(missing.get(slug) or slug for slug in slugs)]
        return cls(
            [model for model in ordered if not model.is_unverified], [model for model in ordered if model.is_unverified]
        )

    @property
    def is_comparable(self) -> bool:
        return LEAST <= len(self.models) <= MOST

    def pairs(self, but: AIModel | None = None) -> list[tuple[str, str]]:
        return [("m", model.slug) for model in [*self.models, *self.unverified] if model != but]


def _named(slugs) -> dict[str, AIModel]:
    return {model.slug: model for model in PUBLISHED.filter(slug__in=slugs)} if slugs else {}


def _moved(slug: str) -> str | None:
    redirect = Redirect.objects.answer(reverse("catalog:model", args=[slug]))
    destination = redirect and not redirect.is_gone and redirect.destination
    match = resolve(destination) if destination else None
    return match.kwargs.get("slug") if match and match.view_name == "catalog:model" else None
