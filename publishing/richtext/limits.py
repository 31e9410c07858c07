"""How long a body may be: more would hold up everybody else while it is saved."""

from django.core.exceptions import ValidationError

MOST_CHARACTERS = 1_000_000  # with the markup


def check_length(html: str):
    """Raise ValidationError where `html` is longer than a body may be."""
    if len(html) > MOST_CHARACTERS:
        raise ValidationError(
            f"This text has {len(html):,} characters with its markup; {MOST_CHARACTERS:,} can be saved. "
            "Split it into several texts.",
            code="too_long",
        )
