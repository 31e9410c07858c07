"""Tables for spreadsheets."""

# Also the wide forms, which some spreadsheets take for the same.
FORMULA_SIGNS = set("=+-@\t\r＝＋－＠")


def safe_cell(text: str) -> str:
    """Return `text` so that a spreadsheet shows it and does not work it out (OWASP, CSV injection)."""
    beginnings = {text[:1], text.lstrip(" \r\n\xa0")[:1]}
    return f"'{text}" if beginnings & FORMULA_SIGNS else text
