"""The rules of the worked example about receipts: rows of recognised text go in; seller, date and total come out.

They were written on the 60 receipts of the part “made on” alone; they know the words of Malaysian receipts.
"""

import re
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import pairwise

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
NAMED = "|".join(MONTHS)
DATES = (
    (r"(?<!\d)(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", "ymd"),
    (r"(?<!\d)(\d{1,2})\s?[-/.:]\s?(\d{1,2})\s?[-/.:]\s?(20\d\d)", "dmy"),
    (r"(?<![\d/.:-])(\d{1,2})[-/.](\d{1,2})[-/.](\d\d)(?![\d/])", "dmy"),
    (rf"(?<!\d)(\d{{1,2}})[-/. ]*({NAMED})[a-z]*[-/., ']*(20\d\d|\d\d)", "dmy"),
    (rf"({NAMED})[a-z]*[-/. ]*(\d{{1,2}})[-/., ]+(20\d\d)", "mdy"),
    (r"(?<!\d)([0-3]\d)([01]\d)(20\d\d)(?!\d)", "dmy"),
)
YEARS = range(2010, 2021)
AMOUNT = re.compile(r"(?<![\d.,/])(\d{1,3}(?:,\d{3})+|\d+)\s?[.,]\s?(\d\d)(?![\d%:/-]|[.,]\d)")
SUMMARY = r"(gst|tax|sst) ?(rate ?)?(sum|analysis)|tax total"
FINAL = r"round|grand|nett?\b|payable|due|incl"
NOT_FINAL = (
    r"qty|quant|item|disc|saving|tax sum|gst sum|exclu|excl\b|includes|included|tax\b|before|point|change|sub|sst|"
    r"tender|baki|round(ing|g)? ?adj"
)
NO_SELLER = (
    r"invoice|receipt|\btel\b|\bfax\b|\bgst\b|\breg\b|jalan|\bjln\b|lorong|taman|\bno[.:, ]|date|\blot\b|\d{5}|cashier|"
    r"copy|welcome|thank"
)
REGISTRATION = r"\(?\b(co\.?|company)? ?(reg)?[ .:]*(no)?[ .:]*[\dUuOo]{5,7} ?-? ?[a-z0-9]\b\)?"


def day_of(year: str, month: str, day: str) -> date | None:
    named = month.lower()[:3]
    try:
        found = date(
            int(year) + (2000 if len(year) == 2 else 0),
            MONTHS.index(named) + 1 if named in MONTHS else int(month),
            int(day),
        )
    except ValueError:  # such as day 31 of a month with 30
        return None
    return found if found.year in YEARS else None


def dates_in(row: str) -> list[date]:
    """Return the days written in a row, in their order."""
    found = {}
    for pattern, order in DATES:
        for match in re.finditer(pattern, row, re.I):
            parts = dict(zip(order, match.groups(), strict=True))
            if day := day_of(parts["y"], parts["m"], parts["d"]):
                found.setdefault(match.start(), day)
    return [found[place] for place in sorted(found)]


def date_by_rules(rows: list[str]) -> date | None:
    """Return the first day in a row that says it has a date, else the first day."""
    dated = [
        (not re.search(r"date|tarikh|\bdt\b", row, re.I), place, day)
        for place, row in enumerate(rows)
        for day in dates_in(row)
    ]
    return min(dated)[2] if dated else None


def amounts_in(row: str) -> list[Decimal]:
    return [Decimal(f"{whole.replace(',', '')}.{cents}") for whole, cents in AMOUNT.findall(row)]


def main_part(rows: list[str]) -> list[str]:
    """Return the rows before the summary of taxes, which has totals of its own."""
    ends = [place for place, row in enumerate(rows) if re.search(SUMMARY, row, re.I)]
    return rows[: next((place for place in ends if place > len(rows) / 3), len(rows))]


def sums_in(rows: list[str]) -> list[tuple[str, Decimal]]:
    """Return each row that has an amount, in lower case, with its last amount, which may be written in the next row."""
    found = []
    for row, after in pairwise([*main_part(rows), ""]):
        words = row.lower().replace("tota1", "total").replace("t0tal", "total")
        is_bare = re.fullmatch(r"(rm|[^a-z])*", after.lower())
        amounts = amounts_in(row) or ("total" in words and is_bare and amounts_in(after))
        if amounts:
            found.append((words, amounts[-1]))
    return found


def rank(words: str, is_rounded: bool) -> int | None:
    """Return how likely the amount in a row is the total, by the words beside it; None if it is not one."""
    if not re.search(r"total|amount due|payable|nett", words):
        return None
    if re.search(NOT_FINAL, words):
        return 0 if "sub" in words else None
    return 3 if is_rounded else 2 if re.search(FINAL, words) else 1


def total_by_rules(rows: list[str]) -> Decimal | None:
    """Return the last amount beside the best words, else what was paid less the change, else the largest."""
    ranked, is_rounded = [], False
    for place, (words, amount) in enumerate(sums_in(rows)):
        is_rounded = is_rounded or bool(re.search(r"round.*adj|rounding", words))
        if (found := rank(words, is_rounded)) is not None:
            ranked.append((found, place, amount))
    if ranked:
        return max(ranked)[2]
    return paid_less_change(rows) or max((amount for _, amount in sums_in(rows)), default=None)


def paid_less_change(rows: list[str]) -> Decimal | None:
    """Return the amount that was paid less the change, if both are on the receipt and differ."""
    paid = change = None
    for words, amount in sums_in(rows):
        if re.search(r"total|amount due|payable|nett", words):
            continue
        if re.search(r"cash(?!ier)|tender|paid|visa|master|debit", words):
            paid = amount if paid is None else paid
        elif change is None and re.search(r"change|baki", words):
            change = amount
    return paid - change if paid and change is not None and paid > change else None


def cleaned(name: str) -> str:
    """Return a name without the number of its registration and without “owned by”."""
    name = re.sub(REGISTRATION, "", name, flags=re.I)
    return re.sub(r"^(own(ed|er)? by|dimiliki oleh) ?:?", "", name, flags=re.I).strip(" *-:.,")


def sellers_in(rows: list[str]) -> list[str]:
    """Return the first rows that may be a name or a part of one: those before the address."""
    top = [cleaned(row) for row in rows[:7]]
    top = [row for row in top if len(re.sub(r"[^A-Za-z]", "", row)) > 3]
    stop = next((place for place, row in enumerate(top) if place and re.search(NO_SELLER, row, re.I)), len(top))
    return top[: max(stop, 1)]


def seller_by_rules(rows: list[str]) -> str | None:
    """Return the first row with the form of a company, joined with the two before it if it has nothing else."""
    likely = sellers_in(rows)
    for place, row in enumerate(likely[:4]):
        if re.search(r"sdn|bhd|s/b|berhad|enterprise$|trading$|\bsb$", row, re.I):
            is_end = place and re.search(r"^\W*(\w+\W*\)?\W*)?(sdn|bhd)", row, re.I)
            return " ".join(likely[max(0, place - 2) : place + 1]) if is_end else row
    return likely[0] if likely else None


def is_same_seller(one: str | None, other: str | None) -> bool:
    """Compare letters and digits alone, as a share of both; one in ten may differ."""
    bare = [re.sub(r"[^a-z0-9]", "", cleaned(name or "").lower()) for name in (one, other)]
    return SequenceMatcher(None, *bare, autojunk=False).ratio() >= 0.9
