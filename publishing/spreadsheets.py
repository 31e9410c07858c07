"""Tables for spreadsheets."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """Return `text` so that a spreadsheet takes it for text: one that it would run as a formula gets an apostrophe."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
