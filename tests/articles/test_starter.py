import tomllib
from datetime import date
from pathlib import Path
from statistics import median

from lxml import html

from articles import starter
from articles.models import Article, Detail
from articles.sections.schema import cleaned
from catalog.models import TimelineEntry
from catalog.rules.status import Bound, EventKind
from publishing.richtext import clean

FOLDER = Path(starter.__file__).parent
SOURCES = Path(starter.__file__).parents[2] / "catalog/starter/sources.toml"


def test_notes_of_the_first_articles_name_only_sources_that_the_catalogue_has():
    known = {source["url"] for source in tomllib.loads(SOURCES.read_text())["source"].values() if "url" in source}
    notes = [note for path in FOLDER.glob("*.html") for note in html.fromstring(path.read_text()).iter("small")]
    assert len(notes) > 20
    assert {link.get("href") for note in notes for link in note.iter("a")} <= known


def test_cleaning_the_first_articles_loses_none_of_their_notes():
    for path in FOLDER.glob("*.html"):
        text = path.read_text()
        assert clean(text).count("<small>") == text.count("<small>"), path.name


def test_first_texts_fit_their_columns():
    """PostgreSQL refuses what is longer; SQLite does not."""
    fields = {name: Article._meta.get_field(name).max_length for name in ("title", "meta_title", "meta_description")}
    label, value = (Detail._meta.get_field(name).max_length for name in ("label", "value"))
    for path in FOLDER.glob("*.toml"):
        entry = tomllib.loads(path.read_text())
        assert not [name for name, most in fields.items() if most and len(entry.get(name, "")) > most], path.name
        assert not [said for said, *_ in entry.get("details", ()) if len(said) > label], path.name
        assert all(len(words) <= value for _, words in entry.get("details", ())), path.name


def test_every_first_article_says_what_to_read_next():
    for path in FOLDER.glob("*.toml"):
        entry = tomllib.loads(path.read_text())
        if entry.get("kind", "article") == "article" and "title" in entry:
            assert entry.get("read_also"), path.name


def test_figures_of_the_example_of_notice_are_what_the_catalogue_measures(starter_content):
    notices = {}
    for end in TimelineEntry.objects.filter(kind=EventKind.RETIRED, bound=Bound.EXACT, row__is_of_model=True):
        if (days := end.row["notice"]) is not None:
            notices.setdefault(*end.row["vendors"], []).append(days)
    figures = {detail.value for detail in Article.objects.get(slug="how-much-notice-vendors-give").details.all()[:3]}
    openai, anthropic = notices.pop("OpenAI"), notices.pop("Anthropic")
    every = sorted(openai + anthropic)
    assert not notices
    assert figures == {
        f"{sum(day < 90 for day in every)} of {len(every)}",
        *(f"{median(days):.0f} days" for days in (openai, anthropic)),
    }
    table = html.fromstring((FOLDER / "how-much-notice-vendors-give.html").read_text()).findall(".//table")[-1]
    assert [int(row[-1].text_content()) for row in table.findall(".//tr")[1:]] == every
    rows = (
        html.fromstring((FOLDER / "how-long-models-live.html").read_text()).findall(".//table")[-1].findall(".//tr")[1:]
    )
    assert [int(row[-1].text_content()) for row in rows for _ in row[0].iter("a")] == every


def test_large_figures_of_the_examples_of_costs_follow_from_their_dates_and_sums():
    def table(slug: str, place: int) -> dict[str, list[str]]:
        rows = html.fromstring((FOLDER / f"{slug}.html").read_text()).findall(".//table")[place].findall(".//tr")
        return {row[0].text_content(): [cell.text_content() for cell in row[1:]] for row in rows}

    def figures(slug: str) -> list[str]:
        return [value for _, value in tomllib.loads((FOLDER / f"{slug}.toml").read_text())["details"]]

    bill = "a-years-bill-for-two-models"
    prices = {model: [float(one) for one in row] for model, row in [*table(bill, 2).items()][1:]}
    years = {model: 480 * reading + 30 * writing for model, (reading, writing) in prices.items()}
    assert figures(bill)[:3] == [f"{years[model]:,.0f} dollars" for model in ("GPT-6 Luna", "GPT-5.2", "GPT-4o")]

    moving = "moving-a-support-assistant-off-gpt-3-5"
    candidates = {}
    for model, (reading, writing, year, end) in [*table(moving, 0).items()][1:]:
        assert year == f"{12 * (24 * float(reading) + 5 * float(writing)):,.0f}", model
        candidates[model] = year, end
    cheapest = min(float(year.replace(",", "")) for year, end in candidates.values() if "none" in end)
    days = (date(2027, 1, 14) - date(2026, 10, 23)).days
    assert candidates["GPT-4.1 mini"][1] == "14 January 2027"
    assert candidates["GPT-3.5 Turbo"][1] == "ended 23 October 2026"
    dearest = max(float(year.replace(",", "")) for year, _ in candidates.values())
    assert figures(moving)[:3] == [f"{days} days", f"{cheapest:.0f} dollars", f"{dearest:,.0f} dollars"]


def test_break_even_of_the_cheapest_and_the_most_expensive_model_follows_from_their_prices():
    words = html.fromstring((FOLDER / "what-a-task-costs-over-a-year.html").read_text()).text_content()
    cheap, dear = (0.10, 0.50), (4, 20)  # US dollars per million tokens on 28 November 2026

    def bills(requests: int, tokens_in: int, tokens_out: int) -> list[float]:
        return [requests * (tokens_in * one[0] + tokens_out * one[1]) / 1_000_000 for one in (cheap, dear)]

    def break_even(requests: int, tokens_in: int, tokens_out: int) -> str:
        low, high = bills(requests, tokens_in, tokens_out)
        return f"{requests * 40 * 5 / 60 / (high - low):.0f}"

    replies, reasoned = (182_500, 2_000, 400), (182_500, 2_000, 1_400)
    assert f"{bills(*replies)[0]:.0f} or {bills(*replies)[1]:,.0f} dollars" in words
    difference = bills(*replies)[1] - bills(*replies)[0]
    assert f"{difference:,.0f} dollars ÷ 3.33 dollars an error = {difference / (40 * 5 / 60):.0f} errors" in words
    assert f"one error in {break_even(*replies)} replies" in words
    low, high = bills(*reasoned)
    assert (
        f"{low:.0f} and {high:,.0f} dollars, and the difference covers one reply in {break_even(*reasoned)}." in words
    )
    others = break_even(50_000, 12_000, 600), break_even(730_000, 1_500, 150)
    assert "one in {} for the summaries and one in {} for the extraction".format(*others) in words


def test_what_a_service_is_worth_follows_from_the_assumptions_beside_it():
    def says(slug: str, *figures: str) -> bool:
        (worth,) = [
            heading.getnext().text_content() + heading.getnext().getnext().text_content()
            for heading in html.fromstring((FOLDER / f"{slug}.html").read_text()).iter("h2")
            if heading.text == "What it is worth"
        ]
        return all(figure in worth for figure in figures)

    wrong = 182_500 // 10
    hours = wrong * 5 / 60
    assert says(
        "model-selection-and-evaluation",
        f"{500 * 365:,} a year",
        f"{wrong:,} corrections",
        f"{hours:,.0f} hours",
        f"€{round(hours * 40, -3):,.0f}",
        "€{:,.0f}–{:,.0f} net".format(
            *(round(hours * 40 - ours - days * 8 * 40, -3) for ours, days in ((16_000, 6), (9_000, 3)))
        ),
    )
    fewest = (round((ours + days * 8 * 40) / (40 * 5 / 60 / 10) / 365, -1) for ours, days in ((9_000, 3), (16_000, 6)))
    assert says("model-selection-and-evaluation", "Below about {:.0f} to {:.0f} drafts a day".format(*fewest))
    hours = 10_000 * 3 // 60
    lost = round(hours * 40 * 12 / 52 * 8, -3)
    assert says("running-and-renewing-models", f"{hours} hours, or €{hours * 40:,} a month", f"about €{lost:,.0f}")
    saved, spent = lost - 18_000 - 9 * 8 * 40, lost - 35_000 - 11 * 8 * 40
    words = f"between €{round(saved, -3):,.0f} saved and €{-round(spent, -3):,.0f} spent"
    assert says("running-and-renewing-models", words)
    fewest = (round((ours + days * 8 * 40) / (2 * 12 / 52 * 8), -2) for ours, days in ((18_000, 9), (35_000, 11)))
    assert says("running-and-renewing-models", "Below about {:,.0f} to {:,.0f} drafts a month".format(*fewest))


def test_prices_of_steps_are_their_days_at_the_rate():
    for slug in ("custom-ai-systems", "model-selection-and-evaluation", "running-and-renewing-models"):
        page = html.fromstring((FOLDER / f"{slug}.html").read_text())
        assert "Guide prices at €1,000 a day" in page.text_content()
        (plan,) = [table for table in page.iter("table") if table.findtext(".//tr/th[4]/p") == "Price"]
        rows = [[cell.text_content() for cell in row] for row in plan.iter("tr")][1:]
        for row in rows:
            assert row[3] == "€" + "–".join(f"{int(days) * 1_000:,}" for days in row[1].split("–")), row
        if slug == "custom-ai-systems":
            ours, yours = (
                [sum(int(row[place].split("–")[end]) for row in rows[:3]) for end in (0, 1)] for place in (1, 2)
            )
            days = "€{:,}–{:,}, for steps 1 to 3, {}–{} of our days and {}–{} of yours"
            assert days.format(*(1_000 * one for one in ours), *ours, *yours) in page.text_content()


def test_table_of_what_a_system_is_worth_follows_from_the_assumptions_above_it():
    def span(*amounts: float) -> str:
        return "–".join(f"{round(int(amount), -2):,}" for amount in amounts)

    page = html.fromstring((FOLDER / "custom-ai-systems.html").read_text())
    (heading,) = [one for one in page.iter("h2") if one.text == "What it is worth"]
    assumed, table = heading.getnext(), heading.getnext().getnext()
    assert (
        "6,000 questions a month, two minutes saved on each after checking, and €40 an hour" in assumed.text_content()
    )
    hours, day = 6_000 * 2 // 60, 8 * 40
    prices, set_up, fees, moves, review = (55_000, 96_000), (5_000, 10_000), (1_000, 2_000), (8_000, 15_000), 1_000
    first_days, bills = (16 + 2 + 3, 30 + 4 + 3), (0.00075, 0.03)  # of the plans; US dollars a question
    once = [price + first for price, first in zip(prices, set_up, strict=True)]
    ours = [whole + 6 * fee for whole, fee in zip(once, fees, strict=True)]
    later_ours = [12 * fee + review + 12 / 18 * move for fee, move in zip(fees, moves, strict=True)]
    later_days = [7 + 12 / 18 * days for days in (1, 2)]
    first = [
        6 * hours * 40 - paid - days * day - 36_000 * bill
        for paid, days, bill in zip(ours, first_days, bills, strict=True)
    ]
    later = [
        12 * hours * 40 - paid - days * day - 72_000 * bill
        for paid, days, bill in zip(later_ours, later_days, bills, strict=True)
    ]
    rows = [[cell.text_content() for cell in row] for row in table.iter("tr")][1:]
    assert [row[1:] for row in rows] == [
        [f"{6 * hours * 40:,}", f"{12 * hours * 40:,}"],
        [span(*once), "0"],
        [span(*(6 * fee for fee in fees)), span(*(12 * fee + review for fee in fees))],
        ["0", span(*(12 / 18 * move for move in moves))],
        [span(*(days * day for days in first_days)), span(*(days * day for days in later_days))],
        ["30–1,100", "50–2,200"],
        ["−{:,} to −{:,}".format(*(round(-one, -3) for one in map(int, first))), "+56,000 to +75,000"],
    ]
    assert [round(36_000 * bill) for bill in bills] == [27, 1_080]
    assert sorted(round(int(one), -3) for one in later) == [56_000, 75_000]
    assert f"{hours} hours a month at €40" in rows[0][0]
    assert "first year {}–{}: 16–30 for the build, 5–7 for set-up and six months".format(*first_days) in rows[4][0]
    fixed = (paid + days * day for paid, days in zip(later_ours, later_days, strict=True))
    fewest = (round(cost / (40 * 2 / 60 - bill) / 12, -2) for cost, bill in zip(fixed, bills, strict=True))
    assert "Below about {:,.0f} to {:,.0f} questions a month".format(*fewest) in table.getnext().text_content()
    assert f"system {span(*prices)}, set-up of monitoring {span(*set_up)}" in rows[1][0]
    assert "the first year costs €25,000–83,000 more than it saves" in assumed.text_content()
    assert "Each later year saves €56,000–75,000 more than it costs" in assumed.text_content()
    months = [
        (whole + days * day) / (year / 12) for whole, days, year in zip(once, (16 + 2, 30 + 4), later, strict=True)
    ]
    assert "after {:.0f} to {:.0f} months of use".format(*months) in table.getnext().text_content()
    first_year = "€" + span(*ours)
    questions = tomllib.loads((SOURCES.parents[2] / "faq/starter/questions.toml").read_text())["question"]
    (priced,) = [one["answer"] for one in questions if one["slug"] == "how-is-a-project-priced"]
    *_, first_version, _, _, _, total = html.fromstring(f"<div>{priced}</div>").iter("tr")
    assert first_version[0].text_content() == "First version"
    assert f"{first_version[1].text_content()}</strong>, for steps 1 to 3" in (
        FOLDER / "custom-ai-systems.html"
    ).read_text().replace("about ", "")
    assert "For example, the first year" in total[0].text_content()
    assert total[1].text_content() == first_year
    details = dict(tomllib.loads((FOLDER / "custom-ai-systems.toml").read_text())["details"])
    front = (FOLDER / "home.toml").read_text()
    assert all(f"about {first_year}" in words for words in (details["Effort and price"], front))


def test_sections_of_first_pages_could_be_published_from_their_form(starter_content):
    for page in Article.objects.exclude(sections=[]):
        assert cleaned(page.sections, is_complete=True) == page.sections, page.slug
