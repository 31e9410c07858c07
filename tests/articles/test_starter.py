import tomllib
from datetime import date
from pathlib import Path
from statistics import median

from lxml import html

from articles import starter
from articles.models import Article
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


def test_what_a_service_is_worth_follows_from_the_assumptions_beside_it():
    def says(slug: str, *figures: str) -> bool:
        (worth,) = [
            strong.getparent().text_content()
            for strong in html.fromstring((FOLDER / f"{slug}.html").read_text()).iter("strong")
            if strong.text == "What it is worth."
        ]
        return all(figure in worth for figure in figures)

    wrong = 10_000 * 12 * 10 // 100
    hours = wrong * 5 // 60
    assert says("model-selection-and-evaluation", f"{wrong:,} corrections", f"{hours:,} hours", f"€{hours * 40:,}")
    hours = 6_000 * 2 // 60
    figures = (55_000, 5_000, 1_000, 8_000), (96_000, 10_000, 2_000, 15_000)
    months = [round((price + set_up) / (hours * 40 - fee - move / 18)) for price, set_up, fee, move in figures]
    assert months == [9, 21]
    first_year = "–".join(f"{price + set_up + 6 * fee:,}" for price, set_up, fee, _ in figures)
    assert first_year == "66,000–118,000"
    assert says(
        "custom-ai-systems", f"{hours} hours or €{hours * 40:,} a month", "nine to twenty-one months", first_year
    )
    hours = 10_000 * 3 // 60
    lost = round(hours * 40 * 12 / 52 * 8, -3)
    assert says("running-and-renewing-models", f"{hours} hours, or €{hours * 40:,} a month", f"about €{lost:,.0f}")
