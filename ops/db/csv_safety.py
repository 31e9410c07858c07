"""Protection of CSV cells against formula injection."""

# Includes the full-width forms, which some spreadsheets treat as the same signs.
FORMULA_SIGNS = set("=+-@\t\r＝＋－＠")


def safe_cell(text: str) -> str:
    """Return `text` so that a spreadsheet shows it and does not evaluate it (OWASP, CSV injection)."""
    beginnings = {text[:1], text.lstrip(" \r\n\xa0")[:1]}
    return f"'{text}" if beginnings & FORMULA_SIGNS else text
