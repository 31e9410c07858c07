"""Parameters that nobody knows: refused, since a misspelt filter that is passed over gives wrong data."""

from rest_framework.exceptions import ValidationError


def refuse_unknown(request, known):
    """Raise ValidationError, by name, where the address has parameters that are none of the `known` ones."""
    unknown = sorted(request.query_params.keys() - set(known))
    if unknown:
        raise ValidationError({name[:100]: ["There is no such parameter."] for name in unknown[:20]})
