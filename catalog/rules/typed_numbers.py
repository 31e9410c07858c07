"""Numbers as people type them: "100k", "1.5M", "2,000", "1 000 000", "$0.25", "1e6"."""

import re
from decimal import Decimal

ZEROS = {"": 0, "k": 3, "thousand": 3, "m": 6, "million": 6, "b": 9, "bn": 9, "billion": 9}
ZEROS |= {f"e{power}": power for power in range(13)}
TYPED = re.compile(
    r"(?:\$|usd)? ?"
    r"(?P<whole>[1-9][0-9]{0,2}(?P<mark>[ ,_'’])[0-9]{3}(?:(?P=mark)[0-9]{3})*|[0-9]{1,15}|(?=\.))"
    r"(?:(?!,[0-9]{3})[.,](?P<part>[0-9]{1,9}))?"
    rf" ?(?P<factor>{'|'.join(ZEROS)})"
    r" ?(?:\$|usd|%|tokens?)?"
)
DOTTED = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?: ?tokens?)?")


def typed_number(text: str, is_whole: bool = False) -> Decimal | None:
    """Return the number in `text`, without its unit; None if it is not understood.

    A comma before three digits separates thousands; before one or two digits it is a decimal comma. In a field for
    whole numbers (`is_whole`) dots before three digits separate thousands as well.
    """
    text = " ".join(text.casefold().split())
    match = TYPED.fullmatch(text.replace(".", "") if is_whole and DOTTED.fullmatch(text) else text)
    if match is None:
        return None
    whole, part = re.sub(r"\D", "", match["whole"]), match["part"] or "0"
    return Decimal(f"{whole or 0}.{part}") * 10 ** ZEROS[match["factor"]]
