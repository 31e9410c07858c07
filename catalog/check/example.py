"""What readers of “Check your stack” can try."""

from catalog.lifecycle.heirs import followed
from catalog.lifecycle.timeline import BY_DATE, ENDS
from catalog.models import AIModel
from ops.db.compiled import CompiledQuery, texts

TEXT = "model: gpt-5\nfallback: o3\ndrafts: claude-sonnet-4-5"
SLUGS = sorted(line.partition(": ")[2] for line in TEXT.splitlines())

NAMED = AIModel.objects.published().filter(slug__in=texts("slugs")).order_by().values("pk")
OWN_ENDS = CompiledQuery(ENDS.filter(model_id__in=NAMED, row__is_of_model=True).order_by(*BY_DATE))


def example() -> dict:
    """Return the text, the names of its models for the address of its result, and their ends with replacements.

    `is_whole` says whether each of them is public and ends. One query for the ends and for each step of replacements.
    """
    own = OWN_ENDS.instances(slugs=SLUGS)
    ends = [*zip(own, followed(end.row for end in own), strict=True)]
    return {"text": TEXT, "models": ",".join(SLUGS), "ends": ends, "is_whole": len(ends) == len(SLUGS)}
