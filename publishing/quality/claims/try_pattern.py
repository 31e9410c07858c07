"""Try out claim patterns on published texts."""

from dataclasses import dataclass, field
from itertools import islice

from publishing.content.permissions import may_view
from publishing.quality.claims.finding import ClaimMatch, claims_in
from publishing.quality.claims.models import ClaimPattern, revised_models, texts_of

MOST_TEXTS, MOST_SHOWN = 500, 100


@dataclass
class Trial:
    """`found` are pairs of a record and a match in it, at most 100; `texts` is how many texts were searched."""

    found: list[tuple[object, ClaimMatch]] = field(default_factory=list)
    texts: int = 0
    is_cut: bool = False


def try_out(user, phrases: str, exceptions: str) -> Trial:
    """Search the newest 500 published texts of each kind that `user` may see in the admin."""
    pattern, trial = ClaimPattern(phrases=phrases, exceptions=exceptions), Trial()
    for model in revised_models():
        if not may_view(user, model):
            continue
        for record in model.objects.published().newest_first()[:MOST_TEXTS].iterator(100):
            trial.texts += 1
            room = MOST_SHOWN - len(trial.found)
            trial.found += [(record, found) for found in islice(claims_in(texts_of(record), [pattern]), room)]
            if len(trial.found) >= MOST_SHOWN:
                trial.is_cut = True
                return trial
    return trial
